"""Which method and path is which operation."""

from __future__ import annotations

from simulator.provider import Handler, Route
from simulator.providers.birdplatform import media, sms, webhooks, whatsapp
from simulator.providers.birdplatform.idempotency import once

WHATSAPP = "/v1/whatsapp/messages"
ONE_WHATSAPP = f"{WHATSAPP}/{{messageId}}"
SMS = "/v1/sms/messages"
ONE_SMS = f"{SMS}/{{messageId}}"
WEBHOOKS = "/v1/webhooks"
WEBHOOK = f"{WEBHOOKS}/{{webhookId}}"


def _route(method: str, path: str, handler: Handler) -> Route:
    is_change = method != "GET"
    return Route(method=method, path=path, operation=handler.__name__, handler=once(handler) if is_change else handler)


ROUTES = (
    _route("POST", WHATSAPP, whatsapp.send_whatsapp),
    _route("GET", WHATSAPP, whatsapp.list_whatsapp),
    _route("GET", ONE_WHATSAPP, whatsapp.get_whatsapp),
    _route("GET", f"{ONE_WHATSAPP}/events", whatsapp.list_whatsapp_events),
    _route("POST", f"{ONE_WHATSAPP}/read", whatsapp.mark_whatsapp_read),
    _route("PUT", f"{ONE_WHATSAPP}/reaction", whatsapp.set_whatsapp_reaction),
    _route("DELETE", f"{ONE_WHATSAPP}/reaction", whatsapp.remove_whatsapp_reaction),
    _route("GET", f"{ONE_WHATSAPP}/media/{{mediaId}}", media.get_whatsapp_media),
    _route("POST", SMS, sms.send_sms),
    _route("GET", SMS, sms.list_sms),
    _route("GET", ONE_SMS, sms.get_sms),
    _route("GET", f"{ONE_SMS}/events", sms.list_sms_events),
    _route("POST", WEBHOOKS, webhooks.create_webhook),
    _route("GET", WEBHOOKS, webhooks.list_webhooks),
    _route("GET", WEBHOOK, webhooks.get_webhook),
    _route("PATCH", WEBHOOK, webhooks.update_webhook),
    _route("DELETE", WEBHOOK, webhooks.delete_webhook),
    _route("POST", f"{WEBHOOK}/rotate-secret", webhooks.rotate_webhook_secret),
)
