"""The operator's own: the queue, and where dead letters go."""

import asyncio
import time
from collections.abc import AsyncIterator

from blockmetry.proof.attempt import Attempt, status_of
from blockmetry.proof.bucket import CREATE, directory, probe_key, store_attempts, write_probe
from blockmetry.proof.finding import Finding, Status
from shared.aws import AwsError
from shared.config import Config, Queue
from shared.errors import Retryable
from shared.queues.sqs_answers import dead_letter_arn
from shared.queues.sqs_calls import client_of
from shared.sinks import FILE_SCHEME
from workers.dead_letters import open_own_store

CALL_SECONDS = 5.0
NOT_SEALED = (
    "blocks are not sealed: who may read the queue, or its dead letters, reads client addresses there. "
    "`blockmetry key seal` makes a key"
)
NO_REDRIVE = (
    "it has no redrive policy: blocks that cannot be read come again for ever. Give it one, with a dead-letter queue"
)


async def queue(config: Config) -> list[Finding]:
    """Whether it is there, where it puts what cannot be read, and who can read it."""
    if config.queue.kind == "embedded":
        return [directory(config.data), *_sealing(config.queue, Status.OK)]
    return [finding async for finding in _sqs(config.queue)] + _sealing(config.queue, Status.NOTE)


async def dead_letters(url: str) -> list[Finding]:
    """Whether they can be stored, and replayed."""
    if url.startswith(FILE_SCHEME):
        return [directory(url.removeprefix(FILE_SCHEME))]
    probe = probe_key(time.time())
    written = await write_probe(open_own_store(url, 1), probe, CREATE[url.partition("://")[0]])
    if written.status is not Status.OK:
        return [written]
    backend = await asyncio.to_thread(open_own_store(url, 1).open_backend)
    return [written, *[await _works(attempt) for attempt in store_attempts(backend, probe)]]


async def _works(attempt: Attempt) -> Finding:
    """What must be refused elsewhere, a replay does here. The last one takes the probe away."""
    try:
        await attempt.make()
    except AwsError as error:
        return Finding(Status.NOTE, f"`blockmetry replay` could not be run as this: {attempt.action} fails ({error})")
    return Finding(Status.OK, f"{attempt.action} works")


async def _sqs(config: Queue) -> AsyncIterator[Finding]:
    client = client_of(config)
    try:
        answer = await client.call("get_queue_attributes", CALL_SECONDS, QueueUrl=config.url, AttributeNames=["All"])
        attributes = answer.get("Attributes") or {}
        waiting = attributes.get("ApproximateNumberOfMessages", "an unknown number of")
        yield Finding(Status.OK, f"reachable, {waiting} messages wait")
        yield Finding(Status.OK, f"a delivery is invisible for {config.visibility_timeout_seconds:g} s")
        arn = dead_letter_arn(attributes)
        yield Finding(Status.OK, f"dead blocks go to {arn}") if arn else Finding(Status.FAILED, NO_REDRIVE)
    except AwsError as error:
        advice = "allow sqs:GetQueueAttributes to who runs this, and look at its URL"
        yield Finding(status_of(error), f"it does not tell its attributes: {advice} ({error})")
    except Retryable as error:
        yield Finding(Status.FAILED, str(error))
    finally:
        await client.close()


def _sealing(config: Queue, otherwise: Status) -> list[Finding]:
    """`otherwise`: how bad it is where nothing is sealed."""
    if not config.seal_keys:
        return [Finding(otherwise, NOT_SEALED if otherwise is Status.NOTE else "blocks are not sealed")]
    key_id = config.seal_keys[0].partition(":")[0]
    only = ", and no others are taken" if config.require_sealed else ""
    return [Finding(Status.OK, f"blocks are sealed with key {key_id}{only}")]
