"""URL rules: a property's Specific Instructions, compiled."""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

import re2

from shared.properties import PLACEHOLDER, QUIET, REFERENCE, UrlRule
from workers.steps.url_parts import UrlParts, form_text, parse, unquote

Step = Callable[[UrlParts], UrlParts]


class UrlRules:
    """The instructions of one property, in their order."""

    def __init__(self, rules: Sequence[UrlRule] = ()) -> None:
        self.steps: tuple[tuple[str, Step], ...] = tuple(
            (f"url_rule[{place}].{field}", step) for place, rule in enumerate(rules) for field, step in _compile(rule)
        )
        """Each with the name that the properties file gives it."""


def _compile(rule: UrlRule) -> list[tuple[str, Step]]:
    steps: list[tuple[str, Step]] = []
    if rule.path:
        steps.append(("path", _path_step(rule.path)))
    if rule.query_allow is not None:
        steps.append(("query_allow", _query_step(rule.query_allow, keep=True)))
    if rule.query_deny:
        steps.append(("query_deny", _query_step(rule.query_deny, keep=False)))
    if rule.regex:
        steps.append(("regex", _regex_step(rule.regex, rule.replacement)))
    return steps


def _path_step(path: str) -> Step:
    """`/account/{user}` also covers what lies below it: a person's pages are the person's."""
    literals_and_names = PLACEHOLDER.split(path.rstrip("/") or "/")
    literals = [re2.escape(quote(unquote(literal), safe="/[]!$&'()*+,;=:@~")) for literal in literals_and_names[::2]]
    names = literals_and_names[1::2]
    pattern = re2.compile("([^/]+)".join(literals).join(("^", "((?:/.*)?)$")), QUIET)

    def cover(url: UrlParts) -> UrlParts:
        found = pattern.search(url.path)
        return url._replace(path=_fill(url.path, found, names)) if found and names else url

    return cover


def _fill(path: str, found: Any, names: list[str]) -> str:
    pieces, end = [], 0
    for group, name in enumerate(names, 1):
        pieces += [path[end : found.start(group)], f"[{name}]"]
        end = found.end(group)
    return "".join([*pieces, path[end:]])


def _query_step(listed: Sequence[str], *, keep: bool) -> Step:
    names = frozenset(name.lower() for name in listed)

    def select(url: UrlParts) -> UrlParts:
        kept = [part for part in url.query.split("&") if part and (_name(part) in names) is keep]
        return url._replace(query="&".join(kept))

    return select


def _name(part: str) -> str:
    return form_text(part.partition("=")[0]).lower()


def _regex_step(regex: str, replacement: str) -> Step:
    pattern = re2.compile(regex, QUIET)

    def replace(url: UrlParts) -> UrlParts:
        target = pattern.sub(lambda found: _expand(replacement, found), url.target)
        return url if target == url.target else _retarget(url, target)

    return replace


def _expand(replacement: str, found: Any) -> str:
    """A reference to a group that there is not, or that took no part, is empty."""
    groups = (found.group(), *found.groups(""))
    return REFERENCE.sub(lambda r: groups[int(r[1])] if int(r[1]) < len(groups) else "", replacement)


def _retarget(url: UrlParts, target: str) -> UrlParts:
    """The rewritten path and query as a URL has them; without both where they make none."""
    return parse(f"{url.origin}/{target.removeprefix('/')}") or url._replace(path="/", query="")
