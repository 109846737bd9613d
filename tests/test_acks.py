from __future__ import annotations

from dataclasses import replace

import pytest

from simulator.acks import ack_hint, ack_mismatches, json_or_text, show_ack_wanted, show_attempts, was_reached
from simulator.records import Ack, Attempt, Delivery, SignedRequest, Trouble
from simulator.scenario.model import AckWanted

REQUEST = SignedRequest(method="POST", url="http://127.0.0.1:9/bot?sig=1", headers=(), body=b"{}")


def delivery(*outcomes: int | Trouble, duration_ms: float = 3.0, body: bytes = b"") -> Delivery:
    attempts = tuple(
        Attempt(
            number=number,
            due_ms=0,
            why="first",
            request=REQUEST,
            duration_ms=duration_ms,
            ack=Ack(status=outcome, headers=(("X-Bot", "yes"),), body=body) if isinstance(outcome, int) else None,
            trouble=None if isinstance(outcome, int) else outcome,
        )
        for number, outcome in enumerate(outcomes, start=1)
    )
    state = "delivered" if outcomes[-1] == 200 else "failed"
    return Delivery(id="d", event_id="e", type="message", actor="U1", attempts=attempts, state=state)  # type: ignore[arg-type]


def literal(source: str) -> str:
    return source


@pytest.mark.parametrize(
    ("wanted", "given", "paths"),
    [
        (AckWanted(), delivery(200), []),
        (AckWanted(), delivery(500), ["ack.status"]),
        (AckWanted(), delivery("timeout"), ["ack"]),
        (AckWanted(status="403"), delivery(200, 403), []),
        (AckWanted(within_ms=10), delivery(200, duration_ms=11), ["ack.within"]),
        (AckWanted(headers={"x-bot": "yes"}), delivery(200), []),
        (
            AckWanted(headers={"x-bot": "no", "x-more": "any"}),
            delivery(200),
            ["ack.headers.x-bot", "ack.headers.x-more"],
        ),
        (AckWanted(body="fine"), delivery(200, body=b"fine\n"), []),
        (AckWanted(body={"ok": True}), delivery(200, body=b'{"ok": false}'), ["ack.body.ok"]),
    ],
)
def test_an_ack_is_compared_field_by_field(wanted: AckWanted, given: Delivery, paths: list[str]) -> None:
    assert [mismatch.path for mismatch in ack_mismatches(wanted, given, "200", literal)] == paths


def test_attempts_in_words() -> None:
    assert show_attempts(delivery("closed")) == "connection closed without an answer"
    assert show_attempts(delivery(500, 200)) == "200 in 3 ms, after 2 attempts"


def test_wanted_answer_in_words() -> None:
    wanted = AckWanted(status="2xx", within_ms=5_000, headers={"x-bot": "yes"}, body="~fine")

    assert show_ack_wanted(wanted, "200") == 'answered 2xx, within 5s, headers x-bot "yes", body ~fine'
    assert show_ack_wanted(AckWanted(), "200") == "answered 200"


def test_endpoint_that_was_there_once_was_reached() -> None:
    assert was_reached(delivery("closed", "refused"))
    assert not was_reached(delivery("refused", "refused"))


def test_bot_that_is_gone_after_an_attempt_is_not_to_be_started_but_looked_at() -> None:
    assert ack_hint(delivery("closed", "refused")).endswith("did it end by itself?")


def test_what_to_look_at_next() -> None:
    assert "signature" in ack_hint(delivery(403))
    assert "http://127.0.0.1:9/bot;" in ack_hint(delivery("refused"))
    assert ack_hint(delivery(500)) == ""


def test_forged_request_that_reached_nobody_says_nothing_of_the_signature() -> None:
    lost = replace(delivery("refused"), faults=("wrong signature",), is_forged=True)

    assert ack_hint(lost).startswith("nobody listens at")


def test_text_that_is_no_json_stays_text() -> None:
    assert json_or_text("{") == "{"
    assert json_or_text('{"a": 1}') == {"a": 1}
    assert json_or_text("[" * 100_000) == "[" * 100_000
