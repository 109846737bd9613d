from __future__ import annotations

from simulator.world import Row

from .conftest import Desk, fields

SEND = "/v1/whatsapp/messages"


def a_text(desk: Desk, to: str, words: str = "Hello") -> dict[str, object]:
    return {"to": to, "from": desk.number, "text": {"body": words}}


def test_same_call_by_the_same_key_is_done_once_and_answered_twice(desk: Desk, ana: Row) -> None:
    desk.written(ana["id"])
    first = desk.call("POST", SEND, a_text(desk, ana["id"]), idempotency_key="k")
    said = desk.replies()
    second = desk.call("POST", SEND, a_text(desk, ana["id"]), idempotency_key="k")

    assert (first.status, first.body) == (second.status, second.body)
    assert len(said) == 1
    assert (desk.emitted, desk.replies()) == ([], ())
    assert len(fields(desk.call("GET", SEND, query={"direction": "outbound"}))["data"]) == 1


def test_key_for_another_call_is_refused(desk: Desk, ana: Row) -> None:
    desk.call("POST", SEND, a_text(desk, ana["id"]), idempotency_key="k")
    answered = desk.call("POST", SEND, a_text(desk, ana["id"], "Another"), idempotency_key="k")

    assert (answered.status, fields(answered)["error"]["name"]) == (409, "IdempotencyKeyReused")


def test_what_was_refused_may_be_asked_again_by_its_key(desk: Desk, ana: Row) -> None:
    heard = desk.written(ana["id"])
    path = f"{SEND}/{heard}/reaction"

    assert desk.call("PUT", path, {"emoji": ""}, idempotency_key="k").status == 422
    assert desk.call("PUT", path, {"emoji": "👍"}, idempotency_key="k").status == 202


def test_key_that_is_too_long_is_refused(desk: Desk, ana: Row) -> None:
    assert desk.call("POST", SEND, a_text(desk, ana["id"]), idempotency_key="k" * 256).status == 422


def test_without_a_key_a_call_is_done_each_time(desk: Desk, ana: Row) -> None:
    answers = [desk.call("POST", SEND, a_text(desk, ana["id"])) for _ in range(2)]

    assert fields(answers[0])["id"] != fields(answers[1])["id"]
