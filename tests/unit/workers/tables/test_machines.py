import pytest
from is_bot import Bots

from tests.corpora import handmade
from tests.measurements import CHROME
from workers.drop import DropReason
from workers.tables import machines
from workers.tables.machine_names import CRAWLERS, HEADLESS, LIBRARIES, OTHERS, SIGNATURES
from workers.tables.machines import listed
from workers.tables.patterns import understood
from workers.tables.people_names import ORDINARY, SOUND_LIKE_MACHINES
from workers.tables.people_names import PEOPLE as NAMES_OF_PEOPLE

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
ANDROID = "Mozilla/5.0 (Linux; Android 13; SM-A536B Build/TP1A.220624.014; wv) AppleWebKit/537.36 (KHTML, like Gecko) "
ANDROID_CHROME = ANDROID + "Version/4.0 Chrome/125.0.6422.165 Mobile Safari/537.36"
KHTML = "AppleWebKit/537.36 (KHTML, like Gecko)"

PEOPLE = [
    CHROME,
    CHROME + " Edg/131.0.0.0",
    CHROME + " OPR/102.0.0.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML) Version/18.1 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
    "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; AS; rv:11.0) like Gecko",
    "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0; .NET CLR 2.0.50727; Tablet PC 2.0)",
    f"Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-S921B) {KHTML} SamsungBrowser/27.0 Chrome/125.0 Mobile Safari/537.36",
    IPHONE + " Version/18.1 Mobile/15E148 Safari/604.1",
    IPHONE + " GSA/277.0.555192628 Mobile/15E148 Safari/604.1",
    IPHONE + " Mobile/21F90 Instagram 334.0.4.32.98 (iPhone14,5; iOS 17_5; en_US; en; scale=3.00; 1170x2532)",
    IPHONE + " Mobile/21F90 [FBAN/FBIOS;FBAV/466.0.0.46.109;FBDV/iPhone14,5;FBMD/iPhone;FBSN/iOS;FBLC/en_US;FBOP/5]",
    IPHONE + " Mobile/15E148 musical_ly_32.5.0 JsSdk/2.0 NetType/WIFI Channel/App Store BytedanceWebview/d8a21c6",
    IPHONE + " Mobile/15E148 MyShop/3.2 (https://app.shop.example.com)",
    ANDROID_CHROME + " [FB_IAB/FB4A;FBAV/466.1.0.56.109;]",
    ANDROID_CHROME + " Line/13.20.0/IAB",
    ANDROID_CHROME + " Telegram-Android/11.3.4 (Samsung SM-S928B; Android 14; SDK 34; HIGH)",
    ANDROID_CHROME.replace("; wv", "") + " Telegram-Android/11.3.4 (Samsung SM-S928B; Android 14; SDK 34; HIGH)",
    ANDROID_CHROME + " QRCodeScanner/3.0",
    IPHONE + " Mobile/15E148 ChatGPT/1.2025.084 (iOS 18.3.2; iPhone15,2; build 13852830427)",
    IPHONE + " Mobile/15E148 Inoreader/7.5",
    IPHONE + " Mobile/15E148 BabyMonitor/5.0",
    CHROME.replace("Chrome/", "ChatGPT/1.2025.112 Electron/35.0.1 Chrome/"),
    ANDROID_CHROME + " NewsReader/2 com.example.feed",
    f"Mozilla/5.0 (Linux; Android 4.2.1; Nexus 5 Build/JOP40D) {KHTML[:-1]}; googleweblight) Chrome/38.0 Mobile",
    f"Mozilla/5.0 (Web0S; Linux/SmartTV) {KHTML} Chrome/94.0.4606.128 Safari/537.36 WebAppManager",
    f"Mozilla/5.0 (Linux; Andr0id 9; BRAVIA 4K GB ATV3) {KHTML} Chrome/108.0.5359.128 Safari/537.36 OMI/4.23.0.Catch",
    f"Mozilla/5.0 (Linux; U; Android 4.0.4; en-us; DiscoveryTab Build/IMM76D) {KHTML} Version/4.0 Safari/534.30",
    f"Mozilla/5.0 (Linux; GoogleTV 3.2; NSZ-GS7/GX70 Build/MASTER) {KHTML} Chrome/11.0.696.77 Safari/534.24",
    f"Mozilla/5.0 (Linux; Android 8.1.0; CUBOT_POWER) {KHTML} Chrome/90.0.4430.210 Mobile Safari/537.36",
    "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; WOW64; Trident/5.0; chromeframe/19.0.1084.52)",
    "Opera/9.80 (J2ME/MIDP; Opera Mini/9.80 (S60; SymbOS; Opera Mobi/23.348; U; en) Presto/2.5.25 Version/10.54",
    "Mozilla/5.0 (compatible; Konqueror/3.5; Linux) KHTML/3.5.5 (like Gecko)",
    f"Mozilla/5.0 (Linux; Android 7.0; M bot 60 Build/NRD90M) {KHTML} Chrome/58.0.3029.83 Mobile Safari/537.36",
    CHROME + ",gzip(gfe) (via translate.google.com)",
    "MyApp/1 CFNetwork/1410.0.3 Darwin/22.6.0",
    "Dalvik/2.1.0 (Linux; U; Android 9; CPH1907 Build/PKQ1.190630.001)",
    "MyShop/3.1 (Android 13; Pixel 6) okhttp/4.9.3",
    "Nokia6230i/2.0 (03.80) Profile/MIDP-2.0 Configuration/CLDC-1.1",
    "Roku/DVP-12.5 (12.5.0.4178)",
    "Emacs-w3m/1.4.632 w3m/0.5.3",
    "AmigaVoyager/3.2 (AmigaOS/MC680x0)",
    "Lynx/2.9.0 libwww-FM/2.14 SSL-MM/1.4.1 GNUTLS/3.7.9",
    "HbbTV/1.4.1 (+DRM;Samsung;SmartTV2021:UAU8000;T-KSU2EAKUC-1400.0;;) Maple2021",
]

MACHINES = [
    ("", DropReason.NO_USER_AGENT),
    ("-", DropReason.NO_USER_AGENT),
    (" \t", DropReason.NO_USER_AGENT),
    ("curl/8.5.0", DropReason.HTTP_LIBRARY),
    ("Wget/1.21.2", DropReason.HTTP_LIBRARY),
    ("python-requests/2.31.0", DropReason.HTTP_LIBRARY),
    ("Python/3.11 aiohttp/3.9.1", DropReason.HTTP_LIBRARY),
    ("Go-http-client/1.1", DropReason.HTTP_LIBRARY),
    ("okhttp/4.9.3", DropReason.HTTP_LIBRARY),
    ("Java/1.8.0_202", DropReason.HTTP_LIBRARY),
    ("axios/1.6.2", DropReason.HTTP_LIBRARY),
    ("node-fetch/1.0 (+https://github.com/bitinn/node-fetch)", DropReason.HTTP_LIBRARY),
    ("libwww-perl/6.67", DropReason.HTTP_LIBRARY),
    ("PostmanRuntime/7.36.0", DropReason.HTTP_LIBRARY),
    ("Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.19041", DropReason.HTTP_LIBRARY),
    ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", DropReason.SPIDER),
    (f"{ANDROID_CHROME} (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", DropReason.SPIDER),
    (
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
        DropReason.SPIDER,
    ),
    ("Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", DropReason.SPIDER),
    ("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", DropReason.SPIDER),
    ("facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", DropReason.BOT),
    (
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Perplexity-User/1.0; +https://perplexity.ai/x)",
        DropReason.SPIDER,
    ),
    (CHROME + " Chrome-Lighthouse", DropReason.BOT),
    (ANDROID_CHROME + " ShopMonitor/1.0 (+https://monitor.example/about)", DropReason.BOT),
    (IPHONE + " Version/18.1 Mobile/15E148 Safari/604.1 PTST/240101", DropReason.BOT),
    (IPHONE + " Mobile/15A372 PTST/403", DropReason.BOT),
    (IPHONE + " Mobile/15E148 AhrefsSiteAudit/6.1", DropReason.BOT),
    (IPHONE + " Mobile/15E148 sqlmap/1.7", DropReason.BOT),
    (IPHONE + " Mobile/15E148 (compatible; QRCodeScanner/3.0)", DropReason.SPIDER),
    (CHROME + " GoogleOther", DropReason.BOT),
    (CHROME + " Google-Ads-Conversions", DropReason.BOT),
    ("Mozilla/5.0 (Macintosh; rv:38.0) Gecko/20100101 Firefox/38.0 (Discord media proxy)", DropReason.BOT),
    (CHROME + " (see https://example.org)", DropReason.BOT),
    ("Mediapartners-Google", DropReason.BOT),
    ("Mozilla/5.0", DropReason.BOT),
    ("kube-probe/1.27", DropReason.BOT),
    ("Scrapy/2.11.0 (+https://scrapy.org)", DropReason.SPIDER),
    (CHROME.replace("Chrome/", "HeadlessChrome/"), DropReason.HEADLESS),
    (f"Mozilla/5.0 (Unknown; Linux x86_64) {KHTML} PhantomJS/2.1.1 Safari/538.1", DropReason.HEADLESS),
]


@pytest.mark.parametrize("user_agent", PEOPLE)
def test_people_pass(user_agent: str) -> None:
    assert machines.packaged().recognise(user_agent) is None


@pytest.mark.parametrize(("user_agent", "reason"), MACHINES)
def test_machines_are_told_with_the_reason_that_fits_best(user_agent: str, reason: DropReason) -> None:
    drop = machines.packaged().recognise(user_agent)
    assert drop
    assert drop.reason == reason


def test_the_rule_is_named_and_the_user_agent_is_not() -> None:
    drop = machines.packaged().recognise("Blackbox Exporter/0.24.0-secret")
    assert drop
    assert drop.detail
    assert "secret" not in drop.detail


def test_no_text_is_too_strange() -> None:
    for text in ("\ud800", "\x00", "bot" * 100_000, "(" * 5000, "🦊"):
        machines.packaged().recognise(text)


def test_what_names_no_device_of_people_is_a_machine() -> None:
    drop = machines.packaged().recognise("SomethingNew/3.2")
    assert drop
    assert drop.detail == "names no browser or device of people"


def test_every_pattern_of_the_tables_stands_by_itself() -> None:
    """A space inside of one would silently cut it in two."""
    for table in (HEADLESS, LIBRARIES, CRAWLERS, SIGNATURES, OTHERS, NAMES_OF_PEOPLE, SOUND_LIKE_MACHINES):
        assert [pattern for row in table.values() for pattern in row.split() if not understood(pattern)] == []


def test_is_bots_patterns_are_searched_but_for_ordinary_words() -> None:
    """A word that the package has renamed would be left out in vain."""
    assert ORDINARY.issubset(Bots().patterns)
    assert {"dejaclick", "phantomjs", "synthetic"}.issubset(listed())
    assert not ORDINARY.intersection(listed())


def test_who_reads_a_page_within_an_app_that_we_know_is_a_person() -> None:
    agents = [row["user_agent"] for name in ("apps", "apps_browsers") for row in handmade.rows(name)]
    assert len(agents) > 300
    assert [agent for agent in agents if machines.packaged().recognise(agent)] == []
