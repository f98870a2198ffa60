"""Pure: how many records are alike, by AnonymitySetID and by everything that describes a visitor, and what tells them
apart.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import log2
from operator import attrgetter
from struct import Struct as Packing

import msgspec

from shared.record import BMRecord

SIZES = (1, 2, 10, 50, 100, 1_000)
"""Where the classes of crowds begin."""
GOOD_ENOUGH = 0.01
"""Of the records in small crowds: nothing more is taken away then."""
NUMBER_BYTES = 4

TOGETHER = {
    "ScreenWidth": "Screen", "ScreenHeigh": "Screen", "CityGeoNameID": "City", "CityNameEN": "City",
}  # fmt: skip
"""Keys that say one thing in two parts."""
DESCRIBING = ("DeviceProperties", "Locale")
"""The groups of a record that are about the visitor; the others are about the hit."""

Sizes = Mapping[bytes, int]
"""What a crowd has in common, and how many records are in it."""


class Distribution(msgspec.Struct, frozen=True):
    """Of the sizes of crowds. Shares are of the records, 0 to 1."""

    crowds: int
    entropy_bits: float
    """How much the crowd of a record tells, on average."""
    small: float
    """Share in crowds smaller than k."""
    sizes: dict[str, float]
    """`2-9` to the share in crowds of such a size."""


class Step(msgspec.Struct, frozen=True):
    """Something is left out of what is compared."""

    field: str
    small: float
    """The share in small crowds that is left."""


def keys() -> dict[str, list[str]]:
    """Every key of the record, or two that go together, to its place in `BMRecord`; in the record's order."""
    found: dict[str, list[str]] = {}
    for group in msgspec.structs.fields(BMRecord):
        for field in _parts(group.type):
            name = TOGETHER.get(field.encode_name, field.encode_name)
            found.setdefault(name, []).append(f"{group.name}.{field.name}")
    return found


def describing() -> list[str]:
    """The keys that are about the visitor."""
    groups = {group.name for group in msgspec.structs.fields(BMRecord) if group.encode_name in DESCRIBING}
    return [name for name, places in keys().items() if places[0].partition(".")[0] in groups]


class Crowds:
    """Counts records. Memory grows with what is different in them, never with their number."""

    def __init__(self, fields: Sequence[str]) -> None:
        self.fields = list(fields)
        places = keys()
        self._read = [_reader(places[field]) for field in fields]
        self._known: list[dict[object, int]] = [{} for _ in fields]
        self._properties: dict[str, int] = {}
        self._pack = Packing(f"<{1 + len(fields)}I").pack
        self.sets: Counter[bytes] = Counter()
        """By property and AnonymitySetID."""
        self.tuples: Counter[bytes] = Counter()
        """By property and all fields, as numbers."""

    def add(self, property_id: str, record: BMRecord) -> None:
        """One more. Records of two properties are never alike: nobody has both."""
        place = self._properties.setdefault(property_id, len(self._properties))
        numbers = [
            known.setdefault(value, len(known))
            for known, value in zip(self._known, (read(record) for read in self._read), strict=True)
        ]
        self.tuples[self._pack(place, *numbers)] += 1
        self.sets[_head(place) + record.anonymity_set_id.encode("utf-8", "replace")] += 1

    def by_property(self) -> Iterator[tuple[str, Sizes, Sizes]]:
        """Each property with its sets and its tuples."""
        for name, place in sorted(self._properties.items()):
            yield name, _beginning(self.sets, _head(place)), _beginning(self.tuples, _head(place))


def distribution(crowds: Sizes, k: int) -> Distribution:
    """Of any number of records, also of none."""
    whole = sum(crowds.values()) or 1
    by_size = Counter(crowds.values())
    return Distribution(
        crowds=len(crowds),
        entropy_bits=sum(size * many / whole * log2(whole / size) for size, many in by_size.items()),
        small=small_share(crowds, k),
        sizes={
            label: sum(size * many for size, many in by_size.items() if size in sizes) / whole
            for label, sizes in classes()
        },
    )


def classes() -> Iterator[tuple[str, range]]:
    """`1`, `2-9`, …, `1000+`"""
    for first, following in zip(SIZES, (*SIZES[1:], 0), strict=True):
        last = f"-{following - 1}" if following - 1 > first else ""
        yield (f"{first}{last}", range(first, following)) if following else (f"{first}+", range(first, 1 << 62))


def small_share(crowds: Sizes, k: int) -> float:
    """Of the records, in crowds smaller than `k`."""
    whole = sum(crowds.values())
    return sum(size for size in crowds.values() if size < k) / whole if whole else 0.0


def without(tuples: Sizes, place: int) -> Counter[bytes]:
    """The crowds that there would be without the field at this place."""
    start = NUMBER_BYTES * (1 + place)
    found: Counter[bytes] = Counter()
    for numbers, size in tuples.items():
        found[numbers[:start] + numbers[start + NUMBER_BYTES :]] += size
    return found


def each_left_out(tuples: Sizes, fields: Sequence[str], k: int) -> list[Step]:
    """What each field alone would change; the best first."""
    steps = [Step(field, small_share(without(tuples, place), k)) for place, field in enumerate(fields)]
    return sorted(steps, key=lambda step: step.small)


def one_after_another(tuples: Sizes, fields: Sequence[str], k: int) -> Iterator[Step]:
    """Whichever is best to leave out next, until hardly anybody is in a small crowd."""
    left = list(fields)
    while left and small_share(tuples, k) > GOOD_ENOUGH:
        small, _, _, place = min(_outcomes(tuples, len(left), k))
        tuples = without(tuples, place)
        yield Step(left.pop(place), small)


def _outcomes(tuples: Sizes, count: int, k: int) -> Iterator[tuple[float, int, int, int]]:
    """Where all are alone whichever is left out, fewer crowds are better, and then whatever has more values."""
    for place in range(count):
        found = without(tuples, place)
        yield small_share(found, k), len(found), -_values(tuples, place), place


def _values(tuples: Sizes, place: int) -> int:
    start = NUMBER_BYTES * (1 + place)
    return len({numbers[start : start + NUMBER_BYTES] for numbers in tuples})


def _head(place: int) -> bytes:
    return place.to_bytes(NUMBER_BYTES, "little")


def _beginning(crowds: Sizes, head: bytes) -> Sizes:
    return {name: size for name, size in crowds.items() if name.startswith(head)}


def _parts(kind: object) -> Iterable[msgspec.structs.FieldInfo]:
    """Of a group; what stands at the top level has none."""
    return msgspec.structs.fields(kind) if isinstance(kind, type) and issubclass(kind, msgspec.Struct) else ()


def _reader(places: Sequence[str]) -> Callable[[BMRecord], object]:
    read = attrgetter(*places)
    return lambda record: tuple(found.items()) if isinstance(found := read(record), dict) else found
