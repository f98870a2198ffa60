import base64
import random
import string
from collections.abc import Callable

import pytest

from workers.steps.randomness import is_random

ORDINARY = """
the-quick-brown-fox-jumps-over-the-lazy-dog  samsung-galaxy-s23-ultra-sm-s918b-256gb-black  internationalization
Donaudampfschifffahrtsgesellschaft  ProductDetailPageController  anticonstitutionnellement  WH-1000XM5-BLK-EU-2023
2024-05-13-release-notes  xbox-series-x-1tb-ssd-4k-120fps  THE-BEST-OF-1984-ON-VINYL  dji-mavic-3-pro-fly-more-combo
lenovo-thinkpad-x1-carbon-gen-11  kubernetes-v1-29-upgrade-guide  verkehrsinfrastruktur  przedsiebiorstwo-handlowe
tervetuloa-helsinkiin  sehenswuerdigkeiten-muenchen  arigatou-gozaimasu-tokyo  1234-5678-9012-3456  ----------------
"""

Draw = Callable[[random.Random], str]


def drawn_from(alphabet: str, length: int) -> Draw:
    return lambda chance: "".join(chance.choices(alphabet, k=length))


TOKENS: dict[str, Draw] = {
    "url-safe, 16 bytes": lambda chance: base64.urlsafe_b64encode(chance.randbytes(16)).decode().rstrip("="),
    "url-safe, 32 bytes": lambda chance: base64.urlsafe_b64encode(chance.randbytes(32)).decode().rstrip("="),
    "hex, 16 bytes": lambda chance: chance.randbytes(16).hex(),
    "base 32": lambda chance: base64.b32encode(chance.randbytes(16)).decode().rstrip("="),
    "base 36": drawn_from(string.ascii_lowercase + string.digits, 24),
    "base 62": drawn_from(string.ascii_letters + string.digits, 22),
    "letters": drawn_from(string.ascii_letters, 24),
}


@pytest.mark.parametrize("run", ORDINARY.split())
def test_words_slugs_and_product_names_are_not_random(run: str) -> None:
    assert not is_random(run)


@pytest.mark.parametrize("kind", TOKENS)
def test_tokens_are_found(kind: str) -> None:
    chance = random.Random(7)
    tokens = [TOKENS[kind](chance) for _ in range(2000)]
    assert sum(map(is_random, tokens)) >= 1995


def test_short_runs_are_left_alone() -> None:
    assert not is_random("dQw4w9WgXcQ")
    assert not is_random("")
