"""The leaky bucket that holds a bot back: each call pours into it, and it runs out with time."""

from __future__ import annotations

from dataclasses import replace
from functools import wraps

from simulator.ids import Ids
from simulator.provider import ApiResponse, Handler
from simulator.providers.canvas.refusals import refuse
from simulator.records import ApiCall, Headers
from simulator.world import Put, World

TABLE, KEY = "account", "throttle"
"""Where the bucket stands: it belongs to the token, so that all stories of a run pour into one."""

LARGE = 600
"""Up to where a bucket may be filled if nothing else is said."""

THOUSAND = 1000
"""Levels are kept in thousandths, so that nothing is rounded."""

COST = 100
"""What a call pours in; the real cost is the time that it took to answer."""

OUTFLOW_PER_MS = 10
"""Ten whole units a second."""

REFUSED_MS = 1000
"""How much time a refused call stands for: the story's own does not pass from one call to the next."""


def throttled(handler: Handler) -> Handler:
    """
    Give the handler behind the bucket: it is not asked where that is full, and all it answers has two headers more.

    Without a limit (`rate_limit` is 0) the bot is taken for one in no hurry, whose bucket is empty before each call.

    Source: instructure/canvas-lms, `app/middleware/request_throttle.rb`; Canvas REST API, "Throttling".
    """

    @wraps(handler)
    def handle(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
        size = max(0, int(world.options["rate_limit"])) * THOUSAND
        level = _level(call, world) if size else 0
        if size and level >= size:
            return replace(refuse(call, "rate_limited", ""), effects=(_put(level, call.at_ms - REFUSED_MS),))
        response = handler(call, world, ids)
        told = _headers((size or LARGE * THOUSAND) - level - COST)
        poured = (_put(level + COST, call.at_ms),) if size else ()
        return replace(response, headers=(*told, *response.headers), effects=(*poured, *response.effects))

    return handle


def _level(call: ApiCall, world: World) -> int:
    row = world.get(TABLE, KEY) or {"level": 0, "at_ms": call.at_ms}
    return max(0, int(row["level"]) - max(0, call.at_ms - int(row["at_ms"])) * OUTFLOW_PER_MS)


def _put(level: int, at_ms: int) -> Put:
    return Put(table=TABLE, key=KEY, row={"level": level, "at_ms": at_ms})


def _headers(left: int) -> Headers:
    return (("X-Request-Cost", str(COST / THOUSAND)), ("X-Rate-Limit-Remaining", str(left / THOUSAND)))
