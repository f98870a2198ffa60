"""Commands run in the tests' own process set its logs: afterwards they are as before."""

import logging
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    before = logging.getLogger("blockmetry").level
    yield
    logging.getLogger("blockmetry").setLevel(before)
