import sys

import pytest

from blockmetry import progress


def test_in_a_pipe_a_line_comes_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    clock = iter([0.0, 1.0, 6.0, 6.0, 7.0, 12.0, 12.0])
    advance = progress.lines("letters", lambda: next(clock))
    for done, total in ((10, None), (2_000, None), (2_500, 3_000), (3_000, 3_000)):
        advance(done, total)
    assert capsys.readouterr().err.splitlines() == ["2,000 letters", "3,000 of 3,000 letters"]


def test_on_a_terminal_there_is_a_bar(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    with progress.shown("letters") as advance:
        advance(1_500, 3_000)
    assert "1,500 letters" in capsys.readouterr().err
