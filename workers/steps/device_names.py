"""What devices, systems and browsers are called, and how large their screens are. Patterns are RE2, case-blind."""

CLASSES = (
    ("tv", r"smart-?tv|hbbtv|google ?tv|apple ?tv|android tv|\bweb0s\b|webos[^)]*tv|netcast|\bbravia"),
    ("tv", r"crkey|\broku|tizen[^)]*\btv\b|\btv safari|viera|philipstv|opera tv|vestel|\bdtv\b|pov_tv|mibox|mitv"),
    ("tv", r"shield android|; aft[a-z0-9]{1,6}\b|\bnettv|aquos ?tv|sonydtv|chromecast|\bstb\b|set-?top"),
    ("console", r"playstation|nintendo|\bxbox"),
    ("wearable", r"\bwatch(?:os)?\b|\bwear ?os|apple ?watch|\bsm-r[0-9]{3}|galaxy watch"),
    ("car", r"\btesla\b|qtcarbrowser|android automotive|; automotive|carbrowser|\bpolestar\b"),
    ("other", r"\bquest\b|oculusbrowser|\bpico ?[0-9]|hololens|\bvision ?pro\b|\bpocketbook"),
    ("tablet", r"\bipad|playbook|kindle|\bkf[a-z]{3,5}\b|silk/[^ ]+ (?:like chrome[^ ]* )?safari|touchpad"),
    ("tablet", r"android[^)]*; tablet|\(tablet|\bnexus (?:7|9|10)\b|\bsm-[tx][0-9]{3}|\bgt-[pn][0-9]{4}|\btab\b"),
    ("tablet", r"\bpixel (?:c|tablet)\b|lenovo ?(?:tb|tab)|\bmediapad|xoom"),
    ("phone", r"iphone|ipod|\bmobile\b|\bmobi\b|windows phone|iemobile|blackberry|\bbb10\b|symb|series ?[46]0|\bs60\b"),
    ("phone", r"^dalvik|opera mini|opera mobi|j2me|midp|kaios|\bwap\b|ucweb|nokia|smartphone|\bpalm|maemo|harmonyos"),
    ("tablet", r"android"),  # Android that does not say Mobile
    ("desktop", r"windows|macintosh|mac os x|\bx11\b|linux|\bcros\b|\b(?:free|open|net)bsd|sunos|haiku|\bos/2\b"),
)
"""The first that a user agent matches is its class."""

SIZES = (
    240, 320, 360, 375, 390, 412, 480, 568, 600, 640, 667, 720, 740, 768, 800, 820, 844, 864, 896, 900, 1024, 1050,
    1080, 1180, 1200, 1280, 1366, 1440, 1536, 1600, 1680, 1920, 2160, 2560, 3440, 3840,
)  # fmt: skip
"""CSS pixels. One list for both sides: phones and tablets turn."""

IPAD_SCREENS = frozenset(
    {
        (744, 1133), (768, 1024), (810, 1080), (820, 1180), (834, 1112), (834, 1194), (834, 1210), (1024, 1366),
        (1032, 1376),
    }
)  # fmt: skip
"""iPadOS calls itself a Macintosh, but no Macintosh has an upright screen of these sizes."""

PLATFORMS = {
    "Android": "Android", "Chrome OS": "Chrome OS", "Chromium OS": "Chrome OS", "iOS": "iOS", "macOS": "Mac OS X",
    "Windows": "Windows",
}  # fmt: skip
"""`Sec-CH-UA-Platform` to ua-parser's words. `Linux` says less than a user agent does."""

BRANDS = {
    "Brave": "Brave", "DuckDuckGo": "DuckDuckGo", "Microsoft Edge": "Edge", "Opera": "Opera", "Opera GX": "Opera",
    "Samsung Internet": "Samsung Internet", "Vivaldi": "Vivaldi", "YaBrowser": "Yandex Browser",
}  # fmt: skip
"""Brands of `Sec-CH-UA` that call themselves Chrome in the user agent."""
