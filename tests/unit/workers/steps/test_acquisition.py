from typing import Any

import pytest

from shared.properties import Property, UrlRule
from shared.record import Acquisition
from tests.measurements import measurement
from tests.measurements import rules as compiled
from workers.steps.acquisition import attribute, is_same_site
from workers.steps.sources import Sources

HOST = "shop.example.com"
PAGE = f"https://{HOST}/shoes"
SHOP = Property(id="shop", hosts=[HOST, "example.net", "*.example.net"])
SOURCES = Sources()


def came(target: str = "", referrer: str = "", shop: Property = SHOP) -> Acquisition:
    return attribute(measurement(url=PAGE + target, referrer=referrer), HOST, compiled(shop), SOURCES)


def origin(*args: Any) -> tuple[str, str]:
    acquisition = came(*args)
    return acquisition.source, acquisition.medium


def test_campaign_tags_come_first() -> None:
    told = came(
        "?utm_source=News&utm_medium=mail&utm_campaign=May+sale&utm_term=red%20shoes&utm_content=top&utm_id=c17&gclid=x",
        "https://www.google.com/",
    )
    assert (told.source, told.medium, told.campaign) == ("News", "mail", "May sale")
    assert (told.term, told.content, told.campaign_id) == ("red shoes", "top", "c17")
    assert told.referrer_host == "www.google.com"


@pytest.mark.parametrize(
    "target",
    [
        "?UTM_Source=a&utm_MEDIUM=b",
        "#utm_source=a&utm_medium=b",
        "#/route?utm_source=a&utm_medium=b",
        "?utm_source=&utm_source=a&utm_source=c&utm_medium=b",
        "?x=1&amp;utm_source=a&amp;utm_medium=b",
        "?utm%5Fsource=%61&utm_medium=b",
        "?utm_source=a#utm_source=c&utm_medium=b",
    ],
)
def test_tags_are_read_in_any_case_and_place(target: str) -> None:
    assert origin(target) == ("a", "b")


def test_tag_values_are_anonymised_and_bounded() -> None:
    told = came(f"?utm_source=a&utm_content=to:jo%2540example.com&utm_term={'x ' * 400}&utm_campaign=%00%0a")
    assert told.content == "to:[email]"
    assert len(told.term) <= 256
    assert told.campaign == ""


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("gclid", "google"),
        ("gbraid", "google"),
        ("wbraid", "google"),
        ("dclid", "google"),
        ("msclkid", "bing"),
        ("ttclid", "tiktok"),
        ("twclid", "twitter"),
        ("li_fat_id", "linkedin"),
        ("yclid", "yandex"),
        ("rdt_cid", "reddit"),
        ("epik", "pinterest"),
        ("ScCid", "snapchat"),
    ],
)
def test_a_click_id_tells_the_network(name: str, source: str) -> None:
    assert origin(f"?{name}=abc") == (source, "cpc")
    assert origin(f"?{name}=abc&utm_medium=display") == (source, "display")
    assert origin(f"?{name}=abc&utm_source=ads") == ("ads", "cpc")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("fbclid", ("facebook", "social")),
        ("srsltid", ("google", "organic")),
        ("ysclid", ("yandex", "organic")),
        ("irclickid", ("impact", "affiliate")),
        ("mc_eid", ("mailchimp", "email")),
        ("_ga", ("(direct)", "(none)")),
    ],
)
def test_not_every_click_is_paid(name: str, expected: tuple[str, str]) -> None:
    assert origin(f"?{name}=abc") == expected


def test_a_paid_click_counts_before_others_and_a_referrer_of_the_same_kind_names_it_better() -> None:
    assert origin("?fbclid=a&gclid=b") == ("google", "cpc")
    assert origin("?fbclid=a", "https://l.instagram.com/") == ("instagram", "social")
    assert origin("?fbclid=a", "https://www.google.com/") == ("facebook", "social")
    assert origin("?gclid=a", "https://www.youtube.com/") == ("google", "cpc")


def test_yahoo_japan_has_taken_the_name_of_yandexs_click_id() -> None:
    assert origin("?yclid=YSS.1234.abc") == ("yahoo", "cpc")
    assert origin("?yclid=12345678") == ("yandex", "cpc")


def test_numbers_of_campaigns_are_kept_and_telephone_numbers_are_not() -> None:
    told = came("?utm_source=a&utm_id=987654321&utm_campaign=120208123456780123&utm_term=00436601234567")
    assert (told.campaign_id, told.campaign, told.term) == ("987654321", "120208123456780123", "[phone]")
    assert came("?utm_content=120208123456780123").content == "120208123456780123"
    assert came("?utm_content=4155552671").content == "[number]"
    assert came("?utm_content=4111111111111111").content == "[number]"  # a card
    assert came("?utm_content=4111111111111112").content == "4111111111111112"


def test_a_click_id_without_a_value_tells_nothing() -> None:
    assert origin("?gclid=") == ("(direct)", "(none)")


def test_a_source_tag_alone_takes_the_medium_of_the_service_that_it_names() -> None:
    assert origin("?utm_source=chatgpt.com", "https://chatgpt.com/") == ("chatgpt.com", "ai")
    assert origin("?utm_source=google") == ("google", "")
    assert origin("?utm_source=flyer") == ("flyer", "")


def test_a_medium_tag_alone_leaves_the_source_to_the_referrer() -> None:
    assert origin("?utm_medium=paid", "https://www.bing.com/") == ("bing", "paid")


@pytest.mark.parametrize(
    ("referrer", "expected"),
    [
        ("", ("(direct)", "(none)")),
        ("about:blank", ("(direct)", "(none)")),
        ("https://www.google.co.uk/", ("google", "organic")),
        ("https://l.facebook.com/l.php?u=x", ("facebook", "social")),
        ("https://mail.google.com/mail/u/0/", ("gmail", "email")),
        ("https://chatgpt.com/", ("chatgpt", "ai")),
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ", ("youtube", "video")),
        ("https://www.amazon.de/", ("amazon", "shopping")),
        ("android-app://com.google.android.gm/", ("gmail", "email")),
        ("android-app://com.example.reader/", ("com.example.reader", "referral")),
        ("https://Blog.Other.org/post", ("blog.other.org", "referral")),
        ("https://docs.google.com/document/d/abc/edit", ("docs.google.com", "referral")),
        ("https://shop.example.com/hats", ("shop.example.com", "internal")),
        ("https://www.example.com/", ("www.example.com", "internal")),
        ("https://blog.example.net/", ("blog.example.net", "internal")),
        ("https://shop-example-com.translate.goog/", ("shop.example.com", "internal")),
        ("https://other--x-example-org.cdn.ampproject.org/c/x", ("other-x.example.org", "referral")),
        ("https://cdn.ampproject.org/", ("cdn.ampproject.org", "referral")),
    ],
)
def test_the_referrer_is_classified(referrer: str, expected: tuple[str, str]) -> None:
    assert origin("", referrer) == expected


@pytest.mark.parametrize(
    ("referrer", "term"),
    [
        ("https://www.bing.com/search?q=red+shoes", "red shoes"),
        ("https://search.yahoo.com/search?p=red%20shoes", "red shoes"),
        ("https://yandex.ru/search/?text=%D0%BE%D0%B1%D1%83%D0%B2%D1%8C", "обувь"),
        ("https://www.google.com/url?q=&sa=t", ""),
        ("https://www.bing.com/search?q=jo@example.com", "[email]"),
        ("https://blog.other.org/?q=red", ""),
    ],
)
def test_the_term_is_told_where_the_engine_sends_it(referrer: str, term: str) -> None:
    assert came("", referrer).term == term


def test_a_property_that_accepts_any_host_has_no_other_hosts_of_its_own() -> None:
    shop = Property(id="shop", hosts=["*"])
    assert came("", "https://blog.other.org/", shop).medium == "referral"


def test_the_term_is_told_also_of_a_click_and_never_the_address_that_a_redirector_leads_to() -> None:
    assert came("?gclid=x", "https://www.google.com/search?q=shoes").term == "shoes"
    assert came("", "https://www.google.com/url?q=https://shop.example.com/").term == ""


def test_the_referrer_is_anonymised_by_the_same_rules() -> None:
    shop = Property(id="shop", url_rule=[UrlRule(query_deny=["ref"])])
    told = came("", "https://jo:pw@Blog.Other.org/u/jo@example.com?token=x&ref=y#z", shop)
    assert told.referrer == "https://blog.other.org/u/[email]?token=[token]"
    assert told.referrer_host == "blog.other.org"


def test_hosts_under_one_registrable_domain_are_one_site() -> None:
    assert is_same_site("a.example.co.uk", "example.co.uk")
    assert is_same_site("localhost", "localhost")
    assert not is_same_site("a.co.uk", "b.co.uk")
    assert not is_same_site("a.github.io", "b.github.io")
    assert not is_same_site("10.0.0.1", "192.168.0.1")
    assert not is_same_site("a", "b")
