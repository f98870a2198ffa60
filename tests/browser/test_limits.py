"""What browsers hold a page to: the quota of what may be sent while it is left, and the leave of another origin."""

import pytest

from tests.browser.harness import Pipeline, Site, Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")

QUOTA_BYTES = 65_536
FILLED = """([url, page, bytes]) => {
  const whole = title => JSON.stringify({property: 'demo', url: page, title})
  const room = bytes - whole('').length
  const sent = extra => navigator.sendBeacon(url, whole('word '.repeat(bytes).slice(0, room + extra)))
  return [sent(1), sent(0)]
}"""
ASKED = """async ([url, page]) => {
  const body = JSON.stringify({property: 'demo', url: page})
  const ask = async (type, sent) => {
    const options = {method: 'POST', credentials: 'include', headers: {'Content-Type': type}, body: sent}
    const answer = await fetch(url, options)
    return [answer.status, await answer.text()]
  }
  return [await ask('application/json', body), await ask('text/plain', body)]
}"""


async def test_a_beacon_that_fills_the_browser_s_quota_makes_a_record(
    pipeline: Pipeline, visitor: Visitor, site: Site
) -> None:
    tab = await visitor.open(site.page("/quota", ""))
    page = site.url + "/quota-filled"
    sent = await tab.evaluate(FILLED, [pipeline.gateway + "v1/beacon", page, QUOTA_BYTES])
    assert sent == [False, True]
    record = await pipeline.record_of("/quota-filled")
    assert record["PageProperties"]["Title"].startswith("word word")


async def test_when_others_have_used_up_the_quota_the_tag_still_gets_through(
    pipeline: Pipeline, visitor: Visitor, site: Site
) -> None:
    greedy = f"<script>window.greedy = navigator.sendBeacon('/hang', 'x'.repeat({QUOTA_BYTES}))</script>"
    tab = await visitor.open(site.page("/greedy", greedy + pipeline.tag(), title="Still here"))
    assert await tab.evaluate("[greedy, navigator.sendBeacon('/hang', 'x')]") == [True, False]
    record = await pipeline.record_of("/greedy")
    assert record["Meta"]["Channel"] == "pixel"
    assert record["PageProperties"]["Title"] == "Still here"


async def test_a_script_of_another_origin_may_send_with_credentials_and_read_the_answer(
    pipeline: Pipeline, visitor: Visitor, site: Site
) -> None:
    tab = await visitor.open(site.page("/asking", ""))
    answers = await tab.evaluate(ASKED, [pipeline.gateway + "v1/beacon", site.url + "/asked"])
    assert answers == [[204, ""], [204, ""]]
    await pipeline.so_many_of("/asked", 2)


async def test_a_page_that_moves_on_while_it_loads_is_counted(pipeline: Pipeline, visitor: Visitor, site: Site) -> None:
    away = site.page("/moved-to", pipeline.tag())
    leave = f"<script>addEventListener('load', () => {{ location.href = '{away}' }})</script>"
    tab = await visitor.tab()
    await tab.goto(site.page("/moving-on", pipeline.tag() + leave))
    await tab.wait_for_url(away)
    assert (await pipeline.record_of("/moved-to"))["Acquisition"]["Referrer"] == site.url + "/moving-on"
    assert (await pipeline.record_of("/moving-on"))["Meta"]["Channel"] == "script"
