"""Address steps: whose address a request is found to come from, hop by hop, and what is odd about it; for people."""

from collections.abc import Iterator
from typing import NamedTuple

from rich.console import Console
from rich.text import Text

from blockmetry.raw_headers import RawHeaders
from gateway.client_ip import Explained, Reason, Seen, explain_address
from gateway.hops import Hop
from shared.addresses import AddressSet, parse_address
from shared.config import Gateway

SHOWN_HOPS = 20
SHOWN_CHARACTERS = 60
PROXY_HEADERS = (
    "X-Forwarded-For",
    "Forwarded",
    "X-Real-IP",
    "CF-Connecting-IP",
    "CloudFront-Viewer-Address",
    "True-Client-IP",
    "Fastly-Client-IP",
    "X-Azure-ClientIP",
    "X-Client-IP",
    "X-Cluster-Client-IP",
)
NO_ADDRESS = "no address"
NOT_LOOKED_AT = "not looked at"
_CONNECTION = {
    Reason.PEER_NOT_TRUSTED: "not trusted: it counts",
    Reason.NO_HOPS: "trusted, and says nothing: it counts",
}
_CHOSEN = {
    Reason.FIRST_NOT_TRUSTED: "the first that is not trusted: it counts",
    Reason.ALL_TRUSTED: "trusted, and the last: it counts",
    Reason.NO_ADDRESS: "not trusted, and no address: nobody's counts",
}
_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
_LOCAL = ("127.0.0.0/8", "169.254.0.0/16", "::1", "fe80::/10")
_NOT_PUBLIC = AddressSet([*_PRIVATE, *_LOCAL])


class Arrival(NamedTuple):
    """A request as the gateway sees it arrive."""

    peer: str
    """Address of the other end of the connection."""
    headers: RawHeaders
    config: Gateway

    def explain(self) -> Explained:
        header = self.config.client_ip_header
        return explain_address(self.peer, self.headers.values(header), AddressSet(self.config.trusted_proxies), header)


def show(console: Console, arrival: Arrival) -> None:
    """The connection, the hops from right to left, the address that counts; then what an operator should know."""
    found = arrival.explain()
    rows = list(_rows(arrival, found))
    said, read = (max(len(row[column]) for row in rows) for column in (0, 1))
    console.print(Text(f"client address, by {arrival.config.client_ip_header} from the right", style="bold"))
    for row in rows:
        dim = "dim" if row[2] == NOT_LOOKED_AT else ""
        console.print(Text(f"  {row[0]:<{said}}  {row[1]:<{read}}  {row[2]}".rstrip(), style=dim), soft_wrap=True)
    for warning in warnings(arrival, found):
        console.print(Text(f"  {warning}", style="yellow"), soft_wrap=True)


def _rows(arrival: Arrival, found: Explained) -> Iterator[tuple[str, str, str]]:
    """What is said, the address that is read in it, what it counts for."""
    peer = str(parse_address(arrival.peer) or NO_ADDRESS)
    yield "connection", peer, _CONNECTION.get(found.reason, "trusted: passed over")
    looked_at = sum(seen is not Seen.NOT_LOOKED_AT for _, seen in found.hops)
    shown = max(SHOWN_HOPS, looked_at)
    for hop, seen in found.hops[:shown]:
        yield _shown(hop), str(hop.address or NO_ADDRESS), _counted(seen, found.reason)
    if hidden := found.hops[shown:]:
        yield f"… {len(hidden):,} more", "", NOT_LOOKED_AT
    yield "client", found.address or NO_ADDRESS, ""


def _counted(seen: Seen, reason: Reason) -> str:
    if seen is Seen.CHOSEN:
        return _CHOSEN[reason]
    return NOT_LOOKED_AT if seen is Seen.NOT_LOOKED_AT else "trusted: passed over"


def _shown(hop: Hop) -> str:
    """Not what a stranger wrote to take the terminal over, and not all of what is long."""
    said = hop.said if hop.said.isprintable() else ascii(hop.said)
    return said if len(said) <= SHOWN_CHARACTERS else said[: SHOWN_CHARACTERS - 1] + "…"


def warnings(arrival: Arrival, found: Explained) -> Iterator[str]:
    """What makes all visitors seem to be one, or lets one seem to be another."""
    header, peer = arrival.config.client_ip_header, arrival.peer
    sent = ", ".join(name for name in PROXY_HEADERS if arrival.headers.values(name))
    match found.reason:
        case Reason.PEER_NOT_TRUSTED if sent:
            yield _disbelief(arrival, sent)
        case Reason.NO_HOPS:
            yield f"{peer} is trusted and sends no {header}: every visitor behind it seems to be there"
            if sent:
                yield f"it sends {sent}: gateway.client_ip_header may name that instead"
        case Reason.ALL_TRUSTED:
            yield f"everybody in {header} is trusted: gateway.trusted_proxies is too wide, or the visitor is a proxy"
        case Reason.FIRST_NOT_TRUSTED if parse_address(found.address) in _NOT_PUBLIC:
            yield f"{found.address} is not public: a visitor from within, or a proxy missing in gateway.trusted_proxies"
    if unread := arrival.headers.unread:
        yield f"no header lines, passed over: {', '.join(map(str, unread[:10]))}{', …' if len(unread) > 10 else ''}"


def _disbelief(arrival: Arrival, sent: str) -> str:
    """The commonest of all mistakes."""
    if not arrival.config.trusted_proxies:
        return f"gateway.trusted_proxies is empty, so {sent} means nothing: every visitor seems to be at {arrival.peer}"
    return f"{arrival.peer} is not in gateway.trusted_proxies, so {sent} means nothing (--peer tells who connects)"
