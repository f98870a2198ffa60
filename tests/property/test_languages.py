from hypothesis import given
from hypothesis import strategies as st

from workers.steps.locale import LANGUAGES, canonical, languages

PIECES = st.sampled_from(
    ["en", "de-at", "ZH-hant", "*", "x-a", ";q=", "0", "0.5", "1", "1.000", ",", " ", ";", "=", "q", "-"]
)


@given(st.lists(PIECES).map("".join) | st.text())
def test_whatever_is_sent_there_are_few_languages_in_canonical_case_best_first(header: str) -> None:
    found = languages(header)
    assert len(found) <= LANGUAGES
    assert all(tag and canonical(tag) == tag for tag in found)
    assert all(0 < quality <= 1 for quality in found.values())
    assert list(found.values()) == sorted(found.values(), reverse=True)
