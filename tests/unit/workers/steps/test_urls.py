import pytest

from workers.steps.urls import NOWHERE, UrlRules, anonymise, anonymise_text, steps

RULES = UrlRules()
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc_d-E"


def href(url: str) -> str:
    return anonymise(url, RULES).href


def target(path: str) -> str:
    return href(f"https://shop.example.com{path}").removeprefix("https://shop.example.com")


def test_the_parts_are_those_of_the_anonymised_url() -> None:
    url = anonymise("https://jo:pw@Shop.Example.com:8443//shoes/jo@example.com?size=44&token=x#top", RULES)
    assert url.href == "https://shop.example.com:8443//shoes/[email]?size=44&token=[token]"
    assert (url.scheme, url.host, url.path) == ("https", "shop.example.com", "//shoes/[email]")
    assert (url.query, url.segments) == ("size=44&token=[token]", ("shoes", "[email]"))


@pytest.mark.parametrize("url", ["", "about:blank", "mailto:jo@example.com", "data:text/html,jo@example.com", "//x/y"])
def test_what_is_no_page_leaves_nothing(url: str) -> None:
    assert anonymise(url, RULES) == NOWHERE


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/blog/2026/11/28/the-best-running-shoes",
        "/p/B08N5WRWNW?color=red&size=44",
        "/caf%C3%A9/%E6%9D%B1%E4%BA%AC?q=red+shoes%20men",
        "/a;lang=de/b?x&y=&z=1;2",
        "/search?q=country:DE&lang=de&page=2&country_code=DE&sort_key=price",
        "/?login=true&utm_source=news&utm_name=x",
    ],
)
def test_ordinary_urls_stay_as_they_are_to_the_byte(path: str) -> None:
    assert target(path) == path


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/users/jo@example.com", "/users/[email]"),
        ("/users/jo%40example.com/x", "/users/[email]/x"),
        ("/users/jo%252540example.com", "/users/[email]"),
        ("/search?q=mail+jo@example.com+now", "/search?q=[email]+now"),
        ("/a?jo@example.com", "/a?[email]"),
        ("/a?jo@example.com=1", "/a?[email]=1"),
        ("/a;jsessionid=ABC;lang=de/b", "/a;jsessionid=[token];lang=de/b"),
        ("/a?x=1;session=ABC", "/a?x=1;session=[token]"),
        ("/a?ACCESS%5FTOKEN=abc", "/a?ACCESS%5FTOKEN=[token]"),
        ("/a?user[email]=jo&firstName=Jo&tel=123", "/a?user[email]=[email]&firstName=[name]&tel=[phone]"),
        ("/a?next=%2Fwelcome%3Ftoken%3Dabc%26page%3D2", "/a?next=%2Fwelcome%3Ftoken%3D[token]%26page%3D2"),
        (f"/verify/{JWT}", "/verify/[token]"),
        ("/%2\u00bc jo@example.com", "/[token]"),
        (f"/verify?v={JWT}", "/verify?v=[token]"),
        ("/o/550e8400-e29b-41d4-a716-446655440000", "/o/[uuid]"),
        ("/call/%2B49%20171%201234567", "/call/[phone]"),
        ("/call?n=+49+171+1234567", "/call?n=[phone]"),
        ("/order/123456789012", "/order/[number]"),
        ("/from/203.0.113.7", "/from/[ip]"),
        ("/a?x=%" + "25" * 20 + "41", "/a?x=[token]"),
        ('/a?d={"name":"Jo","n":1}', "/a?d=%7B%22name%22:%22[name]%22,%22n%22:1%7D"),
        ("/a?d={'user_email':+'x'}", "/a?d=%7B%27user_email%27:+%22[email]%22%7D"),
        ("/reset-password/AbC123x", "/reset-password/[token]"),
        ("/reset-password/sent", "/reset-password/sent"),
        ("/call/0171/1234567", "/call/[phone]"),
        ("/a?ean=4006381333931&x=4006381333931", "/a?ean=4006381333931&x=[number]"),
        ("/a?ean=4006381333932", "/a?ean=[number]"),
        ("/a?pr%C3%A9nom=Jo&%E5%90%8D%E5%89%8D=Jo", "/a?pr%C3%A9nom=[name]&%E5%90%8D%E5%89%8D=[name]"),
    ],
)
def test_private_parts_become_placeholders(path: str, expected: str) -> None:
    assert target(path) == expected


def test_click_ids_are_dropped_whatever_their_case() -> None:
    assert target("/?gclid=abc&a=1&FBCLID=x&msclkid=y&%67braid=z") == "/?a=1"
    assert target("/?gclid=abc") == "/"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "https://www.linkedin.com/messaging/thread/2-abc==/?filter=x",
            "https://linkedin.com/messaging/thread/LinkedInThreadID/",
        ),
        ("https://www.linkedin.com/messaging", "https://linkedin.com/messaging/thread/LinkedInThreadID/"),
        ("https://www.linkedin.com/feed/", "https://www.linkedin.com/feed/"),
        ("https://www.linkedin.com/messagingtips", "https://www.linkedin.com/messagingtips"),
        ("https://mail.google.com/mail/u/0/?view=cm&to=jo", "https://mail.google.com/"),
        ("https://outlook.live.com/mail/0/inbox/id/AQMk", "https://outlook.live.com/"),
        ("https://web.whatsapp.com/send?phone=4917112345", "https://web.whatsapp.com/"),
        ("https://acme-my.sharepoint.com/personal/jo_acme_com/Documents", "https://sharepoint.com/personal/"),
        ("https://acme.sharepoint.com/:w:/g/personal/jo/Eab1", "https://sharepoint.com/:w:/"),
        ("https://discord.com/channels/1/2", "https://discord.com/channels/"),
        ("https://acme.slack.com/archives/C1/p2", "https://slack.com/"),
        ("https://chatgpt.com/c/abc", "https://chatgpt.com/c/"),
        ("https://www.facebook.com/messages/t/jo", "https://facebook.com/messages/"),
    ],
)
def test_mail_and_chat_tell_only_which_service_it_was(url: str, expected: str) -> None:
    assert href(url) == expected
    assert href(expected) == expected


def test_app_referrers_are_kept() -> None:
    assert href("android-app://com.google.android.gm/") == "android-app://com.google.android.gm/"


def test_the_pipeline_can_be_followed_step_by_step() -> None:
    names = [name for name, _ in steps(RULES)]
    assert names == ["third_parties", "click_ids", "query", "path", "host"]


def test_long_urls_are_anonymised_too() -> None:
    assert "jo@" not in target("/?" + "a=b&" * 900 + "m=jo@example.com")


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("550e8400-e29b-41d4-a716-446655440000.preview.example.com", "uuid.preview.example.com"),
        ("user-1234567890.example.com", "user-number.example.com"),
        ("9f86d081884c7d659a2feaa0c55ad015.com", "9f86d081884c7d659a2feaa0c55ad015.com"),
        ("xn--80aaxitdbjrdfgk4a.example.com", "xn--80aaxitdbjrdfgk4a.example.com"),
        ("mary-smith.blogs.example", "mary-smith.blogs.example"),
        ("203.0.113.7", "203.0.113.7"),
    ],
)
def test_keys_and_long_numbers_in_a_host_below_the_sites_name_are_covered(host: str, expected: str) -> None:
    url = anonymise(f"https://{host}/a", RULES)
    assert (url.host, url.href) == (expected, f"https://{expected}/a")
    assert anonymise(url.href, RULES) == url


def test_titles_lose_what_is_private() -> None:
    assert anonymise_text("Customer 415-555-0123 (9f86d081884c7d659a2feaa0c55ad015)") == "Customer [phone] ([token])"
    assert anonymise_text("jo%40example.com?token=x") == "[email]?token=[token]"
    assert anonymise_text("Inbox (3) - jo@example.com - Mail") == "Inbox (3) - [email] - Mail"
    assert anonymise_text("Schuhe für 49,90 €, jetzt!") == "Schuhe für 49,90 €, jetzt!"
