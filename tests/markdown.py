"""Tables in Markdown pages, read for tests that compare them with the code."""

import re
from pathlib import Path
from typing import NamedTuple

DOCS = Path(__file__).parents[1] / "docs"


class Table(NamedTuple):
    """A Markdown table."""

    heading: str
    """The nearest heading above it, without backticks."""
    columns: list[str]
    rows: list[list[str]]


def tables(page: str) -> list[Table]:
    found: list[Table] = []
    heading, in_table = "", False
    for line in (DOCS / page).read_text().splitlines():
        if line.startswith("#"):
            heading = line.lstrip("#").strip().replace("`", "")
        if line.startswith("|") and not in_table:
            found.append(Table(heading, cells(line), []))
        elif line.startswith("|") and not line.startswith("|--"):
            found[-1].rows.append(cells(line))
        in_table = line.startswith("|")
    return found


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def table(page: str, *columns: str) -> list[list[str]]:
    """The rows of the page's only table that begins with these columns."""
    (found,) = [entry for entry in tables(page) if tuple(entry.columns[: len(columns)]) == columns]
    return found.rows


def plain(cell: str) -> str:
    return cell.replace("`", "")


def words(cell: str) -> set[str]:
    return set(re.findall(r"`([^`]+)`", cell))
