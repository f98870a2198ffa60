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


NAMED = """
Samsung-Galaxy-S24-SM-S928BZKGEUB  macbook-air-13-m3-MRXN3D-A  siemens-6ES7214-1AG40-0XB0  Sony-KD65X85JAEP
PMax_DE_Schuhe_ROAS400_v2  2024-11-BFCM-Email-03  DV360_Prog_InMarket_Auto_BMW_X5  TT_Spark_UGC_v3_15s
"""


@pytest.mark.parametrize("run", [*ORDINARY.split(), *NAMED.split()])
def test_words_slugs_and_product_names_are_not_random(run: str) -> None:
    assert not is_random(run)


@pytest.mark.parametrize("kind", TOKENS)
def test_tokens_are_found(kind: str) -> None:
    chance = random.Random(7)
    tokens = [TOKENS[kind](chance) for _ in range(2000)]
    assert sum(map(is_random, tokens)) >= 1995


@pytest.mark.parametrize(
    "key",
    [
        "report-CDN4W-5CDZ6-6CXTV-6NRZ8.pdf",
        "xIqVB-oss_W1_5KK30ZSX",
        "the-annual-report-for-everyone-LLLgNM7COyFI-TgRGOY2",
        "invoice_aK3xQ9bZ_x1Yz0Pq7",
        "User-9F86D081884C7D659A2FEAA0",
    ],
)
def test_a_key_among_words_is_found(key: str) -> None:
    assert is_random(key)


def test_short_runs_are_left_alone() -> None:
    assert not is_random("dQw4w9WgXcQ")
    assert not is_random("")
