"""AMP's ways of sending in real Chromium, with the config that we serve."""

import json

import pytest

from tests.browser import amp
from tests.browser.harness import Pipeline, Site, Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")

WAYS = {
    "beacon": {"beacon": True},
    "beacon-body": {"beacon": True, "useBody": True},
    "xhrpost": {"xhrpost": True},
    "xhrpost-body": {"xhrpost": True, "useBody": True},
    "image": {"image": True},
}


def config_of(pipeline: Pipeline) -> str:
    return json.dumps(pipeline.gateway + "v1/amp/demo.json")


async def test_a_page_with_our_config_arrives_once_as_the_browser_reports_it(
    pipeline: Pipeline, visitor: Visitor, site: Site
) -> None:
    tab = await visitor.tab(screen={"width": 1440, "height": 900}, timezone_id="America/Mexico_City")
    url = site.page("/amp-story", amp.page(f"amp({config_of(pipeline)})"), title="Crónica & más")
    await tab.goto(url + "?day=1#top", referer="https://news.example.org/today")
    record = await pipeline.record_of("/amp-story")
    assert (record["PropertyType"], record["Meta"]["Channel"]) == ("amp", "amp")
    page = record["PageProperties"]
    assert (page["DocumentURL"], page["CanonicalURL"]) == (url + "?day=1", site.url + "/whole-story")
    assert page["Title"] == "Crónica & más"
    assert record["Acquisition"]["Referrer"] == "https://news.example.org/today"
    assert [record["DeviceProperties"][side] for side in ("ScreenWidth", "ScreenHeigh")] == [1440, 900]
    assert record["DeviceProperties"]["JSEnabled"] is True
    assert record["Locale"]["TimeZone"] == "America/Mexico_City"
    marks = await tab.evaluate("[performance.timing.navigationStart, performance.timing.responseStart]")
    assert record["PerfMetrics"]["NavTimingsRaw"]["responseStart"] == marks[1] - marks[0] > 0


async def test_every_transport_of_amp_delivers(pipeline: Pipeline, visitor: Visitor, site: Site) -> None:
    calls = "".join(
        f"known.sourceUrl = location.href + '?via={way}'; known.pageViewId64 = '{way}-' + crypto.randomUUID()\n"
        f"statuses.push(await amp({config_of(pipeline)}, {json.dumps(transport)}))\n"
        for way, transport in WAYS.items()
    )
    tab = await visitor.open(
        site.page("/amp-ways", amp.page(f"const statuses = []\n{calls}window.statuses = statuses"))
    )
    await tab.wait_for_function("window.statuses")
    assert await tab.evaluate("statuses.filter(status => status)") == [204, 204]
    found = await pipeline.so_many_of("/amp-ways", len(WAYS))
    assert {record["PageProperties"]["DocumentURL"].partition("via=")[2] for record in found} == set(WAYS)
    assert {record["Meta"]["Channel"] for record in found} == {"amp"}


async def test_a_page_that_is_left_as_soon_as_it_has_sent_is_counted_once(
    pipeline: Pipeline, visitor: Visitor, site: Site
) -> None:
    away = site.page("/amp-next", amp.page(f"amp({config_of(pipeline)})"))
    both = f"await amp({config_of(pipeline)}); amp({config_of(pipeline)}).then(() => {{ location.href = '{away}' }})"
    tab = await visitor.tab()
    await tab.goto(site.page("/amp-left", amp.page(both), title="Left"))
    await tab.wait_for_url(away)
    following = await pipeline.record_of("/amp-next")
    assert following["Acquisition"]["AcquisitionMedium"] == "internal"
    assert (await pipeline.record_of("/amp-left"))["PageProperties"]["Title"] == "Left"
