from pathlib import Path
from typing import Any, Literal

import pytest

from shared.beacon import Channel, Headers
from shared.config import Lookups as Files
from shared.properties import DEMO, Property
from tests.measurements import CHROME, lookups, measurement, rules, write_lines
from workers.drop import Drop, DropReason
from workers.steps.traffic import has_privacy_signal, screen

SHOP = Property(id="shop", hosts=["shop.example.com", "*.shop.example.com"], exclude_addresses=["192.0.2.0/24"])
HEADLESS = CHROME.replace("Chrome/", "HeadlessChrome/")


def reason(entry: Property = DEMO, files: Files | None = None, **changes: Any) -> DropReason | None:
    drop = screen(measurement(**changes), rules(entry), lookups(files=files or Files()))
    return drop.reason if drop else None


def test_an_ordinary_visit_passes() -> None:
    assert reason() is None


@pytest.mark.parametrize("channel", [Channel.PIXEL, Channel.SERVER, Channel.LOG])
def test_a_visit_without_script_passes(channel: Channel) -> None:
    assert reason(channel=channel, scripted=False, screen=(0, 0), time_zone="") is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://shop.example.com/", None),
        ("https://SHOP.example.com:8443/", None),
        ("https://shop.example.com./", None),
        ("https://www.shop.example.com/", None),
        ("https://example.com/", DropReason.WRONG_HOST),
        ("https://shop.example.com.evil.example/", DropReason.WRONG_HOST),
        ("nonsense", DropReason.WRONG_HOST),
    ],
)
def test_the_page_must_be_on_a_host_of_the_property(url: str, expected: DropReason | None) -> None:
    assert reason(SHOP, url=url, client_address="198.51.100.1") == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"user_agent": ""}, DropReason.NO_USER_AGENT),
        ({"user_agent": "curl/8.5.0"}, DropReason.HTTP_LIBRARY),
        ({"user_agent": HEADLESS, "webdriver": True}, DropReason.HEADLESS),
        ({"ch_ua": '"HeadlessChrome";v="131", "Chromium";v="131"'}, DropReason.HEADLESS),
        ({"ch_ua": '"Chromium";v="131", "Google Chrome";v="131", "Lighthouse";v="12"'}, DropReason.HEADLESS),
        ({"ch_ua": '"Chromium";v="131", "Google Chrome";v="131", "Not?A_Brand";v="24"'}, None),
        ({"webdriver": True}, DropReason.WEBDRIVER),
        ({"purpose": "prefetch"}, DropReason.PREFETCH),
        ({"purpose": "prefetch;prerender"}, DropReason.PREFETCH),
        ({"purpose": "Prefetch; anonymous-client-ip"}, DropReason.PREFETCH),
        ({"purpose": "preview"}, DropReason.PREFETCH),
        ({"purpose": "navigate"}, None),
        ({"referrer": "https://www.semalt.com/x"}, DropReason.REFERRER_SPAM),
        ({"referrer": "https://www.example.org/semalt.com"}, None),
    ],
)
def test_machines_and_spam_are_dropped(changes: dict[str, Any], expected: DropReason | None) -> None:
    assert reason(**changes) == expected


def test_addresses_of_datacenters_are_dropped(tmp_path: Path) -> None:
    files = Files(datacenters=[write_lines(tmp_path / "cloud.txt", "203.0.113.0/24", "2001:db8:c::/48")])
    assert reason(files=files, client_address="203.0.113.77") == DropReason.DATACENTER
    assert reason(files=files, client_address="2001:db8:c::1") == DropReason.DATACENTER
    assert reason(files=files, client_address="192.0.2.1") is None


def test_the_customers_own_addresses_are_dropped() -> None:
    assert reason(SHOP, client_address="192.0.2.44") == DropReason.EXCLUDED_ADDRESS
    assert reason(SHOP, client_address="::ffff:192.0.2.44") == DropReason.EXCLUDED_ADDRESS
    assert reason(SHOP, client_address="198.51.100.1") is None
    assert reason(SHOP, client_address="") is None


@pytest.mark.parametrize("rule", ["no_geo", "drop", "ignore"])
def test_a_privacy_signal_drops_only_where_the_property_says_so(rule: Literal["no_geo", "drop", "ignore"]) -> None:
    entry = Property(id="demo", hosts=["*"], privacy_signal=rule)
    expected = DropReason.PRIVACY_SIGNAL if rule == "drop" else None
    assert reason(entry, dnt="1") == expected
    assert reason(entry, gpc="1") == expected
    assert reason(entry) is None


@pytest.mark.parametrize("value", ["", "0", "yes", "true", " 1", "1 ", "11", "null", "unspecified"])
def test_only_exactly_1_is_a_privacy_signal(value: str) -> None:
    assert not has_privacy_signal(Headers(dnt=value, gpc=value))


def test_decisions_are_taken_in_the_order_of_the_contract() -> None:
    """Each reason hides all that come after it."""
    everything: dict[str, Any] = {
        "url": "https://elsewhere.example/",
        "user_agent": "curl/8.5.0",
        "webdriver": True,
        "purpose": "prefetch",
        "referrer": "https://semalt.com/",
        "client_address": "192.0.2.1",
        "dnt": "1",
    }
    entry = Property(id="demo", hosts=["a.example"], exclude_addresses=["192.0.2.0/24"], privacy_signal="drop")
    repairs: list[tuple[DropReason, dict[str, Any]]] = [
        (DropReason.WRONG_HOST, {"url": "https://a.example/"}),
        (DropReason.HTTP_LIBRARY, {"user_agent": CHROME}),
        (DropReason.WEBDRIVER, {"webdriver": False}),
        (DropReason.PREFETCH, {"purpose": ""}),
        (DropReason.REFERRER_SPAM, {"referrer": ""}),
        (DropReason.EXCLUDED_ADDRESS, {"client_address": "198.51.100.1"}),
        (DropReason.PRIVACY_SIGNAL, {"dnt": ""}),
    ]
    for expected, repair in repairs:
        assert reason(entry, **everything) == expected
        everything |= repair
    assert reason(entry, **everything) is None


def test_no_detail_tells_the_address_the_user_agent_or_the_url() -> None:
    secrets = {"url": "https://secret.example/s3cret", "referrer": "https://s3cret.semalt.com/", "user_agent": CHROME}
    for changes in ({}, {"user_agent": "s3cret-bot/1.0"}, {"client_address": "192.0.2.1"}, {"webdriver": True}):
        drop = screen(measurement(**(secrets | changes)), rules(DEMO), lookups())
        assert isinstance(drop, Drop)
        assert drop.detail
        assert "s3cret" not in drop.detail
        assert "192.0.2.1" not in drop.detail
