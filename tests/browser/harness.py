"""What the browser tests are made of: Chromium, a running pipeline, a website on another origin, its visitors."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
from aiohttp import web
from playwright.async_api import Browser, BrowserContext, Page, Playwright

from tests.running import Running, records

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
# For the whole browser: what is set for a tab only does not reach the beacons that it sends while it is closing.
HUMAN = ("--disable-blink-features=AutomationControlled", f"--user-agent={CHROME}")
FREE_PORTS = ("--port", "0", "--admin-port", "0")

Value = TypeVar("Value")
Record = dict[str, Any]


class Pipeline:
    """A running `blockmetry up` as the tests see it."""

    def __init__(self, process: Running) -> None:
        self._process = process
        self.data = process.data
        self.demo = process.url("demo page")
        self.gateway = self.demo.removesuffix("demo")
        self.live = process.url("live page")

    def tag(self, attributes: str = "") -> str:
        """The snippet that a website includes."""
        return f'<script async src="{self.gateway}v1/tag.js" data-property="demo" {attributes}></script>'

    def records_of(self, mark: str) -> list[Record]:
        """Those whose page has `mark` in its URL, which says which test it belongs to."""
        return [record for record in records(self.data).values() if mark in record["PageProperties"]["DocumentURL"]]

    async def record_of(self, mark: str) -> Record:
        """The only one, as soon as it is there."""
        (record,) = await self.so_many_of(mark, 1)
        return record

    async def so_many_of(self, mark: str, count: int) -> list[Record]:
        """Waits for so many; more are a failure."""
        found = await eventually(lambda: enough if len(enough := self.records_of(mark)) >= count else None)
        assert len(found) == count
        return found


class Site:
    """A customer's website: pages by path; `/hang` never answers."""

    def __init__(self) -> None:
        self.url = ""
        self._pages: dict[str, str] = {}
        self._is_over = asyncio.Event()

    def page(self, path: str, head: str, body: str = "", title: str = "A page") -> str:
        """The URL at which the page is from now on."""
        self._pages[path] = f"<!doctype html><meta charset=utf-8><title>{title}</title>{head}<body>{body}"
        return self.url + path

    async def answer(self, request: web.BaseRequest) -> web.Response:
        if request.path == "/hang":
            await self._is_over.wait()
        if request.path == "/favicon.ico":  # the browser's own idea
            return web.Response(status=204)
        page = self._pages.get(request.path)
        return web.Response(text=page or "", content_type="text/html", status=200 if page else 404)

    def release(self) -> None:
        """What hangs is answered."""
        self._is_over.set()


async def eventually(look: Callable[[], Value | None], seconds: float = 15.0) -> Value:
    """The first true value of `look()`; the event loop goes on meanwhile."""
    deadline = time.monotonic() + seconds
    while not (value := look()):
        assert time.monotonic() < deadline, f"not within {seconds} s"
        await asyncio.sleep(0.03)
    return value


def require_chromium() -> None:
    """Skips where there is none; on CI that is a failure."""
    if CHROMIUM.exists():
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"the browser tests need Chromium at {CHROMIUM}")
    pytest.skip(f"the browser tests need Chromium at {CHROMIUM}; Debian: apt install chromium")


def launch(playwright: Playwright, *arguments: str) -> Awaitable[Browser]:
    """The system's Chromium, with its back-forward cache as people have it."""
    return playwright.chromium.launch(
        executable_path=CHROMIUM,
        args=[*ARGUMENTS, *arguments],
        ignore_default_args=["--disable-back-forward-cache"],
    )


@asynccontextmanager
async def alone(url: str, profile: Path) -> AsyncIterator[None]:
    """A browser that opens the URL and is left to itself."""
    arguments = [*ARGUMENTS, *HUMAN, f"--user-data-dir={profile}", url]
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(CHROMIUM, *arguments, stdin=quiet, stdout=quiet, stderr=quiet)
    try:
        yield
    finally:
        process.terminate()
        await process.wait()


class Visitor:
    """Opens pages, each in a browser that has never been here, and notes what goes wrong in them."""

    def __init__(self, browser: Browser, closing: AsyncExitStack) -> None:
        self._browser = browser
        self._closing = closing
        self.errors: list[str] = []

    async def context(self, **options: Any) -> BrowserContext:
        context = await self._browser.new_context(**options)
        self._closing.push_async_callback(context.close)
        context.on("weberror", lambda event: self.errors.append(str(event.error)))
        context.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        return context

    async def tab(self, **options: Any) -> Page:
        return await (await self.context(**options)).new_page()

    async def open(self, url: str, **options: Any) -> Page:
        """Returns once it has loaded."""
        page = await self.tab(**options)
        await page.goto(url)
        return page


def sent_urls(context: BrowserContext) -> list[str]:
    """Where requests go from now on; grows as they do."""
    urls: list[str] = []
    context.on("request", lambda request: urls.append(request.url))
    return urls
