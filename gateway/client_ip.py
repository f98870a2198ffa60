"""Whose address a request comes from, when proxies stand in between. Pure."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from gateway.hops import Hop, hops
from shared.addresses import AddressSet, parse_address

DEFAULT_HEADER = "X-Forwarded-For"


def client_address(peer: str, forwarded: Sequence[str], trusted: AddressSet, header: str = DEFAULT_HEADER) -> str:
    """The address in text, or "" when it cannot be known.

    `forwarded` holds the values of `header`, one per header line, in their order. They count only when `peer` is
    trusted: from the right, past trusted addresses, to the first that is not. Who is not trusted cannot change it.
    """
    if not forwarded or (address := parse_address(peer)) not in trusted:
        return _in_text(peer)
    for _, address in hops(forwarded, header):
        if address not in trusted:
            break
    return str(address or "")


class Reason(StrEnum):
    """Why it is this address."""

    PEER_NOT_TRUSTED = "peer_not_trusted"
    NO_HOPS = "no_hops"
    FIRST_NOT_TRUSTED = "first_not_trusted"
    ALL_TRUSTED = "all_trusted"
    NO_ADDRESS = "no_address"


class Seen(StrEnum):
    """What a hop counted for."""

    PASSED_OVER = "passed_over"
    CHOSEN = "chosen"
    NOT_LOOKED_AT = "not_looked_at"


class Explained(NamedTuple):
    """The same address as `client_address` finds, with the way to it."""

    address: str
    reason: Reason
    hops: list[tuple[Hop, Seen]]
    """All there are, the nearest first."""


def explain_address(
    peer: str, forwarded: Sequence[str], trusted: AddressSet, header: str = DEFAULT_HEADER
) -> Explained:
    """For people: slower than `client_address`, because it reads on where that has seen enough."""
    said = list(hops(forwarded, header))
    if parse_address(peer) not in trusted:
        return Explained(_in_text(peer), Reason.PEER_NOT_TRUSTED, [(hop, Seen.NOT_LOOKED_AT) for hop in said])
    if not said:
        return Explained(_in_text(peer), Reason.NO_HOPS, [])
    strangers = (place for place, hop in enumerate(said) if hop.address not in trusted)
    chosen = next(strangers, len(said) - 1)
    address = said[chosen].address
    return Explained(str(address or ""), _reason(said[chosen], trusted), list(_seen(said, chosen)))


def _reason(chosen: Hop, trusted: AddressSet) -> Reason:
    if chosen.address is None:
        return Reason.NO_ADDRESS
    return Reason.ALL_TRUSTED if chosen.address in trusted else Reason.FIRST_NOT_TRUSTED


def _seen(said: list[Hop], chosen: int) -> Iterator[tuple[Hop, Seen]]:
    for place, hop in enumerate(said):
        if place == chosen:
            yield hop, Seen.CHOSEN
        else:
            yield hop, Seen.PASSED_OVER if place < chosen else Seen.NOT_LOOKED_AT


@lru_cache(maxsize=4096)
def _in_text(peer: str) -> str:
    return str(parse_address(peer) or "")
