"""AnonymitySetID: how many page views of a site are in large sets, and what links the ids of two properties."""

from collections import Counter
from itertools import combinations

from tests.accuracy.figure import Figure
from tests.corpora.visitors import SITES, Site, View, drawn_sites, views
from tests.measurements import SECRET
from workers.steps.anonymity import identify, property_key, shared_traits

VIEWS = 100_000
LARGE = 50
PAGES_EACH = 4
DRAWN = 3
PROPERTIES = 40
BITS = 64


def measure() -> list[Figure]:
    """Sets of each kind of site, then of sites drawn by lot, then the ids of two properties."""
    sizes = {site.name: _sizes(site) for site in (*SITES, *drawn_sites(DRAWN, seed=7))}
    large = [_in_large_sets(name, found) for name, found in sizes.items()]
    return [*large, _people(), _in_largest_set(sizes), _agreeing_bits()]


def _sizes(site: Site, count: int = VIEWS) -> Counter[str]:
    """Id of a set to its page views, each of another visitor."""
    seen = views(site, count, seed=1)
    one_of = {shared_traits(*view): view for view in seen}
    key = property_key(SECRET, site.name)
    ids = {traits: identify(key, *view) for traits, view in one_of.items()}
    return Counter(ids[shared_traits(device, locale)] for device, locale in seen)


def _in_large_sets(name: str, sizes: Counter[str]) -> Figure:
    inside = sum(size for size in sizes.values() if size >= LARGE)
    what = f"page views in sets of {LARGE} or more"
    return Figure(what=what, corpus=name, size=sizes.total(), value=inside / sizes.total(), at_least=0.99)


def _people() -> Figure:
    """A set of 50 page views is of fewer people."""
    people = VIEWS // PAGES_EACH
    found = (_sizes(site, people) for site in SITES)
    worst = min(sum(size for size in sizes.values() if size >= LARGE) / people for sizes in found)
    what = f"visitors in sets of {LARGE} or more visitors, {PAGES_EACH} page views each"
    return Figure(what=what, corpus="the worst of these sites", size=people, value=worst, at_least=0.98)


def _in_largest_set(sizes: dict[str, Counter[str]]) -> Figure:
    """A single set would hide everybody, and tell nothing."""
    worst = max(max(found.values()) / found.total() for found in sizes.values())
    return Figure(
        what="page views in the largest set", corpus="the worst of these sites", size=VIEWS, value=worst, at_most=0.35
    )


def _agreeing_bits() -> Figure:
    """Half of them agree by chance; with so many, the bound is nine standard deviations away."""
    alike = _one_of_each_set()
    ids = [_ids(property_key(SECRET, f"property {number}"), alike) for number in range(PROPERTIES)]
    agreeing = compared = 0
    for here, there in combinations(ids, 2):
        agreeing += sum(BITS - (one ^ other).bit_count() for one, other in zip(here, there, strict=True))
        compared += BITS * len(here)
    what = "bits of the ids of one set on two properties that agree"
    return Figure(
        what=what, corpus="all pairs of 40 properties", size=compared, value=agreeing / compared, at_most=0.503
    )


def _ids(key: bytes, alike: list[View]) -> list[int]:
    return [int(identify(key, device, locale), 16) for device, locale in alike]


def _one_of_each_set() -> list[View]:
    return list({shared_traits(*view): view for view in views(SITES[0], 10_000, seed=2)}.values())
