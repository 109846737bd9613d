from __future__ import annotations

import json
import math

from simulator import catalog as catalogs
from simulator import providers
from simulator.clock import Nothing
from simulator.delivery.posting import Send
from simulator.journal import Journal
from simulator.lobby import Lobby
from simulator.records import Ack, ApiCall, Sent
from simulator.terms import Terms
from simulator.world import Put, World


def lobby() -> Lobby:
    catalog = catalogs.load("viber")
    world = World(
        credentials=catalogs.credentials_with(catalog, {}),
        options=catalogs.options_with(catalog, {}),
        limits=catalog.limits,
    )
    row = {"id": "U1==", "name": "Ana", "subscribed": True}
    world.apply(Put(table="users", key="U1==", row=row))
    world.apply(Put(table="subscriptions", key="", row={"url": "http://127.0.0.1:9/", "events": None}))
    policy = catalog.policy_under(world.options)
    terms = Terms(provider=providers.load("viber"), catalog=catalog, policy=policy, seed=1, start_ms=1_700_000_000_000)
    return Lobby(terms, world, Journal(lambda: 0.0, is_kept=True), real_ms=0.0, pace=math.inf)


def test_a_call_between_stories_is_answered_and_what_it_causes_is_sent() -> None:
    place = lobby()
    fields = {"receiver": "U1==", "type": "text", "text": "hi", "sender": {"name": "Bot"}}
    headers = {"x-viber-auth-token": place.world.credentials["auth_token"]}
    body = json.dumps(fields).encode()
    call = ApiCall(id="c", provider="viber", method="POST", path="/pa/send_message", headers=headers, body=body)
    place.call_began(1.0)
    place.answer(call, "U1==", 1.0)
    place.call_ended(2.0)

    waiting = place.next(10.0)
    assert isinstance(waiting, Nothing)
    assert waiting.until_ms is not None
    receipt = place.next(60.0)
    assert isinstance(receipt, Send)
    assert json.loads(receipt.request.body)["event"] == "delivered"
    place.ended(receipt, Sent(duration_ms=1.0, ack=Ack(status=200, headers=(), body=b"")), 61.0)
    assert place.deliveries._pending == {}, "the API may be served for weeks"


def test_nothing_is_to_be_done_in_an_empty_lobby() -> None:
    assert lobby().next(5.0) == Nothing(None)
