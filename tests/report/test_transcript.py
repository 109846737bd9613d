from __future__ import annotations

from simulator.codec import Redactor
from simulator.records import Entry
from simulator.report.transcript import OUTPUT_LINES, Transcript
from tests.report.conftest import Teller, story_result, verdict


def test_each_story_begins_anew(failed: list[Entry]) -> None:
    transcript = Transcript()
    for entry in [*failed, *failed]:
        for _ in transcript.take(entry):
            pass

    assert len(transcript.told(story_result()).failures) == 1


def test_bot_that_the_run_started_is_gone_when_its_story_is_told(failed: list[Entry]) -> None:
    transcript = Transcript()
    before = transcript.told(story_result()).is_bot_gone
    for entry in failed:
        for _ in transcript.take(entry):
            pass

    assert not before
    assert transcript.told(story_result()).is_bot_gone


def test_only_the_end_of_the_bots_output_is_kept_without_secrets() -> None:
    transcript, tell = Transcript(hide=lambda text: text.replace("secret", "[redacted]")), Teller()
    for number in range(OUTPUT_LINES + 5):
        for _ in transcript.take(tell("BotWrote", {"line": f"secret {number}"})):
            pass

    assert transcript.told(story_result()).output[0] == "[redacted] 5"
    assert len(transcript.told(story_result()).output) == OUTPUT_LINES


def test_story_is_told_without_secrets(failed: list[Entry]) -> None:
    words = ("Order BR-1", "127.0.0.1:3000", "A late order")
    transcript = Transcript(hide=Redactor(words).hide, reproduce=lambda result: f"run {result.scenario}")
    for entry in failed:
        for _ in transcript.take(entry):
            pass
    told = transcript.told(next(entry.data for entry in failed if entry.kind == "StoryFinished"))

    assert told.request is not None
    assert told.failures
    assert not [word for word in words if word in repr(told)]


def test_of_the_failures_those_alone_are_told_that_are_asked_for(failed: list[Entry]) -> None:
    transcript = Transcript(hide=Redactor(["Order"]).hide)
    first, second = (verdict("bot: Order", number, "failed") for number in (1, 2))
    for each in (first, second):
        for _ in transcript.take(Teller()("VerdictReached", each)):
            pass

    assert [each.verdict.at for each in transcript.told(story_result(), only=[second]).failures] == [second.at]
