"""Corpora made by hand from public knowledge: tables beside this file, each with its source at the top."""

import csv
from pathlib import Path

DIRECTORY = Path(__file__).parent


def rows(name: str) -> list[dict[str, str]]:
    """Of `NAME.tsv`: tab-separated, a line of column names after the comments; empty fields are empty strings."""
    lines = (DIRECTORY / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    table = [line for line in lines if line.strip() and not line.startswith("# ")]
    return list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE, restval=""))
