"""Real Chromium against a real `blockmetry up`, and a little website on another origin."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, Playwright, async_playwright

from tests.browser.harness import FREE_PORTS, HUMAN, Pipeline, Site, Visitor, launch, require_chromium
from tests.running import running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def playwright() -> AsyncIterator[Playwright]:
    require_chromium()
    async with async_playwright() as started:
        yield started


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(playwright: Playwright) -> AsyncIterator[Browser]:
    """A browser that looks like a person's."""
    browser = await launch(playwright, *HUMAN)
    yield browser
    await browser.close()


@pytest.fixture(scope="session")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    """Shared by the tests: each looks at pages of its own."""
    require_chromium()
    with running(tmp_path_factory.mktemp("up"), "up", *FREE_PORTS) as process:
        yield Pipeline(process)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def site() -> AsyncIterator[Site]:
    site = Site()
    runner = web.ServerRunner(web.Server(site.answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield site
    site.release()
    await runner.cleanup()


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(browser: Browser) -> AsyncIterator[Visitor]:
    """No script of a visited page may have thrown, nor its console show an error, whatever the test is about."""
    async with AsyncExitStack() as closing:
        visitor = Visitor(browser, closing)
        yield visitor
    assert visitor.errors == []
