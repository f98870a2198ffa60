from hypothesis import given
from hypothesis import strategies as st

from workers.steps.locale import LANGUAGES, LONGEST, canonical, languages

PIECES = st.sampled_from(
    [
        "en",
        "de-at",
        "ZH-hant",
        "*",
        "x-a",
        ";q=",
        "0",
        "0.5",
        "1",
        "1.000",
        "_",
        "in",
        "und",
        ",",
        " ",
        ";",
        "=",
        "q",
        "-",
    ]
)


@given(st.lists(PIECES).map("".join) | st.text())
def test_whatever_is_sent_there_are_few_languages_in_canonical_case_best_first(header: str) -> None:
    found = languages(header)
    assert len(found) <= LANGUAGES
    assert all(tag and canonical(tag) == tag for tag in found)
    assert all(0 < quality <= 1 for quality in found.values())
    assert list(found.values()) == sorted(found.values(), reverse=True)


@given(st.lists(PIECES).map("".join) | st.text())
def test_what_was_read_reads_the_same_again(header: str) -> None:
    found = languages(header)
    again = ", ".join(f"{tag};q={quality:.3f}" for tag, quality in found.items())
    assert languages(again) == found or len(again) > LONGEST


@given(st.lists(st.sampled_from(["en", "de-AT;q=0.5", "*;q=0.1"])), st.text().filter(lambda text: "," not in text))
def test_an_element_that_is_malformed_takes_nothing_from_the_others(sound: list[str], broken: str) -> None:
    assert languages(", ".join([*sound, f"{broken}!"])) == languages(", ".join(sound))
