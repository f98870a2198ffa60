from collections import Counter
from datetime import UTC, datetime, timedelta

import click
import pytest

from blockmetry.replay import SENTENCES, moment
from workers.replay import Fate


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("", ""),
        ("2026-11-24", "2026-11-24T00:00:00Z"),
        ("2026-11-24T18:30", "2026-11-24T18:30:00Z"),
        ("2026-11-24 18:30:05", "2026-11-24T18:30:05Z"),
        ("2026-11-24T18:30:05Z", "2026-11-24T18:30:05Z"),
        ("2026-11-24T18:30+02:00", "2026-11-24T16:30:00Z"),
    ],
)
def test_a_moment_is_a_date_or_a_date_time_in_utc(said: str, meant: str) -> None:
    assert moment(None, None, said) == meant


@pytest.mark.parametrize(
    ("said", "ago"), [("90s", 90), ("45m", 2_700), ("2h", 7_200), ("3d", 259_200), ("1w", 604_800)]
)
def test_a_moment_may_be_an_age(said: str, ago: int) -> None:
    meant = datetime.fromisoformat(moment(None, None, said))
    assert abs(datetime.now(UTC) - timedelta(seconds=ago) - meant) < timedelta(seconds=5)


@pytest.mark.parametrize("said", ["yesterday", "2h ago", "-2h", "2026-13-01", "999999w", "٣d"])
def test_what_is_no_moment_is_told(said: str) -> None:
    with pytest.raises(click.BadParameter, match="is no date"):
        moment(None, None, said)


def test_every_fate_of_a_letter_that_stays_is_explained() -> None:
    assert Counter(SENTENCES.keys()) == Counter(set(Fate) - {Fate.PUT_BACK})
