"""AMP configs: `amp.json` for one property, so that an AMP page needs no more than its URL."""

import re
from collections.abc import Sequence
from importlib.resources import files

from gateway.reject import Reject, RejectReason
from shared.config import Gateway
from shared.properties import Properties
from shared.watch import Watched

MAX_AGE_SECONDS = 3600
TEMPLATE = (files("gateway") / "static" / "amp.json").read_text(encoding="utf-8")
_HOST = re.compile(r"([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?")
_LOCAL_HOST = re.compile(r"(([^:]+\.)?localhost|127\.0\.0\.1)(:[0-9]+)?", re.IGNORECASE)
"""To these, AMP sends without TLS too."""


class AmpConfigs:
    """One for every property there is."""

    def __init__(self, config: Gateway, properties: Watched[Properties]) -> None:
        self._public_url = config.public_url
        self._path_prefix = config.path_prefix
        self._has_tls = bool(config.tls_certificate)
        self._properties = properties
        self.cache_control = f"{'public' if config.public_url else 'private'}, max-age={MAX_AGE_SECONDS}"
        """A shared cache must not keep for all what one client called us."""

    def of(self, property_id: str, hosts: Sequence[str]) -> bytes | Reject:
        """`hosts`: the request's `Host` headers."""
        if property_id not in self._properties.value:
            return Reject(RejectReason.UNKNOWN_PROPERTY, "no such property is configured")
        collector = self._public_url or self._called(hosts)
        if not collector:
            return Reject(RejectReason.BAD_FIELD, "`Host` is missing or no host name, and there is no public_url")
        return TEMPLATE.replace("{{collector}}", collector).replace("{{property}}", property_id).encode()

    def _called(self, hosts: Sequence[str]) -> str:
        """What the client calls this gateway. Its scheme is not known behind a proxy: AMP asks for TLS, so pages do."""
        if len(hosts) != 1 or not _HOST.fullmatch(hosts[0]):
            return ""
        scheme = "http" if _LOCAL_HOST.fullmatch(hosts[0]) and not self._has_tls else "https"
        return f"{scheme}://{hosts[0]}{self._path_prefix}"
