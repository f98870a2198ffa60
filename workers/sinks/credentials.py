"""Whose keys sign a write: a customer's role, assumed through STS, or what the environment has."""

import asyncio
import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakValueDictionary

import aiohttp
from aiobotocore.credentials import AioCredentials
from aiobotocore.session import AioSession
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import BotoCoreError, ClientError

from shared.aws import NO_CREDENTIALS, UNREACHABLE, AwsError, Client, session
from shared.sinks import Amazon

if TYPE_CHECKING:
    from obstore.store import S3Credential

ROLE_SECONDS = 3600
"""The longest that a role allows which is assumed from another one, as ours is."""
AMBIENT_SECONDS = 600
"""What aiobotocore hands out is good for at least as long."""
OBTAIN_SECONDS = 8.0
PAUSE_SECONDS = 1.0
"""After a failure, which is told to all who ask meanwhile."""

log = logging.getLogger("blockmetry.credentials")


class Keys(NamedTuple):
    """To sign with. Times are seconds since the Unix epoch."""

    frozen: ReadOnlyCredentials
    obtained_at: float
    expires_at: float

    @property
    def renew_at(self) -> float:
        """From then on new ones are got while these still serve: a quarter of their life is left."""
        return self.expires_at - (self.expires_at - self.obtained_at) / 4

    @property
    def needed_at(self) -> float:
        """From then on these serve no more: a write may be on its way for a while."""
        return self.expires_at - (self.expires_at - self.obtained_at) / 12


class Credentials(AioCredentials, ABC):  # type: ignore[misc]
    """For aiobotocore and obstore alike. Whoever asks while new keys are being got shares the one call."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        """`now` is seconds since the Unix epoch."""
        super().__init__("", "", method="blockmetry")
        self._now = now
        self._keys: Keys | None = None
        self._obtaining: asyncio.Task[Keys] | None = None
        self._try_again_at = 0.0

    @abstractmethod
    async def obtain(self) -> Keys:
        """New ones. Raises `AwsError`."""

    async def keys(self) -> Keys:
        """Good for minutes. Raises `AwsError`, after 8 s at the latest."""
        if self._keys is None or self._now() >= self._keys.needed_at:
            return await asyncio.shield(self._renewal())
        if self._now() >= self._keys.renew_at:
            self._renewal()
        return self._keys

    async def get_frozen_credentials(self) -> ReadOnlyCredentials:
        """What aiobotocore asks before each call. Raises `AwsError`."""
        return (await self.keys()).frozen

    async def s3(self) -> "S3Credential":
        """What obstore asks now and then. Raises `AwsError`."""
        keys = await self.keys()
        return {
            "access_key_id": keys.frozen.access_key,
            "secret_access_key": keys.frozen.secret_key,
            "token": keys.frozen.token,
            "expires_at": datetime.fromtimestamp(keys.expires_at, UTC),
        }

    def forget(self) -> None:
        """They were refused as expired: our clock is wrong, or theirs."""
        self._keys = None

    def _renewal(self) -> asyncio.Task[Keys]:
        """The one that is under way, or has failed a moment ago; else a new one."""
        is_pause = 0 < self._try_again_at - self._now() <= PAUSE_SECONDS  # a clock set back makes it no longer
        if self._obtaining is None or (self._obtaining.done() and not is_pause):
            self._obtaining = asyncio.create_task(self._renew())
            self._obtaining.add_done_callback(_told)
        return self._obtaining

    async def _renew(self) -> Keys:
        try:
            self._keys = await self.obtain()
        finally:
            self._try_again_at = self._now() + PAUSE_SECONDS
        return self._keys


class RoleCredentials(Credentials):
    """Of the customer's role, which lets us in for the ExternalId alone."""

    def __init__(self, sink: Amazon, now: Callable[[], float] = time.time) -> None:
        super().__init__(now)
        self._sink = sink

    async def obtain(self) -> Keys:
        """One call of STS: that of the region, or at the sink's own endpoint, where compatible servers have it."""
        obtained_at = self._now()
        client = Client("sts", self._sink.region, self._sink.endpoint_url)
        try:
            answer = await client.call("assume_role", OBTAIN_SECONDS, **self._request())
        finally:
            await client.close()
        return _keys(answer, obtained_at)

    def _request(self) -> dict[str, object]:
        request = {"RoleArn": self._sink.role_arn, "RoleSessionName": "blockmetry", "DurationSeconds": ROLE_SECONDS}
        return request | ({"ExternalId": self._sink.external_id} if self._sink.external_id else {})


class AmbientCredentials(Credentials):
    """Of the environment, a profile, or the machine's or container's role: found as aiobotocore finds them."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        super().__init__(now)
        self._session: AioSession | None = None

    def forget(self) -> None:
        """As well as what aiobotocore holds."""
        super().forget()
        self._session = None

    async def obtain(self) -> Keys:
        """Those that aiobotocore holds, and refreshes itself."""
        obtained_at = self._now()
        try:
            async with asyncio.timeout(OBTAIN_SECONDS):
                self._session = self._session or session()  # which fails where a profile is not there
                found = await self._session.get_credentials()
                frozen = await found.get_frozen_credentials() if found else None
        except (BotoCoreError, ClientError, aiohttp.ClientError, OSError, ValueError) as error:
            raise AwsError(NO_CREDENTIALS, f"where they should be: {type(error).__name__}") from error
        if frozen is None:
            raise AwsError(NO_CREDENTIALS, "none in the environment, in a profile, or from the machine's role")
        return Keys(frozen, obtained_at, obtained_at + AMBIENT_SECONDS)


def credentials_of(sink: Amazon) -> RoleCredentials | None:
    """For `shared.aws.Client`; sinks of one role share theirs. None without a role: the client finds its own."""
    if not sink.role_arn:
        return None
    key = (sink.role_arn, sink.external_id, sink.region, sink.endpoint_url)
    found = _roles.get(key)
    if found is None:
        found = _roles[key] = RoleCredentials(sink)
    return found


_roles: WeakValueDictionary[tuple[str, ...], RoleCredentials] = WeakValueDictionary()


def _keys(answer: dict[str, Any], obtained_at: float) -> Keys:
    try:
        found = answer["Credentials"]
        frozen = ReadOnlyCredentials(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"], None)
        return Keys(frozen, obtained_at, found["Expiration"].timestamp())
    except (KeyError, TypeError, AttributeError) as error:
        raise AwsError(UNREACHABLE, "sts: an answer without credentials") from error


def _told(obtaining: asyncio.Task[Keys]) -> None:
    """In the background nobody may be waiting who could tell."""
    if not obtaining.cancelled() and (error := obtaining.exception()):
        log.warning("no credentials: %s", error)
