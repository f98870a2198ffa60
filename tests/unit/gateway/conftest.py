"""A gateway of its own for every test that asks."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.unit.gateway.serving import Serving, serving


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Serving]:
    """With the default settings."""
    async with serving(tmp_path) as one:
        yield one
