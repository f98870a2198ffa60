"""Referrers: lists of search engines, social networks and assistants in Matomo's formats, for use instead of ours.

| file | format |
|---|---|
| SearchEngines.yml | name -> list of `{urls, params}`; `backlink`, `charsets` and `hiddenkeyword` are not used |
| Socials.yml, AIAssistants.yml | name -> list of hosts |

Both shapes are read in either. A host is `example.com`, `google.{}` (any country) or `example.com/search`; what is
below a host counts as the host does. A parameter between slashes is a regular expression over path and query.
"""

import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import msgspec
import re2
import yaml

from shared.errors import ConfigError
from shared.properties import QUIET
from workers.steps.sources import Source, Table
from workers.tables.spam import host_of

BYTES_LIMIT = 4 << 20
"""Matomo's longest list has 45 thousand."""
DEPTH_LIMIT = 8
_COUNTRY = "zz"
"""In the place of any country while a host is parsed."""
_EXPRESSION = re.compile(r"/(.+)/([a-z]*)")
_SCHEME = re.compile(r"[a-z-]*:?//")


class _Engine(msgspec.Struct):
    urls: list[str]
    params: list[str] = []


def read(path: str, medium: str) -> Table:
    """What is listed at `path`, as sources of this medium.

    Raises `ConfigError` with the file, the place in it and what is wrong.
    """
    listed = _load(path)
    if not isinstance(listed, dict) or not listed:
        raise ConfigError(f"{path}: names with lists of hosts are wanted")
    return {place: source for name, entries in listed.items() for place, source in _read(path, name, entries, medium)}


def _read(path: str, name: object, entries: object, medium: str) -> list[tuple[str, Source]]:
    try:
        known = Source(unquote(str(name)).strip().lower(), medium)
        return [pair for entry in msgspec.convert(entries, list[_Engine | str]) for pair in _places(entry, known)]
    except ValueError as error:
        raise ConfigError(f"{path}: {name}: {error}") from error


def _places(entry: _Engine | str, known: Source) -> list[tuple[str, Source]]:
    if isinstance(entry, str):
        return [(_place(entry), known)]
    expressions = [found for param in entry.params if (found := _EXPRESSION.fullmatch(param))]
    terms = tuple(param.lower() for param in entry.params if not _EXPRESSION.fullmatch(param))
    engine = Source(known.name, known.medium, terms, tuple(_compile(*found.groups()) for found in expressions))
    return [(_place(url), engine) for url in entry.urls]


def _place(url: str) -> str:
    """`www.Example.com/search/` as `example.com/search`; `{}.example.com` as `example.com`, which has it below it."""
    host, _, path = _SCHEME.sub("", url).strip("/").partition("/")
    written = host.replace("{}.", "").removeprefix("www.")
    parsed = host_of(f"http://{written.replace('{}', _COUNTRY)}/")
    if "." not in parsed:
        raise ValueError(f"{url[:80]!r} is no host")
    if written.endswith(".{}"):
        parsed = parsed.removesuffix(_COUNTRY) + "{}"
    return f"{parsed}/{path}" if path else parsed


def _compile(body: str, flags: str) -> Any:
    """PHP's notation. What RE2 cannot do is refused: strangers' text is searched with it."""
    try:
        pattern = re2.compile(f"(?i){body}" if "i" in flags else body, QUIET)
    except re2.error as error:
        raise ValueError(f"params: {body!r}: {error.args[0].decode()}") from error
    if not pattern.groups:
        raise ValueError(f"params: {body!r}: a group is wanted around what was searched for")
    return pattern


def _load(path: str) -> object:
    try:
        text = Path(path).read_bytes()
        if len(text) > BYTES_LIMIT:
            raise ConfigError(f"{path}: longer than {BYTES_LIMIT:,} bytes")
        _refuse_bombs(path, text)
        return yaml.load(text, yaml.CSafeLoader)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
    except yaml.MarkedYAMLError as error:
        raise ConfigError(f"{path}: {_line(error.problem_mark)}{error.problem}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise ConfigError(f"{path}: {str(error).partition(chr(10))[0]}") from error


def _refuse_bombs(path: str, text: bytes) -> None:
    """A few lines of YAML can stand for more than memory holds, or for more nesting than the stack does."""
    depth = 0
    for event in yaml.parse(text, yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEPTH_LIMIT or isinstance(event, yaml.AliasEvent):
            raise ConfigError(f"{path}: {_line(event.start_mark)}references and deep nesting are not read")


def _line(mark: Any) -> str:
    return f"line {mark.line + 1}: " if mark else ""
