"""Every parser that is fuzzed, under inputs that look like its own: bytes, damaged seeds, and words of its language."""

import gzip
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.gunzip import gunzip
from gateway.pages import takes_gzip
from gateway.reject import Reject
from tests.fuzz.channels import UNPACKED_LIMIT_BYTES
from tests.fuzz.target import Target
from tests.fuzz.targets import TARGETS

JSON = ["{", "}", "[", "]", ",", ":", '"', "null", "true", "1e400", "-0", "9" * 40, "\\ud800", "\\u0000", " ", "\ufeff"]
NAMES = ['"property":"demo"', '"url":"https://a.example/"', '"screen":[1,2]', '"timings":{"a":1}', '"id":', '"title":']
QUERY = [
    "property=demo",
    "&",
    "=",
    "url=https://a.example/",
    "screen=1x2",
    "timings.a",
    "vitals",
    "%",
    "%ff",
    "+",
    "\0",
]
TOML = ["[gateway]", "[[property]]", "\n", "=", '"', "id", "port", "hosts", "{", "}", "1", "inf", "'''", "é", "\0", "#"]
YAML = ["a", ":", "- ", "\n", "  ", "[", "]", "{}", "&x", "*x", "!!python/name:os", '"', "urls", "params", "/(/", "\t"]
LINES = [
    "192.0.2.1",
    "/",
    "-",
    "::",
    "32",
    "999",
    "\n",
    "#",
    ";",
    "*.",
    "spam.example",
    "http://",
    " ",
    "%",
    "ExitAddress",
]
HOPS = [
    "10.0.0.1",
    ",",
    ";",
    "for=",
    '"',
    "[",
    "]",
    ":",
    "443",
    "_x",
    "unknown",
    "\n",
    "\0",
    "::ffff:10.0.0.1",
    "%25",
    " ",
]
WORDS = [
    *JSON,
    *NAMES,
    *QUERY,
    *TOML,
    *YAML,
    *LINES,
    *HOPS,
    "gzip",
    ";q=0",
    "bm1.",
    "bm1s.",
    "GATEWAY__PORT",
    "Bearer ",
]


def damaged(seeds: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """A piece of one, something else, and a piece of another."""
    pieces = st.tuples(st.sampled_from(seeds), st.integers(0, 300), st.integers(0, 300))
    cut = pieces.map(lambda piece: piece[0][piece[1] : piece[1] + piece[2]])
    return st.tuples(cut, st.binary(max_size=6), cut).map(b"".join)


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_no_input_breaks_a_promise(target: Target) -> None:
    words = st.lists(st.sampled_from(WORDS), max_size=30).map("".join).map(str.encode)

    @settings(deadline=None)
    @given(words | damaged(target.seeds) | st.binary(max_size=200) | st.text(max_size=60).map(str.encode))
    def run(sent: bytes) -> None:
        target.run(sent)

    run()


@given(st.lists(st.tuples(st.binary(max_size=300), st.integers(0, 9)), min_size=1, max_size=4), st.integers(0, 600))
def test_what_was_compressed_is_unpacked_or_too_large(members: list[tuple[bytes, int]], limit: int) -> None:
    plain = b"".join(member for member, _ in members)
    found = gunzip(b"".join(gzip.compress(member, level) for member, level in members), limit)
    assert found == plain if len(plain) <= limit else isinstance(found, Reject)


@given(st.binary(max_size=300), st.data())
def test_gzip_that_was_cut_off_is_never_taken(plain: bytes, data: st.DataObject) -> None:
    sent = gzip.compress(plain)
    cut = sent[: data.draw(st.integers(0, len(sent) - 1))]
    assert isinstance(gunzip(cut, UNPACKED_LIMIT_BYTES), Reject)


@given(
    st.dictionaries(st.sampled_from(["gzip", "br", "*", "identity", "x-gzip"]), st.sampled_from([None, 0, 0.001, 1]))
)
def test_gzip_is_taken_where_it_is_named_and_wanted(offers: dict[str, float | None]) -> None:
    said = ", ".join(name if quality is None else f"{name};q={quality}" for name, quality in offers.items())
    assert takes_gzip(said) == takes_gzip(said.upper()) == bool("gzip" in offers and offers["gzip"] != 0)
