"""Which method and path is which operation."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.provider import Handler, Route
from simulator.providers.viber.lookups import get_account_info, get_online, get_user_details
from simulator.providers.viber.sending import broadcast_message, post, send_message
from simulator.providers.viber.webhook import set_webhook

HANDLERS: Mapping[str, Handler] = {
    "set_webhook": set_webhook,
    "send_message": send_message,
    "broadcast_message": broadcast_message,
    "get_account_info": get_account_info,
    "get_user_details": get_user_details,
    "get_online": get_online,
    "post": post,
}

ROUTES = (
    *(Route(method="POST", path=f"/pa/{name}", operation=name, handler=handler) for name, handler in HANDLERS.items()),
    # The documentation says GET, the SDKs say POST; the service takes both.
    Route(method="GET", path="/pa/get_account_info", operation="get_account_info", handler=get_account_info),
)
