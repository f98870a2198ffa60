"""Which properties a key is good for, as the properties are now."""

import pytest

from gateway.keys import Keys, hash_of
from gateway.reject import Reject, RejectReason
from shared.properties import Properties, Property
from shared.watch import Watched


def keyed(**keys: list[str]) -> Properties:
    return {name: Property(id=name, api_keys=[hash_of(key) for key in found]) for name, found in keys.items()}


def keys_of(properties: Properties) -> Keys:
    return Keys(Watched([], lambda: properties))


def allowed(keys: Keys, header: str) -> set[str] | None:
    holder = keys.holder_of(header)
    return None if isinstance(holder, Reject) else holder.properties


def test_a_key_is_good_for_each_property_that_has_its_hash() -> None:
    keys = keys_of(keyed(shop=["bm_one", "bm_both"], blog=["bm_both"], docs=[]))
    assert allowed(keys, "Bearer bm_one") == {"shop"}
    assert allowed(keys, "Bearer bm_both") == {"shop", "blog"}


@pytest.mark.parametrize("header", ["Bearer bm_one", "bearer bm_one", "BEARER   bm_one", "Bearer bm_one "])
def test_the_scheme_is_written_in_any_way(header: str) -> None:
    assert allowed(keys_of(keyed(shop=["bm_one"])), header) == {"shop"}


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "bm_one",
        "Basic bm_one",
        "Bearer bm_two",
        "Bearer bm_one x",
        "Bearer Bm_one",
        "Bearer ☃",
        "Bearer \udcff",
        "Bearer " + hash_of("bm_one"),
        "Bearer bm_one, Bearer bm_one",
        "Bearer\tbm_one",
    ],
)
def test_anything_else_is_no_key_and_is_not_told_back(header: str) -> None:
    refused = keys_of(keyed(shop=["bm_one"])).holder_of(header)
    assert isinstance(refused, Reject)
    assert (refused.reason, refused.status) == (RejectReason.BAD_KEY, 401)
    assert "bm_" not in refused.detail


def test_keys_come_and_go_with_the_properties() -> None:
    properties = Watched([], lambda: keyed(shop=["bm_old"]))
    keys = Keys(properties)
    assert allowed(keys, "Bearer bm_old") == {"shop"}
    properties.value = keyed(shop=["bm_new"])
    assert allowed(keys, "Bearer bm_old") is None
    assert allowed(keys, "Bearer bm_new") == {"shop"}


def test_only_hashes_are_kept() -> None:
    keys = keys_of(keyed(shop=["bm_one"]))
    keys.holder_of("Bearer bm_one")
    assert "bm_one" not in repr(vars(keys))
