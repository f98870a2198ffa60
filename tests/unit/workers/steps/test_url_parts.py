from urllib import parse as urllib_parse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.steps.url_parts import UrlParts, decode, encode, parse, resolve, unquote

BASE = UrlParts("https", "shop.example.com", "", "/shoes/red", "size=44")


@pytest.mark.parametrize(
    ("url", "host", "target"),
    [
        ("HTTPS://Shop.Example.COM:443/a/./b/../c?x=1#f", "shop.example.com", "/a/c?x=1"),
        ("ht\ttps://shop.example.com\\a\\b", "shop.example.com", "/a/b"),
        ("https://jo:secret@münchen.example/ä", "xn--mnchen-3ya.example", "/%C3%A4"),
        ("http://[::1]:8080/", "[::1]", "/"),
        ("http://shop.example.com./", "shop.example.com", "/"),
        ("android-app://com.Google.Android.gm/", "com.google.android.gm", "/"),
    ],
)
def test_urls_are_parsed_as_browsers_do(url: str, host: str, target: str) -> None:
    parts = parse(url)
    assert parts
    assert (parts.host, parts.target) == (host, target)


@pytest.mark.parametrize(
    "url",
    ["", "shoes", "/shoes", "http://", "mailto:jo@example.com", "data:,x", "https://\ud800", f"http://{'a.' * 127}"],
)
def test_what_is_no_page_is_none(url: str) -> None:
    assert parse(url) is None


@pytest.mark.parametrize(
    ("reference", "target"),
    [
        ("/boots", "/boots"),
        ("blue", "/shoes/blue"),
        ("../hats?x=1", "/hats?x=1"),
        ("?size=45", "/shoes/red?size=45"),
        ("#top", "/shoes/red"),
        ("", "/shoes/red"),
        ("\\boots", "/boots"),
        (" https://shop.example.com/a ", "/a"),
        ("//shop.example.com/b", "/b"),
    ],
)
def test_references_are_resolved_on_their_page(reference: str, target: str) -> None:
    parts = resolve(reference, BASE)
    assert parts
    assert (parts.scheme, parts.host, parts.target) == ("https", "shop.example.com", target)


@pytest.mark.parametrize("reference", ["javascript:alert(1)", "mailto:jo@example.com", "https://"])
def test_a_reference_to_no_page_is_none(reference: str) -> None:
    assert resolve(reference, BASE) is None


def test_all_layers_of_percent_encoding_come_off() -> None:
    assert decode("jo%2540example.com") == "jo@example.com"
    assert decode("100%") == "100%"
    assert decode("%25" * 3 + "zz") == "%%%zz"


@given(st.lists(st.sampled_from(["%", "%4", "%41", "%C3", "%A9", "%zz", "%e4%bd", "%ff", "é", "a", "+"])).map("".join))
def test_one_layer_comes_off_as_the_standard_library_takes_it_off(encoded: str) -> None:
    assert unquote(encoded) == urllib_parse.unquote(encoded)


def test_what_is_wrapped_without_end_is_refused() -> None:
    assert decode("%" + "25" * 50 + "41") is None


def test_placeholders_stay_readable_when_encoded() -> None:
    assert encode("[email] & co/x?") == "[email]%20%26%20co%2Fx%3F"
