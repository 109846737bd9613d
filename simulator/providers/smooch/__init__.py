"""Smooch's REST API, v1 and v1.1: what of it must be computed. The facts stand in templates/smooch/, with sources."""

from __future__ import annotations

from simulator.errors import CredentialError, Problem
from simulator.provider import Provider, Signed, ToSign
from simulator.providers.smooch.acts import acts
from simulator.providers.smooch.audience import wants
from simulator.providers.smooch.filled import FILTERS as FILLED_FILTERS
from simulator.providers.smooch.keys import authorize
from simulator.providers.smooch.messages import FILTERS as MESSAGE_FILTERS
from simulator.providers.smooch.people import FILTERS as PEOPLE_FILTERS
from simulator.providers.smooch.people import IDS, person
from simulator.providers.smooch.refusals import refuse
from simulator.providers.smooch.routes import ROUTES
from simulator.providers.smooch.speech import replies
from simulator.providers.smooch.ways import FILTERS as WAY_FILTERS


def sign(what: ToSign) -> Signed:
    """
    Give the header by which a bot knows that a body came from Smooch: the webhook's own secret, as it stands.

    Nothing is signed; the header is the same whatever the body is. It goes with each request of one webhook, whose
    secret the answer to its creation told.

    Raises:
        CredentialError: the secret is empty.

    Source: docs.smooch.io/rest/v1, "Webhooks", in the state of September 2017.
    """
    secret = what.credentials.get("webhook_secret", "")
    if not secret:
        raise CredentialError(
            Problem(
                code="empty-credential",
                what="the webhook_secret is empty",
                why="it is all by which a bot knows who sends",
                fix="give the webhook_secret that the bot compares with",
            )
        )
    agent = str(what.options.get("user_agent", ""))
    beside = (("User-Agent", agent),) if agent else ()
    return Signed(headers=(("X-API-Key", secret), *beside))


PROVIDER = Provider(
    id="smooch",
    acts=acts,
    sign=sign,
    authorize=authorize,
    routes=ROUTES,
    ids=IDS,
    person=person,
    replies=replies,
    refuse=refuse,
    filters={**MESSAGE_FILTERS, **PEOPLE_FILTERS, **FILLED_FILTERS, **WAY_FILTERS},
    wants=wants,
    # Clients call `/appusers/…` and `/appUsers/…` in one conversation.
    ignores_case=True,
)
