"""`explain --batch` and the HTTP path say the same about the same traffic; `check` and `explain` say it to people."""

import asyncio
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests import mmdb
from tests.running import records, running, until
from tests.traffic import hits

HITS = 800
HEADERS = {"user_agent": "User-Agent", "accept_language": "Accept-Language", "dnt": "DNT", "gpc": "Sec-GPC"}


def blockmetry(*arguments: str, environ: dict[str, str], sent: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "blockmetry", *arguments],
        input=sent, capture_output=True, text=True, env=environ, check=False, timeout=60,
    )  # fmt: skip


def handed_on(hit: dict[str, Any]) -> dict[str, Any]:
    """The same, as a server says it that hands its visitor's headers on as it got them."""
    headers = {"Host": "a.example"} | {header: hit[name] for name, header in HEADERS.items() if hit[name]}
    return {name: value for name, value in hit.items() if name not in HEADERS} | {"headers": headers}


def explained(measurements: list[dict[str, Any]], environ: dict[str, str]) -> list[dict[str, Any]]:
    lines = "".join(json.dumps({"property": "demo", **hit}) + "\n" for hit in measurements)
    result = blockmetry("explain", "--batch", "-", environ=environ, sent=lines)
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


async def collect(url: str, measurements: list[dict[str, Any]]) -> None:
    async with aiohttp.ClientSession(skip_auto_headers=["User-Agent"]) as session:
        gate = asyncio.Semaphore(16)

        async def post(hit: dict[str, Any]) -> None:
            headers = {"X-Forwarded-For": hit["client_ip"]}
            headers |= {header: hit[name] for name, header in HEADERS.items() if hit[name]}
            seen = {name: value for name, value in hit.items() if name not in (*HEADERS, "client_ip")}
            body = json.dumps({"property": "demo", **seen}).encode()
            async with gate, session.post(url + "v1/beacon", data=body, headers=headers) as answer:
                assert answer.status == 204

        await asyncio.gather(*map(post, measurements))


async def dropped(metrics_url: str) -> Counter[str]:
    async with aiohttp.ClientSession() as session, session.get(metrics_url) as answer:
        families = text_string_to_metric_families(await answer.text())
    samples = [sample for family in families if family.name == "blockmetry_dropped" for sample in family.samples]
    return Counter({sample.labels["reason"]: int(sample.value) for sample in samples if sample.value})


def without_channel_and_time(record: dict[str, Any]) -> dict[str, Any]:
    meta = {key: value for key, value in record["Meta"].items() if key != "Channel"}
    return {key: value for key, value in record.items() if key not in ("PropertyType", "Datetime")} | {"Meta": meta}


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """With every lookup there is, and this machine as a trusted proxy."""
    spam = tmp_path / "spam.txt"
    spam.write_text("semalt.com\n")
    return {
        "PATH": "",
        "BLOCKMETRY_DATA": str(tmp_path / "data"),
        "BLOCKMETRY_GATEWAY__TRUSTED_PROXIES": "127.0.0.1",
        "BLOCKMETRY_LOOKUPS__CITY": str(mmdb.city(tmp_path / "city.mmdb")),
        "BLOCKMETRY_LOOKUPS__ANONYMOUS": str(
            mmdb.anonymous(tmp_path / "anonymous.mmdb", {"198.51.100.20/32": "is_tor_exit_node"})
        ),
        "BLOCKMETRY_LOOKUPS__REFERRER_SPAM": str(spam),
    }


async def test_explain_batch_and_the_http_path_make_the_same_records(tmp_path: Path, environ: dict[str, str]) -> None:
    measurements = hits(HITS, seed=1)
    data = tmp_path / "data"
    with running(data, "up", "--port", "0", "--admin-port", "0", environ=environ) as up:
        await collect(up.url("demo page").removesuffix("demo"), measurements)
        as_a_server = [handed_on(hit) if number % 2 else hit for number, hit in enumerate(measurements)]
        outcomes = await asyncio.to_thread(explained, as_a_server, environ)
        said = {
            hit["id"]: outcome["record"]
            for hit, outcome in zip(measurements, outcomes, strict=True)
            if "record" in outcome
        }
        until(lambda: len(records(data)) >= len(said))
        counted = await dropped(up.url("metrics"))
    written = records(data)
    assert len(said) > HITS / 2
    assert written.keys() == said.keys()
    for name, record in written.items():
        assert without_channel_and_time(record) == without_channel_and_time(said[name])
    assert counted == Counter(outcome["drop"] for outcome in outcomes if "drop" in outcome)
    assert {"spider", "headless", "http_library", "no_user_agent", "referrer_spam"} <= counted.keys()


def test_a_place_comes_from_the_database_and_not_from_an_address_that_hides(environ: dict[str, str]) -> None:
    london, hidden, unknown, signal = explained(
        [
            {**hit, "user_agent": hits(1, seed=5)[0]["user_agent"] or "x", "dnt": dnt, "gpc": "", "client_ip": address}
            for hit, address, dnt in zip(
                hits(4, seed=3),
                ("192.0.2.7", "198.51.100.20", "203.0.113.5", "192.0.2.7"),
                ("", "", "", "1"),
                strict=True,
            )
        ],
        environ,
    )
    assert london["record"]["Locale"]["CityGeoNameID"] == 2643743
    assert [outcome["record"]["Locale"]["Country"] for outcome in (london, hidden, unknown, signal)] == [
        "GB",
        "",
        "",
        "",
    ]


def test_lines_that_are_no_measurement_are_said_to_be_refused(environ: dict[str, str]) -> None:
    lines = '{"property":"demo"}\nnonsense\n\n{"property":"other","url":"https://a.example/"}\n{"property":"demo","url":5}\n'
    result = blockmetry("explain", "--batch", "-", environ=environ, sent=lines)
    assert result.returncode == 0
    assert [json.loads(line)["reject"] for line in result.stdout.splitlines()] == [
        "bad_url", "bad_json", "unknown_property", "bad_url",
    ]  # fmt: skip


def test_explaining_one_url_says_record_or_drop_by_its_exit_code(environ: dict[str, str]) -> None:
    person = hits(1, seed=5)[0]["user_agent"]
    shown = blockmetry("explain", "https://shop.example.com/a?email=a@b.de", "--user-agent", person, environ=environ)
    assert shown.returncode == 0
    assert "a@b.de" not in shown.stdout
    assert json.loads(shown.stdout)["record"]["PageProperties"]["PathSegment1"] == "a"
    bot = blockmetry("explain", "https://shop.example.com/", "--user-agent", "curl/8.5.0", environ=environ)
    assert bot.returncode == 1
    assert json.loads(bot.stdout)["drop"] == "http_library"
    assert blockmetry("explain", environ=environ).returncode == 2


RULES = r"""
[[property]]
id = "shop"
hosts = ["shop.example.com"]
[[property.url_rule]]
path = "/account/{user}/orders/{order}"
[[property.url_rule]]
query_allow = ["page", "q"]
[[property.url_rule]]
regex = "/tracking/[A-Z0-9]+"
replacement = "/tracking/[parcel]"
"""


def test_explaining_a_url_shows_what_each_rule_does_beside_the_record(tmp_path: Path, environ: dict[str, str]) -> None:
    (tmp_path / "properties.toml").write_text(RULES)
    result = blockmetry(
        "explain", "https://jo:pw@shop.example.com/account/mary/orders/7/print?page=2&ref=x&q=jo@example.com#top",
        "--property", "shop", "--canonical", "/tracking/ABC1", "--referrer", "mailto:jo@example.com",
        "--user-agent", hits(1, seed=5)[0]["user_agent"],
        environ={**environ, "BLOCKMETRY_PROPERTIES": str(tmp_path / "properties.toml")},
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    page = json.loads(result.stdout)["record"]["PageProperties"]
    origin = "https://shop.example.com"
    assert page["DocumentURL"] == f"{origin}/account/[user]/orders/[order]/print?page=2&q=[email]"
    assert [line.split(maxsplit=1) for line in result.stderr.splitlines()] == [
        ["document", "URL"],
        ["parsed", f"{origin}/account/mary/orders/7/print?page=2&ref=x&q=jo@example.com"],
        ["third_parties", "no change"],
        ["url_rule[0].path", f"{origin}/account/[user]/orders/[order]/print?page=2&ref=x&q=jo@example.com"],
        ["url_rule[1].query_allow", f"{origin}/account/[user]/orders/[order]/print?page=2&q=jo@example.com"],
        ["url_rule[2].regex", "no change"],
        ["click_ids", "no change"],
        ["query", page["DocumentURL"]],
        ["path", "no change"],
        ["host", "no change"],
        ["canonical", "URL"],
        ["parsed", f"{origin}/tracking/ABC1"],
        ["third_parties", "no change"],
        ["url_rule[0].path", "no change"],
        ["url_rule[1].query_allow", "no change"],
        ["url_rule[2].regex", page["CanonicalURL"]],
        ["click_ids", "no change"],
        ["query", "no change"],
        ["path", "no change"],
        ["host", "no change"],
        ["referrer"],
        ["parsed", "no URL of a page: the record has an empty string"],
    ]
    quiet = blockmetry("explain", "https://shop.example.com/", "--no-steps", environ=environ)
    assert quiet.stderr == ""


def test_check_says_what_is_used_and_how_to_get_a_database(tmp_path: Path, environ: dict[str, str]) -> None:
    full = blockmetry("check", environ=environ)
    assert full.returncode == 0
    assert "city.mmdb" in full.stdout
    bare = blockmetry("check", environ={"PATH": "", "BLOCKMETRY_DATA": str(tmp_path / "data")})
    assert bare.returncode == 0
    assert "GeoLite2-City.mmdb" in bare.stdout
    wrong = blockmetry("check", environ={**environ, "BLOCKMETRY_LOOKUPS__CITY": str(tmp_path / "spam.txt")})
    assert wrong.returncode == 2
    assert "spam.txt" in wrong.stderr
    assert "Traceback" not in wrong.stderr
