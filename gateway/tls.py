"""TLS from certificate files: read again when they change, for those who have no load balancer to do it."""

import ssl
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, NoReturn

from cryptography import x509

from shared.config import Gateway
from shared.errors import ConfigError
from shared.watch import Watched

WRONG_KEY = "KEY_VALUES_MISMATCH"
WEAK_KEY = "EE_KEY_TOO_SMALL"
"""What OpenSSL calls them."""


class Identity(NamedTuple):
    """Who we are to clients."""

    context: ssl.SSLContext
    ends_at: datetime
    """When the first of the chain's certificates does."""


def watch(config: Gateway) -> Watched[Identity] | None:
    """None: without TLS. Raises `ConfigError`, which names the file."""
    if not config.tls_certificate:
        return None
    certificate, key = Path(config.tls_certificate), Path(config.tls_key)
    return Watched([certificate, key], lambda: identity(certificate, key))


def identity(certificate: Path, key: Path) -> Identity:
    """Of the files as they are now. Raises `ConfigError`."""
    ends_at = min(one.not_valid_after_utc for one in _chain(certificate))
    _text(key)
    context = _context()
    try:
        context.load_cert_chain(certificate, key, password=lambda: _refuse_password(key))
    except ssl.SSLError as error:
        raise ConfigError(_refusal(error.reason, certificate, key)) from error
    return Identity(context, ends_at)


def _refusal(reason: str, certificate: Path, key: Path) -> str:
    if reason == WEAK_KEY:
        return f"{certificate}: its key is too short for TLS"
    is_strange = reason == WRONG_KEY
    return f"{key}: {f'this is not the key of {certificate}' if is_strange else f'no private key in PEM ({reason})'}"


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    context.set_alpn_protocols(["http/1.1"])
    return context


def _chain(path: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(_text(path))
    except ValueError as error:
        raise ConfigError(f"{path}: no certificate in PEM") from error


def _text(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error


def _refuse_password(key: Path) -> NoReturn:
    """OpenSSL would ask for it at the terminal."""
    raise ConfigError(f"{key}: the key is encrypted: there is nobody to ask for its password")
