"""The sinks of `properties.toml`, and what an operator allows there."""

import re
from pathlib import Path

import pytest

from shared.errors import ConfigError
from shared.properties import ANY, load
from shared.sinks import Allowed, FirehoseSink, KinesisSink, ObjectsSink, Sink, name_of

ROLE = "arn:aws:iam::210987654321:role/blockmetry-writer"
ALLOWED = Allowed(
    accounts=["210987654321"], urls=["s3://shop-records/", "file:///srv"], endpoints=["https://s3.example.com"]
)


def loaded(tmp_path: Path, *sinks: str, allowed: Allowed = ANY) -> list[Sink]:
    path = tmp_path / "properties.toml"
    tables = "".join(f"[[property.sink]]\n{sink}\n" for sink in sinks)
    path.write_text(f'[[property]]\nid = "shop"\nhosts = ["*"]\n{tables}')
    return load(path, allowed)["shop"].sink


def test_every_kind_with_every_setting(tmp_path: Path) -> None:
    sinks = loaded(
        tmp_path,
        f'kind = "objects"\nurl = "s3://shop-records/blockmetry"\nregion = "eu-central-1"\nrole_arn = "{ROLE}"\n'
        'external_id = "e1"\nlayout = "block"\ncompression = "gzip"\nendpoint_url = "https://s3.example.com"\n'
        'path_style = true\nkms_key_id = "alias/shop"\nchecksum = "sha256"\nconditional_writes = false',
        f'kind = "kinesis"\nstream = "hits"\nregion = "eu-central-1"\nrole_arn = "{ROLE}"\nexternal_id = "e1"',
        'kind = "firehose"\nstream = "hits"\nendpoint_url = "http://127.0.0.1:5000"',
        'kind = "objects"\nurl = "gs://shop/records"',
        'kind = "objects"\nurl = "az://shop/records"',
        'kind = "objects"\nurl = "file://records"',
    )
    assert [type(sink) for sink in sinks] == [ObjectsSink, KinesisSink, FirehoseSink, *[ObjectsSink] * 3]


@pytest.mark.parametrize(
    ("sink", "said"),
    [
        ('url = "file://records"', "property[0].sink[0]: Object missing required field `kind`"),
        ('kind = "kafka"', "property[0].sink[0].kind: Invalid value 'kafka'"),
        ('kind = "objects"\nurl = "https://shop"', "sink[0].url: '"),
        ('kind = "objects"\nurl = "s3://"', "sink[0].url: '"),
        ('kind = "objects"\nurl = "file://"', "sink[0].url: '"),
        ('kind = "objects"\nurl = "s3://shop"\nrole_arn = "blockmetry-writer"', "sink[0].role_arn: '"),
        ('kind = "objects"\nurl = "s3://shop"\nexternal_id = "e1"', "sink[0].external_id: it belongs to a role"),
        ('kind = "objects"\nurl = "file://r"\npath_style = true', "sink[0].path_style: it is for s3:// only"),
        ('kind = "objects"\nurl = "gs://r"\nkms_key_id = "k"', "sink[0].url"),
        ('kind = "kinesis"\nstream = "no spaces"', "property[0].sink[0].stream"),
        ('kind = "kinesis"\nurl = "s3://shop"', "property[0].sink[0]: Object"),
        ('kind = "objects"\nurl = "s3://shop"\nendpoint_url = "shop:9000"', "sink[0].endpoint_url: '"),
        ('kind = "objects"\nurl = "s3://shop"\nlayout = "hour"', "property[0].sink[0].layout"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(tmp_path: Path, sink: str, said: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(said)):
        loaded(tmp_path, sink)


def test_the_same_place_twice_is_refused(tmp_path: Path) -> None:
    twice = 'kind = "objects"\nurl = "s3://shop/records"'
    with pytest.raises(ConfigError, match=re.escape("sink[1]: an earlier sink goes to the same place")):
        loaded(tmp_path, twice, twice + '\nlayout = "block"')


@pytest.mark.parametrize(
    "sink",
    [
        f'kind = "objects"\nurl = "s3://shop-records/a"\nrole_arn = "{ROLE}"',
        f'kind = "kinesis"\nstream = "hits"\nrole_arn = "{ROLE}"',
        'kind = "objects"\nurl = "file:///srv/shop"',
        f'kind = "objects"\nurl = "s3://shop-records"\nrole_arn = "{ROLE}"\nendpoint_url = "https://s3.example.com"',
    ],
)
def test_what_the_operator_allows_passes(tmp_path: Path, sink: str) -> None:
    assert loaded(tmp_path, sink, allowed=ALLOWED)


@pytest.mark.parametrize(
    ("sink", "said"),
    [
        (f'kind = "objects"\nurl = "s3://other"\nrole_arn = "{ROLE}"', "sink[0].url: 's3://other' begins with none"),
        (f'kind = "objects"\nurl = "s3://shop-records-of-another"\nrole_arn = "{ROLE}"', "sink[0].url"),
        ('kind = "objects"\nurl = "file:///srv/../etc"', "sink[0].url"),
        ('kind = "objects"\nurl = "file:///srvx"', "sink[0].url"),
        ('kind = "objects"\nurl = "s3://shop-records/a"', "sink[0].role_arn: empty: it must name a role"),
        (
            'kind = "objects"\nurl = "s3://shop-records/a"\nrole_arn = "arn:aws:iam::111111111111:role/x"',
            "sink[0].role_arn: 'arn:aws:iam::111111111111:role/x' is of none of the accounts in sinks.accounts",
        ),
        ('kind = "firehose"\nstream = "hits"', "sink[0].role_arn"),
        (
            f'kind = "kinesis"\nstream = "hits"\nrole_arn = "{ROLE}"\nendpoint_url = "http://169.254.169.254"',
            "sink[0].endpoint_url: 'http://169.254.169.254' is none of sinks.endpoints",
        ),
        ('kind = "kinesis"\nstream = "hits"\nrole_arn = "arn:aws:iam::111111111111:role/x"', "sink[0].role_arn"),
    ],
)
def test_what_the_operator_does_not_allow_is_refused_with_its_place(tmp_path: Path, sink: str, said: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(f"property[0] (shop): {said}")):
        loaded(tmp_path, sink, allowed=ALLOWED)


def test_a_sink_keeps_its_name_wherever_it_stands_and_whatever_else_is_changed() -> None:
    assert name_of(ObjectsSink(url="s3://a")) == name_of(ObjectsSink(url="s3://a", layout="block", role_arn=ROLE))
    assert name_of(KinesisSink(stream="a")).startswith("kinesis-")


def test_other_places_have_other_names() -> None:
    sinks: list[Sink] = [
        ObjectsSink(url="s3://a"),
        ObjectsSink(url="s3://b"),
        ObjectsSink(url="s3://a", endpoint_url="http://127.0.0.1:9000"),
        KinesisSink(stream="a"),
        KinesisSink(stream="a", region="eu-west-1"),
        KinesisSink(stream="a", role_arn=ROLE),
        FirehoseSink(stream="a"),
    ]
    assert len({name_of(sink) for sink in sinks}) == len(sinks)
