"""The operator's configuration: what is taken, and what is said about what is not."""

from pathlib import Path

import msgspec
import pytest

from shared.config import Config, Gateway, load
from shared.errors import ConfigError
from shared.seal import new_key

CONTRACT = """
data = "data"
properties = "properties.toml"
secret = ""

[gateway]
host = "127.0.0.1"
port = 8080
admin_host = "127.0.0.1"
admin_port = 8081
path_prefix = ""
acknowledge_after = "write"
journal_max_bytes = 1_073_741_824
trusted_proxies = []
client_ip_header = "X-Forwarded-For"
block_max_bytes = 196_608
block_max_age_seconds = 0.1

[queue]
kind = "embedded"
visibility_timeout_seconds = 60

[worker]
admin_port = 8082
visibility_heartbeat_seconds = 20

[lookups]
city = ""
anonymous = []
datacenters = []
referrer_spam = ""
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "blockmetry.toml"


def refusal(file: Path | None, text: str = "", **environ: str) -> str:
    """What is said."""
    if file:
        file.write_text(text)
    with pytest.raises(ConfigError) as refused:
        load(file, environ)
    return str(refused.value)


def test_without_file_and_environment_the_defaults_hold() -> None:
    assert load(None, {}) == Config()


def test_the_documented_example_is_the_defaults(file: Path) -> None:
    file.write_text(CONTRACT)
    assert load(file, {}) == Config()


def test_the_file_changes_what_it_names_and_nothing_else(file: Path) -> None:
    file.write_text('[gateway]\nport = 9000\nacknowledge_after = "fsync"\ntrusted_proxies = ["10.0.0.0/8", "::1"]\n')
    expected = Gateway(port=9000, acknowledge_after="fsync", trusted_proxies=["10.0.0.0/8", "::1"])
    assert load(file, {}) == Config(gateway=expected)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("colour = 1", "top level: Object contains unknown field `colour`"),
        ("[gateway]\ncolour = 1", "gateway: Object contains unknown field `colour`"),
        ("[gatway]\nport = 1", "top level: Object contains unknown field `gatway`"),
        ("[gateway]\nport = 70000", "gateway.port: Expected `int` <= 65535 (it is 70000)"),
        ("[gateway]\nport = -1", "gateway.port: Expected `int` >= 0 (it is -1)"),
        ('[gateway]\nport = "80"', "gateway.port: Expected `int`, got `str` (it is '80')"),
        ("gateway = 5", "gateway: Expected `object`, got `int` (it is 5)"),
        ('[gateway]\nacknowledge_after = "never"', "gateway.acknowledge_after: Invalid enum value 'never'"),
        ("[gateway]\njournal_max_bytes = 5", "gateway.journal_max_bytes: Expected `int` >= 1048576 (it is 5)"),
        (
            "[gateway]\nblock_max_bytes = 2_000_000",
            "gateway.block_max_bytes: Expected `int` <= 1048576 (it is 2000000)",
        ),
        ("[gateway]\nblock_max_age_seconds = 0", "gateway.block_max_age_seconds: Expected `float` > 0.0 (it is 0)"),
        ("[gateway]\nbody_timeout_seconds = nan", "gateway.body_timeout_seconds: Expected `float`"),
        ("[gateway]\nblock_max_age_seconds = inf", "gateway.block_max_age_seconds: Expected `float`"),
        ('[gateway]\npath_prefix = "stats/"', "gateway.path_prefix: Expected `str` matching regex"),
        ('[gateway]\npublic_url = "stats.example.com"', "gateway.public_url: Expected `str` matching regex"),
        ('[gateway]\npublic_url = "https://a.example/"', "gateway.public_url: Expected `str` matching regex"),
        ("[gateway]\npublic_url = 'https://a\"b'", "gateway.public_url: Expected `str` matching regex"),
        ('[gateway]\nclient_ip_header = "X Forwarded"', "gateway.client_ip_header: Expected `str` matching regex"),
        ('[gateway]\ntrusted_proxies = ["::1", 5]', "gateway.trusted_proxies[1]: Expected `str`, got `int` (it is 5)"),
        ('[gateway]\ntrusted_proxies = ["::1", "proxy"]', "gateway.trusted_proxies: 'proxy' does not appear to be"),
        ('[queue]\nkind = "carrier pigeon"', "queue.kind: Invalid enum value 'carrier pigeon'"),
        ("[queue]\nvisibility_timeout_seconds = 15", "worker.visibility_heartbeat_seconds: must be shorter than"),
        ('[queue]\nkind = "sqs"', "queue.url: '' must be the URL of the queue"),
        ('[queue]\nkind = "sqs"\nurl = "beacons"', "queue.url: 'beacons' must be the URL of the queue"),
        ('[queue]\nendpoint_url = "sqs:9324"', "queue.endpoint_url: 'sqs:9324' must be http(s)://HOST"),
        ("[queue]\nrequire_sealed = true", "queue.seal_keys: require_sealed needs at least one key"),
        ('[sinks]\naccounts = ["shop"]', "sinks.accounts[0]: Expected `str` matching regex"),
        ("[worker]\nconcurrent_writes = 0", "worker.concurrent_writes: Expected `int` >= 1 (it is 0)"),
        ('[worker]\ndead_letters = "ftp://bucket"', "worker.dead_letters: 'ftp://bucket' must be s3://BUCKET/PREFIX"),
        ('[worker]\ndead_letters = "file://"', "worker.dead_letters: 'file://' must be s3://BUCKET/PREFIX"),
        ("[gateway", "at end of document"),
        ("port = = 1", "at line 1"),
        ("data = 1\ndata = 2", "Cannot overwrite a value"),
    ],
)
def test_a_bad_file_is_refused_with_file_path_bound_and_value(file: Path, text: str, said: str) -> None:
    message = refusal(file, text)
    assert message.startswith(f"{file}: ")
    assert said in message


def test_a_file_that_cannot_be_read_is_refused_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"missing\.toml: No such file or directory"):
        load(tmp_path / "missing.toml", {})
    with pytest.raises(ConfigError, match="Is a directory"):
        load(tmp_path, {})
    (tmp_path / "latin.toml").write_bytes(b'data = "\xff"')
    with pytest.raises(ConfigError, match=r"latin\.toml: .*utf-8"):
        load(tmp_path / "latin.toml", {})


def test_the_environment_goes_before_the_file(file: Path) -> None:
    file.write_text('data = "here"\n[gateway]\nport = 9000\nhost = "0.0.0.0"\n')
    config = load(file, {"BLOCKMETRY_GATEWAY__PORT": "9001", "BLOCKMETRY_SECRET": "s", "PATH": "/bin", "PORT": "1"})
    assert config == Config(data="here", secret="s", gateway=Gateway(port=9001, host="0.0.0.0"))


@pytest.mark.parametrize(
    ("name", "value", "place", "expected"),
    [
        ("GATEWAY__BLOCK_MAX_AGE_SECONDS", "0.25", "block_max_age_seconds", 0.25),
        ("GATEWAY__DRAIN_SECONDS", "5", "drain_seconds", 5.0),
        ("GATEWAY__TRUSTED_PROXIES", "10.0.0.0/8, ::1", "trusted_proxies", ["10.0.0.0/8", "::1"]),
        ("GATEWAY__TRUSTED_PROXIES", "", "trusted_proxies", []),
        ("gateway__host", "::1", "host", "::1"),
        ("GATEWAY__ACKNOWLEDGE_AFTER", "fsync", "acknowledge_after", "fsync"),
    ],
)
def test_a_variable_is_read_as_what_it_sets(name: str, value: str, place: str, expected: object) -> None:
    assert getattr(load(None, {f"BLOCKMETRY_{name}": value}).gateway, place) == expected


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("BLOCKMETRY_COLOUR", "red", "there is no 'colour' in the configuration"),
        ("BLOCKMETRY_GATEWAY__COLOUR", "red", "there is no 'colour' in the configuration"),
        ("BLOCKMETRY_", "", "there is no ''"),
        ("BLOCKMETRY_GATEWAY__", "1", "there is no ''"),
        ("BLOCKMETRY_GATEWAY__PORT__NUMBER", "1", "'port' has no parts"),
        ("BLOCKMETRY_GATEWAY", "1", "Expected `object`, got `str` (it is '1')"),
        ("BLOCKMETRY_GATEWAY__PORT", "many", "Expected `int`, got `str` (it is 'many')"),
        ("BLOCKMETRY_GATEWAY__PORT", "70000", "Expected `int` <= 65535 (it is '70000')"),
        ("BLOCKMETRY_GATEWAY__BODY_TIMEOUT_SECONDS", "nan", "Expected `float`"),
        ("BLOCKMETRY_QUEUE__KIND", "pigeon", "Invalid enum value 'pigeon'"),
        ("BLOCKMETRY_GATEWAY__PORT", "\udcff", "surrogates not allowed"),
    ],
)
def test_a_bad_variable_is_refused_by_its_name(name: str, value: str, said: str) -> None:
    message = refusal(None, **{name: value})
    assert message.startswith(f"{name}: ")
    assert said in message


def test_what_only_the_whole_can_tell_is_checked_after_the_environment() -> None:
    assert "visibility_heartbeat_seconds" in refusal(None, BLOCKMETRY_WORKER__VISIBILITY_HEARTBEAT_SECONDS="60")
    assert "trusted_proxies" in refusal(None, BLOCKMETRY_GATEWAY__TRUSTED_PROXIES="nobody")


def test_a_configuration_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        load(None, {}).gateway.port = 1  # type: ignore[misc]


def test_the_default_configuration_is_within_its_own_bounds() -> None:
    assert msgspec.convert(msgspec.to_builtins(Config()), Config) == Config()


@pytest.mark.parametrize("keys", ['["a:c2VjcmV0"]', "[5]", '["c2VjcmV0"]', '"a:c2VjcmV0"'])
def test_a_key_that_is_wrong_is_refused_and_stands_in_no_message(file: Path, keys: str) -> None:
    message = refusal(file, f"[queue]\nseal_keys = {keys}")
    assert "queue.seal_keys" in message
    assert "c2VjcmV0" not in message


def test_a_key_in_the_environment_is_not_quoted_either() -> None:
    message = refusal(None, BLOCKMETRY_QUEUE__SEAL_KEYS="a:c2VjcmV0")
    assert "queue.seal_keys" in message
    assert "c2VjcmV0" not in message


def test_keys_come_from_the_environment_the_first_to_seal() -> None:
    keys = [new_key("2026-11"), new_key("2026-10")]
    assert load(None, {"BLOCKMETRY_QUEUE__SEAL_KEYS": ",".join(keys)}).queue.seal_keys == keys


def test_every_list_can_come_from_the_environment() -> None:
    allowed = load(
        None, {"BLOCKMETRY_SINKS__ACCOUNTS": "123456789012, 210987654321", "BLOCKMETRY_SINKS__URLS": "s3://a/"}
    )
    assert allowed.sinks.accounts == ["123456789012", "210987654321"]
    assert allowed.sinks.urls == ["s3://a/"]


def test_each_process_needs_an_admin_port() -> None:
    assert "gateway.admin_port" in refusal(
        None, BLOCKMETRY_GATEWAY__PROCESSES="3", BLOCKMETRY_GATEWAY__ADMIN_PORT="65534"
    )
    load(None, {"BLOCKMETRY_GATEWAY__PROCESSES": "2", "BLOCKMETRY_GATEWAY__ADMIN_PORT": "65534"})
