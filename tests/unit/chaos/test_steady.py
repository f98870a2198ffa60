"""The line through the samples finds a leak, and takes no warm-up for one."""

import os
from pathlib import Path

from tests.chaos.steady import Held, Watched, growth, size_of

MINUTES = 30


def seen(bytes_at: dict[int, int], descriptors_a_minute: int = 0) -> list[Held]:
    """A sample a minute."""
    return [Held(60.0 * at, held, 20 + descriptors_a_minute * at) for at, held in bytes_at.items()]


def test_a_leak_of_a_kilobyte_for_each_of_a_hundred_beacons_a_second_is_found() -> None:
    leaking = seen({at: (60 << 20) + at * 60 * 100 * 1024 for at in range(MINUTES)})
    assert growth(leaking).bytes > 75 << 20


def test_a_descriptor_lost_in_each_minute_is_found() -> None:
    assert growth(seen(dict.fromkeys(range(MINUTES), 1), descriptors_a_minute=1)).descriptors >= MINUTES * 0.45


def test_a_warm_up_and_a_wave_are_no_leak() -> None:
    warm = seen({at: (40 << 20) + min(at, 8) * (5 << 20) + (at % 2 << 20) for at in range(MINUTES)})
    assert abs(growth(warm).bytes) < 1 << 20


def test_what_is_seen_is_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 1_000)
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "b").write_bytes(b"x" * 500)
    assert size_of(tmp_path) == 1_500
    assert size_of(tmp_path / "gone") == 0

    class Ourselves:
        pid = os.getpid()

    watched = Watched()
    watched.look({"us": Ourselves()}, {"files": [tmp_path]})  # type: ignore[dict-item]
    opened = os.open(tmp_path / "a", os.O_RDONLY)
    watched.look({"us": Ourselves()}, {"files": [tmp_path]})  # type: ignore[dict-item]
    os.close(opened)
    before, after = watched.samples["us"]
    assert after.descriptors == before.descriptors + 1
    assert before.bytes > 1 << 20
    assert watched.samples["files"][0].bytes == 1_500
