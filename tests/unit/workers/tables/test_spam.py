from pathlib import Path

import pytest

from shared.errors import ConfigError
from tests.measurements import write_lines
from workers.tables import spam
from workers.tables.spam import host_of


def test_the_notorious_are_known_with_everything_below_them() -> None:
    hosts = spam.read("")
    assert "semalt.com" in hosts
    assert "42.semalt.com" in hosts


@pytest.mark.parametrize("host", ["notsemalt.com", "semalt.com.example.org", "com", "", "example.com"])
def test_others_are_not(host: str) -> None:
    assert host not in spam.read("")


def test_a_list_of_ones_own_replaces_ours(tmp_path: Path) -> None:
    hosts = spam.read(write_lines(tmp_path / "spam.txt", "# mine", "Bad.Example", "größe.example"))
    assert "www.bad.example" in hosts
    assert "xn--gre-6ka8i.example" in hosts
    assert "semalt.com" not in hosts


def test_a_list_may_write_hosts_as_others_do(tmp_path: Path) -> None:
    hosts = spam.read(write_lines(tmp_path / "spam.txt", "www.one.example", "*.two.example", "http://three.example/"))
    assert all(host in hosts for host in ("one.example", "two.example", "x.three.example"))


@pytest.mark.parametrize("entry", ["blogs.example/spammer", "one.example two.example", "one.example:80", "http://"])
def test_what_is_no_host_is_refused_with_its_line(tmp_path: Path, entry: str) -> None:
    with pytest.raises(ConfigError, match=r"spam\.txt: line 2: .* is no host"):
        spam.read(write_lines(tmp_path / "spam.txt", "good.example", entry))


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://WWW.Example.com:8443/x", "www.example.com"),
        ("http://example.com./", "example.com"),
        ("android-app://com.google.android.gm/", "com.google.android.gm"),
        ("about:blank", ""),
        ("no url", ""),
        ("http://a\ud800/", ""),
    ],
)
def test_the_host_of_a_url(url: str, host: str) -> None:
    assert host_of(url) == host
