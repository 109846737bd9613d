"""Which method and path is which operation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from simulator.provider import Handler, Route
from simulator.providers.smooch import (
    app,
    channels,
    history,
    integrations,
    leaving,
    menu,
    notifications,
    postbacks,
    presets,
    sending,
    uploads,
    users,
    webhooks,
)

ONE = "/appusers/{user_id}"
CHANNEL = "/integrations/{integration_id}"
PRESET = "/templates/{template_id}"

HANDLERS: Mapping[str, tuple[str, str, Handler]] = {
    "post_message": ("POST", f"{ONE}/messages", sending.post_message),
    "get_messages": ("GET", f"{ONE}/messages", history.get_messages),
    "delete_messages": ("DELETE", f"{ONE}/messages", history.delete_messages),
    "delete_message": ("DELETE", f"{ONE}/messages/{{message_id}}", history.delete_message),
    "post_image": ("POST", f"{ONE}/images", uploads.post_image),
    "conversation_activity": ("POST", f"{ONE}/conversation/activity", history.conversation_activity),
    "get_conversation": ("GET", f"{ONE}/conversation", history.get_conversation),
    "post_postback": ("POST", f"{ONE}/conversation/postback", postbacks.post_postback),
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
    "get_app": ("GET", "", app.get_app),
    "update_app": ("PUT", "", app.update_app),
    "list_integrations": ("GET", "/integrations", integrations.list_integrations),
    "get_integration": ("GET", CHANNEL, integrations.get_integration),
    "create_integration": ("POST", "/integrations", integrations.create_integration),
    "update_integration": ("PUT", CHANNEL, integrations.update_integration),
    "delete_integration": ("DELETE", CHANNEL, integrations.delete_integration),
    "get_integration_menu": ("GET", f"{CHANNEL}/menu", menu.get_menu),
    "create_integration_menu": ("POST", f"{CHANNEL}/menu", menu.update_menu),
    "update_integration_menu": ("PUT", f"{CHANNEL}/menu", menu.update_menu),
    "delete_integration_menu": ("DELETE", f"{CHANNEL}/menu", menu.delete_menu),
    "list_templates": ("GET", "/templates", presets.list_templates),
    "get_template": ("GET", PRESET, presets.get_template),
    "create_template": ("POST", "/templates", presets.create_template),
    "update_template": ("PUT", PRESET, presets.update_template),
    "delete_template": ("DELETE", PRESET, presets.delete_template),
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

NEW_IN_V11 = frozenset(
    {
        *("delete_app_user", "update_integration", "create_integration_menu"),
        *("list_templates", "get_template", "create_template", "update_template", "delete_template"),
    }
)

FILES = ("/apps/{app_id}/{media_id}/{name}", "/apps/{app_id}/conversation/{user_id}/{media_id}/{name}")
"""Where files that were uploaded can be got, at the real service at `media.smooch.io`."""


def _routes() -> Iterator[Route]:
    for operation, (method, path, handler) in HANDLERS.items():
        for beginning in BEGINNINGS:
            is_too_new = operation in NEW_IN_V11 and not beginning.startswith("/v1.1")
            # The app itself is named by its id alone.
            if is_too_new or not (path or beginning.endswith("}")):
                continue
            yield Route(method=method, path=f"{beginning}{path}", operation=operation, handler=handler)
    for path in FILES:
        yield Route(method="GET", path=path, operation="get_attachment", handler=uploads.get_attachment)


ROUTES = tuple(_routes())
