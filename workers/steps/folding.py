"""Folding: text as people read it, so that a look-alike of a sign is the sign."""

import unicodedata
from functools import lru_cache


def fold(text: str) -> str:
    """Full-width and other compatible forms become plain ones, digits of any script 0 to 9; what is invisible goes."""
    if text.isascii():
        return text
    return "".join(map(_plain, unicodedata.normalize("NFKC", text)))


def without_marks(text: str) -> str:
    """`prénom` -> `prenom`."""
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFKD", text).replace("\u0131", "i")
    return "".join(character for character in apart if not unicodedata.combining(character))


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category == "Cf":
        return ""
    return "-" if category == "Pd" else character
