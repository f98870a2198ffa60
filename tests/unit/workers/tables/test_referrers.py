from pathlib import Path

import pytest

from shared.errors import ConfigError
from tests.measurements import write_lines
from workers.steps.sources import Sources
from workers.tables import referrers

ENGINES = """
Google:
  - urls: [google.com, 'google.{}', www.Google.org]
    params: [q, AS_Q]
    backlink: 'search?q={k}'
    charsets: [utf-8]
  - urls: ['google.com/imgres', 'images.{}.google.com']
Path Finder:
  - urls: [finder.example]
    params: ['/find\\/([^\\/]+)/i', term]
'Größe%2B':
  - urls: [größe.example]
"""
SOCIALS = """
Blue Planet:
  - blue.example
  - https://www.planet.example/
  - example.org/blue
"""


def listed(tmp_path: Path, text: str, medium: str = "organic") -> Sources:
    return Sources({medium: referrers.read(write_lines(tmp_path / "list.yml", text), medium)})


@pytest.mark.parametrize(
    ("host", "path", "name"),
    [
        ("google.com", "/", "google"),
        ("www.google.co.uk", "/", "google"),
        ("www.google.de", "/search", "google"),
        ("google.org", "/", "google"),
        ("www.google.com", "/imgres", "google"),
        ("images.google.com", "/", "google"),
        ("finder.example", "/find/red%20shoes", "path finder"),
        ("xn--gre-6ka8i.example", "/", "größe+"),
    ],
)
def test_engines_are_read_from_matomos_format(tmp_path: Path, host: str, path: str, name: str) -> None:
    found = listed(tmp_path, ENGINES).find("https", host, path)
    assert found
    assert (found.name, found.medium) == (name, "organic")


@pytest.mark.parametrize("host", ["www.bing.com", "docs.google.com", "google.example"])
def test_what_is_not_listed_is_no_engine_any_more(tmp_path: Path, host: str) -> None:
    assert listed(tmp_path, ENGINES).find("https", host) is None


def test_params_are_names_in_lower_case_or_expressions(tmp_path: Path) -> None:
    table = listed(tmp_path, ENGINES)
    google, finder = table.find("https", "google.com"), table.find("https", "finder.example")
    assert google
    assert google.terms == ("q", "as_q")
    assert finder
    assert finder.terms == ("term",)
    assert finder.patterns[0].search("/FIND/shoes").group(1) == "shoes"


@pytest.mark.parametrize(
    ("host", "path", "name"),
    [
        ("www.blue.example", "/", "blue planet"),
        ("m.planet.example", "/x", "blue planet"),
        ("example.org", "/blue/x", "blue planet"),
        ("mail.google.com", "/", "gmail"),
        ("www.youtube.com", "/", "youtube"),
    ],
)
def test_social_networks_are_lists_of_hosts_beside_our_other_tables(
    tmp_path: Path, host: str, path: str, name: str
) -> None:
    found = listed(tmp_path, SOCIALS, "social").find("https", host, path)
    assert found
    assert found.name == name


def test_a_list_knows_better_than_our_other_tables(tmp_path: Path) -> None:
    found = listed(tmp_path, "YouTube: [youtube.com]", "social").find("https", "m.youtube.com")
    assert found
    assert found.medium == "social"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "names with lists of hosts are wanted"),
        ("- a.example", "names with lists of hosts are wanted"),
        ("One: [a.example\nTwo: [b.example]", "line 2: "),
        ("One: a.example", "One: Expected `array`, got `str`"),
        ("One: [1.5]", "One: Expected `str | object`, got `float` - at `$[0]`"),
        ("One: [{params: [q]}]", "One: Object missing required field `urls` - at `$[0]`"),
        ("One: [{urls: [a.example], params: q}]", "One: Expected `array`, got `str` - at `$[0].params`"),
        ("One: [nohost]", "One: 'nohost' is no host"),
        ("One: ['a b.example']", "One: 'a b.example' is no host"),
        ("One: [{urls: [a.example], params: ['/(?=a)(b)/']}]", "One: params: '(?=a)(b)'"),
        ("One: [{urls: [a.example], params: ['/abc/']}]", "One: params: 'abc': a group is wanted"),
        ("a: &a [b.example]\nc: *a", "line 2: references and deep nesting are not read"),
        ("[" * 20, "line 1: references and deep nesting are not read"),
        ("a: !!python/object/apply:os.getcwd []", "line 1: could not determine a constructor"),
        ("\x00", "control characters are not allowed"),
    ],
)
def test_a_bad_list_is_refused_with_file_place_and_reason(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(ConfigError) as refused:
        listed(tmp_path, text)
    assert str(refused.value).startswith(f"{tmp_path / 'list.yml'}: ")
    assert reason in str(refused.value)


def test_bytes_that_are_no_text_and_files_beyond_the_limit_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.yml"
    path.write_bytes(b"One: [\xff\xfe.example]")
    with pytest.raises(ConfigError, match=r"list\.yml: "):
        referrers.read(str(path), "organic")
    path.write_bytes(b"# " + b"x" * referrers.BYTES_LIMIT)
    with pytest.raises(ConfigError, match="longer than"):
        referrers.read(str(path), "organic")
