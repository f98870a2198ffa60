"""Browsers inside apps, and which app it is."""

import msgspec

from workers.tables.patterns import PatternSet

HOST_APPS = (
    ("Messenger", r"fban/messenger|messengerfor(?:ios|lite)|fb_iab/(?:messenger|orca)|fban/mfb"),
    ("Instagram", r"\binstagram\b"),
    ("Threads", r"\bbarcelona \d"),
    ("Facebook", r"\bfban/|\bfb_iab/|\bfbav/|\bfb4a\b"),
    ("TikTok", r"bytedancewebview|musical_ly|\btiktok|\btrill_|\bbytelocale/"),
    ("WeChat", r"micromessenger/"),
    ("LINE", r"\bline/\d"),
    ("LinkedIn", r"linkedinapp"),
    ("Snapchat", r"\bsnapchat"),
    ("Pinterest", r"\[pinterest/|\bpinterest (?:for|/)|\bpinterest/(?:ios|android|\d)"),
    ("X", r"twitter for |twitterandroid|\btwitter/\d"),
    ("Gmail", r"\bgmail/|com\.google\.android\.gm\b"),
    ("YouTube", r"\bcom\.google\.(?:android|ios)\.youtube"),
    ("Google app", r"\bgsa/"),
    ("WhatsApp", r"\bwhatsapp/"),
    ("Telegram", r"\btelegram(?:-android|bot)?/\d|telegram-ios"),
    ("KakaoTalk", r"kakaotalk"),
    ("NAVER", r"\bnaver\(inapp"),
    ("Reddit", r"\breddit/"),
    ("Discord", r"\bdiscord/"),
    ("Slack", r"slack_ssb/|\bslack/\d|com\.tinyspeck"),
    ("Teams", r"\bteams(?:mobile)?[/-]\d|\bteamsmobile"),
    ("Bing", r"bingsapphire/|\bbingweb/|bing for i"),
    ("Alipay", r"alipayclient/"),
    ("Taobao", r"aliapp\((?:tb|tm)"),
    ("DingTalk", r"\bdingtalk/"),
    ("QQ", r"\bqq/\d"),
    ("Weibo", r"\bweibo\b|__weibo__"),
    ("Baidu", r"\bbaiduboxapp/|\bsearchcraft"),
    ("Xiaohongshu", r"xiaohongshu|\bdiscover/\d"),
    ("Zalo", r"\bzalo\b"),
    ("Viber", r"\bviber\b"),
    ("VK", r"\bvkandroidapp|\bvk_?client|vkapp"),
    ("Yandex", r"yandexsearch|\byaapp_|yasearchapp"),
    ("Flipboard", r"\bflipboard"),
    ("SmartNews", r"\bsmartnews"),
    ("Quora", r"\bquora\b"),
    ("Nextdoor", r"\bnextdoor"),
    ("Grab", r"\bgrab/\d"),
)
"""App and the token its browser adds to the user agent, as its makers send it; where two occur the earlier wins."""

EMBEDDED = PatternSet([r"; ?wv\)", r"\belectron/"])
"""What Android's WebView and Electron call themselves."""
WEBVIEW_FAMILIES = frozenset({"Mobile Safari UI/WKWebView", "Chrome Mobile WebView"})
"""ua-parser's names for a browser that stands for no product of its own."""


class App(msgspec.Struct, frozen=True, gc=False):
    """What a page is shown in."""

    is_app: bool
    name: str
    """Empty: a browser, or an app unknown to us."""


_names = PatternSet([pattern for _, pattern in HOST_APPS])


def recognise(user_agent: str, family: str) -> App:
    """`user_agent` without control characters and lone surrogates; `family` in ua-parser's words."""
    place = _names.first(user_agent)
    if place is not None:
        return App(True, HOST_APPS[place][0])
    return App(family in WEBVIEW_FAMILIES or EMBEDDED.first(user_agent) is not None, "")
