"""The Bird platform of 2026: what of it must be computed. The facts stand in templates/birdplatform/."""

from __future__ import annotations

from simulator.provider import Provider
from simulator.providers.birdplatform import segments
from simulator.providers.birdplatform.acts import acts
from simulator.providers.birdplatform.identifiers import IDS
from simulator.providers.birdplatform.messages import instant
from simulator.providers.birdplatform.people import country_of, person, receiver, sender
from simulator.providers.birdplatform.refusals import authorize, refuse
from simulator.providers.birdplatform.routes import ROUTES
from simulator.providers.birdplatform.signature import sign
from simulator.providers.birdplatform.speech import replies
from simulator.providers.birdplatform.webhooks import wants

PROVIDER = Provider(
    id="birdplatform",
    acts=acts,
    sign=sign,
    authorize=authorize,
    routes=ROUTES,
    ids=IDS,
    person=person,
    replies=replies,
    refuse=refuse,
    filters={
        "instant": instant,
        "sender": sender,
        "receiver": receiver,
        "segments": segments.of,
        "country_of": country_of,
    },
    wants=wants,
)
