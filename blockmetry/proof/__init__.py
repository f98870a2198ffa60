"""Proof: for every property and sink, that we can write there, and do nothing else."""

import asyncio
from collections.abc import Mapping, Sequence

from blockmetry.proof import bucket, role, stream
from blockmetry.proof.finding import Finding, Status
from shared.properties import Property
from shared.sinks import ObjectsSink, Sink, is_at_amazon
from workers.sinks.credentials import credentials_of

AT_ONCE = 16
ALL_SECONDS = 180.0
"""Each call has its own deadline; this one is for very many sinks that do not answer."""

Places = Mapping[tuple[str, str], Sequence[Finding]]


async def prove(property_id: str, sink: Sink) -> list[Finding]:
    """What there is to say of one sink, worst and best."""
    if not is_at_amazon(sink):
        return await _proved(property_id, sink)
    held = credentials_of(sink)  # as long as somebody has them, the role is assumed once
    assumed = await role.assumed(sink)
    if assumed.status.is_bad:
        return [assumed]  # what is refused to nobody in particular proves nothing
    others, own = await asyncio.gather(role.refused_to_others(sink), _proved(property_id, sink))
    del held
    return [assumed, *others, *own]


async def _proved(property_id: str, sink: Sink) -> list[Finding]:
    return await (bucket.prove(sink) if isinstance(sink, ObjectsSink) else stream.prove(property_id, sink))


async def prove_all(known: Sequence[tuple[Property, Sink]]) -> list[list[Finding]]:
    """In their order. Several at once, and all within three minutes."""
    room = asyncio.Semaphore(AT_ONCE)
    deadline = asyncio.get_running_loop().time() + ALL_SECONDS

    async def proved(entry: Property, sink: Sink) -> list[Finding]:
        try:
            async with asyncio.timeout_at(deadline), room:
                return await prove(entry.id, sink)
        except TimeoutError:
            return [Finding(Status.UNREACHABLE, f"not its turn within {ALL_SECONDS:g} s")]

    return await asyncio.gather(*(proved(*lane) for lane in known))
