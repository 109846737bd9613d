"""Which method and path is which operation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from simulator.provider import Handler, Route
from simulator.providers.smooch.history import conversation_activity, get_messages, read_conversation
from simulator.providers.smooch.sending import post_message
from simulator.providers.smooch.users import get_app_user, update_app_user
from simulator.providers.smooch.webhooks import (
    create_webhook,
    delete_webhook,
    get_webhook,
    list_webhooks,
    update_webhook,
)

HANDLERS: Mapping[str, tuple[str, str, Handler]] = {
    "post_message": ("POST", "/appusers/{user_id}/messages", post_message),
    "get_messages": ("GET", "/appusers/{user_id}/messages", get_messages),
    "conversation_activity": ("POST", "/appusers/{user_id}/conversation/activity", conversation_activity),
    "read_conversation": ("POST", "/appusers/{user_id}/conversation/read", read_conversation),
    "get_app_user": ("GET", "/appusers/{user_id}", get_app_user),
    "update_app_user": ("PUT", "/appusers/{user_id}", update_app_user),
    "create_webhook": ("POST", "/webhooks", create_webhook),
    "list_webhooks": ("GET", "/webhooks", list_webhooks),
    "get_webhook": ("GET", "/webhooks/{webhook_id}", get_webhook),
    "update_webhook": ("PUT", "/webhooks/{webhook_id}", update_webhook),
    "delete_webhook": ("DELETE", "/webhooks/{webhook_id}", delete_webhook),
}
"""Operation → its method, its path behind the app, and what answers it."""

BEGINNINGS = ("/v1.1/apps/{app_id}", "/v1/apps/{app_id}", "/v1.1", "/v1")
"""Both versions; with a key of the app, the app may be left out."""


def _routes() -> Iterator[Route]:
    for operation, (method, path, handler) in HANDLERS.items():
        for beginning in BEGINNINGS:
            # The service looks at no letter's case; these two spellings are the ones that clients use.
            for spelled in dict.fromkeys((path, path.replace("/appusers", "/appUsers"))):
                yield Route(method=method, path=f"{beginning}{spelled}", operation=operation, handler=handler)


ROUTES = tuple(_routes())
