"""Traffic as an access log has it: people, bots, libraries, spam and privacy signals, in realistic shares."""

import random
from typing import Any

PEOPLE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (iPad; CPU OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 384.0.0.26.83 (iPhone14,5; iOS 18_5; en_US; en; scale=3.00; 1170x2532; 1)",
    "Mozilla/5.0 (SMART-TV; LINUX; Tizen 7.0) AppleWebKit/537.36 (KHTML, like Gecko) 94.0.4606.31/7.0 TV Safari/537.36",
)
MACHINES = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/142.0.0.0 Safari/537.36",
    "python-requests/2.32.3",
    "curl/8.5.0",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "",
)
PATHS = (
    "/", "/products/red-shoes", "/blog/2026/11/hello-world", "/search?q=winter+coat", "/users/mary.jones@example.com",
    "/reset?token=9f86d081884c7d659a2feaa0c55ad015", "/?utm_source=news&utm_medium=email&utm_campaign=autumn",
    "/landing?gclid=EAIaIQobChMI3", "/a/b/c/d?page=2", "/caf%C3%A9/men%C3%BC",
)  # fmt: skip
REFERRERS = (
    "", "", "https://www.google.de/", "https://www.facebook.com/", "https://chatgpt.com/", "https://t.co/abc",
    "https://shop.example.com/", "https://news.example.org/article?id=5", "android-app://com.google.android.gm/",
    "http://semalt.com/",
)  # fmt: skip
LANGUAGES = ("en-GB,en;q=0.9", "de-AT,de;q=0.8,en;q=0.5", "", "fr", "*;q=0.1, zh-hant-tw")
ZONES = ("Europe/London", "Europe/Vienna", "America/New_York", "Asia/Kolkata", "")
ADDRESSES = ("192.0.2.7", "198.51.100.20", "2001:db8:1::9", "203.0.113.5")
MACHINE_SHARE = 0.3


def hits(count: int, seed: int) -> list[dict[str, Any]]:
    """Measurements in the names of the server channel, without `property`; `id` is the place in 32 hex digits."""
    chance = random.Random(seed)
    return [_hit(number, chance) for number in range(count)]


def _hit(number: int, chance: random.Random) -> dict[str, Any]:
    agents = MACHINES if chance.random() < MACHINE_SHARE else PEOPLE
    return {
        "id": f"{number:032x}",
        "url": f"https://shop.example.com{chance.choice(PATHS)}",
        "title": chance.choice(("Shoes", "Write to mary@example.com", "Überblick", "")),
        "referrer": chance.choice(REFERRERS),
        "screen": chance.choice(([1920, 1080], [390, 844], [1367, 769])),
        "time_zone": chance.choice(ZONES),
        "timings": {"responseStart": number % 400, "loadEventEnd": 900 + number % 700},
        "user_agent": chance.choice(agents),
        "client_ip": chance.choice(ADDRESSES),
        "accept_language": chance.choice(LANGUAGES),
        "dnt": chance.choice(("", "", "", "1")),
        "gpc": chance.choice(("", "", "", "1")),
    }
