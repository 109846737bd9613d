from __future__ import annotations

import io

import pytest

from simulator.cli.headway import headway


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def told(stream: io.StringIO, *, seconds: float, steps: int = 60, environment: dict[str, str] | None = None) -> str:
    """Give what is written while a thousand are done, in so many steps of as many seconds."""
    now_ms = 0.0

    def clock() -> float:
        return now_ms

    with headway(1000, "corpus", stream=stream, environment=environment or {}, now_ms=clock) as tell:
        for _ in range(steps):
            now_ms += seconds * 1000
            tell(10)
    return stream.getvalue()


def test_bar_is_shown_on_a_terminal_after_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")

    assert "600/1000" in told(Terminal(), seconds=0.1)


def test_short_work_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")

    assert told(Terminal(), seconds=0.01) == ""


def test_pipe_shows_nothing() -> None:
    assert told(io.StringIO(), seconds=60) == ""


def test_ci_shows_a_line_every_ten_seconds() -> None:
    lines = told(io.StringIO(), seconds=1, environment={"CI": "true"}).splitlines()

    assert len(lines) == 6
    assert lines[0] == "corpus: 100 of 1000, 10 a second"
    assert lines[-1] == "corpus: 600 of 1000, 10 a second"


@pytest.mark.parametrize("value", ["", "0", "false"])
def test_ci_that_is_none_shows_nothing(value: str) -> None:
    assert told(io.StringIO(), seconds=60, environment={"CI": value}) == ""


def test_stream_that_nobody_reads_does_not_stop_the_work() -> None:
    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    assert told(Closed(), seconds=60, environment={"CI": "1"}) == ""
