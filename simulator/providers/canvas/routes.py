"""Which method and path is which operation."""

from __future__ import annotations

from simulator.providers.canvas.batches import get_progress, list_batches, update_conversations
from simulator.providers.canvas.files import download_file, get_file
from simulator.providers.canvas.gate import route
from simulator.providers.canvas.lookups import find_recipients, get_jwks, get_self
from simulator.providers.canvas.mailbox import (
    delete_conversation,
    get_conversation,
    get_unread_count,
    list_conversations,
    mark_all_as_read,
    remove_messages,
    update_conversation,
)
from simulator.providers.canvas.subscriptions import (
    create_subscription,
    delete_subscription,
    get_subscription,
    list_subscriptions,
    update_subscription,
)
from simulator.providers.canvas.tools import (
    create_tool_subscription,
    delete_tool_subscription,
    get_tool_subscription,
    list_tool_subscriptions,
    update_tool_subscription,
)
from simulator.providers.canvas.uploads import TARGET, confirm_upload, start_upload, upload_file
from simulator.providers.canvas.writing import add_message, add_recipients, create_conversation

HERE = "/api/v1/conversations"
ONE = f"{HERE}/{{id}}"
FILE = "/api/v1/files/{id}"
# Both lie elsewhere with the real service: the key set on a host of its own, where nothing but its stage and its name
# stand in the path; the subscriptions behind a form of Admin, Data Services.
EVENTS = "/api/v1/live_events"
SUBSCRIPTION = f"{EVENTS}/subscriptions/{{id}}"
TOOL = "/api/lti/subscriptions"

ROUTES = (
    route("POST", HERE, "create_conversation", create_conversation),
    route("GET", HERE, "list_conversations", list_conversations),
    route("PUT", HERE, "update_conversations", update_conversations),
    route("GET", f"{HERE}/batches", "list_batches", list_batches),
    route("GET", f"{HERE}/find_recipients", "find_recipients", find_recipients),
    route("GET", "/api/v1/search/recipients", "find_recipients", find_recipients),
    route("GET", f"{HERE}/unread_count", "get_unread_count", get_unread_count),
    route("POST", f"{HERE}/mark_all_as_read", "mark_all_as_read", mark_all_as_read),
    route("GET", ONE, "get_conversation", get_conversation),
    route("PUT", ONE, "update_conversation", update_conversation),
    route("DELETE", ONE, "delete_conversation", delete_conversation),
    route("POST", f"{ONE}/add_message", "add_message", add_message),
    route("POST", f"{ONE}/add_recipients", "add_recipients", add_recipients),
    route("POST", f"{ONE}/remove_messages", "remove_messages", remove_messages),
    route("GET", "/api/v1/progress/{id}", "get_progress", get_progress),
    route("GET", "/api/v1/users/self", "get_self", get_self),
    route("POST", "/api/v1/users/{id}/files", "start_upload", start_upload),
    route("POST", TARGET, "upload_file", upload_file),
    route("GET", f"{FILE}/create_success", "confirm_upload", confirm_upload),
    route("GET", FILE, "get_file", get_file),
    route("GET", f"{FILE}/download", "download_file", download_file),
    route("GET", f"{EVENTS}/{{stage}}/jwks", "get_jwks", get_jwks),
    route("POST", f"{EVENTS}/subscriptions", "create_subscription", create_subscription),
    route("GET", f"{EVENTS}/subscriptions", "list_subscriptions", list_subscriptions),
    route("GET", SUBSCRIPTION, "get_subscription", get_subscription),
    route("PUT", SUBSCRIPTION, "update_subscription", update_subscription),
    route("DELETE", SUBSCRIPTION, "delete_subscription", delete_subscription),
    route("POST", TOOL, "create_tool_subscription", create_tool_subscription),
    route("GET", TOOL, "list_tool_subscriptions", list_tool_subscriptions),
    route("GET", f"{TOOL}/{{id}}", "get_tool_subscription", get_tool_subscription),
    route("PUT", f"{TOOL}/{{id}}", "update_tool_subscription", update_tool_subscription),
    route("DELETE", f"{TOOL}/{{id}}", "delete_tool_subscription", delete_tool_subscription),
)
