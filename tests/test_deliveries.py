from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.catalog import Disabling
from simulator.records import Sent
from simulator.world import Put
from tests.theatre import START_MS, Bot, Deed, Theatre, stage


def one(folder: Path, steps: str = "{ana: hello}") -> Theatre:
    return stage(folder, f"steps: [{steps}]", lambda body, attempt: Deed())


def test_an_event_goes_to_everyone_who_wants_it(tmp_path: Path) -> None:
    theatre = one(tmp_path)
    for name, events in (("a", None), ("b", ["message"]), ("c", ["seen"])):
        row = {"url": f"http://127.0.0.1:9/{name}", "events": events}
        theatre.story.world.apply(Put(table="subscriptions", key=name, row=row))
    theatre.play()
    paths = [send.request.url.partition("?")[0].rpartition("/")[2] for send in theatre.sends]

    assert paths == ["bot", "a", "b", "c"]


def test_what_nobody_subscribed_to_is_not_sent_and_said(tmp_path: Path) -> None:
    theatre = one(
        tmp_path, "{ana: hello}, {bot: {text: never comes, optional: true, within: 100ms}}, {ana: {reads: last}}"
    )
    theatre.story.world.apply(Put(table="subscriptions", key="", row={"url": "http://127.0.0.1:9/", "events": []}))
    theatre.say(theatre.story.cast.user_ids["ana"], "something to read")
    result = theatre.play()

    assert [json.loads(send.request.body)["event"] for send in theatre.sends] == ["message"]
    assert [verdict.code for verdict in result.verdicts if verdict.outcome == "skipped"] == ["not-sent"]


def test_a_retry_repeats_the_first_request_byte_for_byte(tmp_path: Path) -> None:
    theatre = stage(tmp_path, "steps: [{ana: hello}]", lambda body, attempt: Deed(status=200 if attempt == 3 else 503))
    theatre.play()
    [posting] = theatre.postings

    assert [attempt.why for attempt in posting.attempts] == ["first", "503", "503"]
    assert len({attempt.request for attempt in posting.attempts}) == 1
    assert posting.state == "delivered"


def test_what_is_left_when_the_story_ends_is_given_up_and_written_down(tmp_path: Path) -> None:
    theatre = stage(tmp_path, "steps: [{ana: hello}]", lambda body, attempt: Deed(status=503))
    theatre.play_until(lambda: any(posting.attempts for posting in theatre.postings))
    theatre.story.stop(theatre.now)
    [posting] = theatre.postings

    assert posting.state == "failed"
    assert posting.record.why == "the story ended first"


def test_a_person_is_busy_until_her_last_delivery_has_ended(tmp_path: Path) -> None:
    theatre = one(tmp_path)
    user_id = theatre.story.cast.user_ids["ana"]
    theatre.play_until(lambda: bool(theatre.sends))

    assert not theatre.story.deliveries.is_done(user_id)
    theatre.play()
    assert theatre.story.deliveries.is_done(user_id)


def test_the_record_of_a_delivery_says_why_it_was_given_up(tmp_path: Path) -> None:
    theatre = stage(tmp_path, "steps: [{ana: hello}]", lambda body, attempt: Deed(status=503))
    theatre.play()
    [posting] = theatre.postings

    assert posting.record.state == "failed"
    assert "503" in posting.record.why
    assert len(posting.record.attempts) == 6


def test_an_attempt_that_the_end_of_the_run_cut_says_nothing_about_the_bot(tmp_path: Path) -> None:
    theatre = one(tmp_path)
    theatre.play_until(lambda: bool(theatre.sends))
    cut = Sent(trouble="closed", detail="the run ended first", duration_ms=1.0)
    theatre.story.ended(theatre.sends[0], cut, theatre.now, is_cut=True)
    theatre.story.stop(theatre.now)
    kinds = [entry.kind for entry in theatre.journal.entries]

    assert [verdict.outcome for verdict in theatre.story.verdicts] == ["skipped"]
    assert kinds[-4:] == ["AttemptFinished", "VerdictReached", "DeliveryFinished", "StoryFinished"]
    assert theatre.postings[0].record.why == "the story ended first"


# --- a bad day -------------------------------------------------------------------------------------------------------

CHANGED = st.sampled_from(["text", "number", "space", "newline", "escape"])


def play(folder: Path, steps: str, bot: Bot = lambda body, attempt: Deed(), **more: Any) -> Theatre:
    """Give the theatre after the story."""
    theatre = stage(folder, f"steps: [{steps}]", bot, **more)
    theatre.play()
    return theatre


def texts(theatre: Theatre) -> list[str]:
    """Give what was said to the bot, in the order in which it came there."""
    bodies = [json.loads(send.request.body) for send in theatre.sends]
    return [body["message"]["text"] for body in bodies if "message" in body]


def dues(theatre: Theatre) -> list[int]:
    """Give when the attempts were due, in milliseconds after the story's beginning."""
    attempts = [each.data["attempt"] for each in theatre.journal.entries if each.kind == "AttemptFinished"]
    return [attempt.due_ms - START_MS for attempt in attempts]


def states(theatre: Theatre) -> list[str]:
    return [posting.state for posting in theatre.postings]


def told(theatre: Theatre, kind: str) -> list[Any]:
    return [entry.data for entry in theatre.journal.entries if entry.kind == kind]


def outcomes(theatre: Theatre) -> list[str]:
    return [f"{verdict.outcome} {verdict.code}".strip() for verdict in theatre.story.verdicts]


def test_copies_are_the_same_request_to_the_byte(tmp_path: Path) -> None:
    theatre = play(tmp_path, "{ana: hello, deliver: {copies: 3}}")

    assert len(theatre.sends) == 3
    assert len({send.request for send in theatre.sends}) == 1


def test_late_delivery_keeps_its_due_time_in_the_body(tmp_path: Path) -> None:
    theatre = play(tmp_path, "{ana: hello, deliver: {late: 30s}}")

    assert dues(theatre) == [30_000]
    assert json.loads(theatre.sends[0].request.body)["timestamp"] == START_MS


def test_what_never_arrives_passes_nothing(tmp_path: Path) -> None:
    steps = "{ana: one, deliver: {reorder: true}}, {ana: two, deliver: {drop: true}}, {ana: three}"
    theatre = play(tmp_path, steps)

    assert texts(theatre) == ["three", "one"]


def test_delivery_out_of_order_comes_behind_the_next_one_of_its_actor(tmp_path: Path) -> None:
    theatre = play(tmp_path, "{ana: one, deliver: {reorder: true}}, {ana: two}, {ana: three}")

    assert texts(theatre) == ["two", "one", "three"]


def test_delivery_out_of_order_goes_at_last_when_nothing_else_is_due(tmp_path: Path) -> None:
    steps = "{ana: one, deliver: {reorder: true}}, {bot: {text: ~one, within: 500ms}}, {ana: two}"

    def bot(body: Any, attempt: int) -> Deed:
        return Deed(says=((5.0, f"You said {body['message']['text']}"),) if "message" in body else ())

    theatre = play(tmp_path, steps, bot)

    assert texts(theatre) == ["one", "two"]
    assert outcomes(theatre) == ["passed"] * 3


def test_silence_waits_for_what_is_out_of_order(tmp_path: Path) -> None:
    theatre = play(tmp_path, "{ana: one, deliver: {reorder: true}}, {silence: 100ms}, {ana: two}")

    assert texts(theatre) == ["one", "two"]


def test_second_copy_out_of_order_comes_behind_the_next_delivery(tmp_path: Path) -> None:
    theatre = play(tmp_path, "{ana: one, deliver: {copies: 2, reorder: true}}, {ana: two}")

    assert texts(theatre) == ["one", "two", "one"]


def test_receipt_never_comes_before_its_message_though_that_is_out_of_order(tmp_path: Path) -> None:
    steps = "{ana: one, deliver: {reorder: 2}}, {bot: {text: ~ok, within: 1s}}, {ana: {reads: last}}, {ana: two}"
    theatre = play(tmp_path, steps, lambda body, attempt: Deed(says=((5.0, "ok"),) if "message" in body else ()))
    events = [json.loads(send.request.body)["event"] for send in theatre.sends]

    assert events[0] == "message"
    assert sorted(events[1:]) == ["delivered", "delivered", "message", "seen"]


def test_dropped_delivery_never_reaches_the_bot(tmp_path: Path) -> None:
    theatre = play(tmp_path, "{ana: lost, deliver: {drop: true}}, {ana: found}")

    assert texts(theatre) == ["found"]
    assert states(theatre) == ["dropped", "delivered"]
    assert outcomes(theatre) == ["skipped dropped", "passed"]


def test_lost_attempts_are_made_again_as_the_policy_says(tmp_path: Path) -> None:
    theatre = play(tmp_path, "{ana: hello, deliver: {drop: 2}}")
    [posting] = theatre.postings

    assert len(theatre.sends) == 1
    assert dues(theatre) == [0, 5_000 + 5_000, 10_000 + 5_000 + 30_000]
    assert [(attempt.lost, attempt.outcome) for attempt in posting.attempts] == [
        ("request", "timeout"),
        ("request", "timeout"),
        ("", "200"),
    ]


def test_delivery_of_which_every_attempt_is_lost_is_dropped(tmp_path: Path) -> None:
    theatre = play(tmp_path, "{ana: hello, deliver: {drop: 6}}")

    assert theatre.sends == []
    assert states(theatre) == ["dropped"]
    assert outcomes(theatre) == ["skipped dropped"]


def test_lost_answer_is_followed_by_the_same_request(tmp_path: Path) -> None:
    theatre = play(tmp_path, "{ana: hello, deliver: {retry: 2}}")
    [posting] = theatre.postings

    assert [attempt.lost for attempt in posting.attempts] == ["answer", "answer", ""]
    assert len({send.request for send in theatre.sends}) == 1
    assert [send["why"] for send in told(theatre, "AttemptStarted")] == ["first", "timeout", "timeout"]


def test_last_answer_is_heard_where_the_provider_would_not_try_again(tmp_path: Path) -> None:
    theatre = play(tmp_path, "{ana: hello, deliver: {retry: true}}", policy={"delays_ms": ()})

    assert states(theatre) == ["delivered"]
    assert [fault["why"] for fault in told(theatre, "FaultSkipped")] == [
        "the provider makes no further attempt, so the bot's answer is not lost"
    ]


def test_lost_answer_is_resigned_where_the_policy_says_so(tmp_path: Path) -> None:
    theatre = play(tmp_path, "{ana: hello, deliver: {retry: true}}", policy={"resign": True})
    marks = [dict(send.request.headers)["X-Simulated"] for send in theatre.sends]

    assert len(set(marks)) == 2


@pytest.mark.parametrize(("status", "state", "outcome"), [(403, "refused", "passed"), (200, "delivered", "failed ack")])
def test_forged_delivery_is_tried_once_and_must_be_refused(
    tmp_path: Path, status: int, state: str, outcome: str
) -> None:
    bot = lambda body, attempt: Deed(status=status)  # noqa: E731
    theatre = play(tmp_path, "{ana: hello, deliver: {signature: wrong}}", bot)

    assert len(theatre.sends) == 1
    assert states(theatre) == [state]
    assert outcomes(theatre) == [outcome]


def test_ack_of_the_step_holds_for_a_forged_delivery_too(tmp_path: Path) -> None:
    theatre = play(tmp_path, "{ana: hello, deliver: {signature: missing}, ack: 2xx}")

    assert outcomes(theatre) == ["passed"]


def test_forged_delivery_breaks_no_rule_about_deliveries(tmp_path: Path) -> None:
    text = "steps: [{ana: hello, deliver: {signature: wrong}}]\nalways: [{ack: {status: 2xx, lost: 0}}]"
    theatre = stage(tmp_path, text, lambda body, attempt: Deed(status=403))

    assert theatre.play().outcome == "passed"


@given(way=CHANGED)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_tampered_body_has_the_signature_of_the_right_one(tmp_path: Path, way: str) -> None:
    theatre = play(tmp_path, f"{{ana: 'h&i 7', deliver: {{tamper: {way}}}}}")
    [posting], sent = theatre.postings, theatre.sends[0].request
    right = theatre.story.deliveries.writer.signed(posting.payload, posting.subscription, START_MS)

    assert sent.headers == right.headers
    assert sent.url == right.url
    assert sent.body != right.body


def test_tampering_is_named_exactly_in_the_journal(tmp_path: Path) -> None:
    theatre = play(tmp_path, "{ana: hello, deliver: {tamper: newline}}")
    [fault] = told(theatre, "FaultApplied")
    length = len(theatre.sends[0].request.body)

    assert fault["faults"] == (f"tampered with (newline): byte {length} is a line break that was not signed",)


def test_wrong_signature_is_named_by_where_it_stands(tmp_path: Path) -> None:
    theatre = play(tmp_path, "{ana: hello, deliver: {signature: wrong}}")

    assert told(theatre, "FaultApplied")[0]["faults"] == (
        "wrong signature: one character of X-Viber-Content-Signature and ?sig is another one",
    )


def test_chance_strikes_some_and_tells_which(tmp_path: Path) -> None:
    acts = ", ".join("{ana: hello, deliver: {copies: 2, chance: 50%}}" for _ in range(12))
    theatre = play(tmp_path, acts)
    struck = {fault["delivery_id"].rpartition("/")[0] for fault in told(theatre, "FaultApplied")}

    assert 0 < len(struck) < 12
    assert len(theatre.sends) == 12 + len(struck)


def test_same_seed_brings_the_same_bad_day(tmp_path: Path) -> None:
    acts = ", ".join(
        "{ana: hello, deliver: {copies: 2, latency: 1s..1h, late: 1s..1m, reorder: true, chance: 50%}}"
        for _ in range(6)
    )
    first, second = play(tmp_path, acts), play(tmp_path, acts, lambda body, attempt: Deed(ack_ms=700.0))

    assert dues(first) == dues(second)
    assert [send.request for send in first.sends] == [send.request for send in second.sends]


# --- the provider's policy -------------------------------------------------------------------------------------------


@given(
    delays=st.lists(st.integers(0, 86_400_000), max_size=6),
    timeout_ms=st.integers(1, 60_000),
    failures=st.lists(st.sampled_from([500, 404, "timeout", "refused"]), min_size=1, max_size=8),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_schedule_is_kept_exactly_however_the_attempts_end(
    tmp_path: Path, delays: list[int], timeout_ms: int, failures: list[Any]
) -> None:
    def bot(body: Any, attempt: int) -> Deed:
        end = failures[attempt - 1] if attempt <= len(failures) else 200
        return Deed(ack_ms=3.0, status=end) if isinstance(end, int) else Deed(trouble=end)

    theatre = play(tmp_path, "{ana: hello}", bot, policy={"delays_ms": tuple(delays), "timeout_ms": timeout_ms})
    ends = failures[: len(delays) + 1]
    waits = [delay + (timeout_ms if end == "timeout" else 0) for end, delay in zip(ends, delays, strict=False)]

    assert dues(theatre) == [sum(waits[:number]) for number in range(len(waits) + 1)]


def test_at_most_so_many_attempts_are_open_at_an_endpoint(tmp_path: Path) -> None:
    theatre = stage(
        tmp_path, "steps: [{ana: hi, deliver: {copies: 5}}]", lambda body, attempt: Deed(), policy={"concurrency": 2}
    )
    most = 0

    def note() -> bool:
        nonlocal most
        most = max(most, theatre.story.clock.open_attempts)
        return False

    theatre.play_until(note)

    assert most == 2
    assert len(theatre.sends) == 5


def test_delivery_waits_for_the_one_before_where_the_policy_keeps_the_order(tmp_path: Path) -> None:
    def bot(body: Any, attempt: int) -> Deed:
        return Deed(status=503 if body["message"]["text"] == "one" and attempt < 3 else 200)

    acts = "{ana: one}, {ben: two}"
    loose = play(tmp_path, acts, bot, actors=("ana", "ben"))
    kept = play(tmp_path, acts, bot, actors=("ana", "ben"), policy={"ordering": "endpoint"})
    of_each = play(tmp_path, acts, bot, actors=("ana", "ben"), policy={"ordering": "actor"})

    assert texts(loose) == texts(of_each) == ["one", "two", "one", "one"]
    assert texts(kept) == ["one", "one", "one", "two"]


def test_endpoint_that_fails_too_often_gets_nothing_more(tmp_path: Path) -> None:
    rule = Disabling(after=2, outcomes=("any",), within_ms=1_000, source="tests")
    theatre = play(
        tmp_path,
        "{ana: one}, {ana: two}, {ana: three}",
        lambda body, attempt: Deed(status=503),
        policy={"delays_ms": (), "disabling": (rule,)},
    )

    assert texts(theatre) == ["one", "two"]
    assert [each["url"] for each in told(theatre, "EndpointDisabled")] == ["http://127.0.0.1:9/bot"]
    assert [each["why"] for each in told(theatre, "EventSkipped")] == [
        "the endpoint http://127.0.0.1:9/bot is disabled"
    ]


def test_retries_to_an_endpoint_end_when_it_is_disabled(tmp_path: Path) -> None:
    rule = Disabling(after=1, outcomes=("404",), within_ms=1_000, source="tests")

    def bot(body: Any, attempt: int) -> Deed:
        return Deed(status=404 if body["message"]["text"] == "two" else 503)

    theatre = play(
        tmp_path,
        "{ana: one}, {ben: two}",
        bot,
        actors=("ana", "ben"),
        policy={"disabling": (rule,), "final": ("404",)},
    )

    assert texts(theatre) == ["one", "two"]
    assert theatre.postings[0].record.why == "the endpoint was disabled"


def test_what_has_ended_leaves_nothing_behind(tmp_path: Path) -> None:
    theatre = one(tmp_path)
    theatre.play_until(lambda: bool(theatre.sends))
    deliveries = theatre.story.deliveries
    [posting] = deliveries.emit(theatre.postings[0].event, kind="stream")
    theatre.play()

    assert posting.state == "delivered"
    assert deliveries._pending == {}
    assert (deliveries.count, deliveries.attempts) == (2, 2)


# --- any bad day -----------------------------------------------------------------------------------------------------

SPANS = st.sampled_from(["0s", "70ms", "1s", "50ms..3s", "1s..10m"])
DAYS = st.fixed_dictionaries(
    {},
    optional={
        "copies": st.integers(2, 3),
        "latency": SPANS,
        "late": SPANS,
        "reorder": st.integers(1, 3),
        "drop": st.integers(1, 2),
        "retry": st.integers(1, 2),
        "chance": st.sampled_from(["50%", "100%"]),
    },
).filter(lambda day: set(day) - {"chance"})


def written(day: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in day.items())


def any_story(days: Sequence[Mapping[str, Any]], *, is_stream: bool) -> str:
    acts = [f"{{{actor}: hi, deliver: {{{written(day)}}}}}" for actor, day in zip("xyx", days, strict=True)]
    if is_stream:
        emit = "{event: message/text, rate: 2/s, count: 4, actors: [x, y]}"
        acts.insert(1, f"{{emit: {emit}, deliver: {{{written(days[0])}}}}}")
    return ", ".join(acts)


def kept(theatre: Theatre) -> list[tuple[str, int, int, bytes]]:
    """Give of each attempt what seed and start alone decide, in an order of its own."""
    started = [(entry.data, entry.at_ms) for entry in theatre.journal.entries if entry.kind == "AttemptStarted"]
    return sorted((data["delivery_id"], data["number"], at_ms, data["request"].body) for data, at_ms in started)


@given(days=st.lists(DAYS, min_size=3, max_size=3), is_stream=st.booleans())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_nothing_is_lost_that_was_not_to_be_lost(tmp_path: Path, days: list[dict[str, Any]], is_stream: bool) -> None:
    theatre = play(tmp_path, any_story(days, is_stream=is_stream), actors=("x", "y"))
    ended = [entry.data for entry in theatre.journal.entries if entry.kind == "DeliveryFinished"]

    assert len(ended) == theatre.story.deliveries.count
    assert {delivery.state for delivery in ended} == {"delivered"}
    assert theatre.story.result(theatre.now).outcome == "passed"


@given(days=st.lists(DAYS, min_size=3, max_size=3), is_stream=st.booleans())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_speed_of_the_bot_changes_no_attempt(tmp_path: Path, days: list[dict[str, Any]], is_stream: bool) -> None:
    story = any_story(days, is_stream=is_stream)

    quick = play(tmp_path, story, lambda body, attempt: Deed(ack_ms=1.0), actors=("x", "y"))
    slow = play(tmp_path, story, lambda body, attempt: Deed(ack_ms=900.0), actors=("x", "y"))

    assert kept(quick) == kept(slow)


def test_stream_out_of_order_changes_neighbours(tmp_path: Path) -> None:
    emit = "{event: message/text, rate: 1/s, count: 4}"
    theatre = play(tmp_path, f"{{emit: {emit}, deliver: {{reorder: true}}}}")
    numbers = [send.posting.event.id.rpartition("/")[2] for send in theatre.sends]

    assert sorted(numbers) == ["0", "1", "2", "3"]
    assert numbers.index("1") < numbers.index("0")
    assert numbers.index("3") < numbers.index("2")


def test_stream_of_which_everything_is_dropped_is_skipped(tmp_path: Path) -> None:
    emit = "{event: message/text, rate: 1/s, count: 4}"
    theatre = play(tmp_path, f"{{emit: {emit}, deliver: {{drop: true}}}}")

    assert theatre.sends == []
    assert outcomes(theatre) == ["skipped dropped"]
