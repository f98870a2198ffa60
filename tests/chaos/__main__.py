"""`python -m tests.chaos REPORTS`: writes what `make chaos` saw into docs/reliability.md."""

import sys
from pathlib import Path

import msgspec

from tests.chaos.report import Report, table

DOCUMENT = Path(__file__).parents[2] / "docs" / "reliability.md"
BEGIN, END = "<!-- results -->\n", "<!-- end of results -->"


def main(reports: Path) -> None:
    """The last report of each run counts."""
    read = msgspec.json.Decoder(Report).decode_lines(reports.read_bytes())
    latest = {report.run: report for report in read}
    before, _, rest = DOCUMENT.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCUMENT.write_text(f"{before}{BEGIN}\n{table(latest.values())}\n{END}{after}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
