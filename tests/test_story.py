"""Whole stories without a network: what is judged, when, and in which words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.records import StoryResult, Verdict
from tests.theatre import START_MS, Bot, Deed, Theatre, stage


def echo(body: Mapping[str, Any], attempt: int) -> Deed:
    """Answer every message with its own text."""
    text = body.get("message", {}).get("text")
    return Deed(says=((1.0, f"You said {text}"),) if text else ())


def answering(deed: Deed) -> Bot:
    """Take every message so, and accept everything else."""
    return lambda body, attempt: deed if body["event"] == "message" else Deed()


def only(result: StoryResult, outcome: str) -> Verdict:
    found = [verdict for verdict in result.verdicts if verdict.outcome == outcome]
    assert len(found) == 1, result.verdicts
    return found[0]


def texts_sent(theatre: Theatre) -> list[str]:
    bodies = [json.loads(send.request.body) for send in theatre.sends]
    return [body["message"]["text"] for body in bodies if body["event"] == "message"]


def test_an_answer_at_once_passes(tmp_path: Path) -> None:
    result = stage(tmp_path, "steps: [{ana: hello}, {bot: You said hello}]", echo).play()

    assert result.outcome == "passed"
    assert [verdict.step for verdict in result.verdicts if verdict.outcome == "passed"]


def test_a_wrong_answer_is_told_beside_the_nearest_one(tmp_path: Path) -> None:
    result = stage(tmp_path, "steps: [{ana: hello}, {bot: You said bye}]", echo).play()
    verdict = only(result, "failed")

    assert verdict.code == "wrong-reply"
    assert "You said bye" in verdict.expected
    assert "You said hello" in verdict.observed
    assert verdict.place.line == 4


def test_a_silent_bot_fails_at_the_deadline_and_the_rest_is_skipped(tmp_path: Path) -> None:
    theatre = stage(
        tmp_path, "steps: [{ana: hello}, {bot: {text: hi, within: 700ms}}, {ana: bye}]", lambda body, attempt: Deed()
    )
    result = theatre.play()

    assert only(result, "failed").code == "no-reply"
    assert only(result, "skipped").step
    assert theatre.now < 900


def test_a_late_answer_fails_and_is_told_as_late(tmp_path: Path) -> None:
    slow = answering(Deed(ack_ms=1_200, says=((1_000, "hi"),)))
    result = stage(tmp_path, "steps: [{ana: hello}, {bot: {text: hi, within: 700ms}}]", slow).play()

    assert only(result, "failed").code == "late-reply"


def test_an_answer_from_a_background_task_has_its_whole_time(tmp_path: Path) -> None:
    background = answering(Deed(ack_ms=1, says=((650, "hi"),)))
    story = "steps: [{ana: hello}, {bot: {text: hi, within: 700ms}}, {wait: 6h}, {ana: hello}, {bot: hi}]"
    theatre = stage(tmp_path, story, background)

    assert theatre.play().outcome == "passed"
    assert theatre.now < 1_600


def test_hours_of_waiting_take_a_moment(tmp_path: Path) -> None:
    story = "steps: [{repeat: {times: 10}, steps: [{wait: 6h}, {ana: hello}, {bot: You said hello}]}]"
    theatre = stage(tmp_path, story, echo)
    result = theatre.play()
    dues = [send.due_ms for send in theatre.sends if b'"message":' in send.request.body]

    assert result.outcome == "passed"
    assert dues[-1] - dues[0] == 9 * 6 * 3_600_000
    assert theatre.now < 1_500


def test_failed_deliveries_are_retried_in_story_time_and_then_answered(tmp_path: Path) -> None:
    def fails_first(body: Mapping[str, Any], attempt: int) -> Deed:
        return Deed(status=500) if attempt <= 3 else Deed(says=((200.0, "at last"),))

    theatre = stage(tmp_path, "steps: [{ana: hello}, {bot: {text: at last, within: 1s}}]", fails_first)
    result = theatre.play()
    attempts = [send.due_ms for send in theatre.sends if b'"message":' in send.request.body]

    assert result.outcome == "passed"
    assert [later - earlier for earlier, later in pairwise(attempts)] == [5_000, 30_000, 120_000]
    assert theatre.now < 1_000
    assert len({send.request.body for send in theatre.sends[:4]}) == 1


def test_a_delivery_that_is_given_up_fails_the_act(tmp_path: Path) -> None:
    result = stage(tmp_path, "steps: [{ana: hello}]", lambda body, attempt: Deed(status=500)).play()
    verdict = only(result, "failed")

    assert verdict.code == "ack"
    assert "500" in verdict.observed
    assert "6 attempts" in verdict.observed


def test_an_endpoint_where_nobody_listens_is_an_error_and_nothing_is_waited_for(tmp_path: Path) -> None:
    theatre = stage(tmp_path, "steps: [{ana: hello}, {bot: hi}]", lambda body, attempt: Deed(trouble="refused"))
    result = theatre.play()

    assert only(result, "error").code == "unreachable"
    assert only(result, "skipped").at.endswith("bot")
    assert theatre.now < 1_000


def test_a_double_answer_breaks_times_one(tmp_path: Path) -> None:
    twice = answering(Deed(says=((1, "hi"), (5, "hi"))))
    result = stage(tmp_path, "steps: [{ana: hello}, {bot: {text: hi, times: 1}}]", twice).play()

    assert only(result, "failed").code == "too-many-replies"


def test_a_double_answer_breaks_the_silence(tmp_path: Path) -> None:
    twice = answering(Deed(says=((1, "hi"), (5, "hi"))))
    result = stage(tmp_path, "steps: [{ana: hello}, {bot: hi}, {silence: 1s}]", twice).play()

    assert only(result, "failed").code == "unexpected-reply"


def test_a_reply_late_in_the_silence_breaks_it_too(tmp_path: Path) -> None:
    chatty = answering(Deed(says=((1, "hi"), (900, "are you there?"))))
    result = stage(tmp_path, "steps: [{ana: hello}, {bot: hi}, {silence: 1s}]", chatty).play()

    assert only(result, "failed").code == "unexpected-reply"


def test_silence_passes_after_its_time(tmp_path: Path) -> None:
    theatre = stage(tmp_path, "steps: [{ana: hello}, {bot: You said hello}, {silence: 1s}]", echo)

    assert theatre.play().outcome == "passed"
    assert 1_000 <= theatre.now < 1_400


def test_strict_fails_on_what_no_step_claimed(tmp_path: Path) -> None:
    twice = answering(Deed(says=((1, "hi"), (5, "more"))))
    story = "steps: [{ana: hello}, {bot: hi}]"

    assert stage(tmp_path, story, twice).play().outcome == "passed"
    assert only(stage(tmp_path, story, twice, is_strict=True).play(), "failed").code == "unclaimed-reply"


def test_together_takes_any_order(tmp_path: Path) -> None:
    three = answering(Deed(says=((1, "c"), (2, "a"), (3, "b"))))
    result = stage(tmp_path, "steps: [{ana: hello}, {together: [{bot: a}, {bot: b}, {bot: c}]}]", three).play()

    assert result.outcome == "passed"


def test_a_general_step_gives_way_to_a_special_one_under_together(tmp_path: Path) -> None:
    two = answering(Deed(says=((1, "thanks a lot"), (2, "bye"))))
    result = stage(tmp_path, "steps: [{ana: hi}, {together: [{bot: /./}, {bot: ~thanks}]}]", two).play()

    assert result.outcome == "passed"


def test_an_optional_reply_may_come_or_not(tmp_path: Path) -> None:
    story = "steps: [{ana: hello}, {together: [{bot: ~said}, {bot: {text: more, optional: true}}]}, {silence: 100ms}]"
    with_more = answering(Deed(says=((1, "you said"), (30, "more"))))

    assert stage(tmp_path, story, echo).play().outcome == "passed"
    assert stage(tmp_path, story, with_more).play().outcome == "passed"


def test_what_the_bot_said_before_the_next_act_cannot_be_claimed_after_it(tmp_path: Path) -> None:
    def only_first(body: Mapping[str, Any], attempt: int) -> Deed:
        is_first = body.get("message", {}).get("text") == "one"
        return Deed(says=((1, "hi"), (2, "hi"))) if is_first else Deed()

    story = "steps: [{ana: one}, {bot: hi}, {wait: 1m}, {ana: two}, {bot: {text: hi, within: 300ms}}]"

    assert only(stage(tmp_path, story, only_first).play(), "failed").code == "no-reply"


def test_captures_are_variables_of_the_steps_after(tmp_path: Path) -> None:
    story = """
vars: {order: BR-1}
steps:
  - ana: "{{ order }}"
  - bot: You said <what>
  - ana: "again {{ what }}"
  - bot: You said again BR-1
"""
    theatre = stage(tmp_path, story, echo)

    assert theatre.play().outcome == "passed"
    assert texts_sent(theatre) == ["BR-1", "again BR-1"]


def test_a_loop_ends_when_its_condition_holds_and_fails_when_it_never_does(tmp_path: Path) -> None:
    answers = iter(["packed", "shipped", "delivered"])

    def moving(body: Mapping[str, Any], attempt: int) -> Deed:
        return Deed(says=((1, next(answers)),)) if body["event"] == "message" else Deed()

    story = """
steps:
  - repeat: {until: "status == 'delivered'", at_most: 3}
    steps: [{wait: 6h}, {ana: any news?}, {bot: <status>}]
"""
    stuck = answering(Deed(says=((1, "packed"),)))

    assert stage(tmp_path, story, moving).play().outcome == "passed"
    assert only(stage(tmp_path, story, stuck).play(), "failed").code == "not-reached"


def test_a_welcome_message_in_the_http_answer_counts_as_a_reply_and_its_button_can_be_tapped(tmp_path: Path) -> None:
    keyboard = {"Type": "keyboard", "Buttons": [{"Text": "Track", "ActionBody": "TRACK", "ActionType": "reply"}]}
    welcome = {"type": "text", "text": "Welcome Ana", "sender": {"name": "Bot"}, "keyboard": keyboard}

    def bot(body: Mapping[str, Any], attempt: int) -> Deed:
        if body["event"] == "conversation_started":
            return Deed(body=json.dumps(welcome).encode())
        return echo(body, attempt)

    story = """
steps:
  - ana: {opens: chat}
  - bot: {text: ~welcome, buttons: [Track]}
  - ana: {tap: Track}
  - bot: You said TRACK
"""
    assert stage(tmp_path, story, bot).play().outcome == "passed"


def test_a_button_that_is_not_there_cannot_be_tapped(tmp_path: Path) -> None:
    result = stage(tmp_path, "steps: [{ana: hello}, {bot: ~hello}, {ana: {tap: Buy}}]", echo).play()

    assert only(result, "failed").code == "no-such-button"


def test_a_bot_that_never_stops_is_an_error_that_says_so(tmp_path: Path) -> None:
    theatre = stage(tmp_path, "clock: {patience: 2s}\nsteps: [{ana: hello}, {bot: ~hello}]", echo)
    user_id = theatre.story.cast.user_ids["ana"]

    def talk() -> None:
        theatre.say(user_id, "and another thing")
        theatre.after(20, talk)

    theatre.after(10, talk)
    verdict = only(theatre.play(), "error")

    assert verdict.code == "never-quiet"
    assert "signs of it" in verdict.observed
    assert theatre.now < 4_000


def test_an_arranged_error_comes_in_the_providers_own_words_and_once(tmp_path: Path) -> None:
    story = "steps: [{api: {operation: reply, answer: rate_limited, times: 1}}, {ana: hello}, {bot: ~hello}]"

    def stubborn(body: Mapping[str, Any], attempt: int) -> Deed:
        return Deed(says=((1, "hello"), (30, "hello"))) if body["event"] == "message" else Deed()

    theatre = stage(tmp_path, story, stubborn)

    assert theatre.play().outcome == "passed"
    assert [answer["status"] for answer in theatre.answers] == [12, 0]


def test_copies_go_out_together_with_the_same_token(tmp_path: Path) -> None:
    story = "steps: [{ana: hello, deliver: {copies: 2}}, {bot: {text: ~hello, times: 2}}]"
    theatre = stage(tmp_path, story, echo)
    result = theatre.play()
    messages = [send for send in theatre.sends if b'"message":' in send.request.body]

    assert result.outcome == "passed"
    assert len(messages) == 2
    assert messages[0].request.body == messages[1].request.body


def test_a_wrong_signature_differs_from_the_right_one_and_the_refusal_can_be_wanted(tmp_path: Path) -> None:
    story = "steps: [{ana: hello, deliver: {signature: wrong}, ack: {status: 403}}]"
    theatre = stage(tmp_path, story, lambda body, attempt: Deed(status=403))

    assert theatre.play().outcome == "passed"


def test_always_judges_every_delivery_and_reply(tmp_path: Path) -> None:
    story = """
steps: [{ana: hello}, {bot: ~hello}]
always:
  - ack: {status: 2xx, within: 1ms}
  - never: {bot: {text: "/said/"}}
  - never: {operation: broadcast_message}
"""
    result = stage(tmp_path, story, echo).play()
    outcomes = [verdict.outcome for verdict in result.verdicts if verdict.at.startswith("always")]

    assert outcomes == ["failed", "failed", "passed"]


def test_the_same_seed_and_start_give_the_same_bytes_and_a_slow_bot_changes_none(tmp_path: Path) -> None:
    story = """
steps:
  - ana: {opens: chat}
  - ana: "{{ fake.sentence() }}"
  - bot: ~said
  - wait: 1h..2h
  - ana: bye
  - bot: ~bye
"""

    def slow(body: Mapping[str, Any], attempt: int) -> Deed:
        deed = echo(body, attempt)
        return Deed(ack_ms=900, says=tuple((delay + 800, text) for delay, text in deed.says))

    first, second, third = (stage(tmp_path, story, bot) for bot in (echo, echo, slow))
    outcomes = [theatre.play().outcome for theatre in (first, second, third)]

    def bodies(theatre: Theatre) -> list[bytes]:
        return sorted(send.request.body for send in theatre.sends)

    assert outcomes == ["passed"] * 3
    assert bodies(first) == bodies(second) == bodies(third)


def test_an_inserted_step_changes_no_other_steps_texts(tmp_path: Path) -> None:
    before = stage(tmp_path, 'steps: [{ana: "{{ fake.sentence() }}"}, {ana: bye}]', echo)
    before.play()
    after = stage(tmp_path, 'steps: [{ana: hi}, {ana: "{{ fake.sentence() }}"}, {ana: bye}]', echo)
    after.play()

    assert texts_sent(after)[1:] == texts_sent(before)


def test_another_start_gives_other_ids(tmp_path: Path) -> None:
    story = "steps: [{ana: hello}]"
    one = stage(tmp_path, story, echo)
    other = stage(tmp_path, story, echo, start_ms=1_767_603_600_001)
    one.play()
    other.play()

    assert one.story.cast.user_ids != other.story.cast.user_ids


@pytest.mark.parametrize("step", ["{ana: {reads: last}}", "{ana: {leaves: chat}}"])
def test_acts_that_say_nothing_are_delivered_too(tmp_path: Path, step: str) -> None:
    theatre = stage(tmp_path, f"steps: [{{ana: hello}}, {{bot: ~hello}}, {step}]", echo)

    assert theatre.play().outcome == "passed"


deeds = st.builds(
    Deed,
    ack_ms=st.floats(min_value=0.1, max_value=600),
    status=st.sampled_from([200, 200, 200, 500, 403]),
    trouble=st.sampled_from([None, None, None, None, "timeout", "closed"]),
    says=st.lists(
        st.tuples(st.floats(min_value=0, max_value=1_500), st.sampled_from(["hi", "bye", "something else"])), max_size=4
    ).map(tuple),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(deeds, min_size=1, max_size=6), st.booleans())
def test_every_story_ends_with_a_verdict_for_every_step_whatever_the_bot_does(
    tmp_path: Path, plan: list[Deed], is_strict: bool
) -> None:
    numbers = iter(range(10_000))

    def bot(body: Mapping[str, Any], attempt: int) -> Deed:
        return plan[next(numbers) % len(plan)] if body["event"] == "message" else Deed()

    story = """
steps:
  - ana: hello
  - bot: {text: hi, within: 1s}
  - wait: 2h
  - ana: bye
  - together: [{bot: {text: bye, within: 500ms}}, {bot: {text: something else, optional: true}}]
  - silence: 200ms
"""
    theatre = stage(tmp_path, story, bot, is_strict=is_strict)
    result = theatre.play()
    judged = {verdict.at for verdict in result.verdicts}

    assert {"steps[0].ana", "steps[1].bot", "steps[3].ana", "steps[5].silence"} <= judged
    assert all(posting.state != "pending" for posting in theatre.postings)
    assert theatre.now < 60_000


def test_who_waited_for_quiet_speaks_after_all_that_came_before(tmp_path: Path) -> None:
    story = (
        "steps: [{ana: hello}, {bot: {text: ~hello, times: 1}}, {ana: bye}, {bot: ~bye}, {silence: 1s}, {ana: more}]"
    )
    theatre = stage(tmp_path, story, echo)
    outcome = theatre.play().outcome
    stamps = [json.loads(send.request.body)["timestamp"] for send in theatre.sends]

    assert outcome == "passed"
    assert stamps == sorted(stamps)
    assert {json.loads(send.request.body)["event"] for send in theatre.sends} == {"message", "delivered"}


def test_copies_with_latency_go_out_one_by_one_when_the_bot_has_settled(tmp_path: Path) -> None:
    """The first is waited for like a retry, for nobody can answer what was not sent; the others wait for the bot."""
    story = "steps: [{ana: hello, deliver: {copies: 3, latency: 1m..10m}}, {bot: {text: ~hello, times: 3, within: 1s}}]"
    theatre = stage(tmp_path, story, echo)
    result = theatre.play()
    dues = [send.due_ms for send in theatre.sends if b'"message":' in send.request.body]

    assert result.outcome == "passed", result.verdicts
    assert len(set(dues)) == 3
    assert all(60_000 <= due - theatre.story.terms.start_ms <= 600_000 for due in dues)


def test_under_together_each_step_has_its_own_time(tmp_path: Path) -> None:
    story = "steps: [{ana: hi}, {together: [{bot: {text: a, within: 100ms}}, {bot: {text: b, within: 2s}}]}]"
    result = stage(tmp_path, story, answering(Deed(says=((500, "b"),)))).play()

    assert only(result, "failed").at == "steps[1].together[0].bot"


def test_one_too_many_takes_no_time_from_the_others(tmp_path: Path) -> None:
    story = "steps: [{ana: hi}, {together: [{bot: {text: a, times: 1}}, {bot: {text: b, within: 2s}}]}]"
    result = stage(tmp_path, story, answering(Deed(says=((1, "a"), (2, "a"), (500, "b"))))).play()

    assert only(result, "failed").code == "too-many-replies"


def test_a_reply_that_is_late_for_its_own_step_fails_it_though_others_still_wait(tmp_path: Path) -> None:
    """The attempt is open, so that the judgement waits for a moment in which the reply comes."""
    story = "steps: [{ana: hi}, {together: [{bot: {text: a, within: 100ms}}, {bot: {text: b, within: 2s}}]}]"
    result = stage(tmp_path, story, answering(Deed(ack_ms=500, says=((120, "a"), (130, "b"))))).play()

    assert only(result, "failed").code == "late-reply"


def test_hundreds_of_waits_are_no_restless_bot(tmp_path: Path) -> None:
    story = "steps: [{repeat: {times: 400}, steps: [{wait: 1h}, {ana: hello}, {bot: ~hello}]}]"
    theatre = stage(tmp_path, f"clock: {{patience: 2s}}\n{story}", echo)

    assert theatre.play().outcome == "passed"
    assert theatre.now > 10 * 2_000


@pytest.mark.parametrize(
    ("steps", "at"),
    [
        ("[{ana: hi}, {bot: '{{ 1 // n }}'}]", "steps[1].bot"),
        ("[{ana: hi, ack: {body: '{{ 1 // n }}'}}]", "steps[0].ana"),
        ("[{ana: hi}]\nalways: [{never: {bot: {text: '{{ 1 // n }}'}}}]", "always[0].never"),
    ],
)
def test_a_matcher_without_a_value_is_an_error_of_its_step(tmp_path: Path, steps: str, at: str) -> None:
    verdict = only(stage(tmp_path, f"vars: {{n: 0}}\nsteps: {steps}", echo).play(), "error")

    assert (verdict.at, verdict.code) == (at, "expression")


def test_quiet_is_wanted_no_more_once_an_optional_reply_came(tmp_path: Path) -> None:
    story = "steps: [{ana: hi}, {together: [{bot: a}, {bot: {text: b, optional: true}}]}, {wait: 1h}]"
    theatre = stage(tmp_path, story, answering(Deed(ack_ms=40, says=((1, "a"), (20, "b")))))
    theatre.play_until(lambda: bool(theatre.story.verdicts))

    assert [verdict.at for verdict in theatre.story.verdicts] == [
        "steps[1].together[0].bot",
        "steps[1].together[1].bot",
    ]
    assert not theatre.story.clock._quiet


def test_every_round_of_an_act_has_its_verdict_though_the_story_ends_before_its_deliveries(tmp_path: Path) -> None:
    """The second round's later copies are still to come when the silence is broken."""
    story = """
steps:
  - repeat: {times: 2}
    steps: [{ana: hi}, {ben: {text: hi}, deliver: {copies: 1}}]
  - silence: 1s
"""

    def bot(body: Mapping[str, Any], attempt: int) -> Deed:
        is_second = body["event"] == "message" and body["timestamp"] > START_MS + 250
        return Deed(ack_ms=5, status=500 if is_second else 200, says=((1, "noise"),) if is_second else ())

    result = stage(tmp_path, story, bot, actors=("ana", "ben")).play()
    outcomes = [verdict.outcome for verdict in result.verdicts if verdict.at.endswith(".ben")]

    assert outcomes == ["passed", "skipped"]


def test_an_optional_reply_has_the_whole_time_that_the_file_gives_it(tmp_path: Path) -> None:
    """Without a time of its own it is waited for until quiet; with one, a background job may send it."""
    later = answering(Deed(says=((1, "hi"), (400, "more"))))
    steps = "{{ana: hello}}, {{together: [{{bot: hi}}, {{bot: {{text: more, optional: true{}}}}}]}}"
    story = f"steps: [{steps}, {{{{silence: 600ms}}}}]"

    assert only(stage(tmp_path, story.format(""), later).play(), "failed").code == "unexpected-reply"
    assert stage(tmp_path, story.format(", within: 1s"), later).play().outcome == "passed"
    theatre = stage(tmp_path, story.format(", within: 1s"), answering(Deed(says=((1, "hi"),))))
    assert theatre.play().outcome == "passed"
    assert 1_600 <= theatre.now < 2_200


def test_saving_what_is_not_there_is_an_error_of_its_step(tmp_path: Path) -> None:
    sent = "steps: [{ana: hello, save: {token: mesage_token}}, {bot: ~hello}]"
    said = "steps: [{ana: hello}, {bot: {text: ~hello, save: {to: reciever}}}, {ana: more}]"
    verdicts = [only(stage(tmp_path, story, echo).play(), "error") for story in (sent, said)]

    assert [verdict.code for verdict in verdicts] == ["unknown-path", "unknown-path"]
    assert [verdict.hint for verdict in verdicts] == ['did you mean "message_token"?', 'did you mean "receiver"?']


def test_a_story_that_fails_still_says_what_must_never_be(tmp_path: Path) -> None:
    story = """
steps: [{ana: hello}, {bot: {text: bye, within: 200ms}}]
always:
  - ack: {status: 2xx}
  - never: {bot: {text: ~said}}
"""
    result = stage(tmp_path, story, echo).play()
    outcomes = [verdict.outcome for verdict in result.verdicts if verdict.at.startswith("always")]

    assert outcomes == ["skipped", "failed"]


def test_a_call_after_the_end_is_answered_and_causes_nothing(tmp_path: Path) -> None:
    theatre = stage(tmp_path, "steps: [{ana: hello}]", echo)
    theatre.play()
    theatre.story.stop(theatre.now)
    theatre.say(theatre.story.cast.user_ids["ana"], "one more thing")
    kinds = [entry.kind for entry in theatre.journal.entries]

    assert theatre.answers[-1]["status"] == 0
    assert "EventSkipped" in kinds[kinds.index("StoryFinished") :]


def test_who_was_given_up_speaks_after_the_last_attempt_for_it(tmp_path: Path) -> None:
    """Else the retries of the next act would all be overdue, and go out at once."""
    theatre = stage(tmp_path, "steps: [{ana: one}, {ana: two}, {ana: three}]", lambda body, attempt: Deed(status=500))
    theatre.play()
    dues = [send.due_ms for send in theatre.sends]
    firsts = [posting.attempts[0].due_ms for posting in theatre.postings]

    assert dues == sorted(dues)
    assert len(dues) == 18
    assert firsts[1] - firsts[0] > 40 * 60_000
