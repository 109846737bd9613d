from __future__ import annotations

import io
import sys
from dataclasses import dataclass, field
from typing import Any

import pytest

from simulator.cli.progress import CLEARED, Counts, Progress, progress_over
from simulator.records import Entry, StoryResult
from simulator.report.screen import Screen, screen_for


@dataclass
class Desk:
    """A screen and a progress that write to one stream, and a clock that is moved by hand."""

    is_passing: bool = True
    stream: io.StringIO = field(default_factory=io.StringIO)
    now_ms: float = 0.0

    def __post_init__(self) -> None:
        self.progress = Progress(
            screen(self.stream), self.stream, is_passing=self.is_passing, clock_ms=lambda: self.now_ms
        )

    def tick(self, now_ms: float) -> str:
        """Give what is written at that time."""
        return self.written(self.progress.tick, now_ms)

    def written(self, do: Any, now_ms: float) -> str:
        begun = len(self.stream.getvalue())
        self.now_ms = now_ms
        do()
        return self.stream.getvalue()[begun:]


def screen(stream: io.StringIO) -> Screen:
    return screen_for(stream, is_terminal=True, has_colour=False)


def entry(kind: str, data: Any = None, *, story: int = 1, variant: str = "") -> Entry:
    return Entry(seq=1, kind=kind, at_ms=0, real_ms=0.0, scenario="S", data=data, story=story, variant=variant)


def test_on_a_terminal_it_is_told_after_a_second_of_nothing_else() -> None:
    desk = Desk()

    assert desk.tick(999) == ""
    assert desk.tick(1_000) == f"{CLEARED}… 1s · 0 of 0 stories · 0 sent · 0 replies"
    assert desk.tick(1_200).startswith(CLEARED)


def test_it_goes_away_before_a_line_is_shown_and_comes_back_a_second_later() -> None:
    desk = Desk()
    desk.tick(1_000)

    assert desk.written(lambda: desk.progress.line(("hello", "plain")), 1_500) == f"{CLEARED}hello\n"
    assert desk.tick(2_499) == ""
    assert desk.tick(2_500) != ""


def test_a_line_that_is_open_is_left_alone() -> None:
    desk = Desk()
    desk.progress.begin(("ana › hello", "plain"))

    assert desk.tick(5_000) == ""
    assert CLEARED not in desk.written(lambda: desk.progress.finish(("✓", "good")), 5_000)
    assert desk.tick(6_000) != ""


def test_in_ci_it_is_a_line_of_its_own_each_ten_seconds() -> None:
    desk = Desk(is_passing=False)
    desk.progress.line(("hello", "plain"))

    assert desk.tick(9_999) == ""
    assert desk.tick(10_000).endswith("replies\n")
    assert desk.tick(12_000) == ""
    assert desk.tick(20_000).startswith("… 20s")


async def test_nothing_is_left_of_it_when_the_run_has_ended() -> None:
    desk = Desk()
    async with desk.progress.told():
        desk.tick(1_000)

    assert desk.stream.getvalue().endswith(CLEARED)


def test_a_stream_that_nobody_reads_is_no_trouble() -> None:
    desk = Desk()
    desk.stream.close()

    desk.progress.tick()
    desk.now_ms = 1_000
    desk.progress.tick()

    assert desk.progress.trouble is None


def test_stories_attempts_and_replies_are_counted() -> None:
    counts = Counts()
    failed = StoryResult(scenario="S", file="f", provider="p", seed=1, start_ms=0, verdicts=(), duration_ms=1.0)
    for each in (
        entry("RunStarted", {"stories": 3}),
        entry("AttemptFinished"),
        entry("AttemptFinished"),
        entry("ReplySeen"),
        entry("StoryFinished", failed),
        entry("StoryStarted", story=2, variant="copies apart"),
        entry("StoryFinished", failed, story=2, variant="copies apart"),
    ):
        counts(each)

    said = counts.line(61_400)

    assert said == "… 1m1s · 1 of 3 stories · 2 sent · 1 reply · the audit plays story 2 with copies apart"


@pytest.mark.parametrize(
    ("environment", "is_quiet", "is_told"),
    [({}, False, False), ({"CI": "true"}, False, True), ({"CI": "true"}, True, False)],
)
def test_without_a_terminal_only_ci_is_told(
    environment: dict[str, str], is_quiet: bool, is_told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    now = iter([0.0, 10_000.0])

    progress_over(screen(io.StringIO()), environment, is_quiet=is_quiet, clock_ms=lambda: next(now)).tick()

    assert bool(stream.getvalue()) is is_told
