"""Which store a URL means."""

from pathlib import Path

from workers.sinks.directory import DirectoryStore
from workers.sinks.store import Store

FILE_SCHEME = "file://"


def open_store(url: str, concurrent_writes: int) -> Store:
    """`file://DIRECTORY`; a relative directory counts from the working directory. Raises `ValueError`."""
    if url.startswith(FILE_SCHEME) and url != FILE_SCHEME:
        return DirectoryStore(Path(url.removeprefix(FILE_SCHEME)).absolute(), concurrent_writes)
    raise ValueError(f"{url!r} must begin with {FILE_SCHEME}")
