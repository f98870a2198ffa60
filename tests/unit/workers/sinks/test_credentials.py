import asyncio
import gc
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from botocore.credentials import ReadOnlyCredentials

from shared.aws import AwsError, Client
from shared.sinks import KinesisSink
from tests.moto import ENVIRONMENT, REGION, Moto
from workers.sinks.credentials import AmbientCredentials, Credentials, Keys, RoleCredentials, credentials_of

ROLE = "arn:aws:iam::210987654321:role/blockmetry-writer"
HOUR = 3600


class Clock:
    seconds = 10_000.0

    def __call__(self) -> float:
        return self.seconds


class Issuer(Credentials):
    """Keys that live an hour; it takes a moment to get them, and fails while there is an error."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.calls = 0
        self.error: AwsError | None = None

    async def obtain(self) -> Keys:
        self.calls += 1
        await asyncio.sleep(0.01)
        if self.error:
            raise self.error
        return Keys(ReadOnlyCredentials(f"key {self.calls}", "secret", None, None), self._now(), self._now() + HOUR)

    async def key(self) -> str:
        return str((await self.get_frozen_credentials()).access_key)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def issuer(clock: Clock) -> Issuer:
    return Issuer(clock)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


def sink(moto: Moto, external_id: str = "") -> KinesisSink:
    return KinesisSink(stream="hits", region=REGION, role_arn=ROLE, external_id=external_id, endpoint_url=moto.url)


async def test_however_many_wait_for_new_keys_one_call_gets_them(issuer: Issuer, clock: Clock) -> None:
    assert await issuer.key() == "key 1"
    clock.seconds += HOUR
    assert set(await asyncio.gather(*(issuer.key() for _ in range(100)))) == {"key 2"}
    assert issuer.calls == 2


async def test_nobody_waits_while_the_old_keys_still_serve(issuer: Issuer, clock: Clock) -> None:
    await issuer.key()
    clock.seconds += HOUR - 14 * 60
    assert await issuer.key() == "key 1"
    await asyncio.sleep(0.05)
    assert await issuer.key() == "key 2"


async def test_while_they_are_young_nobody_asks_for_new_ones(issuer: Issuer, clock: Clock) -> None:
    await issuer.key()
    clock.seconds += HOUR - 16 * 60
    await issuer.key()
    await asyncio.sleep(0.05)
    assert issuer.calls == 1


async def test_a_failure_is_told_to_all_who_wait_and_a_moment_later_it_is_tried_again(
    issuer: Issuer, clock: Clock
) -> None:
    issuer.error = AwsError("AccessDenied", "not yours")
    told = await asyncio.gather(*(issuer.key() for _ in range(100)), return_exceptions=True)
    assert {error.code for error in told if isinstance(error, AwsError)} == {"AccessDenied"}
    assert issuer.calls == 1
    issuer.error = None
    clock.seconds += 1
    assert await issuer.key() == "key 2"


async def test_the_old_keys_serve_on_while_new_ones_are_refused(issuer: Issuer, clock: Clock) -> None:
    await issuer.key()
    issuer.error = AwsError("AccessDenied", "not yours")
    clock.seconds += HOUR - 14 * 60
    assert [await issuer.key() for _ in range(3)] == ["key 1"] * 3
    await asyncio.sleep(0.05)
    assert issuer.calls == 2


async def test_keys_that_were_refused_as_expired_are_forgotten_whatever_the_clock_says(
    issuer: Issuer, clock: Clock
) -> None:
    await issuer.key()
    clock.seconds -= 24 * HOUR
    assert await issuer.key() == "key 1"
    issuer.forget()
    assert set(await asyncio.gather(*(issuer.key() for _ in range(100)))) == {"key 2"}


async def test_a_caller_that_goes_away_takes_the_keys_from_nobody(issuer: Issuer) -> None:
    impatient = asyncio.create_task(issuer.key())
    patient = asyncio.create_task(issuer.key())
    await asyncio.sleep(0)
    impatient.cancel()
    assert await patient == "key 1"


async def test_the_world_gets_the_expiry_in_utc(issuer: Issuer, clock: Clock) -> None:
    given = await issuer.s3()
    assert given["expires_at"] == datetime.fromtimestamp(clock.seconds + HOUR, UTC)
    assert given["expires_at"].tzinfo is UTC


async def test_a_role_is_assumed_and_serves_amazons_clients(moto: Moto) -> None:
    credentials = credentials_of(sink(moto, "some-external-id"))
    client = Client("sts", REGION, moto.url, credentials)
    answer = await client.call("get_caller_identity", 5)
    await client.close()
    assert answer["Arn"] == "arn:aws:sts::210987654321:assumed-role/blockmetry-writer/blockmetry"


def test_the_sinks_of_one_role_share_their_keys(moto: Moto) -> None:
    first = credentials_of(sink(moto))
    assert first is credentials_of(sink(moto))
    assert first is not credentials_of(sink(moto, "another"))
    del first
    gc.collect()
    assert isinstance(credentials_of(sink(moto)), RoleCredentials)


def test_without_a_role_the_client_finds_its_own() -> None:
    assert credentials_of(KinesisSink(stream="hits")) is None


async def test_an_sts_that_cannot_be_reached_says_so() -> None:
    gone = KinesisSink(stream="hits", region=REGION, role_arn=ROLE, endpoint_url="http://127.0.0.1:9")
    with pytest.raises(AwsError, match="Unreachable: sts"):
        await RoleCredentials(gone).get_frozen_credentials()


async def test_keys_of_the_environment_are_found() -> None:
    given = await AmbientCredentials().s3()
    assert (given["access_key_id"], given["secret_access_key"]) == ("operator", "secret")


async def test_keys_of_a_profile_are_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ENVIRONMENT:
        monkeypatch.delenv(name)
    command = json.dumps({"Version": 1, "AccessKeyId": "of-a-process", "SecretAccessKey": "s"})
    (tmp_path / "script").write_text(f"#!/bin/sh\necho '{command}'\n")
    (tmp_path / "script").chmod(0o755)
    (tmp_path / "config").write_text(f"[profile blocks]\ncredential_process = {tmp_path / 'script'}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_PROFILE", "blocks")
    assert (await AmbientCredentials().s3())["access_key_id"] == "of-a-process"


async def test_where_there_are_none_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ENVIRONMENT:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with pytest.raises(AwsError, match="NoCredentials: none in the environment"):
        await AmbientCredentials().s3()


async def test_a_profile_that_is_not_there_fails_when_keys_are_needed_and_not_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "typo")
    ambient = AmbientCredentials()
    with pytest.raises(AwsError, match="ProfileNotFound"):
        await ambient.keys()


async def test_a_clock_that_is_set_back_does_not_make_the_pause_after_a_failure_longer() -> None:
    at = 1_000_000.0

    class Failing(Credentials):
        asked = 0

        async def obtain(self) -> Keys:
            self.asked += 1
            raise AwsError("SignatureDoesNotMatch", "sts")

    failing = Failing(lambda: at)
    for _ in range(3):
        with pytest.raises(AwsError):
            await failing.keys()
    assert failing.asked == 1
    at -= 86_400
    with pytest.raises(AwsError):
        await failing.keys()
    assert failing.asked == 2
