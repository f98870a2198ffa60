"""Rough shares of web traffic, from what is publicly known of it: they decide what is rare, they need not be exact.

Changing one changes the sets: give `anonymity.RULES` another number then. What is not here is one of the others.
"""

from collections.abc import Mapping

Shares = Mapping[str, float]

SYSTEMS: Shares = {
    "phone Android": 0.35, "phone iOS": 0.22, "desktop Windows": 0.24, "desktop Mac OS X": 0.08, "tablet iOS": 0.02,
    "tablet Android": 0.015, "desktop Linux": 0.01,
}  # fmt: skip
"""DeviceClass and OS: of all hits."""

FAMILIES: Mapping[str, Shares] = {
    "phone Android": {
        "Chrome Mobile": 0.65, "Samsung Internet": 0.1, "Chrome Mobile WebView": 0.07, "Facebook": 0.06,
        "Instagram": 0.04,
    },
    "phone iOS": {
        "Mobile Safari": 0.65, "Chrome Mobile iOS": 0.08, "Facebook": 0.08, "Instagram": 0.08, "Google": 0.07,
    },
    "desktop Windows": {"Chrome": 0.65, "Edge": 0.2, "Firefox": 0.08},
    "desktop Mac OS X": {"Chrome": 0.5, "Safari": 0.35},
}  # fmt: skip
"""UAFamily: of the hits of a system."""

SMALL_BELOW, LARGE_FROM = 400, 1000
"""CSS pixels of the shorter side."""
SCREENS: Mapping[str, Shares] = {
    "phone Android": {"small": 0.6}, "phone iOS": {"small": 0.62},
    "desktop Windows": {"large": 0.5}, "desktop Mac OS X": {"large": 0.3},
}  # fmt: skip
"""Of the hits of a system."""

LANGUAGES: Shares = {"en": 0.45, "es": 0.08, "de": 0.06}
"""The first of a browser's languages: of all hits."""

COUNTRIES: Mapping[str, Shares] = {"en": {"US": 0.42, "IN": 0.17}}
"""Of the hits in a language. Others tell the country anyhow."""
