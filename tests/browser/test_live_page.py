"""The live page in real Chromium: what a developer sees when checking a site's integration."""

import asyncio
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
from playwright.async_api import Page

from tests.browser.harness import CHROME, FREE_PORTS, Pipeline, Site, Visitor, eventually, sent_urls
from tests.running import free_port, running

pytestmark = pytest.mark.asyncio(loop_scope="session")

CURL = "curl/8.5.0"
HOSTILE = "<img src=x onerror='window.taken = 1'><script>window.taken = 1</script>"


async def post(pipeline: Pipeline, path: str, user_agent: str = CHROME, **names: Any) -> int:
    """A beacon for a page at `path` of some shop."""
    payload = {"property": "demo", "url": "https://shop.example.com" + path, **names}
    async with aiohttp.ClientSession() as session:
        headers = {"User-Agent": user_agent, "Content-Type": "text/plain"}
        async with session.post(pipeline.gateway + "v1/beacon", data=json.dumps(payload), headers=headers) as answer:
            return answer.status


def row(page: Page, path: str) -> Any:
    """The record of a page path."""
    return page.locator(".rows .record").filter(has=page.locator(f".page b:text-is('{path}')"))


async def overflows(page: Page) -> bool:
    return bool(await page.evaluate("document.documentElement.scrollWidth > innerWidth"))


async def test_a_visit_shows_up_and_opens_to_the_very_record(pipeline: Pipeline, visitor: Visitor) -> None:
    live = await visitor.open(pipeline.live)
    await visitor.open(pipeline.demo + "/second?visit=shown")
    shown = row(live, "/demo/second").first
    await shown.wait_for()
    assert "Chrome, Linux, desktop" in await shown.inner_text()
    record = await pipeline.record_of("visit=shown")
    await shown.locator("summary").click()
    assert json.loads(await shown.locator("pre").inner_text()) == record


async def test_a_drop_shows_up_with_its_reason_in_words(pipeline: Pipeline, visitor: Visitor) -> None:
    live = await visitor.open(pipeline.live)
    assert await post(pipeline, "/by-curl", CURL) == 204
    drop = live.locator(".rows .drop").filter(has=live.locator("code:text-is('http_library')")).first
    await drop.wait_for()
    assert "from an HTTP library or a command line" in await drop.inner_text()
    await live.locator("#reasons .dropped", has_text="http_library").wait_for()


async def test_a_reject_is_counted_with_its_reason(pipeline: Pipeline, visitor: Visitor) -> None:
    live = await visitor.open(pipeline.live)
    assert await post(pipeline, "/", property="nobody") == 404
    chip = live.locator("#reasons .rejected", has_text="unknown_property")
    await chip.wait_for()
    await chip.locator("button").click()
    assert "Check data-property in the tag" in await chip.inner_text()
    reasons = await live.locator("#reasons .rejected b").all_inner_texts()
    assert await live.locator("#counters .rejected dd").inner_text() == str(sum(map(int, reasons)))


async def test_a_hostile_page_gets_no_markup_in(pipeline: Pipeline, visitor: Visitor, site: Site) -> None:
    live = await visitor.open(pipeline.live)
    title = HOSTILE.replace("<", "&lt;")
    await visitor.open(site.page("/hostile", pipeline.tag(), title=title) + "?utm_source=%3Cb%3Ebold%3C/b%3E")
    hostile = row(live, "/hostile").first
    await hostile.locator("summary").click()
    assert HOSTILE in await hostile.locator(".page span").inner_text()
    assert "<b>bold</b>" in await hostile.locator(".source").inner_text()
    assert json.loads(await hostile.locator("pre").inner_text())["PageProperties"]["Title"] == HOSTILE
    assert await live.locator(".rows img, .rows script, .rows .source b").count() == 0
    assert await live.evaluate("window.taken") is None


async def test_markup_could_not_be_inserted_by_mistake(pipeline: Pipeline, visitor: Visitor) -> None:
    live = await visitor.open(pipeline.live)
    attempt = "() => { try { document.body.innerHTML = '<b>x</b>' } catch (e) { return e.name } }"
    assert await live.evaluate(attempt) == "TypeError"
    await eventually(lambda: visitor.errors)
    assert "TrustedHTML" in visitor.errors.pop()


async def test_the_list_can_be_filtered_and_paused(pipeline: Pipeline, visitor: Visitor) -> None:
    live = await visitor.open(pipeline.live)
    await post(pipeline, "/filtered")
    await post(pipeline, "/", CURL)
    await row(live, "/filtered").wait_for()
    await live.locator(".rows .drop").first.wait_for()
    await live.get_by_text("Drops", exact=True).click()
    assert not await row(live, "/filtered").is_visible()
    assert await live.locator(".rows .drop").first.is_visible()
    await live.get_by_text("All", exact=True).click()
    await live.click("#pause")
    await post(pipeline, "/while-paused")
    await live.locator("#note", has_text="1 new while paused").wait_for()
    assert await row(live, "/while-paused").count() == 0
    await live.click("#pause")
    await row(live, "/while-paused").wait_for()


async def test_everything_can_be_reached_and_opened_by_keyboard(pipeline: Pipeline, visitor: Visitor) -> None:
    await post(pipeline, "/by-keyboard")
    await pipeline.record_of("/by-keyboard")
    live = await visitor.open(pipeline.live)
    await row(live, "/by-keyboard").first.wait_for()
    reached = []
    for _ in range(30):
        await live.keyboard.press("Tab")
        reached.append(await live.evaluate("document.activeElement.id || document.activeElement.tagName"))
        if reached[-1] == "SUMMARY":
            break
    assert {"demo", "pause", "SUMMARY"} <= set(reached)
    await live.keyboard.press("Enter")
    await live.locator(".rows [open]").first.wait_for()


async def test_nothing_comes_from_elsewhere(pipeline: Pipeline, visitor: Visitor) -> None:
    for url in (pipeline.live, pipeline.demo):
        context = await visitor.context()
        requested = sent_urls(context)
        await (await context.new_page()).goto(url)
        await asyncio.sleep(0.4)
        assert {urlsplit(request).netloc for request in requested} - {""} == {urlsplit(url).netloc}


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (360, "light"), (800, "light"), (1280, "dark")])
async def test_the_pages_fit_every_screen(pipeline: Pipeline, visitor: Visitor, width: int, scheme: str) -> None:
    long = "/a-very-long-path-without-any-break" * 4
    await post(pipeline, long, title="W" * 300, referrer="https://" + "sub." * 20 + "example.com/")
    await post(pipeline, "/", CURL)
    looks = {"viewport": {"width": width, "height": 780}, "color_scheme": scheme}
    live = await visitor.open(pipeline.live, **looks)
    await row(live, long).first.wait_for()
    await live.locator(".rows .record summary").first.click()
    await live.locator(".rows .drop summary").first.click()
    assert not await overflows(live)
    for path in ("", "/second"):
        assert not await overflows(await visitor.open(pipeline.demo + path, **looks))


async def test_dark_is_dark_and_light_is_light(pipeline: Pipeline, visitor: Visitor) -> None:
    lightness = "parseInt(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])"
    for url in (pipeline.live, pipeline.demo):
        dark = await visitor.open(url, color_scheme="dark")
        light = await visitor.open(url, color_scheme="light")
        assert await dark.evaluate(lightness) < 40
        assert await light.evaluate(lightness) > 215


async def test_an_empty_page_tells_what_to_do_and_a_lost_one_comes_back(visitor: Visitor, tmp_path: Path) -> None:
    ports = ("--port", str(free_port()), "--admin-port", str(free_port()))
    with running(tmp_path, "up", *ports) as process:
        pipeline = Pipeline(process)
        live = await visitor.open(pipeline.live, permissions=["clipboard-read", "clipboard-write"])
        await live.get_by_text("Waiting for the first hit").wait_for()
        assert await live.locator("#demo-start").get_attribute("href") == pipeline.demo
        await live.click("#copy-snippet")
        await live.get_by_text("Copied").wait_for()
        assert pipeline.tag().replace(" >", ">") in await live.evaluate("navigator.clipboard.readText()")
        await visitor.open(pipeline.demo)
        await row(live, "/demo").wait_for()
    await live.get_by_text("Connection lost").wait_for()
    assert await row(live, "/demo").is_visible()
    with running(tmp_path, "up", *ports) as process:
        await live.locator("#state:text-is('Live')").wait_for()
        assert not await live.locator("#lost").is_visible()
        await post(Pipeline(process), "/back-again")
        await row(live, "/back-again").wait_for()


async def test_the_admin_port_closes_at_once_with_the_page_open(visitor: Visitor, tmp_path: Path) -> None:
    with running(tmp_path, "up", *FREE_PORTS) as process:
        live = await visitor.open(process.url("live page"))
        await live.locator("#state:text-is('Live')").wait_for()
        assert process.stop() == 0
