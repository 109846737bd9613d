from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from simulator.calls import Pledge
from simulator.records import Ack, ApiCall, Sent
from tests.theatre import Deed, Theatre, stage

STORY = "steps: [{ana: hello}, {bot: {text: hi, within: 300ms}}]"


def answering(body: Mapping[str, Any], attempt: int) -> Deed:
    return Deed(says=((1.0, "hi"),)) if body["event"] == "message" else Deed()


def register(theatre: Theatre, url: str) -> Any:
    fields = {"url": url, "event_types": ["seen"]}
    call = ApiCall(
        id="call-1",
        provider="viber",
        method="POST",
        path="/pa/set_webhook",
        headers={"x-viber-auth-token": theatre.token},
        body=json.dumps(fields).encode(),
    )
    return theatre.story.answer(call, "", theatre.now)


def test_a_call_is_stamped_after_its_conversations_last_event(tmp_path: Path) -> None:
    theatre = stage(tmp_path, STORY, answering)
    theatre.play()
    entries = [entry for entry in theatre.journal.entries if entry.kind == "CallReceived"]

    assert [entry.at_ms - theatre.story.terms.start_ms for entry in entries] == [1]


def test_receipts_follow_a_call_by_their_lag(tmp_path: Path) -> None:
    theatre = stage(tmp_path, STORY, answering)
    theatre.play()
    bodies = [json.loads(send.request.body) for send in theatre.sends]
    receipt = next(body for body in bodies if body["event"] == "delivered")

    assert receipt["timestamp"] > bodies[0]["timestamp"]
    assert receipt["message_token"] == theatre.answers[0]["message_token"]


def test_a_refused_call_says_nothing_and_is_remembered(tmp_path: Path) -> None:
    theatre = stage(tmp_path, STORY, lambda body, attempt: Deed())
    theatre.call("send_message", {"receiver": theatre.story.cast.user_ids["ana"], "type": "text"})
    result = theatre.play()

    assert result.replies == 0
    assert theatre.story.calls.refused is not None
    assert theatre.story.calls.refused.operation == "send_message"
    assert "refused" in next(verdict.observed for verdict in result.verdicts if verdict.outcome == "failed")


def test_what_the_bot_says_after_a_refused_call_makes_up_for_it(tmp_path: Path) -> None:
    theatre = stage(tmp_path, STORY, answering)
    theatre.call("send_message", {"receiver": theatre.story.cast.user_ids["ana"], "type": "text"})
    theatre.play()

    assert theatre.story.calls.refused is None


def test_what_is_refused_to_the_people_of_a_stream_is_no_reason_for_a_missing_reply(tmp_path: Path) -> None:
    emit = "{emit: {event: message/text, count: 3, rate: 1/s, actors: 2}}"
    refusal = "{api: {answer: too_many_requests, times: 3}}"
    theatre = stage(tmp_path, f"steps: [{refusal}, {emit}, {{wait: 1m}}, {{ana: {{leaves: chat}}}}]", answering)
    theatre.play()
    answered = [entry.data for entry in theatre.journal.entries if entry.kind == "CallAnswered"]

    assert [each.is_arranged for each in answered] == [True] * 3
    assert all(each.is_aside for each in answered)
    assert theatre.story.calls.refused is None


def test_an_arranged_refusal_is_told_as_such(tmp_path: Path) -> None:
    theatre = stage(tmp_path, STORY.replace("steps: [", "steps: [{api: {answer: too_many_requests}}, "), answering)
    theatre.play()

    assert theatre.story.calls.refused is not None
    assert theatre.story.calls.refused.is_arranged


def test_an_answer_that_was_arranged_and_that_no_call_got_is_told(tmp_path: Path) -> None:
    arranged = "steps: [{api: {answer: too_many_requests, after: 5}}, {api: {answer: {delay: 1ms}}}, "
    theatre = stage(tmp_path, STORY.replace("steps: [", arranged), answering)
    theatre.play()
    told = [entry.data for entry in theatre.journal.entries if entry.kind == "FaultSkipped"]

    assert told == [
        {
            "type": "api: {answer: too_many_requests, after: 5}",
            "why": "no call got this answer; 1 of the 5 before it came",
        }
    ]


@pytest.mark.parametrize(("status", "is_standing"), [(200, True), (500, False)])
def test_a_registration_hangs_on_its_handshake(tmp_path: Path, status: int, is_standing: bool) -> None:
    theatre = stage(tmp_path, STORY, answering)
    pledge = register(theatre, "http://127.0.0.1:9/new")
    assert isinstance(pledge, Pledge)
    sent = Sent(duration_ms=1.0, ack=Ack(status=status, headers=(), body=b""))
    answered = theatre.story.registered(pledge, sent, theatre.now)
    urls = [row["url"] for _, row in theatre.story.world.rows("subscriptions")]

    assert json.loads(pledge.request.body)["event"] == "webhook"
    assert (json.loads(answered.body)["status"] == 0) is is_standing
    assert urls == (["http://127.0.0.1:9/new"] if is_standing else ["http://127.0.0.1:9/bot"])


def test_a_url_that_nobody_allowed_is_refused_without_a_request(tmp_path: Path) -> None:
    theatre = stage(tmp_path, STORY, answering, target=lambda registered: "")
    answered = register(theatre, "https://bot.example.com/viber")

    assert not isinstance(answered, Pledge)
    assert json.loads(answered.body)["status"] == 1
    assert any(entry.kind == "RegistrationRefused" for entry in theatre.journal.entries)


def test_a_delayed_answer_is_the_right_one_later(tmp_path: Path) -> None:
    text = "steps: [{api: {operation: send_message, answer: {delay: 2s}}}, {ana: hello}, {bot: hi}]"
    theatre = stage(tmp_path, text, answering)
    theatre.play()
    delays = [
        theatre.story.calls.delay_ms(entry.data.id) for entry in theatre.journal.entries if entry.kind == "CallReceived"
    ]

    assert delays == [2_000]
    assert theatre.answers[0]["status"] == 0
    assert theatre.story.calls.delay_ms("call-1") == 0


def test_faults_come_after_others_and_as_often_as_said(tmp_path: Path) -> None:
    text = """
steps:
  - api: {operation: reply, answer: {status: 503, body: {no: way}}, times: 2, after: 1}
  - ana: hello
  - bot: {text: hi, times: 2, within: 300ms}
"""

    def four(body: Mapping[str, Any], attempt: int) -> Deed:
        return Deed(says=tuple((float(n), "hi") for n in range(4))) if body["event"] == "message" else Deed()

    theatre = stage(tmp_path, text, four)
    outcome = theatre.play().outcome

    assert outcome == "passed"
    assert [answer.get("status", answer) for answer in theatre.answers] == [0, {"no": "way"}, {"no": "way"}, 0]


def test_one_answer_to_an_event_is_taken_however_often_it_comes(tmp_path: Path) -> None:
    text = "steps: [{ana: {opens: chat}, deliver: {copies: 2}}, {bot: {text: ~welcome, times: 1}}]"
    welcome = json.dumps({"type": "text", "text": "Welcome", "sender": {"name": "Bot"}}).encode()
    theatre = stage(tmp_path, text, lambda body, attempt: Deed(body=welcome))
    outcome = theatre.play().outcome
    passed_over = [entry.data["delivery_id"] for entry in theatre.journal.entries if entry.kind == "AnswerPassedOver"]

    assert outcome == "passed"
    assert [delivery_id[-2:] for delivery_id in passed_over] == ["/2"]
