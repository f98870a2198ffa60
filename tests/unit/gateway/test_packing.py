"""How beacons become blocks: together or by property, open or sealed."""

from gateway.shipper import Packing
from shared import beacon as beacons
from shared import block
from shared.beacon import Beacon, Channel, Headers
from shared.seal import SEALED, Keyring, new_key


def encoded(number: int, property_id: str) -> bytes:
    return beacons.encode(
        Beacon(number.to_bytes(16, "big"), number, Channel.SCRIPT, property_id, "192.0.2.1", Headers(), b"{}")
    )


MIXED = [encoded(number, property_id) for number, property_id in enumerate(["shop", "blog", "shop", "news", "blog"])]


def numbers(body: str, keyring: Keyring = block.OPEN) -> list[int]:
    unpacked = block.unpack(body, keyring)
    assert isinstance(unpacked, list)
    return [one.received_at_ms for one in unpacked]


def test_all_properties_share_a_block_of_nobody() -> None:
    ((body, group),) = Packing(1 << 20).pack(MIXED)
    assert (numbers(body), group) == ([0, 1, 2, 3, 4], "")


def test_by_property_each_block_says_whose_it_is() -> None:
    packed = Packing(1 << 20, by_property=True).pack(MIXED)
    assert [(group, numbers(body)) for body, group in packed] == [("shop", [0, 2]), ("blog", [1, 4]), ("news", [3])]


def test_the_property_of_an_encoded_beacon_is_read_without_the_rest() -> None:
    assert beacons.property_of(encoded(1, "shop")) == "shop"


def test_with_a_key_nothing_in_a_block_can_be_read_without_it() -> None:
    keyring = Keyring([new_key("k1")])
    ((body, _),) = Packing(1 << 20, keyring).pack(MIXED)
    assert body.startswith(f"{SEALED}k1.")
    assert numbers(body, keyring) == [0, 1, 2, 3, 4]
