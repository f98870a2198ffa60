"""Acquisition: landing pages with tags and click ids, and referrers of every kind, from corpora made by hand."""

from collections.abc import Iterator

from shared.properties import Property
from shared.record import Acquisition
from tests.accuracy.figure import Case, Figure, at_least
from tests.corpora.handmade import rows
from tests.measurements import measurement, rules
from workers.steps.acquisition import attribute
from workers.steps.sources import Sources

HOST = "shop.example.com"
SOURCES = Sources()
TAGS = ("source", "medium", "campaign", "term", "content", "id")
ORIGIN = ("source", "medium")


def measure() -> list[Figure]:
    """Every field that a corpus tells has to be right."""
    return [
        at_least(0.97, "all six tags right", "landing pages with tags", _cases("acquisition_tags", TAGS)),
        at_least(0.97, "source and medium right", "landing pages with click ids", _cases("acquisition_clicks", ORIGIN)),
        *_referrers(),
    ]


def _referrers() -> Iterator[Figure]:
    """By what they ought to be: a kind of which there is much hides no other."""
    kinds = {"": "referrers of all kinds", "referral": "referrers that look like others, and others"}
    for medium, corpus in kinds.items():
        cases = _cases("acquisition_referrers", (*ORIGIN, "term"), medium)
        yield at_least(0.97, "source, medium and term right", corpus, cases)


def _cases(name: str, fields: tuple[str, ...], medium: str = "") -> Iterator[Case]:
    """`-` stands for nothing."""
    for row in rows(name):
        wanted = {field: row[field].replace("-", "") if row[field] == "-" else row[field] for field in fields}
        if not medium or row["medium"] == medium:
            told = _told(_attribute(row))
            got = {field: told[field] for field in fields}
            yield Case(got == wanted, f"{row.get('target', '')} {row['referrer']} -> {got}, not {wanted}")


def _attribute(row: dict[str, str]) -> Acquisition:
    host = row.get("page_host") or HOST
    url = f"https://{host}/{row.get('target', '')}"
    own = rules(Property(id="shop", hosts=[HOST, "*.example.net", host]))
    referrer = "" if row["referrer"] == "-" else row["referrer"]
    return attribute(measurement(url=url, referrer=referrer), host, own, SOURCES)


def _told(acquisition: Acquisition) -> dict[str, str]:
    return {
        "source": acquisition.source,
        "medium": acquisition.medium,
        "campaign": acquisition.campaign,
        "term": acquisition.term,
        "content": acquisition.content,
        "id": acquisition.campaign_id,
    }
