import pytest

from workers.steps.apps import App, recognise

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
WEBVIEW = "Mozilla/5.0 (Linux; Android 13; SM-A536B; wv) AppleWebKit/537.36 (KHTML) Chrome/125.0 Mobile Safari/537.36"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (IPHONE + "Mobile/21F90 [FBAN/FBIOS;FBAV/466.0.0.46.109;FBBV/598]", "Facebook"),
        (WEBVIEW + " [FB_IAB/FB4A;FBAV/466.1.0.56.109;]", "Facebook"),
        (IPHONE + "Mobile/21F90 [FBAN/MessengerForiOS;FBAV/466.0.0]", "Messenger"),
        (IPHONE + "Mobile/21F90 Instagram 334.0.4.32.98 (iPhone14,5; iOS 17_5)", "Instagram"),
        (IPHONE + "Mobile/15E148 musical_ly_32.5.0 BytedanceWebview/d8a21c6", "TikTok"),
        (WEBVIEW + " MicroMessenger/8.0.27.2220(0x28001B53) WeChat/arm64", "WeChat"),
        (WEBVIEW + " Line/13.20.0/IAB", "LINE"),
        (IPHONE + "Mobile/21E236 [LinkedInApp]/9.29.8962", "LinkedIn"),
        (IPHONE + "Mobile/21E236 Snapchat/12.81.0.45 (like Safari/8617, panda)", "Snapchat"),
        (IPHONE + "Mobile/21E236 [Pinterest/iOS]", "Pinterest"),
        (IPHONE + "Mobile/21E236 Twitter for iPhone/10.38", "X"),
        (IPHONE + "GSA/277.0.555192628 Mobile/15E148 Safari/604.1", "Google app"),
        (WEBVIEW + " Gmail/2024.05", "Gmail"),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Slack/4.35 Chrome/118.0 Electron/27.1.3 Safari/537.36",
            "Slack",
        ),
    ],
)
def test_apps_are_known_by_what_they_add(user_agent: str, name: str) -> None:
    assert recognise(user_agent) == App(True, name)


@pytest.mark.parametrize("user_agent", [WEBVIEW, IPHONE.replace("iPhone;", "Electron/27"), "x Electron/27.1"])
def test_an_unknown_app_is_an_app_without_a_name(user_agent: str) -> None:
    assert recognise(user_agent) == App(True, "")


def test_what_ua_parser_calls_a_web_view_is_in_an_app() -> None:
    assert recognise(IPHONE + "Mobile/15E148 MyShop/3.2") == App(True, "")


@pytest.mark.parametrize(
    "user_agent",
    [
        IPHONE + "Version/18.1 Mobile/15E148 Safari/604.1",
        IPHONE + "CriOS/120.0.6099.119 Mobile/15E148 Safari/604.1",
        WEBVIEW.replace("; wv", ""),
        WEBVIEW.replace("; wv", "") + " Online/5 Pipeline/1",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0",
        "",
    ],
)
def test_browsers_are_no_apps(user_agent: str) -> None:
    assert recognise(user_agent) == App(False, "")
