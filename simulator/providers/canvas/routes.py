"""Which method and path is which operation."""

from __future__ import annotations

from simulator.provider import Route
from simulator.providers.canvas.lookups import get_jwks, get_self
from simulator.providers.canvas.mailbox import (
    delete_conversation,
    get_conversation,
    get_unread_count,
    list_conversations,
    mark_all_as_read,
    remove_messages,
    update_conversation,
)
from simulator.providers.canvas.writing import add_message, add_recipients, create_conversation

HERE = "/api/v1/conversations"
ONE = f"{HERE}/{{id}}"

ROUTES = (
    Route(method="POST", path=HERE, operation="create_conversation", handler=create_conversation),
    Route(method="GET", path=HERE, operation="list_conversations", handler=list_conversations),
    Route(method="GET", path=f"{HERE}/unread_count", operation="get_unread_count", handler=get_unread_count),
    Route(method="POST", path=f"{HERE}/mark_all_as_read", operation="mark_all_as_read", handler=mark_all_as_read),
    Route(method="GET", path=ONE, operation="get_conversation", handler=get_conversation),
    Route(method="PUT", path=ONE, operation="update_conversation", handler=update_conversation),
    Route(method="DELETE", path=ONE, operation="delete_conversation", handler=delete_conversation),
    Route(method="POST", path=f"{ONE}/add_message", operation="add_message", handler=add_message),
    Route(method="POST", path=f"{ONE}/add_recipients", operation="add_recipients", handler=add_recipients),
    Route(method="POST", path=f"{ONE}/remove_messages", operation="remove_messages", handler=remove_messages),
    Route(method="GET", path="/api/v1/users/self", operation="get_self", handler=get_self),
    # The real key set lies on a host of its own, where nothing but its stage and its name stand in the path.
    Route(method="GET", path="/api/v1/live_events/{stage}/jwks", operation="get_jwks", handler=get_jwks),
)
