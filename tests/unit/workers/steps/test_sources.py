import pytest

from workers.steps import sources
from workers.steps.sources import Sources

OURS = Sources()
find, named = OURS.find, OURS.named
MEDIA = {"organic", "social", "email", "ai", "video", "shopping", "referral"}


@pytest.mark.parametrize(
    ("host", "name", "medium"),
    [
        ("www.google.com", "google", "organic"),
        ("google.co.uk", "google", "organic"),
        ("www.google.com.br", "google", "organic"),
        ("images.google.de", "google", "organic"),
        ("www.bing.com", "bing", "organic"),
        ("de.search.yahoo.com", "yahoo", "organic"),
        ("duckduckgo.com", "duckduckgo", "organic"),
        ("yandex.com.tr", "yandex", "organic"),
        ("l.facebook.com", "facebook", "social"),
        ("t.co", "twitter", "social"),
        ("www.pinterest.de", "pinterest", "social"),
        ("mail.google.com", "gmail", "email"),
        ("outlook.live.com", "outlook", "email"),
        ("chatgpt.com", "chatgpt", "ai"),
        ("www.perplexity.ai", "perplexity", "ai"),
        ("gemini.google.com", "gemini", "ai"),
        ("copilot.microsoft.com", "copilot", "ai"),
        ("claude.ai", "claude", "ai"),
        ("m.youtube.com", "youtube", "video"),
        ("www.amazon.co.jp", "amazon", "shopping"),
    ],
)
def test_well_known_hosts_have_a_name_and_a_medium(host: str, name: str, medium: str) -> None:
    source = find("https", host)
    assert source
    assert (source.name, source.medium) == (name, medium)


@pytest.mark.parametrize(
    "host",
    ["docs.google.com", "news.yahoo.com", "google.evil.example", "notgoogle.com", "google.com.evil.example", "com", ""],
)
def test_other_places_are_not_taken_for_them(host: str) -> None:
    assert find("https", host) is None


def test_apps_are_known_by_their_package_or_number() -> None:
    source = find("android-app", "com.google.android.gm")
    assert source
    assert (source.name, source.medium) == ("gmail", "email")
    assert find("ios-app", "422689480") == source
    assert find("android-app", "google.com") is None
    assert find("https", "com.google.android.gm") is None


@pytest.mark.parametrize(
    ("host", "path", "expected"),
    [
        ("x.com", "/i/grok", "ai"),
        ("x.com", "/i/grokking", "social"),
        ("www.google.de", "/maps/place/x", "referral"),
        ("www.google.de", "/", "organic"),
        ("huggingface.co", "/chat/", "ai"),
    ],
)
def test_a_part_of_a_site_may_be_another_service(host: str, path: str, expected: str) -> None:
    source = find("https", host, path)
    assert source
    assert source.medium == expected


@pytest.mark.parametrize(
    ("host", "name", "medium"),
    [
        ("mastodon.example.org", "mastodon", "social"),
        ("searx.example.org", "searx", "organic"),
        ("webmail2.example.co.uk", "webmail2.example.co.uk", "email"),
        ("search.example.net", "search.example.net", "organic"),
    ],
)
def test_what_many_run_is_known_by_a_part_of_the_host(host: str, name: str, medium: str) -> None:
    source = find("https", host)
    assert source
    assert (source.name, source.medium) == (name, medium)


def test_below_where_others_have_their_sites_nothing_is_known() -> None:
    assert find("https", "www.wordpress.com")
    assert find("https", "someone.wordpress.com") is None
    assert find("https", "mail.co.uk") is None


def test_a_campaign_tag_may_mean_a_service_by_host_or_name() -> None:
    assert named("chatgpt.com") == named("ChatGPT")
    assert named("Product-Hunt") == named("producthunt") == find("https", "www.producthunt.com")
    assert named("fb") == named("facebook")
    assert named("openai") == named("chatgpt.com")
    assert named("newsletter") is None


def test_no_host_is_listed_twice_with_different_meanings_and_all_are_lower_case() -> None:
    meanings: dict[str, set[str]] = {}
    for medium, services in sources.HOSTS.items():
        assert medium in MEDIA
        for name, hosts in services.items():
            for host in hosts.split():
                meanings.setdefault(host, set()).add(name)
                assert host == host.lower()
    assert {host: names for host, names in meanings.items() if len(names) > 1} == {}
