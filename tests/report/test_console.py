from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import replace

import pytest

from simulator.records import Entry, RunResult
from simulator.report.console import Console, last_line
from simulator.report.screen import screen_for
from tests.report.conftest import GOLDEN, VERSIONS, Teller, act, attempt, heard, says, story_result, verdict


def shown(entries: Iterable[Entry], verbosity: int = 0, *, colour: bool = False, hide: str = "") -> str:
    stream = io.StringIO()
    console = Console(
        screen_for(stream, is_terminal=False, has_colour=colour),
        verbosity=verbosity,
        hide=lambda text: text.replace(hide, "[redacted]") if hide else text,
        reproduce=lambda result: f"simulator run {result.file} --seed {result.seed}",
    )
    for entry in entries:
        console(entry)
    return stream.getvalue()


def test_what_came_of_an_act_is_told_with_it_where_lines_came_between() -> None:
    tell = Teller()
    sent = {"type": "message", "number": 1, "why": "first", "request": attempt().request}
    entries = [
        tell("StoryStarted", {"scenario": "S", "provider": "shop", "seed": 1}),
        tell("ActorActed", act("ana", "text", "hello", 0)),
        tell("AttemptStarted", sent),
        tell("VerdictReached", verdict("ana: hello", 0, observed="200 in 8 ms")),
    ]

    assert "  ana › hello  ✓ 200 in 8 ms\n" in shown(entries)
    assert "  ✓ ana: hello: 200 in 8 ms\n" in shown(entries, 1)


@pytest.mark.parametrize(("name", "verbosity"), [("quiet", -1), ("console", 0), ("verbose", 1), ("very-verbose", 2)])
def test_failed_run_reads_as_the_golden_file(failed: list[Entry], name: str, verbosity: int) -> None:
    assert shown(failed, verbosity) == (GOLDEN / f"{name}.txt").read_text("utf-8")


def test_passed_run_reads_as_the_golden_file(passed: list[Entry]) -> None:
    assert shown(passed) == (GOLDEN / "passed.txt").read_text("utf-8")


def test_quiet_run_that_passed_is_one_line(passed: list[Entry]) -> None:
    line = "✓ passed  1 story: 1 passed · 2 steps: 2 passed · 1.5s · start 2026-01-05T09:00:00.000Z · seed 42"
    assert shown(passed, -1).splitlines() == [line]


def test_attempt_that_nobody_answered_is_not_the_slowest_answer(passed: list[Entry]) -> None:
    lost = {"delivery_id": "d", "type": "lost", "attempt": replace(attempt(took_ms=9000), ack=None, trouble="timeout")}

    entry = replace(passed[-2], kind="AttemptFinished", data=lost)
    found = shown([*passed[:-1], entry, passed[-1]])

    assert "(lost)" not in found


def test_summary_is_the_last_block(failed: list[Entry]) -> None:
    assert shown(failed).splitlines()[-1].startswith("✗ failed  1 story: 1 failed · 5 steps: ")


def test_nothing_harmful_reaches_the_terminal(failed: list[Entry]) -> None:
    for verbosity in (-1, 0, 1, 2):
        assert "\x1b" not in shown(failed, verbosity)


def test_colour_changes_no_word(failed: list[Entry]) -> None:
    import re

    assert re.sub(r"\x1b\[[0-9;]*m", "", shown(failed, 2, colour=True)) == shown(failed, 2)


def test_secret_is_hidden_also_over_several_pieces_of_a_line(failed: list[Entry]) -> None:
    assert "top-secret" not in shown(failed, 2, hide="top-secret")
    assert "bot ‹ Order" not in shown(failed, 0, hide="bot ‹ Order")


def test_what_comes_after_the_end_of_a_story_is_told_under_its_name() -> None:
    tell = Teller(scenario="A late order")
    result = story_result(verdict("ana: hello", 0))
    happened = [
        tell("StoryStarted", {"scenario": "A late order", "provider": "shop", "seed": 1}),
        tell("ActorActed", act("ana", "text", "hello", 0)),
        tell("StoryFinished", result),
        tell("ReplySeen", heard(says("Hi"))),
        tell("ReplySeen", heard(says("Hi again"))),
    ]

    found = shown(replace(each, story=3, provider="shop") for each in happened)

    assert "\n\nA late order · shop · after its end\n  bot ‹ Hi\n" in found
    assert found.count("after its end") == 1


def test_second_actor_is_named_where_the_bot_speaks_to_her() -> None:
    tell = Teller()
    entries = [
        tell("StoryStarted", {"scenario": "S", "provider": "shop", "seed": 1}),
        tell("ReplySeen", heard(says("Hi"), "ben")),
    ]

    assert "  bot ‹ (to ben) Hi" in shown([*entries, tell("StoryFinished", story_result())])


def test_interrupted_story_does_not_read_as_passed() -> None:
    tell = Teller()
    verdicts = (verdict("bot: hi", 0), verdict("bot: ho", 1, "skipped", observed="interrupted"))
    entries = [
        tell("StoryStarted", {"scenario": "S", "provider": "shop", "seed": 1}),
        tell("StoryFinished", story_result(*verdicts)),
    ]

    assert "! interrupted  1 passed, 1 skipped in 1.234s" in shown(entries)


def test_last_line_counts_stories_steps_and_time_and_has_seeds_and_start() -> None:
    stories = (story_result(verdict("bot: a", 0)), story_result(verdict("bot: a", 0, "error"), seed=7))

    line = "".join(text for text, _ in last_line(RunResult(stories=stories, versions=VERSIONS, duration_ms=900.0)))

    counts = "! error  2 stories: 1 passed, 1 error · 2 steps: 1 passed, 1 error · 900ms"
    assert line == f"{counts} · start 2026-01-05T09:00:00.000Z · seed 7, 42"


def test_last_line_of_a_run_that_was_cut_counts_what_it_was_to_play() -> None:
    stories = (story_result(verdict("bot: a", 0)), story_result(verdict("bot: a", 0)))
    result = RunResult(stories=stories, versions=VERSIONS, duration_ms=900.0, is_interrupted=True, planned=500)

    line = "".join(text for text, _ in last_line(result))

    assert line.startswith("! interrupted  2 of 500 stories: 2 passed · ")


def test_many_seeds_are_left_to_their_stories() -> None:
    stories = tuple(story_result(verdict("bot: a", 0), seed=seed) for seed in range(4))

    line = "".join(text for text, _ in last_line(RunResult(stories=stories, versions=VERSIONS, duration_ms=900.0)))

    assert "seed" not in line


@pytest.mark.parametrize(
    ("resends", "said"), [(0, ""), (1, "the network failed once"), (4, "the network failed 4 times")]
)
def test_last_line_counts_what_the_network_lost(resends: int, said: str) -> None:
    result = RunResult(stories=(), versions=VERSIONS, duration_ms=0.0, resends=resends)

    line = "".join(text for text, _ in last_line(result))

    assert line.endswith(f" · {said}") == bool(said)


def test_run_whose_audit_found_something_has_not_passed() -> None:
    result = RunResult(stories=(story_result(verdict("bot: a", 0)),), versions=VERSIONS, duration_ms=900.0)

    line = "".join(text for text, _ in last_line(result, findings=2))

    assert line.startswith("✗ failed  1 story: 1 passed · 1 step: 1 passed · the audit found 2 · 900ms")


def test_run_without_stories_says_so() -> None:
    line = "".join(text for text, _ in last_line(RunResult(stories=(), versions=VERSIONS, duration_ms=0.0)))

    assert "none was played" in line


def test_failure_tells_that_the_bot_had_ended() -> None:
    tell = Teller()
    failed = verdict("bot: hi", 0, "failed", observed="nothing within 5s")
    entries = [
        tell("StoryStarted", {"scenario": "S", "provider": "shop", "seed": 1}),
        tell("BotEnded", {"exit_code": 1, "said": "exit code 1"}),
        tell("VerdictReached", failed),
        tell("StoryFinished", story_result(failed)),
        tell("RunFinished", RunResult(stories=(story_result(failed),), versions=VERSIONS, duration_ms=9.0)),
    ]

    assert "    ! the bot's program has ended by itself with exit code 1" in shown(entries, -1)


def test_row_of_a_table_stands_beside_its_story() -> None:
    tell = Teller()
    entries = [tell("StoryStarted", {"scenario": "S", "provider": "shop", "seed": 1, "case": "word: one"})]

    assert shown(entries).startswith("S [word: one] · shop · seed 1")
