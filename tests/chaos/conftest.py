"""What every run reports, and where the reports go."""

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from tests.chaos.report import Report, table
from tests.faults.queue_server import QueueServer

Take = Callable[[Report], None]
REPORT = "chaos report"
"""Under this name, the results of a test carry it, from whichever process ran it."""


@pytest.fixture
def report(request: pytest.FixtureRequest) -> Take:
    """Takes the report of a run that has ended: not clean, it fails; void, it says so, and with `--prove` it fails."""

    def take(ended: Report) -> None:
        encoded = msgspec.json.encode(ended)
        request.node.user_properties.append((REPORT, encoded.decode()))
        if kept := request.config.getoption("--reports"):
            with Path(kept).open("ab") as file:
                file.write(encoded + b"\n")
        assert ended.is_clean, " | ".join(ended.row)
        assert not (ended.void and request.config.getoption("--prove")), f"the run is void: {ended.void}"

    return take


@pytest.fixture
def queue_server(tmp_path: Path) -> Iterator[QueueServer]:
    """Durable, so that it can be killed."""
    server = QueueServer(tmp_path / "queue-server")
    yield server
    server.kill()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """All of them, below everything else."""
    ended = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    carried = [carried for result in ended if result.when == "call" for carried in result.user_properties]
    reports = [msgspec.json.decode(str(encoded), type=Report) for name, encoded in carried if name == REPORT]
    if reports:
        terminalreporter.section("what was promised, and what became of it")
        terminalreporter.write(table(reports))
