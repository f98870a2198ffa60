"""Whatever went in comes out, in its order, in messages of the size that was asked for."""

import base64

import msgspec
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from shared import beacon as beacons
from shared import block
from shared.beacon import Beacon, Channel, Headers
from shared.block import BlockError, RecordBlock
from shared.record import FinishedRecord

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=50)
numbers = st.integers(0, 2**53)
headers = st.builds(Headers, texts, texts, texts, texts, texts, texts, texts, texts)
some_beacons = st.builds(
    Beacon,
    st.binary(min_size=16, max_size=16),
    numbers,
    st.sampled_from(Channel),
    texts,
    texts,
    headers,
    st.binary(max_size=400),
)
finished = st.builds(FinishedRecord, texts, numbers, numbers, st.binary(max_size=400))
record_blocks = st.builds(RecordBlock, texts, texts, numbers, numbers, st.lists(finished, min_size=1, max_size=20))


@given(st.lists(some_beacons, max_size=40), st.integers(100, 5_000))
def test_beacons_survive_the_way(sent: list[Beacon], max_bytes: int) -> None:
    bodies = block.pack_beacons([beacons.encode(one) for one in sent], max_bytes)
    found: list[Beacon] = []
    for body in bodies:
        some = block.unpack(body)
        assert isinstance(some, list)
        assert len(body) <= max_bytes or len(some) == 1 or not sent
        found += some
    assert found == sent


@given(record_blocks, st.integers(100, 5_000))
def test_records_survive_the_way(sent: RecordBlock, max_bytes: int) -> None:
    found: list[FinishedRecord] = []
    for body in block.pack_records(sent, max_bytes):
        some = block.unpack(body)
        assert isinstance(some, RecordBlock)
        assert msgspec.structs.replace(some, records=sent.records, block_id=sent.block_id) == sent
        assert len(body) <= max_bytes or len(some.records) == 1
        found += some.records
    assert found == sent.records


@given(st.sampled_from(["", "bm1.", "bm1r."]), st.text(max_size=200))
def test_any_text_is_a_block_or_a_block_error(prefix: str, text: str) -> None:
    with pytest.raises(BlockError):
        block.unpack(prefix + text)


@given(st.sampled_from(["bm1.", "bm1r."]), st.binary(max_size=200))
def test_any_bytes_well_wrapped_are_a_block_or_a_block_error(prefix: str, raw: bytes) -> None:
    body = prefix + base64.b64encode(zstandard.ZstdCompressor().compress(raw)).decode()
    try:
        block.unpack(body)
    except BlockError:
        return


@given(st.lists(some_beacons, min_size=1, max_size=5), st.data())
def test_a_letter_that_changes_on_the_way_raises_nothing_but_a_block_error(
    sent: list[Beacon], data: st.DataObject
) -> None:
    (body,) = block.pack_beacons([beacons.encode(one) for one in sent], 1 << 20)
    place = data.draw(st.integers(0, len(body) - 1))
    changed = body[:place] + data.draw(st.characters(max_codepoint=127)) + body[place + 1 :]
    try:
        block.unpack(changed)
    except BlockError:
        return
