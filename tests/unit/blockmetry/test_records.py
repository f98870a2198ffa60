import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from blockmetry.records import LONGEST, lines
from shared.record import FinishedRecord
from workers.sinks.layouts import COMPRESSIONS, by_block, by_hit

RECORDS = [FinishedRecord(f"{n:032x}", 1_764_000_000_000, 1_764_000_000_000, b'{"n":%d}' % n) for n in range(300)]
Damages = list[tuple[str, str]]


def zstd(body: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(body)


def texts(*paths: Path) -> tuple[list[bytes], Damages]:
    damages: Damages = []
    found = [line.text.strip() for line in lines(map(str, paths), lambda *told: damages.append(told))]
    return found, damages


@pytest.mark.parametrize("compression", [*COMPRESSIONS, ""])
def test_what_our_sinks_write_is_read_with_its_property(tmp_path: Path, compression: str) -> None:
    written = by_block("shop", RECORDS, "b1", COMPRESSIONS[compression]) if compression else by_hit("shop", RECORDS)
    for stored in written:
        path = tmp_path / stored.key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(stored.body)
    found = list(lines([str(tmp_path)], lambda *told: pytest.fail(str(told))))
    assert sorted(line.text.strip() for line in found) == sorted(record.body for record in RECORDS)
    assert {line.property for line in found} == {"shop"}


@pytest.mark.parametrize("name", ["plain", "noted.json.gz", "x.zst"])
def test_a_file_is_unpacked_by_what_it_is_and_not_by_its_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    for body in (b"a\nb", gzip.compress(b"a\n") + gzip.compress(b"b\n"), zstd(b"a\n") + zstd(b"b")):
        path.write_bytes(body)
        assert texts(path) == ([b"a", b"b"], [])


@pytest.mark.parametrize("pack", [gzip.compress, zstd])
def test_half_a_file_is_named_and_the_next_is_read(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    half, whole = tmp_path / "half", tmp_path / "whole"
    half.write_bytes(pack(b"a\n" * 9_000)[:-6])
    whole.write_bytes(pack(b"b\n" * 9_000))
    found, ((place, _),) = texts(half, whole)
    assert found[-9_000:] == [b"b"] * 9_000
    assert place.startswith(f"{half}:")


def test_what_is_no_archive_inside_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x"
    for magic in (b"\x1f\x8b", b"\x28\xb5\x2f\xfd"):
        path.write_bytes(magic + b"nonsense" * 9)
        found, damages = texts(path)
        assert found == []
        assert [place for place, _ in damages] == [f"{path}:1"]


def test_what_lies_beside_the_records_is_left_alone(tmp_path: Path) -> None:
    for name in (".hidden", "_SUCCESS", "a.json#1", "a.json"):
        (tmp_path / name).write_text(name)
    (tmp_path / "circle").symlink_to(tmp_path)
    assert texts(tmp_path) == ([b"a.json"], [])


def test_a_line_without_end_is_read_in_pieces_and_empty_ones_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"\n  \n" + b"x" * (LONGEST + 1) + b"\nlast")
    found, damages = texts(path)
    assert list(map(len, found)) == [LONGEST, 1, 4]
    assert damages == []
