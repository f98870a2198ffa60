"""What `make accuracy` prints is kept: a change that makes a field less true fails here."""

from collections.abc import Iterator

import pytest

from tests.accuracy.figure import Case, at_least, at_most
from tests.accuracy.parts import PARTS
from tests.corpora import packaged


@pytest.fixture(scope="module", autouse=True)
def _corpora_are_forgotten() -> Iterator[None]:
    """Other tests of this process should not pay for a hundred thousand labels."""
    yield
    packaged.fixtures.cache_clear()
    packaged.crawlers.cache_clear()


@pytest.mark.parametrize("part", PARTS)
def test_every_figure_keeps_its_bound(part: str) -> None:
    broken = [f"{f.what} ({f.corpus}): {f.value:.3%} of {f.size:,}" for f in PARTS[part]() if not f.holds]
    assert broken == []


def test_a_figure_of_too_few_cases_holds_nothing() -> None:
    assert not at_least(0.5, "recall", "nothing", [Case(True, "one")] * 19).holds
    assert at_least(0.5, "recall", "enough", [Case(True, "one")] * 20).holds


def test_weights_count_and_misses_are_named() -> None:
    cases = [Case(True, "often", 9.0), Case(False, "rare", 1.0)] * 20
    assert at_least(0.9, "recall", "corpus", cases).value == pytest.approx(0.9)
    assert at_least(0.9, "recall", "corpus", cases).misses == ("rare",) * 20
    assert at_most(0.9, "wrong", "corpus", cases).misses == ("often",) * 20
