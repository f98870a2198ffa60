"""What every run reports, and where the reports go."""

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from tests.chaos.report import Report, table
from tests.faults.queue_server import QueueServer

Take = Callable[[Report], None]
REPORTS = pytest.StashKey[list[Report]]()


@pytest.fixture
def report(request: pytest.FixtureRequest) -> Take:
    """Takes the report of a run that has ended: not clean, it fails; void, it says so, and with `--prove` it fails."""

    def take(ended: Report) -> None:
        request.config.stash.setdefault(REPORTS, []).append(ended)
        if kept := request.config.getoption("--reports"):
            with Path(kept).open("ab") as file:
                file.write(msgspec.json.encode(ended) + b"\n")
        assert ended.is_clean, " | ".join(ended.row)
        assert not (ended.void and request.config.getoption("--prove")), f"the run is void: {ended.void}"

    return take


@pytest.fixture
def queue_server(tmp_path: Path) -> Iterator[QueueServer]:
    """Durable, so that it can be killed."""
    server = QueueServer(tmp_path / "queue-server")
    yield server
    server.kill()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """All of them, below everything else."""
    if reports := config.stash.get(REPORTS, []):
        terminalreporter.section("what was promised, and what became of it")
        terminalreporter.write(table(reports))
