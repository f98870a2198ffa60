"""The tables of docs/ say what the code does: no key, reason or metric is missing, wrong or invented."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec.inspect as types
import pytest
from msgspec import NODEFAULT
from prometheus_client import CollectorRegistry

from gateway.client_ip import Reason
from gateway.metrics import Metrics as GatewayMetrics
from gateway.reject import Reject, RejectReason
from shared import config, properties
from shared.beacon import HEADER_NAMES, PURPOSE_BEFORE
from shared.config import Config
from shared.payload import Payload, TrustedPayload
from shared.properties import Property, UrlRule
from shared.record import BMRecord
from shared.sinks import Allowed, FirehoseSink, KinesisSink, ObjectsSink
from tests.markdown import DOCS, plain, table, tables, words
from workers.drop import DropReason
from workers.metrics import Metrics as WorkerMetrics
from workers.sinks.failure import FailureReason

ROOT = Path(__file__).parents[2]
HOUSE = ("shared", "gateway", "workers", "blockmetry")
PAGES = sorted(path.name for path in DOCS.glob("*.md"))


def fields(struct: type) -> tuple[types.Field, ...]:
    told = types.type_info(struct)
    assert isinstance(told, types.StructType)
    return told.fields


SECTIONS: dict[str, type] = {
    "Top level": Config,
    "[gateway]": config.Gateway,
    "[queue]": config.Queue,
    "[worker]": config.Worker,
    "[sinks]": Allowed,
    "[lookups]": config.Lookups,
    "[[property]]": Property,
    "[[property.url_rule]]": UrlRule,
    "[[property.sink]], objects": ObjectsSink,
    "[[property.sink]], kinesis": KinesisSink,
    "[[property.sink]], firehose": FirehoseSink,
}
KINDS = {
    types.StrType: "string",
    types.LiteralType: "string",
    types.IntType: "integer",
    types.FloatType: "number",
    types.BoolType: "boolean",
}


def described(heading: str) -> list[list[str]]:
    (found,) = [t for t in tables("configuration.md") if t.heading == heading and t.columns[0] == "key"]
    return found.rows


def expected(struct: type) -> Iterator[tuple[str, str, object]]:
    """Key, type and default of everything that is no section of its own."""
    told = types.type_info(struct)
    assert isinstance(told, types.StructType)
    if told.tag_field:
        yield told.tag_field, "string", "required"
    for field in told.fields:
        if not isinstance(field.type, types.StructType):
            yield field.encode_name, type_word(field.type), default(field)


def type_word(kind: types.Type) -> str:
    if isinstance(kind, types.UnionType):
        return type_word(kind.types[0])
    if isinstance(kind, types.ListType):
        return "list of strings" if isinstance(kind.item_type, types.StrType) else "list of tables"
    return KINDS[type(kind)]


def default(field: types.Field) -> object:
    if field.required:
        return "required"
    if field.default_factory is not NODEFAULT:
        return field.default_factory()
    return "unset" if field.default is None else field.default


def written(cell: str) -> object:
    return tomllib.loads(f"value = {plain(cell)}")["value"] if cell.startswith("`") else cell


@pytest.mark.parametrize("heading", SECTIONS)
def test_every_key_of_the_configuration_is_described_with_its_type_and_default_and_no_other(heading: str) -> None:
    rows = [(plain(row[0]), row[1], written(row[2])) for row in described(heading)]
    assert sorted(rows, key=str) == sorted(expected(SECTIONS[heading]), key=str)


def test_every_section_of_the_configuration_is_described() -> None:
    sections = {f"[{field.encode_name}]" for field in fields(Config) if isinstance(field.type, types.StructType)}
    assert sections == {name for name in SECTIONS if not name.startswith(("Top", "[[property"))}


def bound(kind: types.Type) -> set[str]:
    """What the bound of a key must mention."""
    if isinstance(kind, types.LiteralType):
        return {f"`{value}`" for value in kind.values}
    if not isinstance(kind, types.IntType | types.FloatType):
        return set()
    if kind.gt is not None:
        return {f"above {kind.gt}"}
    return {f"{kind.ge} to {kind.le}" if kind.le is not None else f"at least {kind.ge}"}


@pytest.mark.parametrize("heading", SECTIONS)
def test_every_bound_of_the_configuration_is_told(heading: str) -> None:
    kinds = {field.encode_name: field.type for field in fields(SECTIONS[heading])}
    for row in described(heading):
        for told in bound(kinds.get(plain(row[0]), types.AnyType())):
            assert told in row[3], row[0]


def blocks() -> list[tuple[str, str]]:
    found = [
        (page, text)
        for page in PAGES
        for text in re.findall(r"```toml\n(.*?)```", (DOCS / page).read_text(), re.DOTALL)
    ]
    assert found
    return found


@pytest.mark.parametrize(("page", "text"), blocks())
def test_every_example_of_a_file_can_be_loaded(page: str, text: str, tmp_path: Path) -> None:
    name = text.splitlines()[0].removeprefix("# ")
    path = tmp_path / name
    path.write_text(text)
    if name == "properties.toml":
        assert properties.load(path)
    else:
        assert name == "blockmetry.toml", page
        assert config.load(path, {}) != Config()


def test_every_reject_reason_is_described_with_its_status_and_no_other() -> None:
    rows = [(plain(reason), int(status)) for reason, status, _ in table("ingest.md", "reason", "status")]
    assert rows == [(reason.value, Reject(reason).status) for reason in RejectReason]


def test_the_seconds_of_retry_after_are_told() -> None:
    (seconds,) = {Reject(reason).retry_after_seconds for reason in RejectReason if Reject(reason).status == 503}
    assert f"`Retry-After: {seconds}`" in (DOCS / "ingest.md").read_text()


def test_every_name_of_the_payload_is_described_and_no_other() -> None:
    own, servers = (
        [plain(row[0]) for row in table("ingest.md", column, "type")] for column in ("name", "server's name")
    )
    assert own == [field.encode_name for field in fields(Payload)]
    assert own + servers == [field.encode_name for field in fields(TrustedPayload)]


def test_every_header_that_enrichment_uses_is_named() -> None:
    told = words((DOCS / "ingest.md").read_text().partition("From the request itself come")[2].partition("###")[0])
    assert told == {*HEADER_NAMES, PURPOSE_BEFORE}


def keys(struct: type, group: str = "Top level") -> Iterator[tuple[str, str, str]]:
    """Group, key and type."""
    for field in fields(struct):
        kind = field.type.types[0] if isinstance(field.type, types.UnionType) else field.type
        if isinstance(kind, types.StructType):
            yield from keys(kind.cls, field.encode_name)
        else:
            yield group, field.encode_name, "object, string to number" if is_map(kind) else KINDS[type(kind)]


def is_map(kind: types.Type) -> bool:
    return isinstance(kind, types.DictType) and isinstance(kind.value_type, types.FloatType)


def test_every_key_of_the_record_is_described_in_its_group_and_no_other() -> None:
    groups = [entry for entry in tables("record.md") if entry.columns[0] == "key"]
    assert [(g.heading, plain(row[0]), row[1]) for g in groups for row in g.rows] == list(keys(BMRecord))


def test_every_drop_reason_is_described_and_no_other() -> None:
    assert sorted(plain(row[0]) for row in table("record.md", "drop", "when")) == sorted(DropReason)


def test_every_reason_of_an_address_is_described_and_no_other() -> None:
    assert [plain(row[0]) for row in table("ingest.md", "reason", "the address is that of")] == list(Reason)


def test_every_value_of_acknowledge_after_is_described_and_no_other() -> None:
    values = [row[0].partition("`")[2].partition("`")[0] for row in table("delivery.md", "value")]
    assert sorted(values) == sorted(get_args(get_type_hints(config.Gateway)["acknowledge_after"]))


def test_every_reason_of_a_failed_write_is_described_and_the_permanent_ones_as_dead_letters() -> None:
    failures = {plain(row[0]): row[1] for row in table("delivery.md", "reason of a failed write")}
    assert failures.keys() == set(FailureReason)
    dead = set().union(*(words(row[0]) for row in table("delivery.md", "reason", "what happened")))
    assert set(FailureReason) - {FailureReason.UNAVAILABLE} <= dead


def exposed(metrics: object) -> Iterator[tuple[str, str, set[str]]]:
    """Name, type and labels of what the registry shows."""
    for metric in vars(metrics).values():
        if hasattr(metric, "collect"):
            (family,) = metric.collect()
            labels: Any = getattr(metric, "_labelnames", None) or getattr(metric, "_label_names", ())
            yield family.name + ("_total" if family.type == "counter" else ""), family.type, set(labels)


@pytest.mark.parametrize(("heading", "kind"), [("Gateway", GatewayMetrics), ("Worker", WorkerMetrics)])
def test_every_metric_is_described_with_its_type_and_labels_and_no_other(heading: str, kind: Any) -> None:
    registry = CollectorRegistry()
    shown = list(exposed(kind(registry)))
    assert len(shown) == len(list(registry.collect()))
    (found,) = [entry for entry in tables("metrics.md") if entry.heading == heading]
    assert [(plain(name), told, words(labels)) for name, told, labels, _ in found.rows] == shown


def named() -> list[str]:
    return [plain(row[0]) for t in tables("architecture.md") if t.columns[0] == "file" for row in t.rows]


def test_every_file_that_the_architecture_names_is_there() -> None:
    assert [name for name in named() if not (ROOT / name).exists()] == []


def test_the_architecture_names_every_module() -> None:
    modules = [path for top in HOUSE for path in (ROOT / top).rglob("*.py") if path.name != "__init__.py"]
    known = tuple(named())
    missing = {path.relative_to(ROOT).as_posix() for path in modules} - set(known)
    assert sorted(name for name in missing if not name.startswith(tuple(n for n in known if n.endswith("/")))) == []


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_page(page: str) -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", (DOCS / page).read_text())
    assert [target for target in targets if not (DOCS / target).exists()] == []
