"""What systems and browsers are called, and how large screens are."""

SIZES = (
    240, 320, 360, 375, 390, 412, 480, 568, 600, 640, 667, 720, 740, 768, 800, 820, 844, 864, 896, 900, 1024, 1050,
    1080, 1180, 1200, 1280, 1366, 1440, 1536, 1600, 1680, 1920, 2160, 2560, 3440, 3840,
)  # fmt: skip
"""CSS pixels. One list for both sides: phones and tablets turn."""

PLATFORMS = {
    "Android": "Android", "Chrome OS": "Chrome OS", "Chromium OS": "Chrome OS", "iOS": "iOS", "macOS": "Mac OS X",
    "Windows": "Windows",
}  # fmt: skip
"""`Sec-CH-UA-Platform` to ua-parser's words. `Linux` says less than a user agent does."""

BRANDS = {
    "AVG Secure Browser": ("AVG", "AVG"),
    "Avast Secure Browser": ("Avast Secure Browser", "Avast Secure Browser"),
    "AvastSecureBrowser": ("Avast Secure Browser", "Avast Secure Browser"),
    "Avira Secure Browser": ("Avira Secure Browser", "Avira Secure Browser"),
    "Brave": ("Brave", "Brave"),
    "CCleaner Browser": ("CCleaner", "CCleaner"),
    "DuckDuckGo": ("DuckDuckGo", "DuckDuckGo Mobile"),
    "HuaweiBrowser": ("Huawei Browser", "Huawei Browser"),
    "Microsoft Edge": ("Edge", "Edge Mobile"),
    "Norton Private Browser": ("Norton", "Norton"),
    "Oculus Browser": ("Oculus Browser", "Oculus Browser"),
    "Opera": ("Opera", "Opera Mobile"),
    "Opera GX": ("Opera GX", "Opera GX"),
    "OperaMobile": ("Opera Mobile", "Opera Mobile"),
    "Samsung Internet": ("Samsung Internet", "Samsung Internet"),
    "Vivaldi": ("Vivaldi", "Vivaldi"),
    "Whale": ("Whale", "Whale"),
    "YaBrowser": ("Yandex Browser", "Yandex Browser"),
    "Yandex": ("Yandex Browser", "Yandex Browser"),
}
"""Brands of `Sec-CH-UA` that may call themselves Chrome in the user agent: ua-parser's words, on Android the second."""

FORM_FACTORS = (
    ("Automotive", "car"), ("Watch", "wearable"), ("XR", "wearable"), ("EInk", "tablet"), ("Tablet", "tablet"),
    ("Mobile", "phone"), ("Desktop", "desktop"),
)  # fmt: skip
"""`Sec-CH-UA-Form-Factors` is a list: the most telling first, and the class it means."""
