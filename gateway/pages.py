"""Pages: the files that the gateway serves: the tag, and the demo site of `blockmetry up`."""

import gzip
import time
from collections.abc import Mapping
from hashlib import blake2b
from importlib.resources import files

from aiohttp import web

from gateway import answers
from gateway.answers import Answer

STATIC = files("gateway") / "static"
TAG_MAX_AGE_SECONDS = 3600


class Page:
    """A body that stays the same while the process runs: answered from memory, with an ETag."""

    def __init__(self, body: bytes, content_type: str, max_age_seconds: int) -> None:
        self._body = body
        self._compressed = gzip.compress(body, mtime=0)
        self._etag = f'"{blake2b(body, digest_size=8).hexdigest()}"'
        self._headers = {
            "Content-Type": f"{content_type}; charset=utf-8",
            "Cache-Control": f"public, max-age={max_age_seconds}" if max_age_seconds else "no-cache",
            "ETag": self._etag,
            "Vary": "Accept-Encoding",
            "Access-Control-Allow-Origin": "*",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "X-Content-Type-Options": "nosniff",
        }

    async def answer(self, request: web.BaseRequest) -> Answer:
        """The body, or 304 when the client has it."""
        now = time.time()
        if self._etag in request.headers.get("If-None-Match", ""):
            return answers.answer(request, now, 304, self._headers)
        if takes_gzip(request.headers.get("Accept-Encoding", "")):
            return answers.answer(request, now, 200, {**self._headers, "Content-Encoding": "gzip"}, self._compressed)
        return answers.answer(request, now, 200, self._headers, self._body)


def takes_gzip(accept_encoding: str) -> bool:
    """RFC 9110: named, and not with a quality of 0."""
    for offer in accept_encoding.lower().replace(" ", "").split(","):
        name, _, quality = offer.partition(";q=")
        if name == "gzip":
            return quality.strip("0.") != "" or not quality
    return False


def tag() -> dict[str, Page]:
    """The script that sites include."""
    return {"/v1/tag.js": Page((STATIC / "tag.js").read_bytes(), "text/javascript", TAG_MAX_AGE_SECONDS)}


def demo(substitutions: Mapping[str, str]) -> dict[str, Page]:
    """The demo site: `demo.html` at `/demo`, `demo-NAME.html` at `/demo/NAME`; `{{NAME}}` is substituted."""
    pages = {}
    for file in STATIC.iterdir():
        if file.name.startswith("demo") and file.name.endswith(".html"):
            text = file.read_text(encoding="utf-8")
            for name, value in substitutions.items():
                text = text.replace("{{" + name + "}}", value)
            path = "/" + file.name.removesuffix(".html").replace("-", "/", 1)
            pages[path] = Page(text.encode(), "text/html", max_age_seconds=0)
    return pages
