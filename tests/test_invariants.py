from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simulator.invariants import MOST_TOLD
from tests.theatre import Bot, Deed, Theatre, stage

STREAM = "{emit: {event: message/text, rate: 1/s, count: 60, actors: 9}}"


def play(folder: Path, steps: str, always: str, bot: Bot, **more: Any) -> Theatre:
    theatre = stage(folder, f"vars: {{n: 0}}\nsteps: [{steps}]\nalways: [{always}]", bot, **more)
    theatre.play()
    return theatre


def verdicts(theatre: Theatre) -> list[tuple[str, str]]:
    found = [verdict for verdict in theatre.story.verdicts if verdict.at.startswith("always")]
    return [(verdict.outcome, verdict.code) for verdict in found]


def chatty(body: Mapping[str, Any], attempt: int) -> Deed:
    return Deed(ack_ms=20, says=((1, "hello"),) if body["event"] == "message" else ())


def test_deliveries_of_acts_and_of_streams_count_together(tmp_path: Path) -> None:
    theatre = play(tmp_path, f"{{ana: hi}}, {STREAM}", "{ack: {p50: 10ms}}, {ack: {p50: 30ms, lost: 0}}", chatty)
    [first, second] = [verdict for verdict in theatre.story.verdicts if verdict.at.startswith("always")]

    assert (first.outcome, second.outcome) == ("failed", "passed")


def test_each_answer_of_a_stream_is_looked_at(tmp_path: Path) -> None:
    def bot(body: Mapping[str, Any], attempt: int) -> Deed:
        return Deed(body=b"no" if body.get("timestamp", 0) % 10_000 == 0 else b"ok")

    assert verdicts(play(tmp_path, STREAM, "{ack: {body: ok}}", bot)) == [("failed", "invariant")]


def test_what_must_never_be_said_is_found_among_replies_to_many(tmp_path: Path) -> None:
    theatre = play(tmp_path, STREAM, "{never: {bot: {text: hello}}}, {never: {bot: {text: bye}}}", chatty)

    assert verdicts(theatre) == [("failed", "invariant"), ("passed", "")]
    assert len(theatre.story._invariants._told) == MOST_TOLD


def test_rule_without_a_value_is_an_error_at_the_end(tmp_path: Path) -> None:
    always = "{ack: {body: '{{ 1 // n }}'}}, {never: {bot: {text: '{{ 1 // n }}'}}}"

    assert verdicts(play(tmp_path, STREAM, always, chatty)) == [("error", "expression")] * 2


def test_of_a_story_that_failed_only_what_must_never_be_is_judged(tmp_path: Path) -> None:
    steps = f"{STREAM}, {{ana: hi}}, {{bot: {{text: bye, within: 100ms}}}}"
    always = "{ack: {status: 2xx}}, {never: {operation: send_message}}"

    assert verdicts(play(tmp_path, steps, always, chatty)) == [("skipped", "not-reached"), ("failed", "invariant")]


def test_replies_to_the_people_of_streams_are_nothing_that_a_strict_run_misses(tmp_path: Path) -> None:
    assert play(tmp_path, STREAM, "{ack: {lost: 0}}", chatty, is_strict=True).story.result(0.0).outcome == "passed"


def test_rule_that_hangs_on_a_variable_takes_its_last_value_for_all_acts(tmp_path: Path) -> None:
    bodies = {"one": b"0", "two": b"7"}

    def bot(body: Mapping[str, Any], attempt: int) -> Deed:
        return Deed(body=bodies[body["message"]["text"]])

    theatre = play(tmp_path, "{ana: one}, {set: {n: 7}}, {ana: two}", "{ack: {body: '{{ n }}'}}", bot)
    [verdict] = [verdict for verdict in theatre.story.verdicts if verdict.at.startswith("always")]

    assert (verdict.outcome, verdict.observed.count("message/text")) == ("failed", 1)


def test_acts_that_have_ended_are_counted_and_not_kept(tmp_path: Path) -> None:
    steps = "{repeat: {times: 300}, steps: [{ana: hi}]}"
    theatre = play(tmp_path, steps, "{ack: {lost: 0}}", lambda body, attempt: Deed(ack_ms=2))
    invariants = theatre.story._invariants

    assert verdicts(theatre) == [("passed", "")]
    assert [tally.count for tally in invariants._tallies.values()] == [300]
    assert invariants._uncounted == []
    assert theatre.story.deliveries._pending == {}
