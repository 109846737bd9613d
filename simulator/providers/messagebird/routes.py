"""Which method and path is which operation."""

from __future__ import annotations

from simulator.provider import Handler, Route
from simulator.providers.messagebird import conversations, webhooks

CONVERSATIONS = "/v1/conversations"
CONVERSATION = f"{CONVERSATIONS}/{{conversationId}}"
WEBHOOKS = "/v1/webhooks"
WEBHOOK = f"{WEBHOOKS}/{{webhookId}}"


def _route(method: str, path: str, handler: Handler) -> Route:
    return Route(method=method, path=path, operation=handler.__name__, handler=handler)


ROUTES = (
    _route("POST", f"{CONVERSATIONS}/start", conversations.start_conversation),
    _route("POST", "/v1/send", conversations.send_message),
    _route("GET", CONVERSATIONS, conversations.list_conversations),
    _route("GET", CONVERSATION, conversations.get_conversation),
    _route("PATCH", CONVERSATION, conversations.update_conversation),
    _route("GET", f"{CONVERSATION}/messages", conversations.list_messages),
    _route("POST", f"{CONVERSATION}/messages", conversations.create_message),
    _route("GET", "/v1/messages/{messageId}", conversations.get_message),
    _route("POST", WEBHOOKS, webhooks.create_webhook),
    _route("GET", WEBHOOKS, webhooks.list_webhooks),
    _route("GET", WEBHOOK, webhooks.get_webhook),
    _route("PATCH", WEBHOOK, webhooks.update_webhook),
    _route("DELETE", WEBHOOK, webhooks.delete_webhook),
)
