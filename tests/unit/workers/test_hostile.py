"""Whatever strangers send costs less than 10 ms, and ends as a record or a drop: no pattern is catastrophic."""

import json
import time
from collections.abc import Iterator
from itertools import count

import pytest

from shared.beacon import Beacon, Channel, Headers
from shared.properties import Property, UrlRule
from shared.text import URL_LIMIT
from tests.measurements import CHROME, lookups
from workers.measurement import HEADER_LIMIT, TITLE_LIMIT
from workers.outcome import Bug, conclude

LIMIT_SECONDS = 0.010
TRIES = 8
"""The fastest counts, by the time of the processor: others are at work on this machine."""
BODY_BYTES = 64_000
RULES = [
    UrlRule(path="/account/{user}/orders/{order}"),
    UrlRule(query_deny=["q"]),
    UrlRule(regex="(a+)+b|(a|aa)+$", replacement="x"),
]
LOOKUPS = lookups(Property(id="demo", hosts=["*"], url_rule=RULES))
REPEATED = (
    *"%@(+;&=?#/.-_:,!~'*[]{}<>\"|\\^`$ 0aA", "%25", "%2525", "%40", "a@", "@a.", "a@b.", "+1", "+1 ", ";;", "; ", "&=",
    "//", "../", "a.", "..", "1.", "1.1.1.1 ", "::", ":a", '::" :', "::<]:", "12 ", "A b ", "1234-", "Aa1", "Zq9K",
    "ey", "eyJ.", "xn--", "😀", "東", "İ", "\u0301", "\u202e", "[email]", "a=1;", "?a=b&", "&utm_source=", "https://",
    "https://a/?u=", "7c9e6679-7425-", "password=", ";q=0.", "en;q=0.5,", "en-", "x-", ", ", '"a";v="1", ', "bot",
    "Mozilla/5.0 ", "Android ", "Build/", "Chrome/1", "Version/1.", "iPhone ", "like ", "Windows NT ", "+http://",
    "\t", "\x00",
)  # fmt: skip
_numbers = count()


def beacon(payload: bytes, headers: Headers, channel: Channel = Channel.SCRIPT) -> Beacon:
    return Beacon(bytes(16), 1_764_000_000_000, channel, "demo", "192.0.2.1", headers, payload)


def everywhere(text: str, url: str) -> Beacon:
    """In the URLs beyond `url`, and in all other fields, each as long as it may be."""
    number = next(_numbers)  # never the same: no cache knows it
    address = f"{url}{text * URL_LIMIT}"[: URL_LIMIT - 8] + str(number)
    payload = {
        "property": "demo",
        "url": address,
        "canonical": address + "c",
        "referrer": address.replace("shop", "www") + "r",
        "title": (text * TITLE_LIMIT)[: TITLE_LIMIT - 8] + str(number),
        "time_zone": text * 64,
        "timings": {(text * 40)[:40] + str(place): place for place in range(500)},
    }
    header = (text * HEADER_LIMIT)[: HEADER_LIMIT - 8]
    others = Headers.__struct_fields__[1:]
    return beacon(json.dumps(payload).encode(), Headers(CHROME, *(f"{header}{number}" for _ in others)))


def in_the_user_agent(text: str, begin: str) -> Beacon:
    user_agent = f"{begin}{text * HEADER_LIMIT}"[: HEADER_LIMIT - 8] + str(next(_numbers))
    return beacon(b'{"url":"https://shop.example.com/"}', Headers(user_agent, ch_ua=(text * 300)[:300]))


def from_a_server(text: str) -> Beacon:
    words = (text * BODY_BYTES)[: BODY_BYTES // 4 // max(1, len(json.dumps(text)) - 2)]
    payload = {"url": "https://a.example/", "user_agent": words, "accept_language": words, "client_ip": words}
    return beacon(json.dumps(payload).encode(), Headers(), Channel.SERVER)


def nested(depth: int) -> Iterator[bytes]:
    yield b'{"url":"https://a.example/","x":' + b"[" * depth + b"]" * depth + b"}"
    yield b'{"url":"https://a.example/","timings":' + b'{"a":' * depth + b"1" + b"}" * depth + b"}"
    yield b"[" * depth


def hurries(sent: Iterator[Beacon]) -> bool:
    """Whether one of a few tries is done in time; it is the first, nearly always."""
    for _, one in zip(range(TRIES), sent, strict=False):
        begun = time.thread_time()
        result = conclude(one, LOOKUPS).result
        seconds = time.thread_time() - begun
        assert not isinstance(result, Bug), result.kept.body
        if seconds < LIMIT_SECONDS:
            return True
    return False


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    conclude(everywhere("a", "https://shop.example.com/"), LOOKUPS)


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example.com/",
        "https://shop.example.com/?",
        "https://shop.example.com/?q=",
        "https://shop.example.com/#",
        "https://",
    ],
)
def test_anything_again_and_again_in_every_field(url: str) -> None:
    slow = [text for text in REPEATED if not hurries(everywhere(text, url) for _ in count())]
    assert slow == []


@pytest.mark.parametrize("begin", ["", "Mozilla/5.0 (", f"{CHROME} ", "Mozilla/5.0 (Linux; Android 10; "])
def test_anything_again_and_again_in_a_user_agent(begin: str) -> None:
    slow = [text for text in REPEATED if not hurries(in_the_user_agent(text, begin) for _ in count())]
    assert slow == []


def test_a_body_full_of_anything() -> None:
    slow = [text for text in REPEATED if not hurries(from_a_server(text) for _ in count())]
    raw = [text for text in REPEATED if not hurries(beacon(text.encode() * 20_000, Headers()) for _ in count())]
    assert (slow, raw) == ([], [])


@pytest.mark.parametrize("depth", [10, 500, 1_000, 30_000])
def test_a_payload_nested_as_deep_as_a_body_can_be(depth: int) -> None:
    assert [payload[:40] for payload in nested(depth) if not hurries(beacon(payload, Headers()) for _ in count())] == []


@pytest.mark.parametrize("part", ["a{}={}", "u{}=Zq9Kf83hZlP02xVt{}", "p{}=%2543{}", "{}@b{}.c", "x{}/y{}"])
@pytest.mark.parametrize("mark", ["&", ";", "/", ","])
def test_as_many_parts_of_a_url_as_fit(part: str, mark: str) -> None:
    def full() -> Beacon:
        text = mark.join(part.format(number, next(_numbers)) for number in range(500))[:URL_LIMIT]
        urls = {"url": f"https://a.example/?{text}", "referrer": f"https://b.example/{text}", "canonical": f"/{text}"}
        return beacon(json.dumps(urls).encode(), Headers(CHROME))

    assert hurries(full() for _ in count())
