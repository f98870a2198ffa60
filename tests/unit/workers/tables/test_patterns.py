import pytest
import re2

from workers.tables.patterns import PatternSet, understood


def test_all_patterns_that_occur_are_found_in_their_order() -> None:
    patterns = PatternSet(["gamma", "alpha", "beta"])
    assert patterns.matches("Beta and ALPHA") == [1, 2]
    assert patterns.first("Beta and ALPHA") == 1


def test_nothing_is_found_where_nothing_occurs() -> None:
    patterns = PatternSet(["alpha"])
    assert patterns.matches("omega") == []
    assert patterns.first("") is None


def test_a_pattern_re2_does_not_know_is_refused() -> None:
    assert understood("a+")
    assert not understood("(?<!a)b")
    with pytest.raises(re2.error):
        PatternSet(["(?<!a)b"])


def test_hundreds_of_patterns_are_all_searched_in_a_long_text() -> None:
    """Beyond its bound on memory, an RE2 set finds nothing and says nothing."""
    patterns = PatternSet([rf"\b{letter}[a-z]*{number}\w+x" for letter in "abcdefgh" for number in range(40)])
    text = " ".join(f"{letter}qq{number}zzx" for letter in "abcdefgh" for number in range(40))
    assert len(patterns.matches(text)) == 320
