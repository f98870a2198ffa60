"""Whatever surrounds a secret, it does not come through; and what came out once goes through unchanged."""

import base64
import random
import uuid
from urllib.parse import quote

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from shared.properties import UrlRule
from workers.steps.private_values import EVERYTHING, UNMISTAKABLE
from workers.steps.url_rules import UrlRules
from workers.steps.urls import anonymise, anonymise_text

RULES = UrlRules()
WORDS = st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=10)
LOCAL_PARTS = st.text(alphabet="abcdefghijklmnopqrstuvwxyzABC0123456789.!#$%&'*+-/=?^_`{|}~", min_size=1, max_size=20)
ADDRESSES = st.builds(lambda local, a, b: f"{local}@{a}.{b}com", LOCAL_PARTS, WORDS, WORDS)
BYTES = st.binary(min_size=16, max_size=40).filter(lambda sent: len(set(sent)) > 10)
TOKENS = st.integers(0, 2**32).map(lambda seed: random.Random(seed).randbytes(20).hex())
RANDOM = st.integers(0, 2**32).map(lambda seed: random.Random(seed).randbytes(32))
ENCODED = RANDOM.map(lambda raw: base64.urlsafe_b64encode(raw).decode()) | RANDOM.map(
    lambda raw: base64.b64encode(raw).decode().rstrip("=")
)


def segment(json: dict[str, str] | bytes) -> str:
    raw = json if isinstance(json, bytes) else msgspec.json.encode(json)
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


JWTS = st.builds(
    lambda name, sign: f"{segment({'alg': 'HS256'})}.{segment({'sub': name})}.{segment(sign)}", WORDS, BYTES
)
UUIDS = st.uuids().map(str)
PHONES = st.builds(
    "+{}{}{:07d}".format, st.sampled_from([1, 33, 44, 49, 81]), st.integers(100, 999), st.integers(0, 9999999)
)
SECRETS = ADDRESSES | JWTS | UUIDS | PHONES | TOKENS | ENCODED

LAYERS = st.sampled_from(["", "%", "%%"])
PLACES = st.sampled_from(
    [
        "https://a.example/{}",
        "https://a.example/{}/x?y=1",
        "https://a.example/x/{};v=1/y",
        "https://a.example/x;v={}/y",
        "https://a.example/?q={}",
        "https://a.example/?q=word+{}+word",
        "https://a.example/?{}",
        "https://a.example/?a=1&b=%2Fx%3Fy%3D{}&c",
        "https://a.example/#{}",
        "https://{}:x@a.example/",
        "https://a.example/?email={}",
    ]
)


def planted(secret: str, place: str, layers: str) -> str:
    secret = quote(secret, safe="")
    for _ in layers:
        secret = quote(secret, safe="")
    return place.format(secret)


@given(SECRETS, PLACES, LAYERS)
@example("a/@b.ccom", "https://a.example/?q={}", "%")
def test_no_planted_secret_survives(secret: str, place: str, layers: str) -> None:
    result = anonymise(planted(secret, place, layers), RULES).href
    assert result
    assert secret not in result
    assert quote(secret, safe="") not in result
    assert quote(secret, safe="@") not in result


@given(ADDRESSES | JWTS | UUIDS, WORDS, WORDS)
def test_no_planted_secret_survives_in_a_title(secret: str, before: str, after: str) -> None:
    assert secret not in anonymise_text(f"{before} {secret} - {after}")


FRAGMENTS = """
/ / ? & ; = = # % %2 %25 %40 %2F %26 + - _ . .. @ [ ] : 0 00 1234567 2026-11-28 é ü 12:30 203.0.113.7
"""
PIECES = st.lists(
    SECRETS | WORDS | st.sampled_from(FRAGMENTS.split()) | st.text(max_size=8),
    max_size=14,
).map("".join)


@given(PIECES)
@example("/%2e%2e/[email]?token=%5Btoken%5D")
def test_anonymising_twice_is_anonymising_once(pieces: str) -> None:
    once = anonymise(f"https://a.example/{pieces}", RULES)
    assert anonymise(once.href, RULES) == once


@given(PIECES)
def test_removing_twice_is_removing_once(pieces: str) -> None:
    for rules in (EVERYTHING, UNMISTAKABLE):
        once = rules.remove(pieces)
        assert rules.remove(once) == once


@given(PIECES)
def test_one_search_over_all_rules_finds_what_each_finds(pieces: str) -> None:
    """Or else a set of patterns that ran out of memory would let everything through."""
    changes = [rule.apply(pieces) != pieces for rule in EVERYTHING.rules]
    assert (EVERYTHING.remove(pieces) != pieces) is any(changes)


@given(st.text(), st.text(alphabet="/a{}[]?#%*\\", max_size=10), st.lists(st.text(max_size=5), max_size=3))
def test_anonymising_is_total_and_its_result_can_be_written(url: str, path: str, names: list[str]) -> None:
    rules = UrlRules([UrlRule(path=f"/{path}", query_deny=names), UrlRule(regex="[a-z]+", replacement=path)])
    for candidate in (url, f"https://a.example/{url}", f"https://{url}/"):
        assert msgspec.json.encode(anonymise(candidate, rules))


@given(st.uuids(version=4))
def test_a_hosts_own_words_survive_beside_a_secret(secret: uuid.UUID) -> None:
    assert anonymise(f"https://a.example/red-shoes/{secret}?size=44", RULES).href == (
        "https://a.example/red-shoes/[uuid]?size=44"
    )
