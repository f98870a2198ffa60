import json
from typing import Any

import msgspec
import pytest

from shared.beacon import HEADER_NAMES, Beacon, Channel, Headers
from workers.drop import Drop, DropReason
from workers.measurement import Measurement, decode

RECEIVED_MS = 1_764_000_000_000  # 2025-11-24T16:00:00Z
URL = "https://shop.example.com/shoes"


def beacon(payload: bytes, channel: Channel = Channel.SCRIPT) -> Beacon:
    headers = Headers(user_agent="Mozilla/5.0", accept_language="en", dnt="1", purpose="prefetch")
    return Beacon(b"\x01" * 16, RECEIVED_MS, channel, "shop", "192.0.2.1", headers, payload)


def decoded(channel: Channel = Channel.SCRIPT, **payload: Any) -> Measurement:
    result = decode(beacon(json.dumps({"property": "shop", "url": URL} | payload).encode(), channel))
    assert isinstance(result, Measurement)
    return result


def dropped(payload: bytes, channel: Channel = Channel.SCRIPT) -> str:
    result = decode(beacon(payload, channel))
    assert isinstance(result, Drop)
    assert result.reason is DropReason.BAD_MEASUREMENT
    return result.detail


def test_every_name_of_the_payload_is_taken_over() -> None:
    sent: dict[str, Any] = {
        "canonical": "https://shop.example.com/s",
        "title": "Shoes",
        "referrer": "https://www.google.com/",
        "time_zone": "Europe/Berlin",
        "timings": {"responseStart": 12.5},
        "vitals": {"LCP": 900},
        "webdriver": True,
    }
    m = decoded(id="abc", screen=[1280, 720], **sent)
    assert {name: getattr(m, name) for name in sent} == sent
    assert (m.id, m.property, m.url, m.screen) == (b"\x01" * 16, "shop", URL, (1280, 720))
    assert (m.at_ms, m.client_address, m.headers.user_agent) == (RECEIVED_MS, "192.0.2.1", "Mozilla/5.0")


def test_null_is_as_good_as_absent() -> None:
    names = ("canonical", "title", "referrer", "screen", "time_zone", "timings", "vitals", "webdriver")
    assert decoded(Channel.PIXEL, **dict.fromkeys(names)) == decoded(Channel.PIXEL)


@pytest.mark.parametrize("payload", [b"", b"{", b"[]", b"\xff", b'{"a\xff":1}', b"[" * 100_000, b'{"url":"\\ud800"}'])
def test_a_payload_that_is_no_json_object_is_dropped(payload: bytes) -> None:
    assert dropped(payload)


@pytest.mark.parametrize("url", ["", "/shoes", "mailto:jo@example.com", "http://", "file:///etc/passwd"])
def test_a_hit_without_a_page_is_dropped_and_the_detail_does_not_quote_it(url: str) -> None:
    detail = dropped(json.dumps({"url": url}).encode())
    assert detail == "url: missing or no http(s) URL"


def test_a_field_of_the_wrong_type_is_named() -> None:
    assert "$.screen" in dropped(json.dumps({"url": URL, "screen": "wide"}).encode())


def test_long_strings_are_cut_not_refused() -> None:
    m = decoded(title="t" * 600, time_zone="z" * 100, url=URL + "?" + "a=b&" * 2000)
    assert (len(m.title), len(m.time_zone)) == (512, 64)
    assert 4000 < len(m.url) <= 4096


def test_a_url_has_at_most_1024_parts() -> None:
    assert decoded(url="https://a.example" + "/b" * 1_500).url == "https://a.example" + "/b" * 1_022 + "/"


def test_of_a_url_beyond_ascii_the_bytes_count() -> None:
    """Encoded, each is three characters."""
    assert decoded(url=f"{URL}?q=a&w={'東' * 1_300}").url.endswith("東")
    assert decoded(url=f"{URL}?q=a&w={'東' * 1_400}").url == f"{URL}?q=a&"


def test_a_cut_does_not_leave_half_an_address_that_nothing_would_recognise() -> None:
    page = f"{URL}?q={'a' * 4040}&mail="
    m = decoded(url=page + "jo.bloggs" * 3 + "@example.com", title="a" * 500 + " jo.bloggs@example.com")
    assert "bloggs" not in m.url
    assert "bloggs" not in m.title


def test_control_characters_are_taken_out_and_a_title_stays_one_line() -> None:
    m = decoded(title="Big\r\n  shoes\x00\x1b[31m \u2028now", url="https://shop.example.com/\x00a", referrer="\x07")
    assert (m.title, m.url, m.referrer) == ("Big shoes[31m now", "https://shop.example.com/a", "")


def test_letters_beyond_ascii_stay() -> None:
    title = "Schöne Grüße, 東京 👟"
    assert decoded(title=title).title == title


def test_lone_surrogates_in_headers_do_not_reach_the_record() -> None:
    bad = msgspec.structs.replace(beacon(json.dumps({"url": URL}).encode()), headers=Headers(user_agent="a\udcffb"))
    result = decode(bad)
    assert isinstance(result, Measurement)
    assert result.headers.user_agent == "ab"


def test_numbers_are_taken_under_whatever_names() -> None:
    """The steps know which of them mean something."""
    m = decoded(timings={f"mark{n}": n for n in range(100)}, vitals={"LCP": 1.5, "jo@example.com": 3, "CLS": None})
    assert len(m.timings) == 100
    assert m.vitals == {"LCP": 1.5, "jo@example.com": 3}


@pytest.mark.parametrize("screen", [[0, 0], [-1280, 720], [1e9, 720]])
def test_a_screen_that_no_device_has_is_unknown(screen: list[float]) -> None:
    assert decoded(screen=screen).screen == (0, 0)


@pytest.mark.parametrize(
    ("channel", "payload", "scripted"),
    [
        (Channel.SCRIPT, {}, True),
        (Channel.AMP, {}, True),
        (Channel.PIXEL, {}, False),
        (Channel.SERVER, {"title": "Shoes"}, False),
        (Channel.PIXEL, {"screen": [390, 844]}, True),
        (Channel.SERVER, {"time_zone": "Asia/Tokyo"}, True),
        (Channel.PIXEL, {"timings": {"responseStart": 1}}, True),
    ],
)
def test_a_script_ran_where_the_channel_or_a_field_says_so(
    channel: Channel, payload: dict[str, Any], scripted: bool
) -> None:
    assert decoded(channel, **payload).scripted is scripted


def test_unknown_names_are_ignored_and_counted() -> None:
    assert decoded(visitor="jo", colour=["red"]).unknown_names == 2
    assert decoded(client_ip="203.0.113.9").unknown_names == 1
    assert decoded(Channel.SERVER, client_ip="203.0.113.9").unknown_names == 0


@pytest.mark.parametrize("channel", [Channel.SERVER, Channel.LOG])
def test_a_server_tells_whom_it_saw(channel: Channel) -> None:
    m = decoded(
        channel,
        client_ip="203.0.113.9",
        user_agent="Safari",
        accept_language="fr",
        dnt=True,
        gpc="1",
        occurred_at="2025-11-24T16:30:00+01:00",
    )
    assert m.client_address == "203.0.113.9"
    assert m.headers == Headers(user_agent="Safari", accept_language="fr", dnt="1", gpc="1")
    assert (m.at_ms, m.received_at_ms) == (RECEIVED_MS - 30 * 60_000, RECEIVED_MS)


def test_a_server_hands_on_the_headers_that_it_got_under_names_in_any_case() -> None:
    sent = {name.swapcase(): f"the {name}" for name in HEADER_NAMES}
    m = decoded(Channel.SERVER, headers={**sent, "Cookie": "session=1", "X-Forwarded-For": "203.0.113.9"})
    assert m.headers == Headers(*(f"the {name}" for name in HEADER_NAMES))
    assert (m.client_address, m.unknown_names) == ("", 0)
    assert decoded(Channel.SERVER, headers={"Purpose": "prefetch"}).headers.purpose == "prefetch"


def test_what_has_a_name_of_its_own_wins_over_the_headers() -> None:
    said = {"User-Agent": "Chrome", "Accept-Language": "de", "DNT": "1", "Sec-GPC": "1"}
    m = decoded(Channel.SERVER, user_agent="Safari", dnt=False, gpc=None, accept_language="", headers=said)
    assert m.headers == Headers(user_agent="Safari", accept_language="de", dnt="0", gpc="1")


@pytest.mark.parametrize(
    ("sent", "taken"), [(["1", "0"], "1"), ([], ""), (True, "1"), (1, "1"), (None, ""), ({"a": 1}, ""), (1.5, "")]
)
def test_a_header_in_a_list_or_as_a_number_is_taken_and_an_odd_one_costs_itself_only(sent: object, taken: str) -> None:
    m = decoded(Channel.SERVER, headers={"Sec-GPC": sent, "User-Agent": "Safari"})
    assert m.headers == Headers(user_agent="Safari", gpc=taken)


def test_handed_on_headers_are_as_long_as_received_ones_may_be() -> None:
    assert len(decoded(Channel.SERVER, headers={"Sec-CH-UA": "x" * 100_000}).headers.ch_ua) == 2048


@pytest.mark.parametrize("sent", ["User-Agent: Safari", ["User-Agent"], 5])
def test_headers_that_are_no_map_are_a_drop(sent: object) -> None:
    assert "object" in dropped(json.dumps({"url": URL, "headers": sent}).encode(), Channel.SERVER)


def test_the_servers_own_address_and_headers_are_never_taken_for_the_visitors() -> None:
    m = decoded(Channel.SERVER)
    assert (m.client_address, m.headers) == ("", Headers())


def test_in_a_browsers_payload_the_servers_names_mean_nothing() -> None:
    m = decoded(client_ip="203.0.113.9", user_agent="Safari", occurred_at="never", dnt=[])
    assert (m.client_address, m.headers.user_agent, m.at_ms) == ("192.0.2.1", "Mozilla/5.0", RECEIVED_MS)


@pytest.mark.parametrize(
    "when", ["2025-11-17T15:59:59Z", "2025-11-24T16:05:01Z", "0001-01-01T00:00:00+14:00", "2025-11-24T16:00:00", "soon"]
)
def test_a_hit_of_another_week_of_the_future_or_without_a_zone_is_dropped(when: str) -> None:
    assert "occurred_at" in dropped(json.dumps({"url": URL, "occurred_at": when}).encode(), Channel.SERVER)


def test_a_week_back_and_a_little_ahead_are_accepted() -> None:
    assert decoded(Channel.SERVER, occurred_at="2025-11-17T16:00:00Z").at_ms == RECEIVED_MS - 7 * 86_400_000
    assert decoded(Channel.SERVER, occurred_at="2025-11-24T16:05:00Z").at_ms == RECEIVED_MS + 300_000


def test_one_timing_that_is_no_number_costs_itself_and_not_the_measurement() -> None:
    m = decode(beacon(b'{"url":"https://example.com/","timings":{"a":"x","b":1e999,"c":[1],"d":2.5},"vitals":null}'))
    assert isinstance(m, Measurement)
    assert m.timings == {"d": 2.5}
    assert m.vitals == {}


@pytest.mark.parametrize("sent", [b"5", b'"x"', b"[1]", b"true"])
def test_timings_that_are_no_map_are_a_drop(sent: bytes) -> None:
    m = decode(beacon(b'{"url":"https://example.com/","timings":' + sent + b"}"))
    assert isinstance(m, Drop)
