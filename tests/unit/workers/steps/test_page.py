import pytest

from shared.properties import UrlRule
from tests.measurements import measurement
from workers.steps.page import describe
from workers.steps.urls import UrlRules

RULES = UrlRules()


def canonical(sent: str) -> str:
    return describe(measurement(url="https://shop.example.com/shoes/red?x=1", canonical=sent), RULES).canonical_url


def test_a_page_is_described_by_its_anonymised_url() -> None:
    page = describe(
        measurement(url="https://Shop.Example.com/account/jo@example.com/a/b?gclid=x#top", title="Hi jo@example.com"),
        RULES,
    )
    assert page.title == "Hi [email]"
    assert page.document_url == "https://shop.example.com/account/[email]/a/b"
    assert (page.url_scheme, page.url_host, page.url_path) == ("https", "shop.example.com", "/account/[email]/a/b")
    assert (page.path_segment1, page.path_segment2, page.path_segment3) == ("account", "[email]", "a")


def test_segments_that_are_not_there_are_empty() -> None:
    page = describe(measurement(url="http://localhost:8080/shoes/"), RULES)
    assert (page.path_segment1, page.path_segment2, page.path_segment3) == ("shoes", "", "")
    assert (page.url_host, page.document_url) == ("localhost", "http://localhost:8080/shoes/")


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("", ""),
        ("https://www.example.com/shoes?token=x", "https://www.example.com/shoes?token=[token]"),
        ("/shoes", "https://shop.example.com/shoes"),
        ("blue", "https://shop.example.com/shoes/blue"),
        ("//www.example.com/shoes", "https://www.example.com/shoes"),
        ("javascript:void(0)", ""),
        ("android-app://com.example/", ""),
        ("http://", ""),
    ],
)
def test_the_canonical_url_is_resolved_and_anonymised(sent: str, expected: str) -> None:
    assert canonical(sent) == expected


def test_the_propertys_instructions_apply_to_both() -> None:
    rules = UrlRules([UrlRule(path="/account/{user}")])
    page = describe(measurement(url="https://shop.example.com/account/jo", canonical="/account/jo"), rules)
    assert page.document_url == page.canonical_url == "https://shop.example.com/account/[user]"
