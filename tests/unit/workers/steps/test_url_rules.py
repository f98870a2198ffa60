import pytest

from shared.properties import UrlRule
from workers.steps.urls import UrlRules, anonymise


def rewritten(target: str, *rules: UrlRule) -> str:
    return anonymise(f"https://shop.example.com{target}", UrlRules(rules)).href.removeprefix("https://shop.example.com")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/account/jo/orders/17", "/account/[user]/orders/[order]"),
        ("/account/jo/orders/17/", "/account/[user]/orders/[order]/"),
        ("/account/jo/orders/17/invoice?x=1", "/account/[user]/orders/[order]/invoice?x=1"),
        ("/account/jo", "/account/jo"),
        ("/my/account/jo/orders/17", "/my/account/jo/orders/17"),
        ("/account//orders/17", "/account//orders/17"),
    ],
)
def test_a_path_pattern_names_what_it_covers(path: str, expected: str) -> None:
    assert rewritten(path, UrlRule(path="/account/{user}/orders/{order}")) == expected


def test_a_path_pattern_may_cover_a_part_of_a_segment_and_letters_beyond_ascii() -> None:
    assert rewritten("/f%C3%BCr/u-jo.html", UrlRule(path="/für/u-{user}.html")) == "/f%C3%BCr/u-[user].html"


def test_a_pattern_is_no_regular_expression() -> None:
    assert rewritten("/aXb/jo", UrlRule(path="/a.b/{user}")) == "/aXb/jo"


def test_only_allowed_parameters_are_kept() -> None:
    rule = UrlRule(query_allow=["page", "sort"])
    assert rewritten("/?sort=up&Page=2&q=x&%73ort=down", rule) == "/?sort=up&Page=2&%73ort=down"
    assert rewritten("/?q=x", UrlRule(query_allow=[])) == "/"


def test_denied_parameters_are_removed() -> None:
    assert rewritten("/?q=x&page=2&%71=y", UrlRule(query_deny=["q"])) == "/?page=2"


def test_a_regular_expression_rewrites_path_and_query() -> None:
    rule = UrlRule(regex=r"/club/[^/?]+(/[a-z]+)?", replacement=r"/club/[member]\1")
    assert rewritten("/club/jo/boots?x=1", rule) == "/club/[member]/boots?x=1"
    assert rewritten("/club/jo", rule) == "/club/[member]"


def test_a_reference_to_a_group_that_is_not_there_is_empty() -> None:
    assert rewritten("/a/b", UrlRule(regex="b", replacement=r"c\1\0")) == "/a/cb"


def test_a_rule_cannot_bring_a_conversation_elsewhere_past_us() -> None:
    rules = UrlRules([UrlRule(regex="^/messaging", replacement="/m")])
    assert "2-abc" not in anonymise("https://www.linkedin.com/messaging/thread/2-abc", rules).href


@pytest.mark.parametrize("replacement", ["", "#", "?", "//evil.example/", "\\\\", "[", "%zz", "@evil.example"])
def test_whatever_is_put_in_the_url_stays_on_its_host(replacement: str) -> None:
    result = anonymise("https://shop.example.com/a/b?c=d", UrlRules([UrlRule(regex="^.*$", replacement=replacement)]))
    assert result.host == "shop.example.com"
    assert result.path.startswith("/")


def test_each_rule_sees_what_the_one_before_made() -> None:
    rules = (UrlRule(regex="^/old", replacement="/new"), UrlRule(path="/new/{user}"))
    assert rewritten("/old/jo", *rules) == "/new/[user]"


def test_a_rule_cannot_bring_a_secret_back() -> None:
    assert rewritten("/x", UrlRule(regex="x$", replacement="jo@example.com")) == "/[email]"


def test_steps_carry_the_names_of_the_properties_file() -> None:
    rules = UrlRules([UrlRule(path="/a/{b}", query_deny=["c"]), UrlRule(regex="d")])
    assert [name for name, _ in rules.steps] == ["url_rule[0].path", "url_rule[0].query_deny", "url_rule[1].regex"]
