"""URL anonymisation: what is planted does not come through, what is ordinary does; URLs are parsed as browsers do."""

import random
from collections.abc import Iterable, Iterator

from tests.accuracy.figure import Case, Figure, at_least, at_most
from tests.corpora import planted
from tests.corpora.handmade import rows
from tests.corpora.planted import Planted
from workers.steps.acquisition import read_tags
from workers.steps.url_parts import parse
from workers.steps.urls import UrlRules, anonymise, anonymise_text

RULES = UrlRules()
SEED = 20261124
PER_KIND = 30


def measure() -> list[Figure]:
    """Leaks by place, what is kept of ordinary URLs and titles, and what is lost of public ids."""
    chance = random.Random(SEED)
    return [
        at_most(0.0, "leaks by look", "planted", _leaks(planted.plants(chance, PER_KIND))),
        at_most(0.0, "leaks by name", "planted", _leaks(planted.named_plants(chance))),
        at_most(0.0, "leaks in tags", "planted", _tag_leaks(planted.tagged(chance, PER_KIND // 3))),
        at_most(0.0, "leaks in titles", "planted", _title_leaks(planted.titles(chance, PER_KIND // 3))),
        at_least(0.99, "ordinary kept", "urls_ordinary", _kept("urls_ordinary")),
        at_least(0.9, "names of products and campaigns kept", "urls_named", _kept("urls_named")),
        at_least(0.99, "ordinary titles kept", "titles_ordinary", _titles_kept()),
        at_least(
            0.55, "public ids kept", "urls_public_ids", map(_is_kept, (r["url"] for r in rows("urls_public_ids")))
        ),
        at_least(1.0, "parsed as WHATWG", "urls_parsed", map(_is_parsed, rows("urls_parsed"))),
    ]


def _leaks(plants: Iterable[Planted]) -> Iterator[Case]:
    for plant in plants:
        result = anonymise(plant.text, RULES).href
        yield Case(planted.survives(plant.secret, result) or not result, f"{plant.kind}: {plant.text} -> {result}")


def _tag_leaks(plants: Iterable[Planted]) -> Iterator[Case]:
    for plant in plants:
        told, _ = read_tags(plant.text)
        yield Case(planted.survives(plant.secret, "\n".join(told.values())), f"{plant.kind}: {plant.text} -> {told}")


def _title_leaks(plants: Iterable[Planted]) -> Iterator[Case]:
    for plant in plants:
        result = anonymise_text(plant.text)
        yield Case(planted.survives(plant.secret, result), f"{plant.kind}: {plant.text} -> {result}")


def _kept(corpus: str) -> Iterator[Case]:
    return (_is_kept(row["url"]) for row in rows(corpus))


def _is_kept(url: str) -> Case:
    parsed = parse(url)
    result = anonymise(url, RULES).href
    return Case(parsed is not None and result == parsed.origin + parsed.target, f"{url} -> {result}")


def _titles_kept() -> Iterator[Case]:
    for row in rows("titles_ordinary"):
        result = anonymise_text(row["title"])
        yield Case(result == row["title"], f"{row['title']} -> {result}")


def _is_parsed(row: dict[str, str]) -> Case:
    """As a page's URL; the host without the root's dot."""
    url = row["url"].encode("latin-1", "backslashreplace").decode("unicode_escape")
    parts = parse(url)
    got = (*parts[:2], parts.path) if parts else ("", "", "")
    return Case(got == (row["scheme"], row["host"], row["path"]), f"{url!r}: {got}")
