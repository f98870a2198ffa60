"""Sender: what a request says of who sent it, beside its payload: headers and address."""

import msgspec
from multidict import CIMultiDictProxy, istr

from gateway.capture import Request
from gateway.client_ip import client_address
from shared.addresses import AddressSet
from shared.beacon import Headers
from shared.config import Gateway

# An istr has its case folded already: looking up a plain text would fold it for every request.
ACCEPT_LANGUAGE = istr("Accept-Language")
DNT = istr("DNT")
PURPOSE = istr("Purpose")
REFERER = istr("Referer")
SEC_CH_UA = istr("Sec-CH-UA")
SEC_CH_UA_MOBILE = istr("Sec-CH-UA-Mobile")
SEC_CH_UA_PLATFORM = istr("Sec-CH-UA-Platform")
SEC_CH_UA_PLATFORM_VERSION = istr("Sec-CH-UA-Platform-Version")
SEC_CH_UA_MODEL = istr("Sec-CH-UA-Model")
SEC_CH_UA_FORM_FACTORS = istr("Sec-CH-UA-Form-Factors")
SEC_GPC = istr("Sec-GPC")
SEC_PURPOSE = istr("Sec-Purpose")
USER_AGENT = istr("User-Agent")
X_REQUESTED_WITH = istr("X-Requested-With")

Sent = CIMultiDictProxy[str]


class Senders:
    """Tells them apart by the operator's proxies."""

    def __init__(self, config: Gateway) -> None:
        self._trusted = AddressSet(config.trusted_proxies)
        self._has_proxies = bool(self._trusted)
        self._client_ip_header = config.client_ip_header

    def describe(self, sent: Sent, peer: str, now: float) -> Request:
        """`peer`: the address of the other end of the connection; `now`: seconds since the epoch."""
        forwarded = sent.getall(self._client_ip_header, ()) if self._has_proxies else ()
        address = client_address(peer, forwarded, self._trusted, self._client_ip_header)
        return Request(address, headers_of(sent), int(now * 1000))


def headers_of(sent: Sent) -> Headers:
    """Those that enrichment uses."""
    found = sent.get
    return Headers(
        found(USER_AGENT, ""),
        found(ACCEPT_LANGUAGE, ""),
        found(DNT, ""),
        found(SEC_GPC, ""),
        found(SEC_PURPOSE, "") or found(PURPOSE, ""),
        found(SEC_CH_UA, ""),
        found(SEC_CH_UA_MOBILE, ""),
        found(SEC_CH_UA_PLATFORM, ""),
        found(SEC_CH_UA_PLATFORM_VERSION, ""),
        found(SEC_CH_UA_MODEL, ""),
        found(SEC_CH_UA_FORM_FACTORS, ""),
        found(X_REQUESTED_WITH, ""),
    )


def cleaned(headers: Headers) -> Headers:
    """Header bytes that are not UTF-8 arrive as lone surrogates, which nothing can encode."""
    return Headers(*(text.encode("utf-8", "replace").decode() for text in msgspec.structs.astuple(headers)))
