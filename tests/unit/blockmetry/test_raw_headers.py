"""Headers as people paste them."""

import time

import pytest

from blockmetry.raw_headers import parse

CURL = """\
*   Trying 127.0.0.1:8080...
* Connected to 127.0.0.1 (127.0.0.1) port 8080 (#0)
> POST /v1/beacon HTTP/1.1
> Host: 127.0.0.1:8080
> User-Agent: curl/8.5.0
> X-Forwarded-For: 198.51.100.1
>
} [63 bytes data]
* upload completely sent off: 63 bytes
< HTTP/1.1 204 No Content
< Date: Tue, 25 Nov 2025 10:00:00 GMT
"""
BROWSER = """\
POST /v1/beacon HTTP/1.1
Host: stats.example.com
User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0

DNT: 1
"""
TWO_LINES = """\
:authority:
stats.example.com
:method:
POST
referer:
https://shop.example.com/
x-forwarded-for:
2001:db8::7
cookie:
user-agent:
Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0
"""


def test_of_what_curl_shows_only_the_request_is_read() -> None:
    assert parse(CURL).lines == [
        ("Host", "127.0.0.1:8080"),
        ("User-Agent", "curl/8.5.0"),
        ("X-Forwarded-For", "198.51.100.1"),
    ]
    assert parse(CURL).unread == []


def test_request_line_blank_lines_and_indentation_are_no_hindrance() -> None:
    plain = parse(BROWSER)
    assert [name for name, _ in plain.lines] == ["Host", "User-Agent", "DNT"]
    assert plain.unread == []
    for changed in ("\ufeff" + BROWSER, BROWSER.replace("\n", "\r\n"), "  " + BROWSER.replace("\n", "\n  ")):
        assert parse(changed) == plain


def test_values_on_lines_of_their_own_belong_to_the_names_above() -> None:
    assert parse(TWO_LINES).lines == [
        ("referer", "https://shop.example.com/"),
        ("x-forwarded-for", "2001:db8::7"),
        ("cookie", ""),
        ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"),
    ]
    assert parse(":authority: stats.example.com\naccept: */*").lines == [("accept", "*/*")]


def test_of_several_requests_the_last_counts_and_no_answer_does() -> None:
    moved = "GET /a HTTP/1.1\nHost: a\nA: 1\n\nHTTP/1.1 301 Moved\nLocation: /b\n\n"
    assert parse(moved + "GET /b HTTP/2\nHost: b\n\nHTTP/2 204\nB: 2\n").lines == [("Host", "b")]


def test_a_header_on_several_lines_is_found_in_their_order_and_its_first_value_too() -> None:
    found = parse("X-Forwarded-For: 192.0.2.66\nDNT:1\nx-forwarded-for:  198.51.100.1 , 10.0.0.2\ndnt: 0")
    assert found.values("X-FORWARDED-FOR") == ["192.0.2.66", "198.51.100.1 , 10.0.0.2"]
    assert found.first() == {"x-forwarded-for": "192.0.2.66", "dnt": "1"}
    assert found.values("Forwarded") == []


@pytest.mark.parametrize(
    "line", [" folded", "X-Forwarded-For : 192.0.2.66", "no header", '{"property": "demo"}', ": x"]
)
def test_what_is_no_header_is_said_to_be_none(line: str) -> None:
    found = parse(f"Host: a\n{line}\nDNT: 1")
    assert found.lines == [("Host", "a"), ("DNT", "1")]
    assert found.unread == [2]


@pytest.mark.parametrize(
    "part", ["a:\n", "a\n", "> a: b\n", " ", ":", "a: 1\n\n", "GET / HTTP/1.1\n", "\x00\u2028\ud800"]
)
def test_endless_text_is_read_in_time(part: str) -> None:
    """What is quadratic takes minutes here."""
    started = time.monotonic()
    parse(part * (300_000 // len(part)))
    assert time.monotonic() - started < 5
