from __future__ import annotations

import json

from simulator.clock import Nothing
from simulator.records import ApiCall, Sent
from tests.test_lobby import lobby


def test_time_does_not_pass_while_a_call_is_in_work() -> None:
    place = lobby()
    place.clock.schedule(place.terms.start_ms + 3_600_000, None, kind="wake")
    place.call_began(1.0)

    assert isinstance(place.next(10_000.0), Nothing)
    place.call_ended(10_000.0)
    assert place.clock.is_settled(10_051.0)


def test_every_call_and_its_answer_are_in_the_journal_under_the_story_it_belongs_to() -> None:
    place = lobby()
    headers = {"x-viber-auth-token": place.world.credentials["auth_token"]}
    body = b'{"ids": ["U1=="]}'
    call = ApiCall(id="c", provider="viber", method="POST", path="/pa/get_online", headers=headers, body=body)
    answered = place.answer(call, "", 1.0)
    kinds = [entry.kind for entry in place._journal.entries]

    assert json.loads(answered.body)["status"] == 0  # type: ignore[union-attr]
    assert kinds == ["CallReceived", "CallAnswered"]
    assert {entry.scenario for entry in place._journal.entries} == {""}


def test_handshake_that_the_network_lost_is_in_the_journal_and_moves_no_deadline() -> None:
    place = lobby()
    place.hindered(Sent(duration_ms=1.0, trouble="refused", detail="x"), number=2, wait_ms=500, real_ms=1.0)
    (entry,) = place._journal.entries

    assert entry.kind == "NetworkFailed"
    assert entry.data == {
        "delivery_id": "",
        "type": "handshake",
        "number": 2,
        "trouble": "refused",
        "detail": "x",
        "wait_ms": 500,
    }
