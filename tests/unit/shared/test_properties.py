"""The customers' file: what is taken, what is refused, and what happens when it changes."""

import os
from pathlib import Path

import pytest

from shared import properties
from shared.errors import ConfigError
from shared.properties import Property, UrlRule, is_property_id, load, watch
from shared.sinks import ObjectsSink

EXAMPLE = r"""
[[property]]
id = "shop"
hosts = ["shop.example.com", "*.example.com"]
exclude_addresses = ["198.51.100.0/24", "2001:db8::1"]
privacy_signal = "drop"
meta = false

[[property.url_rule]]
path = "/account/{user}/orders/{order}"
[[property.url_rule]]
query_allow = []
[[property.url_rule]]
regex = "/u/([0-9]+)"
replacement = "/u/[user]"

[[property.sink]]
kind = "objects"
url = "file://records"

[[property]]
id = "old"
enabled = false
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "properties.toml"


def test_the_file_is_read_into_properties_by_id(file: Path) -> None:
    file.write_text(EXAMPLE)
    assert load(file) == {
        "shop": Property(
            id="shop",
            hosts=["shop.example.com", "*.example.com"],
            exclude_addresses=["198.51.100.0/24", "2001:db8::1"],
            privacy_signal="drop",
            meta=False,
            url_rule=[
                UrlRule(path="/account/{user}/orders/{order}"),
                UrlRule(query_allow=[]),
                UrlRule(regex="/u/([0-9]+)", replacement="/u/[user]"),
            ],
            sink=[ObjectsSink(url="file://records")],
        )
    }


def test_an_empty_file_has_no_properties(file: Path) -> None:
    file.write_text("")
    assert load(file) == {}


HEAD = '[[property]]\nid = "shop"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[property]]\n", "property[0]: Object missing required field `id`"),
        ('[[property]]\nid = "Shop"\n', "property[0].id: Expected `str` matching regex"),
        ('[[property]]\nid = ""\n', "property[0].id: Expected `str` matching regex"),
        ('[[property]]\nid = "shop\\n"\n', "property[0].id: Expected `str` matching regex"),
        (HEAD + "colour = 1\n", "property[0]: Object contains unknown field `colour`"),
        (HEAD + 'hosts = "shop.example.com"\n', "property[0].hosts: Expected `array`, got `str`"),
        (HEAD + 'hosts = ["https://shop.example.com"]\n', "property[0] (shop): hosts: 'https://shop.example.com'"),
        (HEAD + 'hosts = ["Shop.example.com"]\n', "property[0] (shop): hosts: 'Shop.example.com'"),
        (HEAD + 'hosts = ["shop.example.com/"]\n', "property[0] (shop): hosts:"),
        (HEAD + 'hosts = ["shop.*.com"]\n', "property[0] (shop): hosts:"),
        (HEAD + 'hosts = [""]\n', "property[0] (shop): hosts:"),
        (HEAD + 'hosts = ["a b"]\n', "property[0] (shop): hosts:"),
        (HEAD + 'exclude_addresses = ["10.0.0.0/40"]\n', "property[0] (shop): exclude_addresses: '10.0.0.0/40'"),
        (HEAD + 'privacy_signal = "maybe"\n', "property[0].privacy_signal: Invalid enum value 'maybe'"),
        (HEAD + "[[property.url_rule]]\n", "property[0] (shop): url_rule[0]: it has none of path"),
        (HEAD + '[[property.url_rule]]\npath = "account"\n', "property[0] (shop): url_rule[0].path: 'account'"),
        (HEAD + '[[property.url_rule]]\npath = "/account"\n', "url_rule[0].path: '/account' needs a name in braces"),
        (HEAD + '[[property.url_rule]]\npath = "/{a}/{b"\n', "url_rule[0].path: '/{a}/{b' needs a name in braces"),
        (HEAD + '[[property.url_rule]]\npath = "/{a}/*"\n', "url_rule[0].path: '/{a}/*' needs a name in braces"),
        (
            HEAD + "[[property.url_rule]]\nregex = '(a)'\nreplacement = '\\2'\n",
            "url_rule[0].replacement: \\2: regex has 1",
        ),
        (
            HEAD + "[[property.url_rule]]\npath = '/{a}'\nreplacement = 'x'\n",
            "url_rule[0].replacement: there is no regex",
        ),
        (HEAD + '[[property.url_rule]]\nregex = "("\n', "property[0] (shop): url_rule[0].regex: '('"),
        (HEAD + '[[property.url_rule]]\nregex = "(?=x)"\n', "property[0] (shop): url_rule[0].regex: '(?=x)'"),
        (HEAD + '[[property.sink]]\nkind = "pigeon"\n', "property[0].sink[0].kind: Invalid value 'pigeon'"),
        (HEAD + '[[property.sink]]\nkind = "objects"\n', "property[0].sink[0]: Object missing required field `url`"),
        (HEAD + '[[property.sink]]\nkind = "objects"\nurl = "ftp://x"\n', "property[0] (shop): sink[0].url: 'ftp://x'"),
        (HEAD + '[[property.sink]]\nkind = "objects"\nurl = "file://"\n', "property[0] (shop): sink[0].url: 'file://'"),
        (HEAD + HEAD, "property[1] (shop): id: this id is taken by an earlier property"),
        ("[[property]", "at line 1"),
    ],
)
def test_a_bad_file_is_refused_with_file_path_and_bound(file: Path, text: str, said: str) -> None:
    file.write_text(text)
    with pytest.raises(ConfigError) as refused:
        load(file)
    assert str(refused.value).startswith(f"{file}: ")
    assert said in str(refused.value)


@pytest.mark.parametrize("text", ["a", "shop", "0", "a-b-c", "a" * 63])
def test_property_ids(text: str) -> None:
    assert is_property_id(text)


@pytest.mark.parametrize("text", ["", "-a", "A", "a_b", "a.b", "a" * 64, "a\n", "ä", "a/b", " a"])
def test_what_is_no_property_id(text: str) -> None:
    assert not is_property_id(text)


@pytest.mark.parametrize(
    ("hosts", "host", "is_ours"),
    [
        (["shop.example.com"], "shop.example.com", True),
        (["shop.example.com"], "example.com", False),
        (["shop.example.com"], "a.shop.example.com", False),
        (["*.example.com"], "shop.example.com", True),
        (["*.example.com"], "a.b.example.com", True),
        (["*.example.com"], "example.com", False),
        (["*.example.com"], "badexample.com", False),
        (["*.example.com"], "example.com.evil.example", False),
        (["*"], "anything.example", True),
        ([], "shop.example.com", False),
    ],
)
def test_a_property_knows_its_hosts(hosts: list[str], host: str, is_ours: bool) -> None:
    assert Property(id="shop", hosts=hosts).accepts_host(host) is is_ours


def rewrite(file: Path, text: str) -> None:
    """So that the change is seen whatever the clock's resolution."""
    before = file.stat().st_mtime_ns if file.exists() else 0
    file.write_text(text)
    os.utime(file, ns=(before + 10_000_000, before + 10_000_000))


def test_a_good_edit_is_taken_and_a_bad_one_leaves_the_old(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    file.write_text(HEAD)
    watched = watch(file)
    assert list(watched.value) == ["shop"]
    rewrite(file, '[[property]]\nid = "BAD"\n')
    assert not watched.refresh()
    assert list(watched.value) == ["shop"]
    assert watched.error.startswith(f"{file}: property[0].id")
    assert "property[0].id" in caplog.text
    rewrite(file, HEAD + '[[property]]\nid = "blog"\n')
    assert watched.refresh()
    assert list(watched.value) == ["shop", "blog"]
    assert watched.error == ""


def test_a_file_that_goes_away_leaves_the_old_and_is_read_when_it_comes_back(file: Path) -> None:
    file.write_text(HEAD)
    watched = watch(file)
    file.unlink()
    assert not watched.refresh()
    assert list(watched.value) == ["shop"]
    assert "No such file" in watched.error
    rewrite(file, '[[property]]\nid = "blog"\n')
    assert watched.refresh()
    assert list(watched.value) == ["blog"]


def test_before_there_is_a_file_the_demo_property_takes_any_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    watched = watch(Path(properties.DEFAULT_PATH))
    assert list(watched.value) == ["demo"]
    assert watched.value["demo"].accepts_host("anything.example")
    Path(properties.DEFAULT_PATH).write_text(HEAD)
    assert watched.refresh()
    assert list(watched.value) == ["shop"]


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        watch(tmp_path / "customers.toml")


def test_a_bad_file_stops_the_start(file: Path) -> None:
    file.write_text("[[property]]\n")
    with pytest.raises(ConfigError):
        watch(file)


def test_a_key_where_its_hash_should_be_stands_in_no_message(tmp_path: Path) -> None:
    file = tmp_path / "properties.toml"
    file.write_text('[[property]]\nid = "shop"\napi_keys = ["bm_the-key-itself"]\n')
    with pytest.raises(ConfigError) as refused:
        properties.load(file)
    assert "api_keys" in str(refused.value)
    assert "bm_the-key-itself" not in str(refused.value)
