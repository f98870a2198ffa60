"""Text that somebody sent, as it is used: without what breaks lines, and cut to its limit."""

import re
from itertools import islice

URL_LIMIT = 4096
"""Bytes in UTF-8."""
URL_PARTS_LIMIT = 1024
"""Segments and parameters together, each of which is looked at by itself."""

_PART = re.compile("[/&;]")
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


def clean(text: str | None, limit: int) -> str:
    """At most `limit` characters, without what breaks lines, terminals or JSON: controls and lone surrogates."""
    if not text:
        return ""
    cut = text[:limit]
    return cut if cut.isprintable() else _UNFIT.sub("", cut)


def clean_url(text: str | None) -> str:
    """A URL that had to be cut ends before the part that the cut went through: half an address is not recognised.

    Its limit is in bytes: each becomes three characters where it is percent-encoded.
    """
    if not text or (len(text) <= URL_PARTS_LIMIT and text.isascii() and text.isprintable()):
        return text or ""
    url = clean(text, URL_LIMIT)
    cut = url if url.isascii() else url.encode()[:URL_LIMIT].decode(errors="ignore")
    if len(cut) > URL_PARTS_LIMIT:
        cut = cut[: _end_of_parts(cut)]
    if len(text) > URL_LIMIT or len(cut) < len(url):
        return cut[: max(cut.rfind(mark) for mark in "/?&;#") + 1]
    return cut


def _end_of_parts(url: str) -> int:
    marks = islice(_PART.finditer(url), URL_PARTS_LIMIT, None)
    return next((mark.end() for mark in marks), len(url))
