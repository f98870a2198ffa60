import msgspec

from shared import beacon as beacons
from shared.beacon import Beacon, Channel, Headers


def test_a_beacon_comes_back_as_it_went() -> None:
    for channel in Channel:
        sent = Beacon(bytes(16), 1, channel, "demo", "::1", Headers("Browser/1", gpc="1"), b'{"a":"\xc3\xa4"}')
        assert beacons.decode(beacons.encode(sent)) == sent


def test_the_order_of_the_fields_is_pinned() -> None:
    """Blocks written by another version are read by place, not by name."""
    sent = Beacon(b"i", 2, Channel.AMP, "p", "a", Headers(*"123456789abc"), b"b")
    assert msgspec.msgpack.decode(beacons.encode(sent)) == [b"i", 2, "amp", "p", "a", list("123456789abc"), b"b"]
    names = ["user_agent", "accept_language", "dnt", "gpc", "purpose", "ch_ua", "ch_ua_mobile", "ch_ua_platform"]
    names += ["ch_ua_platform_version", "ch_ua_model", "ch_ua_form_factors", "requested_with"]
    assert list(Headers.__struct_fields__) == names


def test_the_channels_are_those_of_the_contract() -> None:
    assert {channel.value for channel in Channel} == {"script", "pixel", "amp", "server", "log"}
