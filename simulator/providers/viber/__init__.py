"""Viber's Bot API: what of it must be computed. The facts stand in templates/viber/, their sources beside them."""

from __future__ import annotations

import json

from simulator import digests
from simulator.provider import Provider, Signed, ToSign
from simulator.providers.viber.acts import acts
from simulator.providers.viber.people import FILTERS, IDS, person
from simulator.providers.viber.refusals import authorize, refuse
from simulator.providers.viber.routes import ROUTES
from simulator.providers.viber.speech import replies
from simulator.providers.viber.webhook import wants
from simulator.records import Ack, ApiCall, ScheduledEvent
from simulator.world import Row

SIGNS_OF_A_MESSAGE = ("type", "text", "media", "keyboard", "rich_media", "sender")


def sign(what: ToSign) -> Signed:
    """
    Give the header and the query parameter by which a bot knows that a body came from Viber.

    Both hold the same 64 lower-case hexadecimal digits of HMAC-SHA256 over the raw body, keyed with the authentication
    token as text, hyphens included. The documentation knows the header alone; the Node SDK and aioviber look at `sig`
    alone, and the real service sends both.

    Raises:
        CredentialError: the token is empty.

    Source: Viber/creators-hub, docs/bots-api, "Callbacks", May 2023; lib/middleware.js of Viber/viber-bot-node 1.0.18.
    """
    signature = digests.hmac_sha256_hex(what.credentials.get("auth_token", ""), what.body, name="auth_token")
    return Signed(headers=(("X-Viber-Content-Signature", signature),), query=(("sig", signature),))


def read_ack(event: ScheduledEvent, ack: Ack, user: Row) -> tuple[ApiCall, ...]:
    """
    Give the welcome message that stands in the HTTP answer to `conversation_started`, as the call it stands for.

    An answer that is no JSON object, or holds none of a message's keys, is none: many frameworks answer
    `{"status": "ok"}`.
    """
    if event.type.partition("/")[0] != "conversation_started" or not ack.body.strip() or ack.is_cut:
        return ()
    try:
        message = json.loads(ack.body)
    except (ValueError, RecursionError):
        return ()
    if not isinstance(message, dict) or not any(key in message for key in SIGNS_OF_A_MESSAGE):
        return ()
    fields = {**message, "receiver": user.get("id", event.actor)}
    return (
        ApiCall(
            id="",
            provider="viber",
            method="POST",
            path="/pa/send_message",
            headers={"content-type": "application/json"},
            body=json.dumps(fields, ensure_ascii=False).encode("utf-8", "surrogatepass"),
            fields=fields,
            operation="send_message",
            at_ms=event.due_ms,
            source="ack",
        ),
    )


PROVIDER = Provider(
    id="viber",
    acts=acts,
    sign=sign,
    authorize=authorize,
    routes=ROUTES,
    ids=IDS,
    person=person,
    replies=replies,
    refuse=refuse,
    read_ack=read_ack,
    filters=FILTERS,
    wants=wants,
)
