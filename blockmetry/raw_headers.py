"""Raw headers: those of a request as people have them: from a browser's tools, from `curl -v`, from a trace."""

import re
from collections.abc import Iterator
from textwrap import dedent
from typing import NamedTuple

CURL_MARK = ">"
_NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_LINE = re.compile(rf"(:?{_NAME}):(.*)")
"""HTTP/2's `:method` and the like stand in place of the request line."""
_SPACED_LINE = re.compile(rf":?{_NAME}:(?:\s.*)?")
"""How tools show one, where what follows may also be a value: `https://…` and `2001:db8::1` are none."""
_REQUEST_LINE = re.compile(rf"{_NAME} \S+ HTTP/\d(?:\.\d)?")
_STATUS_LINE = re.compile(r"HTTP/\d(?:\.\d)? \d{3}\b.*")


class RawHeaders(NamedTuple):
    """The header lines of one request, in their order."""

    lines: list[tuple[str, str]]
    unread: list[int]
    """Numbers of the lines that are none, from 1."""

    def values(self, name: str) -> list[str]:
        """One for each line of that name, in whatever case."""
        return [value for found, value in self.lines if found.lower() == name.lower()]

    def first(self) -> dict[str, str]:
        """By name in lower case. Of those of the same name the first, as the gateway takes them."""
        return {name.lower(): value for name, value in reversed(self.lines)}


def parse(text: str) -> RawHeaders:
    """Total: what cannot be read is `unread`. Of several requests the last counts, and no answer does."""
    found = RawHeaders([], [])
    is_request, is_open = True, False
    for number, line in _lines(text):
        if _STATUS_LINE.fullmatch(line):
            is_request = False
        elif _REQUEST_LINE.fullmatch(line):
            found, is_request, is_open = RawHeaders([], []), True, False
        elif is_request and line.strip():
            is_open = _take(line, number, is_open, found)
    return found._replace(lines=[(name, value) for name, value in found.lines if not name.startswith(":")])


def _take(line: str, number: int, is_open: bool, found: RawHeaders) -> bool:
    """`is_open`: the header above has no value yet; some tools put it on a line of its own. Returns this line's."""
    if is_open and not _SPACED_LINE.fullmatch(line):
        found.lines[-1] = (found.lines[-1][0], line.strip())
    elif header := _LINE.fullmatch(line):
        found.lines.append((header[1], header[2].strip()))
        return not header[2].strip()
    else:
        found.unread.append(number)
    return False


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """With their numbers. Where there are curl's marks, what has none is not the request."""
    lines = dedent(text.removeprefix("\ufeff").replace("\r\n", "\n")).split("\n")
    is_marked = any(line.startswith(CURL_MARK) for line in lines)
    for number, line in enumerate(lines, 1):
        if not is_marked:
            yield number, line
        elif line.startswith(CURL_MARK):
            yield number, line.removeprefix(CURL_MARK).removeprefix(" ")
