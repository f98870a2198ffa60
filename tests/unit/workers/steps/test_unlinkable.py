"""The ids of sets on two properties, or under two secrets, have nothing to do with each other: as chance has it.

Nothing is drawn here: secrets and properties are counted, so that a test that passes keeps passing.
"""

from collections import Counter
from hashlib import blake2b
from itertools import product
from math import sqrt

from msgspec.structs import replace

from tests.measurements import SECRET
from tests.unit.workers.steps.test_anonymity import DEVICE, LOCALE
from workers.steps.anonymity import identify, property_key, shared_traits
from workers.steps.anonymity_shares import LANGUAGES, SYSTEMS

BITS = 64
PAIRS = 300

ALIKE = [
    (replace(DEVICE, device_class=kind, os=os, ua_family=family, screen_width=1366, screen_height=side), locale)
    for (kind, _, os), family, side, locale in product(
        (system.partition(" ") for system in SYSTEMS),
        ("Chrome", "Chrome Mobile", "Mobile Safari", "Lynx"),
        (390, 720, 1080),
        (replace(LOCALE, languages={language: 1.0}) for language in (*LANGUAGES, "fr")),
    )
]
SETS = list({shared_traits(*view): view for view in ALIKE}.values())
Ids = list[int]


def ids(key: bytes) -> Ids:
    """Of every set, in one order."""
    return [int(identify(key, device, locale), 16) for device, locale in SETS]


def by_property() -> list[tuple[Ids, Ids]]:
    return [(ids(property_key(SECRET, f"a{n}")), ids(property_key(SECRET, f"b{n}"))) for n in range(PAIRS)]


def by_secret() -> list[tuple[Ids, Ids]]:
    """One property before and after its secret was changed, by a single bit."""
    secrets = [blake2b(bytes([n % 256, n // 256]), digest_size=32).digest() for n in range(PAIRS)]
    others = [bytes([secret[0] ^ 1]) + secret[1:] for secret in secrets]
    return [(ids(property_key(a, "shop")), ids(property_key(b, "shop"))) for a, b in zip(secrets, others, strict=True)]


def joint_bits(pairs: list[tuple[Ids, Ids]]) -> tuple[float, float]:
    """How far the share of agreeing bits is from a half, and the worst of any bit with any other, in deviations."""
    rows = [(here, there) for first, second in pairs for here, there in zip(first, second, strict=True)]
    columns = [
        [sum(((row[side] >> bit) & 1) << place for place, row in enumerate(rows)) for bit in range(BITS)]
        for side in (0, 1)
    ]
    deviation = sqrt(len(rows)) / 2
    agreeing = [[len(rows) - (a ^ b).bit_count() for b in columns[1]] for a in columns[0]]
    worst = max(abs(count - len(rows) / 2) / deviation for line in agreeing for count in line)
    same_place = sum(agreeing[bit][bit] for bit in range(BITS)) - len(rows) * BITS / 2
    return abs(same_place) / (deviation * sqrt(BITS)), worst


def chi_square(pairs: list[tuple[Ids, Ids]]) -> float:
    """Of the first hex digits of both ids, in deviations: all pairs are as often where neither tells of the other."""
    joint = Counter((a >> 60, b >> 60) for first, second in pairs for a, b in zip(first, second, strict=True))
    expected = joint.total() / 256
    found = sum((joint[here, there] - expected) ** 2 / expected for here in range(16) for there in range(16))
    return abs(found - 255) / sqrt(2 * 255)


def assert_unrelated(pairs: list[tuple[Ids, Ids]]) -> None:
    together, worst = joint_bits(pairs)
    assert together < 4
    assert worst < 5.5  # of 4096
    assert chi_square(pairs) < 4


def test_no_set_has_the_same_id_on_two_properties_or_as_another_set() -> None:
    everywhere = [name for pair in by_property() for side in pair for name in side]
    assert len(set(everywhere)) == len(everywhere) == 2 * PAIRS * len(SETS)


def test_the_ids_of_two_properties_tell_nothing_of_each_other() -> None:
    assert_unrelated(by_property())


def test_the_ids_under_two_secrets_tell_nothing_of_each_other() -> None:
    assert_unrelated(by_secret())


def test_the_bits_of_one_id_tell_nothing_of_those_of_another_set() -> None:
    pairs = [(first, first[1:] + first[:1]) for first, _ in by_property()]
    assert_unrelated(pairs)


def test_the_statistics_would_notice_a_single_bit_that_two_properties_share() -> None:
    leaking = [
        (first, [b >> 1 << 1 | a & 1 for a, b in zip(first, second, strict=True)]) for first, second in by_property()
    ]
    assert joint_bits(leaking)[1] > 50


def test_who_has_no_secret_cannot_tell_the_id_of_traits_that_he_knows() -> None:
    guesses = {
        identify(property_key(guess, "shop"), DEVICE, LOCALE) for guess in (b"", bytes(32), b"shop", b"\xff" * 32)
    }
    plain = blake2b("\n".join(shared_traits(DEVICE, LOCALE)).encode(), digest_size=8).hexdigest()
    unkeyed = blake2b("\n".join(shared_traits(DEVICE, LOCALE)).encode(), key=SECRET, digest_size=8).hexdigest()
    assert identify(property_key(SECRET, "shop"), DEVICE, LOCALE) not in {*guesses, plain, unkeyed}


def test_the_key_of_a_property_is_of_use_for_nothing_else() -> None:
    assert property_key(SECRET, "shop") != blake2b(b"shop", key=SECRET, digest_size=32).digest()
    assert property_key(SECRET, "shop")[:8] != property_key(SECRET, "shop2")[:8]
