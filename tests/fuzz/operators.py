"""Targets on the operator's side: files and variables, of which one may be broken, or fetched from a stranger."""

from collections.abc import Callable
from pathlib import Path

from blockmetry import raw_headers
from shared import config, properties
from shared.errors import ConfigError
from tests.fuzz.target import Target, file, parts, text
from workers.tables import networks, referrers, spam


def reading(read: Callable[[str], object]) -> Callable[[bytes], None]:
    """A file with these bytes is read, or refused in words."""

    def run(sent: bytes) -> None:
        file().write_bytes(sent)
        _told(lambda: read(str(file())))

    return run


def environment(sent: bytes) -> None:
    """One variable, `NAME=VALUE` without our prefix."""
    name, value = parts(sent, 2, b"=")
    _told(lambda: config.load(None, {config.ENVIRONMENT_PREFIX + text(name): text(value)}))


def pasted(sent: bytes) -> None:
    """Headers as people paste them."""
    pasted = text(sent)
    found = raw_headers.parse(pasted)
    assert all(1 <= number <= pasted.count("\n") + 1 for number in found.unread)
    assert all(value == value.strip() and value in pasted for _, value in found.lines)


def _told(read: Callable[[], object]) -> None:
    try:
        read()
    except ConfigError:
        return


TARGETS = {
    "configuration": Target(
        reading(lambda path: config.load(Path(path), {})),
        [
            b'data = "d"\n[gateway]\nport = 8080\ntrusted_proxies = ["::1/96"]\nacknowledge_after = "fsync"\n',
            b'[queue]\nkind = "sqs"\nurl = "https://h/1/n"\nseal_keys = ["a:AA=="]\n[worker]\ndead_letters = "s3://b/"\n',
            b"[gateway]\nkeepalive_seconds = 1e400\n[lookups]\nanonymous = [1]\n",
        ],
    ),
    "properties": Target(
        reading(lambda path: properties.load(Path(path))),
        [
            b'[[property]]\nid = "demo"\nhosts = ["*.a.example"]\nexclude_addresses = ["1.2.3.4-1.2.3.9"]\n',
            b'[[property]]\nid = "a"\n[[property.url_rule]]\nregex = "(a)"\nreplacement = "\\\\1"\npath = "/a/{b}"\n',
            b'[[property]]\nid = "a"\n[[property.sink]]\ntype = "objects"\nurl = "s3://bucket/prefix"\n',
            b"a = " + b"[" * 5_000,
        ],
    ),
    "environment": Target(
        environment,
        [
            b"GATEWAY__PORT=9000",
            b"GATEWAY__TRUSTED_PROXIES=10.0.0.0/8, ::1",
            b"QUEUE__SEAL_KEYS=a:b",
            b"DATA=\xff",
            b"__=",
        ],
    ),
    "pasted": Target(
        pasted,
        [
            b"GET / HTTP/1.1\r\nHost: a.example\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n",
            b"* Connected\n> GET / HTTP/2\n> :authority: a\n> dnt: 1\n< HTTP/2 204\n< x: y\n",
            b"  User-Agent\n:\n  Mozilla\n",
        ],
    ),
    "sources": Target(
        reading(lambda path: referrers.read(path, "organic")),
        [
            b'Google:\n  - urls: [google.com, "google.{}"]\n    params: [q, "/q=([^&]+)/i"]\n',
            b"Mastodon:\n  - mastodon.social\n  - '{}.example.com/path'\n",
            b"a: &a [b.example]\nc: *a\n",
            b"a: " + b"[" * 5_000,
        ],
    ),
    "networks": Target(
        reading(lambda path: networks.read_addresses([path])),
        [
            b"192.0.2.1\n10.0.0.0/8 # ours\n1.2.3.4-1.2.3.9\n",
            b"ExitNode A\nExitAddress 192.0.2.1 2026-01-01\n",
            b"::ffff:1.2.3.0/120\n",
        ],
    ),
    "spam": Target(
        reading(spam.read),
        [b"spam.example\n*.spam.example\nhttp://www.spam.example/\n", b"# none\n", "ü.example\n".encode()],
    ),
}
