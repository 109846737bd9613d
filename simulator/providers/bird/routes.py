"""Which method and path is which operation."""

from __future__ import annotations

from simulator.provider import Handler, Route
from simulator.providers.bird import channels, conversations, media, participants, speaking, subscriptions

WORKSPACE = "/workspaces/{workspaceId}"
OLDER = "/organizations/{organizationId}/workspaces/{workspaceId}"
"""The path that subscriptions had before, which still works. Source: reports of integrations."""

CHANNEL = f"{WORKSPACE}/channels/{{channelId}}"
CONVERSATION = f"{WORKSPACE}/conversations/{{conversationId}}"
PARTICIPANT = f"{CONVERSATION}/participants/{{participantId}}"


def _route(method: str, path: str, handler: Handler, operation: str = "") -> Route:
    return Route(method=method, path=path, operation=operation or handler.__name__, handler=handler)


def _subscription_routes(workspace: str) -> tuple[Route, ...]:
    every = f"{workspace}/webhook-subscriptions"
    one = f"{every}/{{subscriptionId}}"
    return (
        _route("POST", every, subscriptions.create_subscription),
        _route("GET", every, subscriptions.list_subscriptions),
        _route("GET", one, subscriptions.get_subscription),
        _route("PATCH", one, subscriptions.update_subscription),
        _route("DELETE", one, subscriptions.delete_subscription),
    )


ROUTES = (
    _route("POST", f"{CHANNEL}/messages", channels.send_message),
    _route("GET", f"{CHANNEL}/messages", channels.list_channel_messages),
    _route("GET", f"{CHANNEL}/messages/{{messageId}}", channels.get_channel_message),
    _route("GET", f"{CHANNEL}/messages/{{messageId}}/interactions", channels.list_interactions),
    _route("GET", f"{CHANNEL}/contacts/{{contactId}}", channels.get_channel_contact),
    _route("POST", f"{CHANNEL}/presigned-upload", media.create_upload),
    _route("POST", f"{WORKSPACE}/channel-media/presigned-upload", media.create_upload),
    _route("POST", f"{CONVERSATION}/presigned-upload", media.create_upload),
    _route("POST", "/uploads/{mediaId}", media.upload_media),
    _route("GET", f"{WORKSPACE}/messages/{{messageId}}/media/{{mediaId}}", media.get_media),
    _route("GET", f"{WORKSPACE}/media/{{mediaId}}", media.get_media),
    _route("GET", "/downloads/{mediaId}", media.download_media),
    _route("GET", f"{WORKSPACE}/channels", channels.list_channels),
    _route("GET", CHANNEL, channels.get_channel),
    _route("POST", f"{WORKSPACE}/conversations", conversations.create_conversation),
    _route("GET", f"{WORKSPACE}/conversations", conversations.list_conversations),
    _route("GET", CONVERSATION, conversations.get_conversation),
    _route("PATCH", CONVERSATION, conversations.update_conversation),
    _route("DELETE", CONVERSATION, conversations.delete_conversation),
    _route("POST", f"{CONVERSATION}/messages", speaking.create_message),
    _route("GET", f"{CONVERSATION}/messages", speaking.list_messages),
    _route("GET", f"{CONVERSATION}/messages/{{messageId}}", speaking.get_message),
    _route("POST", f"{CONVERSATION}/participants", participants.add_participant),
    _route("GET", f"{CONVERSATION}/participants", participants.list_participants),
    _route("GET", PARTICIPANT, participants.get_participant),
    _route("PATCH", PARTICIPANT, participants.update_participant),
    _route("DELETE", PARTICIPANT, participants.remove_participant),
    *_subscription_routes(WORKSPACE),
    *_subscription_routes(OLDER),
)
