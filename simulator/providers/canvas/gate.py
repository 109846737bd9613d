"""What stands before every operation: a body that can be read, and room in the bucket."""

from __future__ import annotations

from functools import wraps

from simulator.ids import Ids
from simulator.multipart import is_multipart, parts
from simulator.provider import ApiResponse, Handler, Route
from simulator.providers.canvas.refusals import PUBLIC, refuse
from simulator.providers.canvas.throttle import throttled
from simulator.records import ApiCall
from simulator.world import World


def route(method: str, path: str, operation: str, handler: Handler) -> Route:
    """Give a route whose handler is asked once the call has passed the gate; the bucket is that of the token."""
    held = handler if operation in PUBLIC else throttled(handler)
    return Route(method=method, path=path, operation=operation, handler=_readable(held))


def _readable(handler: Handler) -> Handler:
    """Give the handler for calls whose body can be read; what comes with a GET nobody looks at."""

    @wraps(handler)
    def handle(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
        return refuse(call, "bad_body", "") if call.method != "GET" and _is_broken(call) else handler(call, world, ids)

    return handle


def _is_broken(call: ApiCall) -> bool:
    content_type = call.headers.get("content-type", "")
    if not is_multipart(content_type):
        return False
    try:
        parts(call.body, content_type)
    except ValueError:
        return True
    return False
