"""BucketStore: a customer's bucket at Amazon, or at a server that speaks S3; also at Google and Azure."""

from collections.abc import Callable
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import AzureStore, GCSStore, ObjectStore, S3Store

from shared.aws import AwsError, session
from shared.sinks import ObjectsSink
from workers.sinks import aws_failures, bucket_failures
from workers.sinks.credentials import AmbientCredentials, Credentials, credentials_of
from workers.sinks.failure import Failure
from workers.sinks.store import Batch, Store

if TYPE_CHECKING:
    from obstore import Attributes
    from obstore.store import ClientConfig, RetryConfig, S3Config

CONNECT_SECONDS = 3.0
REQUEST_SECONDS = 9.0
IDLE_SECONDS = 15.0
"""Less than servers keep a connection that nobody uses."""
DEFAULT_REGION = "us-east-1"
NO_RETRIES: "RetryConfig" = {"max_retries": 0}
"""A lane sees each failure, and knows better when to try again. What a connection that died idle never took goes over
another one even so: the HTTP client does that before it begins."""


class BucketStore(Store):
    """Write-only: no request but a PUT is ever made."""

    deadline_seconds = 10.0

    def __init__(self, sink: ObjectsSink, concurrent_writes: int) -> None:
        """Roles, endpoints and keys of KMS are for `s3://`; the others go by what the environment has for them."""
        super().__init__(concurrent_writes)
        self._sink = sink
        is_s3 = sink.url.startswith("s3://")
        self._credentials: Credentials | None = (credentials_of(sink) or AmbientCredentials()) if is_s3 else None

    def open_backend(self) -> ObjectStore:
        """See `Store`. What is wrong with the environment (profile, certificates) is no fault of the bucket's."""
        try:
            return self._open()
        except (BotoCoreError, BaseError, OSError, ValueError) as error:
            raise OSError(f"the environment: {error}") from error

    def _open(self) -> ObjectStore:
        scheme, bucket, path = urlsplit(self._sink.url)[:3]
        prefix = path.strip("/") or None
        options = _client_options(self._sink.endpoint_url)
        if not self._credentials:
            kind: Callable[..., ObjectStore] = GCSStore if scheme == "gs" else AzureStore
            return kind(bucket, prefix=prefix, client_options=options, retry_config=NO_RETRIES)
        return S3Store(
            bucket,
            prefix=prefix,
            config=s3_config(self._sink, bucket),
            client_options=options,
            retry_config=NO_RETRIES,
            credential_provider=self._credentials.s3,
        )

    async def create_all(self, backend: ObjectStore, batch: Batch) -> None:
        """Keys first: who waits for them holds no room, and their failure is told as what it is."""
        try:
            if self._credentials:
                await self._credentials.keys()
        except AwsError as error:
            batch.fail(aws_failures.failure_of(error))
        else:
            await super().create_all(backend, batch)

    async def create_one(self, backend: ObjectStore, key: str, body: bytes, attributes: "Attributes | None") -> None:
        """See `Store`. Without conditional writes the same bytes are written again."""
        try:
            await self.put(backend, key, body, attributes, "create" if self._sink.conditional_writes else "overwrite")
        except AlreadyExistsError as error:
            if not bucket_failures.is_there(error):
                raise

    def failure_of(self, error: Exception) -> Failure:
        """See `Store`. obstore keeps keys by the clock: what is opened anew asks for others."""
        failure = bucket_failures.failure_of(error)
        if self._credentials and aws_failures.EXPIRED.search(failure.detail):
            self._credentials.forget()
            self.reopen()
        return failure


def s3_config(sink: ObjectsSink, bucket: str) -> "S3Config":
    """Everything is said here that obstore would else take from AWS_… variables: what they say of endpoints is meant
    for the operator's own services, and no customer's records may go there.
    """
    region = sink.region or session().get_config_variable("region") or DEFAULT_REGION
    endpoint = sink.endpoint_url.rstrip("/") or f"https://s3.{region}.{_suffix(region)}"
    is_path_style = sink.path_style or _needs_path_style(endpoint, bucket)
    url = endpoint if is_path_style else endpoint.replace("://", f"://{bucket}.", 1)
    config: S3Config = {
        "region": region,
        "endpoint": url,
        "aws_endpoint_url_s3": url,
        "virtual_hosted_style_request": not is_path_style,
        "skip_signature": False,
        "unsigned_payload": False,
        "s3_express": False,
        "request_payer": False,
    }
    if sink.checksum:
        config["checksum_algorithm"] = sink.checksum
    if sink.kms_key_id:
        config["server_side_encryption"] = "aws:kms"
        config["sse_kms_key_id"] = sink.kms_key_id
        config["sse_bucket_key_enabled"] = True
    return config


def _suffix(region: str) -> str:
    return "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"


def _needs_path_style(endpoint: str, bucket: str) -> bool:
    """Nothing can stand before an address, and no certificate is good for a bucket's name with dots."""
    try:
        ip_address(urlsplit(endpoint).hostname or "")
    except ValueError:
        return "." in bucket
    return True


def _client_options(endpoint_url: str) -> "ClientConfig":
    """Plain HTTP only where the configuration says so."""
    options: ClientConfig = {
        "allow_http": endpoint_url.startswith("http://"),
        "connect_timeout": timedelta(seconds=CONNECT_SECONDS),
        "timeout": timedelta(seconds=REQUEST_SECONDS),
        "pool_idle_timeout": timedelta(seconds=IDLE_SECONDS),
    }
    if authorities := session().get_config_variable("ca_bundle"):
        options["root_certificate"] = Path(authorities).read_bytes()
    return options
