import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.seal import SEALED, Keyring, SealError, new_key

OLD, NEW = new_key("2026-10"), new_key("2026-11")


@given(st.binary())
def test_what_was_sealed_is_opened_as_it_was(plain: bytes) -> None:
    keyring = Keyring([NEW])
    assert keyring.open(keyring.seal(plain)) == plain


def test_nothing_of_the_content_shows_and_no_two_texts_are_alike() -> None:
    keyring = Keyring([NEW])
    plain = b"203.0.113.77" * 100
    one, two = keyring.seal(plain), keyring.seal(plain)
    assert one != two
    assert b"203.0.113" not in base64.b64decode(one.rpartition(".")[2])


def test_the_first_key_seals_and_all_open() -> None:
    before, after = Keyring([OLD]), Keyring([NEW, OLD])
    assert after.seal(b"x").startswith(f"{SEALED}2026-11.")
    assert after.open(before.seal(b"x")) == b"x"


def test_without_its_key_a_text_is_unreadable() -> None:
    with pytest.raises(SealError, match="not configured"):
        Keyring([NEW]).open(Keyring([OLD]).seal(b"x"))


def test_another_key_of_the_same_name_does_not_open() -> None:
    with pytest.raises(SealError, match="damaged"):
        Keyring([new_key("a")]).open(Keyring([new_key("a")]).seal(b"x"))


def test_a_text_that_was_changed_anywhere_does_not_open() -> None:
    keyring = Keyring([NEW, OLD])
    sealed = keyring.seal(b"x" * 20)
    for place in range(len(SEALED), len(sealed) - 1):
        changed = sealed[:place] + ("A" if sealed[place] != "A" else "B") + sealed[place + 1 :]
        with pytest.raises(SealError):
            keyring.open(changed)


def test_a_text_cannot_be_passed_off_as_sealed_with_another_key() -> None:
    key = NEW.partition(":")[2]
    keyring = Keyring([f"a:{key}", f"b:{key}"])
    with pytest.raises(SealError):
        keyring.open(keyring.seal(b"x").replace("bm1s.a.", "bm1s.b."))


@given(st.text())
def test_nonsense_is_a_seal_error(rest: str) -> None:
    with pytest.raises(SealError):
        Keyring([NEW]).open(f"{SEALED}2026-11.{rest}")


@pytest.mark.parametrize(
    "keys",
    [
        ["no-colon"],
        [":" + NEW.partition(":")[2]],
        ["a.b:" + NEW.partition(":")[2]],
        ["a:short"],
        ["a:" + base64.b64encode(b"x" * 16).decode()],
        [NEW, NEW],
    ],
)
def test_keys_that_are_none_are_refused_without_being_quoted(keys: list[str]) -> None:
    with pytest.raises(ValueError, match=r"key [01]") as refusal:
        Keyring(keys)
    for secret in filter(None, (key.partition(":")[2] for key in keys)):
        assert secret not in str(refusal.value)


def test_requiring_seals_without_a_key_makes_no_sense() -> None:
    with pytest.raises(ValueError, match="at least one key"):
        Keyring([], is_required=True)
    assert not Keyring()
