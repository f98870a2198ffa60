"""Amazon's services, or servers that speak their language: each call has a deadline, and fails in one way."""

import asyncio
import re
from contextlib import AsyncExitStack
from functools import cache, partial
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import aiohttp
import msgspec
from aiobotocore.config import AioConfig
from aiobotocore.credentials import AioCredentials
from aiobotocore.httpsession import AIOHTTPSession
from aiobotocore.session import AioSession
from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    NoAuthTokenError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)
from botocore.loaders import Loader
from botocore.model import OperationModel
from botocore.parsers import ResponseParserError

CONNECT_SECONDS = 3.0
CONNECTIONS = 16
PIECE_BYTES = 1 << 18
UNREACHABLE = "Unreachable"
"""No answer, or none that can be understood."""
NO_CREDENTIALS = "NoCredentials"
GARBAGE = (ResponseParserError, ValueError, TypeError, AttributeError, LookupError, RuntimeError)
"""What the library stumbles into where an answer is not of the shape it expects: it checks nothing beforehand."""
UNUSABLE = (BotoCoreError, aiohttp.ClientError, OSError, *GARBAGE)
WITHOUT_CREDENTIALS = (
    NoCredentialsError,
    PartialCredentialsError,
    CredentialRetrievalError,
    NoAuthTokenError,
    TokenRetrievalError,
    ProfileNotFound,
    SSOError,
)
LONG_WORD = re.compile(r"\S{128,}")
"""No name of anything: a body, a receipt or a record."""
DETAIL_CHARACTERS = 300


class AwsError(Exception):
    """A call that failed. `code` is the service's (`AccessDenied`), `Unreachable` or `NoCredentials`."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(_brief(f"{code}: {detail}"))
        self.code = code


class Client:
    """One service, its client opened by the first call. What a call sent is in no error."""

    def __init__(
        self,
        service: str,
        region: str = "",
        endpoint_url: str = "",
        credentials: AioCredentials | None = None,
        connections: int = CONNECTIONS,
        path_style: bool = False,
    ) -> None:
        """Without `region` or `credentials`: those of the environment, a profile, or the machine's role.

        `path_style` is for S3: buckets stand in the path, and never before the host.
        """
        self._service = service
        self._region = region
        self._endpoint_url = endpoint_url
        self._credentials = credentials
        self._config = _config(connections, path_style)
        self._opening = asyncio.Lock()
        self._opened = AsyncExitStack()
        self._client: Any = None
        self._is_closed = False

    async def call(self, operation: str, deadline_seconds: float, **parameters: Any) -> dict[str, Any]:
        """The answer to `operation` (`send_message`). Raises `AwsError`, at the latest at the deadline."""
        try:
            async with asyncio.timeout(deadline_seconds):
                client = await self._open()
                return dict(await getattr(client, operation)(**parameters))
        except TimeoutError:
            raise AwsError(UNREACHABLE, f"{self._service}: no answer within {deadline_seconds:g} s") from None
        except ClientError as error:
            told = error.response.get("Error", {})
            raise AwsError(told.get("Code") or UNREACHABLE, f"{self._service}: {told.get('Message', '')}") from None
        except UNUSABLE as error:  # from None: what it says may quote an answer
            code = NO_CREDENTIALS if isinstance(error, WITHOUT_CREDENTIALS) else UNREACHABLE
            raise AwsError(code, f"{self._service}: {type(error).__name__}") from None

    async def close(self) -> None:
        """For good; calls that are under way, or come later, fail."""
        self._is_closed = True
        async with self._opening:
            await self._opened.aclose()

    async def _open(self) -> Any:
        async with self._opening:
            if self._is_closed:
                raise AwsError(UNREACHABLE, f"{self._service}: closed")
            if self._client is None:
                made = session(self._credentials).create_client(
                    self._service,
                    region_name=self._region or None,
                    endpoint_url=self._endpoint_url or None,
                    config=self._config,
                )
                client: Any = await self._opened.enter_async_context(made)
                client.meta.events.register("before-parse", _refuse_garbage)
                client.meta.events.register("before-send", _send_in_pieces)
                self._client = client
        return self._client


def session(credentials: AioCredentials | None = None) -> AioSession:
    """With these credentials, or those of the environment. Sessions share what they load: 12 MiB and 0.1 s."""
    made = AioSession()
    made.register_component("data_loader", _loader())
    if credentials is not None:
        made._credentials = credentials  # noqa: SLF001 - there is no other way to hand over some that refresh themselves
    return made


@cache
def _loader() -> Loader:
    return AioSession().get_component("data_loader")


def _config(connections: int, path_style: bool) -> AioConfig:
    """No retries: who calls knows better when, and each failure is to be seen. Deadlines are our own."""
    return AioConfig(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=60,
        max_pool_connections=connections,
        retries={"total_max_attempts": 1, "mode": "standard"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        parameter_validation=False,
        ignore_configured_endpoint_urls=True,  # they are meant for the operator's services, not for customers' records
        tcp_keepalive=True,
        http_session_cls=_WithoutRedirects,
        s3={"addressing_style": "path" if path_style else "auto"},
    )


class _WithoutRedirects(AIOHTTPSession):  # type: ignore[misc]
    """A redirect is one more refusal: aiohttp would take what was meant for one server to whomever that one names."""

    async def _get_session(self, proxy_url: str | None) -> SimpleNamespace:
        opened = await super()._get_session(proxy_url)
        return SimpleNamespace(request=partial(opened.request, allow_redirects=False))


def _refuse_garbage(response_dict: dict[str, Any], operation_model: OperationModel, **_: object) -> None:
    """Where the library expects JSON and finds something else, it says nothing: "no messages", to a receiver."""
    is_json = operation_model.service_model.resolved_protocol == "json" and operation_model.output_shape is not None
    if is_json and response_dict["status_code"] < 300:
        try:
            msgspec.json.decode(response_dict["body"], type=dict[str, msgspec.Raw])
        except msgspec.MsgspecError:
            raise ResponseParserError("an answer that is no JSON object") from None


def _send_in_pieces(request: AWSPreparedRequest, **_: object) -> None:
    """Given bytes, aiohttp writes them all at once, however many, and nothing else runs meanwhile."""
    if isinstance(request.body, bytes) and len(request.body) > PIECE_BYTES:
        request.body = BytesIO(request.body)


def _brief(text: str) -> str:
    """On one line, and without what a server may echo of what it was sent."""
    return LONG_WORD.sub("…", " ".join(text.split()))[:DETAIL_CHARACTERS]
