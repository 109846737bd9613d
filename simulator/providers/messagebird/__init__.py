"""MessageBird's Conversations API v1: what of it must be computed. The facts stand in templates/messagebird/."""

from __future__ import annotations

from simulator.provider import Provider
from simulator.providers.messagebird.acts import acts
from simulator.providers.messagebird.identifiers import IDS
from simulator.providers.messagebird.people import person
from simulator.providers.messagebird.refusals import authorize, refuse
from simulator.providers.messagebird.routes import ROUTES
from simulator.providers.messagebird.shapes import FILTERS
from simulator.providers.messagebird.signature import sign
from simulator.providers.messagebird.speech import replies
from simulator.providers.messagebird.webhooks import wants

PROVIDER = Provider(
    id="messagebird",
    acts=acts,
    sign=sign,
    authorize=authorize,
    routes=ROUTES,
    ids=IDS,
    person=person,
    replies=replies,
    refuse=refuse,
    filters=FILTERS,
    wants=wants,
)
