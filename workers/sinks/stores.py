"""Which store a URL means."""

from pathlib import Path

from shared.sinks import FILE_SCHEME, ObjectsSink
from workers.sinks.directory import DirectoryStore
from workers.sinks.store import Store


def open_store(sink: ObjectsSink, concurrent_writes: int) -> Store:
    """`file://DIRECTORY`; a relative directory counts from the working directory. Nothing is touched yet."""
    if sink.url.startswith(FILE_SCHEME):
        return DirectoryStore(Path(sink.url.removeprefix(FILE_SCHEME)).absolute(), concurrent_writes)
    from workers.sinks.bucket import BucketStore  # noqa: PLC0415 - who writes to disk does not wait for Amazon's library

    return BucketStore(sink, concurrent_writes)
