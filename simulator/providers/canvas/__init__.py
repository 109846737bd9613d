"""Canvas: Live Events over HTTPS, and the Conversations API. The facts stand, with sources, in templates/canvas/."""

from __future__ import annotations

from simulator.provider import Provider
from simulator.providers.canvas import bodies, chances, metadata
from simulator.providers.canvas.acts import acts
from simulator.providers.canvas.people import IDS, person
from simulator.providers.canvas.refusals import authorize, refuse
from simulator.providers.canvas.routes import ROUTES
from simulator.providers.canvas.signature import sign
from simulator.providers.canvas.speech import replies
from simulator.providers.canvas.subscriptions import wants

PROVIDER = Provider(
    id="canvas",
    acts=acts,
    sign=sign,
    authorize=authorize,
    routes=ROUTES,
    ids=IDS,
    person=person,
    replies=replies,
    refuse=refuse,
    wants=wants,
    filters={**metadata.FILTERS, **bodies.FILTERS, **chances.FILTERS},
)
