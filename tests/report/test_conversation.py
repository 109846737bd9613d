from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from simulator.codec import Redactor
from simulator.records import Entry, Reply
from simulator.report.conversation import (
    BODIES,
    LONGEST_BODY,
    TALK,
    TRAFFIC,
    Conversation,
    Line,
    Mark,
    show_act,
    show_said,
)
from tests.report.conftest import Teller, act, attempt, called, delivery, heard, request, says, verdict
from tests.theatre import Deed, stage


def told(*happened: tuple[str, object]) -> list[Line | Mark]:
    tell, conversation = Teller(), Conversation()
    return [each for kind, data in happened for each in conversation.take(tell(kind, data))]


STARTED = ("StoryStarted", {"scenario": "S", "provider": "shop", "seed": 1})


def test_act_whose_answer_comes_first_is_marked_with_it() -> None:
    found = told(
        STARTED,
        ("ActorActed", act("ana", "text", "hello", 0)),
        ("VerdictReached", verdict("ana: hello", 0, observed="200 in 8 ms")),
    )

    assert found == [Line(speaker="ana", text="hello", tone="actor"), Mark("✓ 200 in 8 ms")]


def test_act_of_which_no_event_comes_is_marked_with_that() -> None:
    found = told(
        STARTED,
        ("ActorActed", act("ana", "reads", "last", 0)),
        ("VerdictReached", verdict("ana: {reads: last}", 0, "skipped", code="not-sent", observed="not sent: no event")),
    )

    assert found[1] == Mark("- not sent: no event", "faint")


def test_what_the_network_lost_is_told_with_why_and_what_follows() -> None:
    lost = {"type": "message", "trouble": "dns", "detail": "shop.example: unknown\x1b[31m", "wait_ms": 500, "number": 1}

    found = told(STARTED, ("NetworkFailed", lost))

    text = "! the network failed (dns, shop.example: unknown\\x1b[31m); message is sent again in 500ms"
    assert found == [Line(text=text, tone="odd")]


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("EventSkipped", {"event_id": "e", "type": "m", "why": "off", "is_aside": True}),
        ("FaultSkipped", {"type": "m", "why": "no retry", "is_aside": True}),
        ("AttemptStarted", {"type": "m", "number": 2, "why": "500", "request": request(), "is_aside": True}),
        ("DeliveryFinished", replace(delivery("failed", why="500"), is_aside=True)),
        ("CallAnswered", replace(called("bad"), is_aside=True)),
    ],
)
def test_of_the_trouble_of_a_stream_the_first_is_told_to_everybody(kind: str, data: object) -> None:
    lines = [
        each for each in told(STARTED, (kind, data), (kind, data)) if isinstance(each, Line) and each.tone == "odd"
    ]

    assert [line.level for line in lines] == [0, 1]
    assert lines[0].text == f"{lines[1].text}   (of a stream: others like it are told with -v)"


def test_stream_that_sends_nothing_says_why() -> None:
    nothing = verdict("emit: x", 0, "skipped", code="not-sent", observed="nothing was sent")

    assert told(STARTED, ("VerdictReached", nothing)) == [
        Line(text="- skipped: emit: x: nothing was sent", tone="faint")
    ]


def test_an_answer_that_the_story_wanted_is_told_as_such() -> None:
    arranged = replace(called("bad"), is_arranged=True)
    lines = [each.text for each in told(STARTED, ("CallAnswered", arranged)) if isinstance(each, Line)]

    assert lines[0] == '! send was refused, as the story wants: 200 {"status":12}'


def test_reply_that_was_wanted_is_marked_with_its_time() -> None:
    found = told(STARTED, ("ReplySeen", heard(says("Hi"))), ("VerdictReached", verdict("bot: Hi", 1, observed='"Hi"')))

    assert found[-1] == Mark("✓ 12ms")


def test_verdict_about_an_earlier_reply_is_a_line_of_its_own() -> None:
    found = told(
        STARTED,
        ("ReplySeen", heard(says("One"))),
        ("ReplySeen", heard(says("Two"))),
        ("VerdictReached", verdict("bot: One", 1, observed='"One"')),
    )

    assert isinstance(found[-1], Line)
    assert found[-1].text.startswith("✓ bot: One  ")


def test_pause_of_the_story_is_told_where_no_real_time_passed() -> None:
    tell, conversation = Teller(), Conversation()
    list(conversation.take(tell(*STARTED)))
    tell.now_ms += 90_000

    found = list(conversation.take(tell("ActorActed", act("ana", "text", "hello", 0))))

    assert found[0] == Line(text="… 1m30s later", tone="faint")


def test_request_of_an_act_is_remembered_rather_than_what_followed_from_it() -> None:
    tell, conversation = Teller(), Conversation()
    asked, receipt = request(b"act"), request(b"receipt")
    attempts = {"delivery_id": "d", "type": "t", "number": 1, "why": "first"}
    for kind, data in (
        STARTED,
        ("ActorActed", act("ana", "text", "hello", 0)),
        ("AttemptStarted", {**attempts, "request": asked}),
        ("AttemptStarted", {**attempts, "request": receipt}),
    ):
        list(conversation.take(tell(kind, data)))

    assert conversation.last_request == asked


@pytest.mark.parametrize(
    ("kind", "data", "text"),
    [
        (
            "EventSkipped",
            {"event_id": "e", "type": "seen", "why": "nobody subscribed"},
            "! seen was not sent: nobody subscribed",
        ),
        ("DeliveryFinished", delivery("failed", why="no more"), "! message/text was given up: no more"),
        ("FaultSkipped", {"type": "message/text", "why": "no retry"}, "! message/text: no retry"),
        ("FaultSkipped", {"type": "", "why": "no retry"}, "! the raw body: no retry"),
        (
            "EndpointDisabled",
            {"url": "http://x/", "why": "it fails"},
            "! the provider sends nothing more to http://x/: it fails",
        ),
        (
            "RegistrationRefused",
            {"url": "http://x/", "why": "not here"},
            "! the bot may not register http://x/: not here",
        ),
        (
            "CallStrayed",
            {"method": "POST", "path": "/sendd\x1b", "why": "nothing lies there"},
            "! POST /sendd\\x1b was refused: nothing lies there",
        ),
        ("CallAnswered", called("bad"), '! send was refused: 200 {"status":12}'),
        (
            "BotEnded",
            {"exit_code": 1, "said": "exit code 1"},
            "! the bot's program has ended by itself with exit code 1",
        ),
    ],
)
def test_trouble_is_told_to_everybody(kind: str, data: object, text: str) -> None:
    lines = [each for each in told(STARTED, (kind, data)) if isinstance(each, Line)]

    assert lines[0].text == text
    assert lines[0].level == 0


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("AttemptFinished", {"delivery_id": "d", "type": "t", "attempt": attempt(body=b"x")}),
        ("CallReceived", called().call),
        ("CallAnswered", called()),
        ("HandshakeFinished", attempt()),
        ("BotWrote", {"line": "x"}),
        ("FaultApplied", {"type": "t", "faults": ("late by 3s", "out of order")}),
        ("BotStarted", {"command": ("x",), "endpoint": "http://x/"}),
        ("PayloadRendered", None),
    ],
)
def test_what_goes_well_beside_the_talk_is_told_to_those_who_ask(kind: str, data: object) -> None:
    assert all(isinstance(each, Line) and each.level > 0 for each in told(STARTED, (kind, data)))


def test_act_reads_as_in_a_chat() -> None:
    assert show_act("text", "hello\nyou") == r"hello\nyou"
    assert show_act("tap", "Track order") == "[tap] Track order"
    assert show_act("location", {"lat": 1, "lon": 2}) == "[location] lat: 1, lon: 2"
    assert show_act("leaves", None) == "[leaves]"


def test_reply_reads_as_in_a_chat() -> None:
    assert show_said(says("Hi", "Yes", "No")) == "Hi [Yes] [No]"
    assert show_said(Reply(to="u", kind="image", text="See", media="http://x/a.png")) == "(image) See http://x/a.png"
    assert show_said(Reply(to="u", kind="location", location={"lat": 1.0})) == "(location) lat: 1.0"


def test_what_the_story_does_to_a_delivery_stands_beside_the_act(tmp_path: Path) -> None:
    steps = "[{ana: one, deliver: {copies: 2, latency: 1s..2s}}, {ana: two, deliver: {signature: wrong}, ack: 4xx}]"
    theatre = stage(tmp_path, f"steps: {steps}", lambda body, attempt: Deed(status=200 if attempt == 1 else 403))
    conversation = Conversation()
    theatre.play()
    lines = [line for entry in theatre.journal.entries for line in conversation.take(entry)]
    said = [line.text for line in lines if isinstance(line, Line)]

    assert any(text == "one  (2 copies, late)" for text in said)
    assert any(text == "two  (wrong signature)" for text in said)


SECRET = "sk_live_4711"


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("CallAnswered", replace(called("bad"), body=b"x" * 195 + SECRET.encode())),
        ("CallAnswered", replace(called("bad"), body=b"x" * (LONGEST_BODY - 5) + SECRET.encode())),
        # What is hidden before makes the text shorter, so that more of it is shown than was first looked at.
        ("CallAnswered", replace(called("bad"), body=SECRET.encode() * 2_000)),
        ("CallStrayed", {"method": "GET", "path": "/" + "x" * 190 + SECRET, "why": "nothing lies there"}),
        ("AttemptFinished", {"type": "t", "attempt": attempt(body=b"x" * (LONGEST_BODY - 5) + SECRET.encode())}),
    ],
)
def test_secret_that_would_be_cut_is_hidden(kind: str, data: object) -> None:
    tell, conversation = Teller(), Conversation(hide=Redactor([SECRET]).hide)
    said = "".join(each.text for each in conversation.take(tell(kind, data)))

    assert "sk_" not in said
    assert "…" in said


def test_lines_and_marks_have_no_secret() -> None:
    tell, conversation = Teller(), Conversation(hide=Redactor([SECRET]).hide)
    happened = (
        STARTED,
        ("ActorActed", act(SECRET, "text", SECRET, 0)),
        ("VerdictReached", verdict(f"{SECRET}: hello", 0, observed=SECRET)),
    )
    found = [each for kind, data in happened for each in conversation.take(tell(kind, data))]

    assert found[0] == Line(speaker="[redacted]", text="[redacted]", tone="actor")
    assert isinstance(found[1], Mark)
    assert SECRET not in found[1].text + found[1].alone


@pytest.mark.parametrize("most", [TALK, TRAFFIC, BODIES])
def test_lines_that_nobody_asked_for_are_not_made(most: int, failed: list[Entry]) -> None:
    conversation = Conversation(most=most)
    lines = [each for entry in failed for each in conversation.take(entry) if isinstance(each, Line)]

    assert max(line.level for line in lines) == most
