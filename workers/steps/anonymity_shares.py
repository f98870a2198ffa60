"""Rough shares of web traffic, from what is publicly known of it: they decide what is rare, they need not be exact.

Changing one changes the sets: give `anonymity.RULES` another number then.
"""

SYSTEMS = {
    ("phone", "Android"): 0.35, ("phone", "iOS"): 0.22, ("desktop", "Windows"): 0.24, ("desktop", "Mac OS X"): 0.08,
    ("desktop", "Linux"): 0.01, ("desktop", "Ubuntu"): 0.004, ("desktop", "Chrome OS"): 0.008, ("tablet", "iOS"): 0.02,
    ("tablet", "Android"): 0.015, ("tv", "Android"): 0.002, ("tv", "Linux"): 0.002,
}  # fmt: skip
"""(DeviceClass, OS): of all hits."""

FAMILIES = {
    "Android": {"Chrome Mobile": 0.65, "Samsung Internet": 0.1, "Chrome Mobile WebView": 0.07, "Facebook": 0.06,
                "Instagram": 0.04, "Firefox Mobile": 0.012, "Opera Mobile": 0.012, "Google": 0.01, "MiuiBrowser": 0.01,
                "Chrome": 0.05, "Amazon Silk": 0.01},
    "iOS": {"Mobile Safari": 0.65, "Facebook": 0.08, "Instagram": 0.08, "Google": 0.07, "Chrome Mobile iOS": 0.08,
            "Mobile Safari UI/WKWebView": 0.03, "DuckDuckGo Mobile": 0.008, "Safari": 0.02},
    "Windows": {"Chrome": 0.65, "Edge": 0.2, "Firefox": 0.08, "Opera": 0.04, "Yandex Browser": 0.008},
    "Mac OS X": {"Chrome": 0.5, "Safari": 0.4, "Firefox": 0.05, "Edge": 0.03},
    "Linux": {"Chrome": 0.55, "Firefox": 0.4},
    "Ubuntu": {"Firefox": 0.95},
    "Chrome OS": {"Chrome": 0.99},
}  # fmt: skip
"""Of the hits of an OS; ua-parser's names."""

COUNTRIES = {
    "US": 0.22, "IN": 0.08, "GB": 0.05, "DE": 0.05, "BR": 0.05, "FR": 0.045, "JP": 0.045, "CA": 0.03, "IT": 0.03,
    "ES": 0.03, "MX": 0.025, "AU": 0.02, "ID": 0.02, "NL": 0.02, "TR": 0.02, "RU": 0.02, "PL": 0.017, "KR": 0.017,
    "VN": 0.013, "PH": 0.013, "CN": 0.013, "AR": 0.01, "CO": 0.01, "ZA": 0.01, "TH": 0.008, "SE": 0.007, "CH": 0.007,
    "BE": 0.007, "TW": 0.007, "PK": 0.007, "UA": 0.006, "NG": 0.006, "AT": 0.005, "CZ": 0.005, "PT": 0.005,
    "RO": 0.005, "EG": 0.005, "MY": 0.005, "": 0.01,
}  # fmt: skip
"""Of all hits. Empty where there is no database, or a visitor objects."""

LANGUAGE_OF = {
    "DE": "de", "AT": "de", "CH": "de", "FR": "fr", "BR": "pt", "PT": "pt", "JP": "ja", "IT": "it", "ES": "es",
    "MX": "es", "AR": "es", "CO": "es", "NL": "nl", "BE": "nl", "TR": "tr", "RU": "ru", "PL": "pl", "KR": "ko",
    "VN": "vi", "CN": "zh", "TW": "zh", "ID": "id", "TH": "th", "SE": "sv", "UA": "uk", "CZ": "cs", "RO": "ro",
    "EG": "ar",
}  # fmt: skip
"""Where it is not English."""
MAIN_LANGUAGE = 0.85
OTHER_LANGUAGES = {"en": 0.08, "es": 0.03, "fr": 0.02, "de": 0.01, "ru": 0.01, "zh": 0.01, "pt": 0.01, "ar": 0.01}
"""Primary subtags: of the hits of a country that speaks another."""

SCREEN_BOUNDS = (400, 600, 1000)
SCREENS = {
    "phone": {"0": 0.6, "1": 0.38, "": 0.02},
    "tablet": {"2": 0.85, "3": 0.13, "": 0.02},
    "desktop": {"2": 0.45, "3": 0.5, "": 0.02},
}  # fmt: skip
"""Of the hits of a class of devices, by the shorter side in CSS pixels."""

VERSION_STEPS = {
    "Chrome": 20, "Chrome Mobile": 20, "Chrome Mobile WebView": 20, "Chrome Mobile iOS": 20, "Edge": 20, "Firefox": 20,
    "Samsung Internet": 10, "Safari": 3, "Mobile Safari": 3, "Android": 4, "iOS": 3, "Windows": 4,
}  # fmt: skip
"""How far versions are rounded down. What is not here shows none: apps, and systems that froze theirs."""
VERSION = 0.05
"""Of any one step: the newest hold nearly all hits, but which these are changes from month to month."""
