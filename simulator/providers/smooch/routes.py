"""Which method and path is which operation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from simulator.provider import Handler, Route
from simulator.providers.smooch import (
    channels,
    history,
    leaving,
    menu,
    notifications,
    sending,
    uploads,
    users,
    webhooks,
)

ONE = "/appusers/{user_id}"

HANDLERS: Mapping[str, tuple[str, str, Handler]] = {
    "post_message": ("POST", f"{ONE}/messages", sending.post_message),
    "get_messages": ("GET", f"{ONE}/messages", history.get_messages),
    "delete_messages": ("DELETE", f"{ONE}/messages", history.delete_messages),
    "delete_message": ("DELETE", f"{ONE}/messages/{{message_id}}", history.delete_message),
    "post_image": ("POST", f"{ONE}/images", uploads.post_image),
    "conversation_activity": ("POST", f"{ONE}/conversation/activity", history.conversation_activity),
    "read_conversation": ("POST", f"{ONE}/conversation/read", history.read_conversation),
    "pre_create_app_user": ("POST", "/appusers", users.pre_create_app_user),
    "get_app_user": ("GET", ONE, users.get_app_user),
    "update_app_user": ("PUT", ONE, users.update_app_user),
    "delete_app_user": ("DELETE", ONE, leaving.delete_app_user),
    "delete_profile": ("DELETE", f"{ONE}/profile", users.delete_profile),
    "merge_app_users": ("POST", "/appusers/merge", leaving.merge_app_users),
    "get_channels": ("GET", f"{ONE}/channels", channels.get_channels),
    "link_channel": ("POST", f"{ONE}/channels", channels.link_channel),
    "unlink_channel": ("DELETE", f"{ONE}/channels/{{channel}}", channels.unlink_channel),
    "get_business_systems": ("GET", f"{ONE}/businesssystems", channels.get_business_systems),
    "get_auth_code": ("GET", f"{ONE}/authcode", channels.get_auth_code),
    "get_link_requests": ("GET", f"{ONE}/linkrequest", channels.get_link_requests),
    "upload_attachment": ("POST", "/attachments", uploads.upload_attachment),
    "delete_attachment": ("POST", "/attachments/remove", uploads.delete_attachment),
    "get_menu": ("GET", "/menu", menu.get_menu),
    "update_menu": ("PUT", "/menu", menu.update_menu),
    "delete_menu": ("DELETE", "/menu", menu.delete_menu),
    "post_notification": ("POST", "/notifications", notifications.post_notification),
    "create_webhook": ("POST", "/webhooks", webhooks.create_webhook),
    "list_webhooks": ("GET", "/webhooks", webhooks.list_webhooks),
    "get_webhook": ("GET", "/webhooks/{webhook_id}", webhooks.get_webhook),
    "update_webhook": ("PUT", "/webhooks/{webhook_id}", webhooks.update_webhook),
    "delete_webhook": ("DELETE", "/webhooks/{webhook_id}", webhooks.delete_webhook),
}
"""Operation → its method, its path behind the app, and what answers it."""

BEGINNINGS = ("/v1.1/apps/{app_id}", "/v1/apps/{app_id}", "/v1.1", "/v1")
"""Both versions; with a key of the app, the app may be left out."""

NEW_IN_V11 = frozenset({"delete_app_user"})

FILES = ("/apps/{app_id}/{media_id}/{name}", "/apps/{app_id}/conversation/{user_id}/{media_id}/{name}")
"""Where files that were uploaded can be got, at the real service at `media.smooch.io`."""


def _routes() -> Iterator[Route]:
    for operation, (method, path, handler) in HANDLERS.items():
        for beginning in BEGINNINGS:
            if operation in NEW_IN_V11 and not beginning.startswith("/v1.1"):
                continue
            # The service looks at no letter's case; these two spellings are the ones that clients use.
            for spelled in dict.fromkeys((path, path.replace("/appusers", "/appUsers"))):
                yield Route(method=method, path=f"{beginning}{spelled}", operation=operation, handler=handler)
    for path in FILES:
        yield Route(method="GET", path=path, operation="get_attachment", handler=uploads.get_attachment)


ROUTES = tuple(_routes())
