"""The tag in real Chromium: what arrives is what the browser itself reports."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, Playwright

from tests.browser.harness import CHROME, Pipeline, Record, Site, Visitor, alone, launch, require_chromium
from tests.running import running

pytestmark = pytest.mark.asyncio(loop_scope="session")

ROUNDING_MS = 0.0501
OF_SERVICE_WORKERS = {"workerCacheLookupStart", "workerRouterEvaluationStart"}
"""Of another standard than Navigation Timing."""
REPORT = """() => {
  const timing = {}, entry = performance.getEntriesByType('navigation')[0]
  for (const name in entry) timing[name] = entry[name]
  return {
    timing,
    title: document.title,
    canonical: document.querySelector('link[rel=canonical]').href,
    url: location.href,
    referrer: document.referrer,
    screen: [screen.width, screen.height],
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    paint: performance.getEntriesByName('first-contentful-paint')[0].startTime,
  }
}"""


async def reported(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = await page.evaluate(REPORT)
    return found


def has_navigation_timings(record: Record) -> bool:
    return bool(record["PerfMetrics"]["NavTimingsRaw"])


async def test_a_page_view_arrives_as_the_browser_itself_reports_it(pipeline: Pipeline, visitor: Visitor) -> None:
    tab = await visitor.tab(
        screen={"width": 1440, "height": 900}, viewport={"width": 1200, "height": 700}, timezone_id="Europe/Zurich"
    )
    await tab.goto(pipeline.demo + "?visit=fields", referer="https://news.example.org/today")
    record, browser = await pipeline.record_of("visit=fields"), await reported(tab)
    page = record["PageProperties"]
    assert page["Title"] == browser["title"]
    assert page["CanonicalURL"] == browser["canonical"] == pipeline.demo
    assert page["DocumentURL"] == browser["url"]
    assert record["Acquisition"]["Referrer"] == browser["referrer"] == "https://news.example.org/today"
    assert [record["DeviceProperties"][side] for side in ("ScreenWidth", "ScreenHeigh")] == browser["screen"]
    assert record["Locale"]["TimeZone"] == browser["zone"] == "Europe/Zurich"
    assert record["DeviceProperties"]["JSEnabled"] is True
    assert record["Meta"]["Channel"] == "script"


async def test_every_navigation_timing_mark_is_the_browsers_own(pipeline: Pipeline, visitor: Visitor) -> None:
    tab = await visitor.open(pipeline.demo + "?visit=timings")
    record, browser = await pipeline.record_of("visit=timings"), await reported(tab)
    raw = record["PerfMetrics"]["NavTimingsRaw"]
    marks = [name for name in browser["timing"] if any(part in name for part in ("Start", "End", "dom"))]
    assert len(raw) >= 20
    assert set(marks) - set(raw) <= OF_SERVICE_WORKERS
    assert raw == pytest.approx({name: browser["timing"][name] for name in raw}, abs=ROUNDING_MS)
    assert raw["loadEventEnd"] > raw["domInteractive"] > raw["responseStart"] > 0
    assert record["Meta"]["WebVitals"]["FCP"] == pytest.approx(browser["paint"], abs=ROUNDING_MS)


async def test_an_uncommon_screen_is_snapped_down(pipeline: Pipeline, visitor: Visitor) -> None:
    await visitor.open(pipeline.demo + "?visit=screen", screen={"width": 1447, "height": 911})
    device = (await pipeline.record_of("visit=screen"))["DeviceProperties"]
    assert 0 < device["ScreenWidth"] < 1447
    assert 0 < device["ScreenHeigh"] < 911


async def test_leaving_before_the_page_has_loaded_still_sends(pipeline: Pipeline, visitor: Visitor, site: Site) -> None:
    url = site.page("/early", pipeline.tag(), "<img src=/hang>", title="Still loading")
    tab = await visitor.tab()
    await tab.goto(url, wait_until="commit")
    await tab.wait_for_function("window.blockmetry")
    await tab.goto("about:blank")
    record = await pipeline.record_of("/early")
    assert record["PageProperties"]["Title"] == "Still loading"
    assert record["PerfMetrics"]["NavTimingsRaw"]["responseStart"] > 0
    assert record["PerfMetrics"]["NavTimingsRaw"].get("loadEventEnd", 0) == 0


async def test_closing_the_tab_right_after_load_still_sends(pipeline: Pipeline, visitor: Visitor, site: Site) -> None:
    tab = await visitor.tab()
    await tab.goto(site.page("/closed", pipeline.tag()))
    await tab.wait_for_function("window.blockmetry")
    await tab.close(run_before_unload=True)
    assert (await pipeline.record_of("/closed"))["Meta"]["Channel"] == "script"


async def test_a_hidden_tab_sends_at_once_and_not_again(pipeline: Pipeline, visitor: Visitor, site: Site) -> None:
    tab = await visitor.tab()
    await tab.goto(site.page("/hidden", pipeline.tag(), "<img src=/hang>"), wait_until="commit")
    await tab.wait_for_function("window.blockmetry")
    await tab.evaluate("""() => {
        Object.defineProperty(document, 'hidden', {get: () => true})
        document.dispatchEvent(new Event('visibilitychange'))
    }""")
    await pipeline.record_of("/hidden")
    await tab.goto(site.page("/hidden-next", pipeline.tag()))
    await pipeline.record_of("/hidden-next")
    assert len(pipeline.records_of("/hidden")) == 2  # the page and the next one


async def test_a_tag_that_is_included_twice_sends_once(pipeline: Pipeline, visitor: Visitor, site: Site) -> None:
    tab = await visitor.open(site.page("/twice", pipeline.tag() + pipeline.tag()))
    await pipeline.record_of("/twice")
    await tab.goto(site.page("/after-both", pipeline.tag()))
    await pipeline.record_of("/after-both")
    assert len(pipeline.records_of("/twice")) == 1


async def test_without_javascript_the_pixel_counts(pipeline: Pipeline, visitor: Visitor) -> None:
    await visitor.open(pipeline.demo + "?visit=unscripted", java_script_enabled=False)
    record = await pipeline.record_of("visit=unscripted")
    assert record["DeviceProperties"]["JSEnabled"] is False
    assert record["Meta"]["Channel"] == "pixel"


async def test_the_pixel_of_another_origin_learns_the_whole_url(
    pipeline: Pipeline, visitor: Visitor, site: Site
) -> None:
    pixel = f"{pipeline.gateway}v1/pixel.gif?property=demo"
    body = f'<noscript><img src="{pixel}" referrerpolicy="no-referrer-when-downgrade" alt=""></noscript>'
    await visitor.open(site.page("/unscripted", "", body), java_script_enabled=False)
    assert (await pipeline.record_of("/unscripted"))["PageProperties"]["DocumentURL"] == site.url + "/unscripted"


async def test_a_refused_beacon_goes_by_fetch(pipeline: Pipeline, visitor: Visitor, site: Site) -> None:
    tab = await visitor.tab()
    await tab.add_init_script("navigator.sendBeacon = () => false")
    await tab.goto(site.page("/by-fetch", pipeline.tag()))
    record = await pipeline.record_of("/by-fetch")
    assert record["Meta"]["Channel"] == "script"
    assert has_navigation_timings(record)


@pytest.mark.parametrize("fetch", ["undefined", "() => Promise.reject(new Error('no'))"])
async def test_where_all_else_fails_an_image_goes(pipeline: Pipeline, visitor: Visitor, site: Site, fetch: str) -> None:
    path = f"/by-image-{len(fetch)}"
    tab = await visitor.tab(screen={"width": 1440, "height": 900})
    await tab.add_init_script(f"delete Navigator.prototype.sendBeacon; window.fetch = {fetch}")
    await tab.goto(site.page(path, pipeline.tag(), title="Tom & Jerry = 100 %"))
    record = await pipeline.record_of(path)
    assert record["Meta"]["Channel"] == "pixel"
    assert record["DeviceProperties"]["JSEnabled"] is True
    assert record["DeviceProperties"]["ScreenWidth"] == 1440
    assert record["PageProperties"]["Title"] == "Tom & Jerry = 100 %"


async def test_a_page_that_clobbers_its_own_title_is_still_counted(
    pipeline: Pipeline, visitor: Visitor, site: Site
) -> None:
    await visitor.open(site.page("/clobbered", pipeline.tag(), "<form name=title></form><a id=blockmetry></a>"))
    await pipeline.record_of("/clobbered")


async def test_an_endless_title_and_url_are_cut_to_fit(pipeline: Pipeline, visitor: Visitor, site: Site) -> None:
    url = site.page("/endless", pipeline.tag(), title="long " * 20_000) + "?q=" + "word+" * 1_000
    await visitor.open(url)
    record = await pipeline.record_of("/endless")
    assert 0 < len(record["PageProperties"]["Title"]) <= 512


async def test_the_endpoint_follows_a_path_prefix(
    visitor: Visitor, site: Site, tmp_path_factory: pytest.TempPathFactory
) -> None:
    prefixed = {"BLOCKMETRY_GATEWAY__PATH_PREFIX": "/stats/bm"}
    data = tmp_path_factory.mktemp("prefixed")
    with running(data, "up", "--port", "0", "--admin-port", "0", environ=prefixed) as process:
        pipeline = Pipeline(process)
        assert pipeline.gateway.endswith("/stats/bm/")
        tab = await visitor.open(pipeline.demo)
        await pipeline.record_of("/stats/bm/demo")
        await tab.click("text=Load the second page")
        await pipeline.record_of("/demo/second")


async def test_a_browser_driven_by_a_program_makes_no_record(
    pipeline: Pipeline, playwright: Playwright, visitor: Visitor
) -> None:
    automated = await launch(playwright)
    try:
        for user_agent in (None, CHROME):
            page = await automated.new_page(user_agent=user_agent)
            await page.goto(pipeline.demo + "?visit=driven")
            await page.wait_for_event("requestfinished", lambda request: request.url.endswith("/v1/beacon"))
    finally:
        await automated.close()
    live = await visitor.open(pipeline.live)
    await live.wait_for_selector(".drop code:text-is('webdriver')")
    await live.wait_for_selector(".drop code:text-is('headless')")
    assert pipeline.records_of("visit=driven") == []


async def test_prerendering_is_waited_out(pipeline: Pipeline, site: Site, tmp_path: Path) -> None:
    """In a browser of its own: one that is remote-controlled gives prerendering up."""
    require_chromium()
    site.page("/prerendered", pipeline.tag(), "<p>Text")
    rule = '{"prerender": [{"urls": ["/prerendered"], "eagerness": "immediate"}]}'
    leave = "<script>setTimeout(() => { location.href = '/prerendered' }, 1200)</script>"
    url = site.page("/before-prerendered", f"<script type=speculationrules>{rule}</script>{leave}")
    async with alone(url, tmp_path):
        record = await pipeline.record_of("/prerendered")
    assert record["PerfMetrics"]["NavTimingsRaw"]["activationStart"] > 1000
    assert record["PerfMetrics"]["NavTimingsRaw"]["loadEventEnd"] > 0
    assert record["Meta"]["WebVitals"]["FCP"] < 1000  # the visitor waited from the activation on


async def test_each_page_view_has_an_id_of_its_own(pipeline: Pipeline, visitor: Visitor) -> None:
    tab = await visitor.open(pipeline.demo + "?visit=ids")
    await pipeline.record_of("visit=ids")
    await tab.reload()
    found = await pipeline.so_many_of("visit=ids", 2)
    assert len({record["Meta"]["RecordID"] for record in found}) == 2
