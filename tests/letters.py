"""Dead letters as they lie in a directory."""

import json
from pathlib import Path


def buried(root: Path) -> dict[str, str]:
    """The reason of each record, by its id."""
    letters = [json.loads(path.read_bytes()) for path in root.rglob("*.json")]
    return {record["id"]: letter["reason"] for letter in letters for record in letter["records"]}
