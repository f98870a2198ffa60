"""Whatever surrounds a secret, it does not come through; and what came out once goes through unchanged."""

import random
import uuid
from collections.abc import Callable

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from shared.properties import UrlRule
from tests.corpora import planted
from tests.corpora.secret_kinds import KINDS
from workers.steps.folding import fold
from workers.steps.private_values import EVERYTHING, is_ordinary
from workers.steps.url_rules import UrlRules
from workers.steps.urls import anonymise, anonymise_text

RULES = UrlRules()
SEEDS = st.integers(0, 2**32).map(random.Random)
SECRETS = st.builds(lambda kind, chance: KINDS[kind](chance), st.sampled_from(list(KINDS)), SEEDS)
PLACES = st.sampled_from(planted.PLACES.split("\n")).map(str.strip).filter(bool)
LAYERS = st.sampled_from(list(planted.LAYERS.values()))
LOCAL_PARTS = st.text(alphabet="abcdefghijklmnopqrstuvwxyzABC0123456789.!#$%&'*+-/=?^_`{|}~", min_size=1, max_size=8)
"""RFC 5322's, with marks that separate things in URLs: what stands before one may stay, and is the shorter half."""
WORDS = st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=10)
ADDRESSES = st.builds(lambda local, a, b: f"qx{local}zj@{a}qzx.{b}jqcom", LOCAL_PARTS, WORDS, WORDS)
ADDRESSES = ADDRESSES.filter(lambda address: "//" not in address)
"""After which stands who signs in to the host that follows."""


@given(SECRETS | ADDRESSES, PLACES, LAYERS)
@example("a/@b.ccom", "https://a.example/?q={}", planted.LAYERS["twice"])
def test_no_planted_secret_survives(secret: str, place: str, layer: Callable[[str], str]) -> None:
    result = anonymise(place.format(layer(secret)), RULES).href
    assert result
    assert not planted.survives(secret, result)


@given(SEEDS)
def test_no_value_of_a_private_name_survives(chance: random.Random) -> None:
    plants = list(planted.named_plants(chance, 1))
    for plant in chance.sample(plants, 5):
        assert not planted.survives(plant.secret, anonymise(plant.text, RULES).href), plant


@given(SECRETS | ADDRESSES, WORDS, WORDS)
def test_no_planted_secret_survives_in_a_title(secret: str, before: str, after: str) -> None:
    assert not planted.survives(secret, anonymise_text(f"{before} {secret} - {after}"))


FRAGMENTS = """
/ / ? & ; = = # % %2 %25 %40 %2F %26 + - _ . .. @ [ ] : 0 00 1234567 2026-11-28 é ü 12:30 203.0.113.7
"""
PROSE = "+|-| |.|12|0171|ab|cd|1234567|12345678|the|Red|é|0|_|'|USA|x"
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
    once = EVERYTHING.remove(pieces)
    assert EVERYTHING.remove(once) == once


@given(PIECES)
def test_one_search_over_all_rules_finds_what_each_finds(pieces: str) -> None:
    """Or else a set of patterns that ran out of memory would let everything through."""
    changes = [rule.apply(fold(pieces)) != fold(pieces) for rule in EVERYTHING.rules]
    assert (EVERYTHING.remove(pieces) != pieces) is any(changes)


@given(st.lists(st.sampled_from(PROSE.split("|")) | st.text(alphabet="aZ019-_.,+ ~!*$'é中", max_size=6)).map("".join))
def test_no_rule_finds_anything_in_what_is_ordinary_at_a_glance(text: str) -> None:
    if is_ordinary(text):
        assert [rule.name for rule in EVERYTHING.rules if rule.apply(fold(text)) != text] == []


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
