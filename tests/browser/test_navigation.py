"""Pages that change without loading, come back from the browser's memory, or belong to someone who opted out."""

import pytest
from playwright.async_api import Page

from tests.browser.harness import Pipeline, Site, Visitor, sent_urls

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def titles(pipeline: Pipeline, mark: str, count: int) -> list[str]:
    """Of exactly so many records."""
    return sorted(record["PageProperties"]["Title"] for record in await pipeline.so_many_of(mark, count))


async def finish(page: Page, pipeline: Pipeline, site: Site, mark: str) -> None:
    """Goes to a last page and waits for its record: whatever was to be sent before has been."""
    await page.goto(site.page(f"/last-of-{mark}", pipeline.tag()))
    await pipeline.record_of(f"/last-of-{mark}")


async def test_a_navigation_without_loading_sends_one_more(pipeline: Pipeline, visitor: Visitor) -> None:
    tab = await visitor.open(pipeline.demo + "?visit=spa")
    await pipeline.record_of("visit=spa")
    before = pipeline.records_of("/demo/second")
    await tab.click("#navigate")
    after = await pipeline.so_many_of("/demo/second", len(before) + 1)
    (record,) = [record for record in after if record not in before]
    assert record["PageProperties"]["Title"] == await tab.title() == "Fresh from the oven: a Blockmetry demo"
    assert record["Acquisition"]["Referrer"] == pipeline.demo + "?visit=spa"
    assert record["Acquisition"]["AcquisitionMedium"] == "internal"
    assert record["PerfMetrics"]["NavTimingsRaw"] == {}


async def test_going_back_within_the_page_counts_again(pipeline: Pipeline, visitor: Visitor, site: Site) -> None:
    tab = await visitor.open(site.page("/catalogue", pipeline.tag(), title="Shop"))
    await pipeline.record_of("/catalogue")
    await tab.evaluate("history.pushState(null, '', '/catalogue/shoes'); document.title = 'Shoes'")
    await pipeline.record_of("/catalogue/shoes")
    await tab.evaluate("history.back(); addEventListener('popstate', () => { document.title = 'Shop again' })")
    assert await titles(pipeline, "/catalogue", 3) == ["Shoes", "Shop", "Shop again"]


async def test_quick_steps_are_all_counted(pipeline: Pipeline, visitor: Visitor, site: Site) -> None:
    tab = await visitor.open(site.page("/quick", pipeline.tag()))
    await tab.evaluate("for (const step of [1, 2, 3]) history.pushState(null, '', '/quick/' + step)")
    await finish(tab, pipeline, site, "steps")
    assert len(pipeline.records_of("/quick")) == 4


async def test_what_leads_to_no_other_page_does_not_count(pipeline: Pipeline, visitor: Visitor, site: Site) -> None:
    tab = await visitor.open(site.page("/same", pipeline.tag()))
    await pipeline.record_of("/same")
    for step in (
        "location.hash = 'part-2'",
        "history.replaceState(null, '', '/same?sort=price')",
        "history.pushState({dialog: true}, '', location.href)",
        "history.replaceState({scroll: 10}, '')",
    ):
        await tab.evaluate(step)
    await finish(tab, pipeline, site, "all")
    assert len(pipeline.records_of("/same")) == 1


async def test_replacing_the_path_counts(pipeline: Pipeline, visitor: Visitor, site: Site) -> None:
    tab = await visitor.open(site.page("/replace", pipeline.tag()))
    await pipeline.record_of("/replace")
    await tab.evaluate("history.replaceState(null, '', '/replaced')")
    await pipeline.record_of("/replaced")


async def test_a_site_that_navigates_by_hash_can_say_so(pipeline: Pipeline, visitor: Visitor, site: Site) -> None:
    tab = await visitor.open(site.page("/hashes", pipeline.tag("data-hash"), title="Start"))
    await pipeline.record_of("/hashes")
    await tab.evaluate("location.hash = '#/cart'; document.title = 'Cart'")
    assert await titles(pipeline, "/hashes", 2) == ["Cart", "Start"]


async def test_the_pages_own_calls_of_the_history_behave_as_ever(
    pipeline: Pipeline, visitor: Visitor, site: Site
) -> None:
    tab = await visitor.open(site.page("/history", pipeline.tag()))
    assert await tab.evaluate("history.pushState({at: 1}, '', '/history/1'), history.state.at") == 1
    refused = "() => { try { history.pushState(null, '', 'https://elsewhere.example/') } catch (e) { return e.name } }"
    assert await tab.evaluate(refused) == "SecurityError"


@pytest.mark.parametrize(("attributes", "views"), [("", 1), ("data-bfcache", 2)])
async def test_a_page_from_the_back_forward_cache_counts_only_if_wanted(
    pipeline: Pipeline, visitor: Visitor, site: Site, attributes: str, views: int
) -> None:
    path = f"/remembered-{views}"
    tab = await visitor.open(site.page(path, pipeline.tag(attributes)))
    await pipeline.record_of(path)
    await tab.evaluate("window.isTheSame = true")
    await tab.goto(site.page("/between", ""))
    await tab.go_back(wait_until="commit")
    assert await tab.evaluate("window.isTheSame"), "Chromium did not keep the page"
    await finish(tab, pipeline, site, f"bfcache-{views}")
    assert len(pipeline.records_of(path)) == views


async def test_who_opted_out_sends_nothing_until_they_opt_in_again(pipeline: Pipeline, visitor: Visitor) -> None:
    context = await visitor.context()
    tab = await context.new_page()
    await tab.goto(pipeline.demo + "?visit=before")
    await pipeline.record_of("visit=before")
    await tab.click("text=Opt out")
    assert await tab.inner_text("#consent-state") == "off"
    urls = sent_urls(context)
    await tab.goto(pipeline.demo + "?visit=out")
    await tab.click("#navigate")
    await tab.wait_for_timeout(500)
    await tab.click("text=Opt in")
    await tab.goto(pipeline.demo + "?visit=after")
    await pipeline.record_of("visit=after")
    assert pipeline.records_of("visit=out") == []
    assert urls.count(pipeline.gateway + "v1/beacon") == 1


async def test_opting_out_and_counting_work_where_storage_is_refused(
    pipeline: Pipeline, visitor: Visitor, site: Site
) -> None:
    tab = await visitor.tab()
    refuse = "{get() { throw new DOMException('no', 'SecurityError') }}"
    await tab.add_init_script(f"Object.defineProperty(window, 'localStorage', {refuse})")
    await tab.goto(site.page("/unstored", pipeline.tag()))
    await pipeline.record_of("/unstored")
    await tab.evaluate("blockmetry.optOut(); history.pushState(null, '', '/unstored/out')")
    await finish(tab, pipeline, site, "unstored")
    assert len(pipeline.records_of("/unstored")) == 1


async def test_the_tag_keeps_nothing_in_the_browser(pipeline: Pipeline, visitor: Visitor) -> None:
    context = await visitor.context()
    tab = await context.new_page()
    await tab.goto(pipeline.demo + "?visit=clean")
    await pipeline.record_of("visit=clean")
    assert await context.cookies() == []
    assert await tab.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
