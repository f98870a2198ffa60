"""The customers' websites and their rules: `properties.toml`."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

import re2
from msgspec import Meta

from shared import toml
from shared.addresses import AddressSet
from shared.errors import ConfigError
from shared.section import Section
from shared.sinks import Allowed, Sink, name_of, refusals
from shared.watch import Watched

PROPERTY_ID = r"\A[a-z0-9][a-z0-9-]{0,62}\Z"
HOST_PATTERN = re.compile(
    r"\*|(\*\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*|\[[0-9a-f:.]+\]"
)
HOST_LIMIT = 253
"""Characters of a name in DNS. What walks from a host to its parents takes time in the square of its length."""

is_property_id = re.compile(PROPERTY_ID).match
"""Whether a text has the form of a property id."""
PLACEHOLDER = re.compile(r"\{([A-Za-z0-9_-]+)\}")
"""Of a path pattern."""
REFERENCE = re.compile(r"\\([0-9])")
"""Of a replacement, to a group."""
PropertyId = Annotated[str, Meta(pattern=PROPERTY_ID)]
ApiKey = Annotated[str, Meta(pattern=r"\Asha256:[0-9a-f]{64}\Z")]


class UrlRule(Section, frozen=True):
    """One Specific Instruction. The rules of a property apply in their order; each sees what the one before made."""

    path: str = ""
    """`/account/{user}/orders/{order}`: what matches `{user}` becomes `[user]`."""
    query_allow: list[str] | None = None
    """Keep only these parameters."""
    query_deny: list[str] = []
    """Remove these parameters."""
    regex: str = ""
    """RE2; replaced wherever it matches in the URL's path and query."""
    replacement: str = ""
    """May refer to the groups of `regex` as `\\1`."""


class Property(Section, frozen=True):
    """A customer's website."""

    id: PropertyId
    enabled: bool = True
    hosts: list[str] = []
    """`shop.example.com`, `*.example.com` (anything below, not the name itself), `*` (any). Empty: none."""
    exclude_addresses: list[str] = []
    """Addresses and CIDRs whose hits make no record."""
    privacy_signal: Literal["no_geo", "drop", "ignore"] = "no_geo"
    """What `DNT: 1` or `Sec-GPC: 1` does: no country and city, no record, nothing."""
    meta: bool = True
    api_keys: list[ApiKey] = []
    """Hashes of the keys that may send for this property from a server, as `blockmetry key new` prints them."""
    rate_limit_per_second: Annotated[float, Meta(ge=0, le=1_000_000)] = 0
    """Measurements that one gateway process takes for this property; what is more is refused. 0: no limit."""
    url_rule: list[UrlRule] = []
    sink: list[Sink] = []
    """Empty: `file://DATA/records`."""

    def accepts_host(self, host: str) -> bool:
        """Whether a page on `host` (lower case, ASCII) belongs to this property."""
        return any(
            pattern in ("*", host) or (pattern.startswith("*.") and host.endswith(pattern[1:]))
            for pattern in self.hosts
        )


class PropertiesFile(Section, frozen=True):
    """The whole of `properties.toml`."""

    property: list[Property] = []


QUIET = re2.Options()
QUIET.log_errors = False
"""Options of patterns that operators write: RE2's own, but we say what is wrong."""

Properties = Mapping[str, Property]
"""By id; disabled properties are not in it."""

DEFAULT_PATH = "properties.toml"

DEMO = Property(id="demo", hosts=["*"])
"""What there is when no properties file has been written yet."""


ANY = Allowed()


def watch(path: Path, allowed: Allowed = ANY) -> Watched[Properties]:
    """The properties of the file, read again when it changes. Before there is a `properties.toml`: the demo property.

    Raises `ConfigError`.
    """
    is_unwritten = path == Path(DEFAULT_PATH) and not path.exists()
    return Watched([path], lambda: load(path, allowed), {DEMO.id: DEMO} if is_unwritten else None)


def load(path: Path, allowed: Allowed = ANY) -> Properties:
    """The enabled properties. Raises `ConfigError` with the file, the path in it and the bound."""
    listed = toml.convert(toml.read(path), PropertiesFile, str(path)).property
    seen: set[str] = set()
    for place, entry in enumerate(listed):
        where = f"{path}: property[{place}] ({entry.id})"
        if entry.id in seen:
            raise ConfigError(f"{where}: id: this id is taken by an earlier property")
        seen.add(entry.id)
        _check(entry, where)
        _check_sinks(entry.sink, allowed, where)
    return {entry.id: entry for entry in listed if entry.enabled}


def _check(entry: Property, where: str) -> None:
    for host in entry.hosts:
        if not HOST_PATTERN.fullmatch(host):
            raise ConfigError(
                f"{where}: hosts: {host!r} is no host name; write `shop.example.com`, `*.example.com` or `*`"
            )
    for address in entry.exclude_addresses:
        try:
            AddressSet([address])
        except ValueError as error:
            raise ConfigError(f"{where}: exclude_addresses: {error}") from error
    for place, rule in enumerate(entry.url_rule):
        _check_rule(rule, f"{where}: url_rule[{place}]")


def _check_sinks(sinks: Sequence[Sink], allowed: Allowed, where: str) -> None:
    names: set[str] = set()
    for place, sink in enumerate(sinks):
        for key, reason in refusals(sink, allowed):
            raise ConfigError(f"{where}: sink[{place}].{key}: {reason}")
        if name_of(sink) in names:
            raise ConfigError(f"{where}: sink[{place}]: an earlier sink goes to the same place")
        names.add(name_of(sink))


def _check_rule(rule: UrlRule, where: str) -> None:
    if not (rule.path or rule.regex or rule.query_deny or rule.query_allow is not None):
        raise ConfigError(f"{where}: it has none of path, query_allow, query_deny, regex")
    if rule.path:
        _check_path(rule.path, f"{where}.path: {rule.path!r}")
    if rule.regex:
        _check_regex(rule, where)
    elif rule.replacement:
        raise ConfigError(f"{where}.replacement: there is no regex that it could replace")


def _check_path(path: str, where: str) -> None:
    """A pattern that could never change anything would leave private what its author believes covered."""
    if not path.startswith("/"):
        raise ConfigError(f"{where} must begin with /")
    literal = PLACEHOLDER.sub("", path)
    if literal == path or set(literal) & set("{}*?#"):
        raise ConfigError(
            f"{where} needs a name in braces for what it covers, such as {{user}}, and no {{ }} * ? # else"
        )


def _check_regex(rule: UrlRule, where: str) -> None:
    try:
        groups = re2.compile(rule.regex, QUIET).groups
    except re2.error as error:
        raise ConfigError(f"{where}.regex: {rule.regex!r}: {_text(error)}") from error
    for reference in REFERENCE.findall(rule.replacement):
        if int(reference) > groups:
            raise ConfigError(f"{where}.replacement: \\{reference}: regex has {groups} groups")


def _text(error: Exception) -> str:
    """RE2 says it in bytes."""
    said = error.args[0] if error.args else error
    return said.decode() if isinstance(said, bytes) else str(said)
