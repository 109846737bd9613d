"""Streams of events in whole stories, in virtual time: when they come, about whom, and what is judged."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from simulator.records import Verdict
from simulator.story import MOMENTS_TO_A_BREATH
from tests.theatre import START_MS, Bot, Deed, Theatre, stage

HOUR_MS = 3_600_000


def silent(body: Mapping[str, Any], attempt: int) -> Deed:
    return Deed()


def play(folder: Path, steps: str, bot: Bot = silent, *, more: str = "", pace: str = "instant") -> Theatre:
    theatre = stage(folder, f"clock: {{pace: {pace}}}\nsteps: [{steps}]\n{more}", bot, actors=("ana", "ben"))
    theatre.play()
    return theatre


def body_of(send: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(send.request.body)
    return found


def people(theatre: Theatre) -> list[str]:
    return [body_of(send)["sender"]["id"] for send in theatre.sends if "sender" in body_of(send)]


def verdict_of(theatre: Theatre, at: str) -> Verdict:
    [found] = [verdict for verdict in theatre.story.verdicts if verdict.at == at]
    return found


def test_events_of_a_rate_are_due_at_their_own_times_and_take_no_time_on_an_instant_clock(tmp_path: Path) -> None:
    theatre = play(tmp_path, "{emit: {event: message/text, rate: 2/m, lasting: 10h, actors: 50}}")

    assert [send.due_ms for send in theatre.sends] == [START_MS + n * 30_000 for n in range(1_200)]
    assert [body_of(send)["timestamp"] for send in theatre.sends[:3]] == [
        START_MS,
        START_MS + 30_000,
        START_MS + 60_000,
    ]
    assert theatre.story.result(0.0).outcome == "passed"
    assert theatre.now < 1_000


@pytest.mark.parametrize(("pace", "real_ms"), [("real", 9_000), ("10x", 900)])
def test_events_leave_at_their_due_times_where_time_passes(tmp_path: Path, pace: str, real_ms: float) -> None:
    seen: list[float] = []

    def bot(body: Mapping[str, Any], attempt: int) -> Deed:
        seen.append(theatre.now)
        return Deed(ack_ms=60_000)

    theatre = stage(
        tmp_path,
        f"clock: {{pace: {pace}}}\nsteps: [{{emit: {{event: message/text, rate: 1/s, count: 10, actors: 5}}}}]",
        bot,
    )
    theatre.play()

    assert seen[-1] - seen[0] == pytest.approx(real_ms, abs=50)


def test_no_more_than_64_attempts_are_open_on_an_instant_clock(tmp_path: Path) -> None:
    theatre = stage(
        tmp_path,
        "steps: [{emit: {event: message/text, rate: 1/s, count: 300, actors: 5}}]",
        lambda body, attempt: Deed(ack_ms=10),
    )
    most = 0

    def is_over() -> bool:
        nonlocal most
        most = max(most, len(theatre.open))
        return False

    theatre.play_until(is_over)

    assert most == 64
    assert len(theatre.sends) == 300


def test_the_next_steps_go_on_beside_a_stream_and_the_run_ends_with_it(tmp_path: Path) -> None:
    def bot(body: Mapping[str, Any], attempt: int) -> Deed:
        return Deed(says=((20.0, "hello"),) if body.get("message", {}).get("text") == "hi" else ())

    steps = "{emit: {event: message/sticker, every: 1h, lasting: 48h}}, {wait: 90m}, {ana: hi}, {bot: hello}"
    theatre = play(tmp_path, steps, bot)
    dues = {body_of(send).get("message", {}).get("type", "receipt"): send.due_ms - START_MS for send in theatre.sends}

    assert theatre.story.result(0.0).outcome == "passed"
    assert dues["text"] == 90 * 60_000
    assert dues["sticker"] == 47 * HOUR_MS


def test_people_are_drawn_by_number_and_shared_by_all_streams(tmp_path: Path) -> None:
    """Who comes next hangs on the event alone: a stream that begins later has the same people."""
    stream = "{emit: {event: message/text, rate: 1/s, count: 200, actors: 20}}"
    one, other = play(tmp_path, stream), play(tmp_path, f"{{wait: 1s}}, {stream}, {{ana: hi}}")

    assert len(set(people(one))) == 20
    assert people(one) == [each for each in people(other) if each != other.story.cast.user_ids["ana"]]


def test_named_actors_come_in_turn_and_without_any_those_of_the_file_do(tmp_path: Path) -> None:
    named = play(tmp_path, "{emit: {event: message/text, rate: 1/s, count: 3, actors: [ben]}}")
    file = play(tmp_path, "{emit: {event: message/text, rate: 1/s, count: 4}}")
    ids = named.story.cast.user_ids

    assert people(named) == [ids["ben"]] * 3
    assert people(file) == [ids["ana"], ids["ben"]] * 2


def test_each_event_of_a_kind_causes_another_one_with_its_actor(tmp_path: Path) -> None:
    steps = (
        "{emit: {event: conversation_started, rate: 1/s, count: 40, actors: 30}},"
        "{emit: {event: message/text, after: conversation_started, lag: 1m..20m, chance: 60%}}"
    )
    theatre = play(tmp_path, steps)
    sent = [(body_of(send), send.due_ms) for send in theatre.sends]
    causes = Counter(body["user"]["id"] for body, _ in sent if body["event"] == "conversation_started")
    effects = Counter(body["sender"]["id"] for body, _ in sent if body["event"] == "message")

    assert 12 <= effects.total() <= 36
    assert effects <= causes
    assert all(due_ms >= START_MS + 60_000 for body, due_ms in sent if body["event"] == "message")


def test_what_an_actor_does_causes_events_as_well(tmp_path: Path) -> None:
    follower = "{emit: {event: message/sticker, after: message/text, lag: 5s}}"
    theatre = play(tmp_path, f"{follower}, {{ana: hi}}, {{wait: 1h}}, {{ben: hi}}")
    kinds = [(body_of(send)["message"]["type"], send.due_ms - START_MS) for send in theatre.sends]

    assert kinds == [("text", 0), ("sticker", 5_000), ("text", HOUR_MS), ("sticker", HOUR_MS + 5_000)]
    assert verdict_of(theatre, "steps[0].emit").outcome == "passed"


def test_expressions_of_an_override_are_filled_anew_for_each_event(tmp_path: Path) -> None:
    steps = "{emit: {event: message/text, every: 1h, count: 3, with: {message.text: 'at {{ now }}'}}}"
    texts = [body_of(send)["message"]["text"] for send in play(tmp_path, steps).sends]

    assert texts == [f"at {START_MS + n * HOUR_MS}" for n in range(3)]


def test_failed_deliveries_are_retried_as_the_provider_does_and_hold_nobody_up(tmp_path: Path) -> None:
    def bot(body: Mapping[str, Any], attempt: int) -> Deed:
        return Deed(status=500 if attempt < 3 else 200)

    theatre = play(tmp_path, "{emit: {event: message/text, rate: 1/s, count: 5, actors: 5}}", bot)
    dues = [send.due_ms - START_MS for send in theatre.sends]

    assert sorted(dues) == sorted(n * 1_000 + delay for n in range(5) for delay in (0, 5_000, 35_000))
    assert "5 deliveries" in verdict_of(theatre, "steps[0].emit").observed


def test_verdict_tells_how_many_went_wrong_and_the_first_of_them(tmp_path: Path) -> None:
    def bot(body: Mapping[str, Any], attempt: int) -> Deed:
        return Deed(status=403 if body["message_token"] % 10 == 0 else 200)

    theatre = play(tmp_path, "{emit: {event: message/text, rate: 1/s, count: 100}, ack: {status: 2xx}}", bot)
    verdict = verdict_of(theatre, "steps[0].emit")

    assert (verdict.outcome, verdict.code) == ("failed", "ack")
    assert " of 100 deliveries" in verdict.observed


def test_stream_that_reaches_nobody_ends_the_story_at_once(tmp_path: Path) -> None:
    steps = "{emit: {event: message/text, rate: 1/m, lasting: 30d}}, {wait: 60d}, {ana: hi}"
    theatre = play(tmp_path, steps, lambda body, attempt: Deed(trouble="refused"))

    assert verdict_of(theatre, "steps[0].emit").code == "unreachable"
    assert verdict_of(theatre, "steps[2].ana").code == "not-reached"
    assert len(theatre.sends) < 1_000


def test_invariants_hold_over_streams_as_well(tmp_path: Path) -> None:
    def bot(body: Mapping[str, Any], attempt: int) -> Deed:
        is_slow = body["message_token"] % 20 == 0
        return Deed(ack_ms=900 if is_slow else 3, says=((1, "oh no"),) if is_slow else ())

    more = "always: [{ack: {p50: 10ms, lost: 0}}, {ack: {p99: 100ms}}, {never: {bot: {text: oh no}}}]"
    theatre = play(tmp_path, "{emit: {event: message/text, rate: 1/s, count: 400, actors: 9}}", bot, more=more)
    outcomes = [verdict.outcome for verdict in theatre.story.verdicts if verdict.at.startswith("always")]

    assert outcomes == ["passed", "failed", "failed"]
    assert theatre.story.result(0.0).replies > 5


def test_an_override_without_a_value_ends_the_story(tmp_path: Path) -> None:
    wrong = "message.text: '{{ 1 // (now - now) }}'"
    theatre = play(tmp_path, f"{{emit: {{event: message/text, every: 1h, count: 3, with: {{{wrong}}}}}}}")

    assert verdict_of(theatre, "steps[0].emit").code == "expression"
    assert not theatre.sends


def test_stream_that_is_cut_by_a_failure_is_skipped(tmp_path: Path) -> None:
    steps = "{emit: {event: message/text, rate: 1/s, lasting: 1h}}, {ana: hi}, {bot: {text: hello, within: 100ms}}"
    theatre = play(tmp_path, steps)

    assert verdict_of(theatre, "steps[2].bot").code == "no-reply"
    assert verdict_of(theatre, "steps[0].emit").code == "not-reached"


def test_stream_that_nothing_came_of_says_so(tmp_path: Path) -> None:
    theatre = play(tmp_path, "{emit: {event: message/sticker, after: message/text}}, {ana: {opens: chat}}")

    assert verdict_of(theatre, "steps[0].emit").code == "not-sent"


def test_what_has_ended_is_not_kept(tmp_path: Path) -> None:
    theatre = play(tmp_path, "{emit: {event: message/text, rate: 1/s, count: 500, actors: 3}}")

    assert theatre.story.deliveries._pending == {}
    assert theatre.story.result(0.0).deliveries == 500


def test_journal_tells_what_came_of_a_stream(tmp_path: Path) -> None:
    theatre = play(tmp_path, "{emit: {event: message/text, rate: 10/s, count: 20}}", pace="real")
    [entry] = [entry for entry in theatre.journal.entries if entry.kind == "StreamFinished"]

    assert (entry.data["events"], entry.data["deliveries"], entry.data["wrong"]) == (20, 20, 0)
    assert entry.data["late_ms"]["most"] == pytest.approx(0.0, abs=0.001)


def test_bots_answers_to_the_people_of_streams_hold_nobody_up(tmp_path: Path) -> None:
    def bot(body: Mapping[str, Any], attempt: int) -> Deed:
        return Deed(says=((5.0, "hello"), (40.0, "and more")) if body["event"] == "message" else ())

    theatre = play(tmp_path, "{emit: {event: message/text, rate: 1/m, count: 500, actors: 50}}", bot)

    assert theatre.story.result(0.0).outcome == "passed"
    assert theatre.now < 1_000


def test_each_round_has_a_stream_of_its_own(tmp_path: Path) -> None:
    steps = "{repeat: {times: 3}, steps: [{emit: {event: message/text, rate: 1/s, count: 2}}, {wait: 1h}]}"
    theatre = play(tmp_path, steps)
    tokens = {body_of(send)["message_token"] for send in theatre.sends}

    assert len(tokens) == 6
    assert [verdict.outcome for verdict in theatre.story.verdicts] == ["passed"] * 3


@pytest.mark.parametrize("pace", ["instant", "real"])
def test_each_of_many_at_one_moment_leaves_before_the_next_is_made(tmp_path: Path, pace: str) -> None:
    theatre = play(tmp_path, "{emit: {event: message/text, burst: 5, actors: 3}}", pace=pace)
    kinds = [entry.kind for entry in theatre.journal.entries if entry.kind in ("PayloadRendered", "AttemptStarted")]

    assert kinds[:10] == ["PayloadRendered", "AttemptStarted"] * 5


@pytest.mark.parametrize("pace", ["instant", "real"])
def test_what_is_due_at_one_moment_gives_others_a_turn(tmp_path: Path, pace: str) -> None:
    """A hundred that follow a hundred are all due at once, before any of them is sent."""
    follower = "{emit: {event: message/sticker, after: conversation_started, lag: 1s}}"
    steps = f"{follower}, {{emit: {{event: conversation_started, burst: 100, actors: 3}}}}"
    theatre = stage(tmp_path, f"clock: {{pace: {pace}}}\nsteps: [{steps}]", silent)
    made = [0]

    def look() -> bool:
        made.append(sum(entry.kind == "PayloadRendered" for entry in theatre.journal.entries))
        return False

    theatre.play_until(look)

    assert made[-1] >= 200
    assert max(later - earlier for earlier, later in itertools.pairwise(made)) <= MOMENTS_TO_A_BREATH


def test_nothing_is_early(tmp_path: Path) -> None:
    theatre = play(tmp_path, "{emit: {event: message/text, rate: 70/s, lasting: 2s, actors: 3}}", pace="10x")
    [entry] = [entry for entry in theatre.journal.entries if entry.kind == "StreamFinished"]

    assert 0.0 <= entry.data["late_ms"]["least"] <= entry.data["late_ms"]["most"] < 1
