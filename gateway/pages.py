"""Pages: the files that the gateway serves: the tag, and the demo site of `blockmetry up`."""

from collections.abc import Mapping
from hashlib import blake2b
from importlib.resources import files

from aiohttp import web

STATIC = files("gateway") / "static"
TAG_MAX_AGE_SECONDS = 3600


class Page:
    """A body that stays the same while the process runs: answered from memory, with an ETag."""

    def __init__(self, body: bytes, content_type: str, max_age_seconds: int) -> None:
        self._body = body
        self._etag = f'"{blake2b(body, digest_size=8).hexdigest()}"'
        self._headers = {
            "Content-Type": f"{content_type}; charset=utf-8",
            "Cache-Control": f"public, max-age={max_age_seconds}" if max_age_seconds else "no-cache",
            "ETag": self._etag,
            "Access-Control-Allow-Origin": "*",
            "Cross-Origin-Resource-Policy": "cross-origin",
        }

    async def answer(self, request: web.Request) -> web.Response:
        """The body, or 304 when the client has it."""
        if self._etag in request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers=self._headers)
        response = web.Response(body=self._body, headers=self._headers)
        response.enable_compression()
        return response


def tag() -> dict[str, Page]:
    """The script that sites include."""
    body = (STATIC / "tag.js").read_bytes()
    return {"/v1/tag.js": Page(body, "text/javascript", TAG_MAX_AGE_SECONDS)}


def demo(substitutions: Mapping[str, str]) -> dict[str, Page]:
    """The demo site: `NAME.html` in `static/demo` is served at `/demo/NAME`, `index.html` at `/demo`."""
    pages = {}
    for file in (STATIC / "demo").iterdir():
        text = file.read_text(encoding="utf-8")
        for name, value in substitutions.items():
            text = text.replace("{{" + name + "}}", value)
        path = "/demo" if file.name == "index.html" else f"/demo/{file.name.removesuffix('.html')}"
        pages[path] = Page(text.encode(), "text/html", max_age_seconds=0)
    return pages
