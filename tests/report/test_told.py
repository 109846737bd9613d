from __future__ import annotations

from simulator.records import Entry
from simulator.report.told import failures_of, title_of, transcript_of, worst_of
from simulator.report.transcript import Transcript
from tests.report.conftest import story_result, verdict


def test_title_tells_row_and_provider() -> None:
    assert title_of(story_result(case="locale: de")) == "A late order [locale: de] (shop)"


def test_error_is_worse_than_a_failure_before_it(failed: list[Entry]) -> None:
    transcript = Transcript()
    for number, outcome in enumerate(("failed", "error")):
        entry = failed[-1]
        for _ in transcript.take(
            type(entry)(
                seq=1,
                kind="VerdictReached",
                at_ms=0,
                real_ms=0.0,
                scenario="",
                data=verdict("bot: hi", number, outcome),
            )
        ):
            pass
    worst = worst_of(transcript.told(story_result()))

    assert worst is not None
    assert worst.outcome == "error"


def test_failures_without_the_talk_are_shorter(failed: list[Entry]) -> None:
    transcript = Transcript()
    for entry in failed:
        for _ in transcript.take(entry):
            pass
    story = transcript.told(story_result())

    assert "Welcome" in transcript_of(story)
    assert "Welcome" in failures_of(story)
    assert "Welcome" not in failures_of(story, has_talk=False)
