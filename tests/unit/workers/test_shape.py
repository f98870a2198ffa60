"""What is kept of a measurement that one of our steps failed on."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.shape import of_json, of_text


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("Mary.Jones@Example.com", "Aaaa.Aaaaa@Aaaaaaa.aaa"),
        ("https://shop.example.com/?id=%C3%A9&tel=+43 664 123", "aaaaa://aaaa.aaaaaaa.aaa/?aa=%A0%A0&aaa=+00 000 000"),
        ("Müller İ ٣ हिन्दी", "Aéaaaa é é éééééé"),
        ("a\tb\u2028c😀\ud800", "a\ta\u2028a😀\ufffd"),
        ("", ""),
    ],
)
def test_marks_stay_and_letters_and_digits_only_tell_their_kind(text: str, shape: str) -> None:
    assert of_text(text) == shape


def test_structure_and_our_names_stay_and_of_numbers_their_size() -> None:
    sent = b'{"url":"https://a.b/c","mary":[4366412345,-0.052,0,true,null],"timings":{"loadEventEnd":1234.5,"jones":1}}'
    assert msgspec.json.decode(of_json(sent, {"url", "timings", "loadEventEnd"})) == {
        "url": "aaaaa://a.a/a",
        "aaaa": [4e9, -0.05, 0, True, None],
        "timings": {"loadEventEnd": 1000, "aaaaa": 1},
    }


@pytest.mark.parametrize("sent", [b"{mary", b"\xff\xfe", b"[" * 50_000, b"1e999", b"[" * 400 + b"]" * 400, b""])
def test_what_cannot_be_decoded_or_encoded_has_the_shape_of_a_text(sent: bytes) -> None:
    assert isinstance(msgspec.json.decode(of_json(sent, set())), str | list)


JSON = st.recursive(st.text() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False), st.lists)


@given(st.binary() | JSON.map(msgspec.json.encode))
def test_every_shape_is_json(sent: bytes) -> None:
    assert msgspec.json.encode(of_json(sent, set()))


@given(st.text())
def test_no_word_survives(text: str) -> None:
    assert {c for c in of_text(text) if c.isalnum()} <= set("aA0é")
