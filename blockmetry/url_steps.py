"""URL steps: what each step of URL anonymisation, and each of a property's rules, makes of a URL; for people."""

from collections.abc import Iterator, Mapping

from rich.console import Console
from rich.text import Text

from workers.steps.url_parts import UrlParts, parse, resolve
from workers.steps.urls import UrlRules, steps

UNCHANGED = "no change"
NO_PAGE = "no URL of a page: the record has an empty string"


def show(console: Console, sent: Mapping[str, str], rules: UrlRules) -> None:
    """Of the measurement's `url`, `canonical` and `referrer`, those that there are."""
    page = parse(sent["url"])
    show_one(console, "document URL", page, rules)
    if sent.get("canonical"):
        show_one(console, "canonical URL", resolve(sent["canonical"], page) if page else None, rules)
    if sent.get("referrer"):
        show_one(console, "referrer", parse(sent["referrer"]), rules)


def show_one(console: Console, what: str, url: UrlParts | None, rules: UrlRules) -> None:
    """A line for each step: what the URL is after it. What changed nothing is dim."""
    console.print(Text(what, style="bold"))
    rows = list(effects(url, rules)) if url else [("parsed", NO_PAGE)]
    width = max(len(name) for name, _ in rows)
    for name, effect in rows:
        dim = "dim" if effect == UNCHANGED else ""
        console.print(Text(f"  {name:<{width}}  {effect}", style=dim), soft_wrap=True)


def effects(url: UrlParts, rules: UrlRules) -> Iterator[tuple[str, str]]:
    """Each step's name, and the URL that it made or "no change"."""
    yield "parsed", _href(url)
    for name, step in steps(rules):
        before, url = url, step(url)
        yield name, UNCHANGED if url == before else _href(url)


def _href(url: UrlParts) -> str:
    return url.origin + url.target
