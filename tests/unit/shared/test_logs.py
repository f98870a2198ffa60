"""One line per event, the same event only so often, and no text lost on the way."""

import json
import logging
import subprocess
import sys
from typing import Any

import pytest

from shared.logs import BURST, WINDOW_SECONDS, Json, RateLimit, Readable


def event(message: str, *args: object, name: str = "blockmetry.test", error: Any = None) -> logging.LogRecord:
    return logging.LogRecord(name, logging.WARNING, __file__, 1, message, args, error)


def failure() -> Any:
    try:
        raise ValueError("what went wrong\nin two lines")
    except ValueError:
        return sys.exc_info()


def test_an_event_is_one_line_of_json() -> None:
    line = Json().format(event("%d bytes of “%s”\nwere lost", 5, "ä"))
    assert "\n" not in line
    told = json.loads(line)
    assert set(told) == {"at", "level", "logger", "event"}
    assert (told["level"], told["logger"]) == ("warning", "blockmetry.test")
    assert told["event"] == "5 bytes of “ä”\nwere lost"


def test_an_exception_keeps_its_text() -> None:
    told = json.loads(Json().format(event("failed", error=failure())))
    assert told["event"] == "failed"
    assert "ValueError: what went wrong\nin two lines" in told["traceback"]
    readable = Readable().format(event("failed", error=failure()))
    assert "ValueError: what went wrong" in readable


def test_a_text_that_is_not_unicode_is_told_all_the_same() -> None:
    told = json.loads(Json().format(event("%s: no such file", "name-\udcff.toml")))
    assert told["event"].startswith("name-")
    assert told["event"].endswith(": no such file")


def test_on_a_terminal_a_line_can_be_read() -> None:
    assert Readable().format(event("%d left", 3)).endswith("warning  blockmetry.test: 3 left")


class Clock:
    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def test_one_of_several_processes_says_which_it_is() -> None:
    assert json.loads(Json(0).format(event("5 left")))["process"] == 0
    assert Readable(3).format(event("5 left")).endswith("blockmetry.test 3: 5 left")


def test_the_same_event_is_told_only_so_often() -> None:
    clock = Clock()
    limit = RateLimit(clock)
    assert sum(limit.filter(event("lost %d", number)) for number in range(1_000)) == BURST


def test_another_event_is_not_held_back_by_it() -> None:
    limit = RateLimit(Clock())
    for number in range(100):
        limit.filter(event("lost %d", number))
    assert limit.filter(event("found"))
    assert limit.filter(event("lost %d", 1, name="blockmetry.other"))


def test_what_was_left_out_is_told_with_the_next_one() -> None:
    clock = Clock()
    limit = RateLimit(clock)
    for number in range(25):
        limit.filter(event("lost %d", number))
    clock.at += WINDOW_SECONDS
    late = event("lost %d", 7)
    assert limit.filter(late)
    assert late.getMessage() == f"lost 7 ({25 - BURST} more like this were left out)"
    assert sum(limit.filter(event("lost %d", number)) for number in range(100)) == BURST - 1


def test_an_event_that_stays_below_the_limit_is_told_as_it_is() -> None:
    clock = Clock()
    limit = RateLimit(clock)
    for _ in range(50):
        clock.at += WINDOW_SECONDS / 5
        quiet = event("100%% of %s", "it")
        assert limit.filter(quiet)
        assert quiet.getMessage() == "100% of it"


def test_endless_kinds_of_events_do_not_fill_the_memory() -> None:
    limit = RateLimit(Clock())
    assert all(limit.filter(event(f"kind {number}")) for number in range(5_000))


@pytest.mark.parametrize("level", ["info", "debug"])
def test_a_process_writes_json_to_its_standard_error(level: str) -> None:
    program = (
        "import logging; from shared import logs; logs.configure();"
        f"logging.getLogger('blockmetry.test').{level}('%d bytes', 3)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    lines = [json.loads(line)["event"] for line in done.stderr.splitlines()]
    assert lines == (["3 bytes"] if level == "info" else [])
