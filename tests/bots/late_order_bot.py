"""
A bot about late orders that speaks to Viber and to Smooch, on the standard library alone.

    python late_order_bot.py [--twin forgets]

It plays the first story of the page on the language. PORT (or the port of SIMULATOR_ENDPOINT) and the variables VIBER_…
and SMOOCH_… come from the environment. Its twin does not know what it has answered already.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

Fields = dict[str, Any]

STATUSES = ("packed", "on its way", "delivered")
MENU = (("Track order", "track"), ("Talk to a human", "human"))
TOO_MANY_REQUESTS = 12
"""What Viber answers when it wants a bot to slow down; the HTTP status is 200 all the same."""


class Shop:
    """What the bot says, whoever carries it."""

    def __init__(self, *, forgets: bool = False) -> None:
        self._forgets = forgets
        self._lock = threading.Lock()
        self._handled: set[tuple[Any, ...]] = set()
        self._told: dict[str, int] = {}

    def is_new(self, *key: Any) -> bool:
        """True the first time that this is asked; its twin says so every time."""
        with self._lock:
            is_new = self._forgets or key not in self._handled
            self._handled.add(key)
            return is_new

    def answer(self, user_id: str, said: str) -> str:
        """Give the answer to what a customer wrote or tapped."""
        order = re.search(r"\b[A-Z]{2}-\d{4}\b", said)
        if order:
            return f"Order {order[0]} is {self._next(user_id, 0)}"
        if "news" in said:
            return self._next(user_id, 1)
        return "Which order number?" if said == "track" else "A colleague will write to you in a minute."

    def _next(self, user_id: str, step: int) -> str:
        with self._lock:
            self._told[user_id] = min(self._told.get(user_id, 0) + step, len(STATUSES) - 1) if step else 0
            return STATUSES[self._told[user_id]]


class Viber:
    """The shop on Viber."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._token = os.environ.get("VIBER_AUTH_TOKEN", "")
        self._url = os.environ.get("VIBER_API_URL", "https://chatapi.viber.com/pa").rstrip("/")

    def is_signed(self, body: bytes, signature: str) -> bool:
        wanted = hmac.new(self._token.encode(), body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(wanted.encode(), signature.encode("utf-8", "replace"))

    def handle(self, event: Fields) -> Fields | None:
        """Do what an event asks for; give the message for its HTTP answer."""
        kind = event.get("event")
        if kind not in ("conversation_started", "message") or not self._shop.is_new(kind, event["message_token"]):
            return None
        if kind == "conversation_started":
            keys = [{"ActionType": "reply", "ActionBody": body, "Text": label} for label, body in MENU]
            board = {"Type": "keyboard", "DefaultHeight": False, "Buttons": keys}
            return {**self._text(f"Welcome to the shop, {event['user']['name']}"), "keyboard": board}
        user_id, message = event["sender"]["id"], event["message"]
        said = "Thanks for the picture" if message["type"] == "picture" else self._shop.answer(user_id, message["text"])
        patiently(lambda: self._send({**self._text(said), "receiver": user_id}))
        return None

    def _text(self, said: str) -> Fields:
        return {"type": "text", "text": said, "sender": {"name": "Shop"}, "min_api_version": 1}

    def _send(self, message: Fields) -> bool:
        answer = posted(f"{self._url}/send_message", message, {"X-Viber-Auth-Token": self._token})
        return answer is not None and answer.get("status") != TOO_MANY_REQUESTS


class Smooch:
    """The shop on Smooch."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._key_id, self._secret = os.environ.get("SMOOCH_KEY_ID", ""), os.environ.get("SMOOCH_KEY_SECRET", "")
        self._webhook_secret = os.environ.get("SMOOCH_WEBHOOK_SECRET", "")
        base = os.environ.get("SMOOCH_API_URL", "https://api.smooch.io").rstrip("/")
        self._url = f"{base}/v1.1/apps/{os.environ.get('SMOOCH_APP_ID', '')}"

    def register(self, target: str) -> None:
        """Make a webhook that tells the name that a channel shows of a customer, and believe its secret from now on."""
        wanted = {"target": target, "triggers": ["*"], "includeClient": True}
        made = posted(f"{self._url}/webhooks", wanted, {"Authorization": f"Bearer {self._token()}"})
        if made is not None:
            self._webhook_secret = made["webhook"]["secret"]

    def is_signed(self, key: str) -> bool:
        return hmac.compare_digest(self._webhook_secret.encode(), key.encode("utf-8", "replace"))

    def handle(self, event: Fields) -> None:
        """Do what an event asks for; what the bot says itself comes back, and asks for nothing."""
        user_id = event.get("appUser", {}).get("_id", "")
        if event.get("trigger") == "conversation:start" and self._shop.is_new("start", user_id, event["timestamp"]):
            actions = [{"type": "reply", "text": label, "payload": payload} for label, payload in MENU]
            name = event.get("client", {}).get("displayName", "")
            self._say(user_id, {"text": f"Welcome to the shop, {name}", "actions": actions})
        for message in event.get("messages", ()) if event.get("trigger") == "message:appUser" else ():
            if self._shop.is_new("message", message["_id"]):
                self._answer(user_id, message)

    def _answer(self, user_id: str, message: Fields) -> None:
        if message["type"] == "image":
            self._post(user_id, "conversation/activity", {"role": "appMaker", "type": "typing:start"})
            self._say(user_id, {"text": "Thanks for the picture"})
        else:
            self._say(user_id, {"text": self._shop.answer(user_id, message.get("payload") or message["text"])})

    def _say(self, user_id: str, message: Fields) -> None:
        patiently(lambda: self._post(user_id, "messages", {"role": "appMaker", "type": "text", **message}))

    def _post(self, user_id: str, path: str, fields: Fields) -> bool:
        url = f"{self._url}/appusers/{urllib.parse.quote(user_id, safe='')}/{path}"
        return posted(url, fields, {"Authorization": f"Bearer {self._token()}"}) is not None

    def _token(self) -> str:
        parts = ({"alg": "HS256", "typ": "JWT", "kid": self._key_id}, {"scope": "app"})
        signed = ".".join(url_safe(json.dumps(part).encode()) for part in parts)
        return f"{signed}.{url_safe(hmac.new(self._secret.encode(), signed.encode(), hashlib.sha256).digest())}"


# --- the API of either -----------------------------------------------------------------------------------------------


def url_safe(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def posted(url: str, fields: Fields, headers: dict[str, str]) -> Fields | None:
    """Give the answer of a call; None where it was refused."""
    request = urllib.request.Request(url, json.dumps(fields).encode(), {"Content-Type": "application/json", **headers})
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return dict(json.loads(response.read() or b"{}"))
    except OSError as error:
        print(f"{url}: {error}")
        return None


def patiently(attempt: Callable[[], bool]) -> None:
    """Do it once more, and once more, where it was refused: that may pass."""
    for pause_s in (0.05, 0.2, 0.0):
        if attempt():
            return
        time.sleep(pause_s)


# --- the server ------------------------------------------------------------------------------------------------------


class Webhook(BaseHTTPRequestHandler):
    """Takes the events of both at whatever path; their headers tell them apart."""

    protocol_version = "HTTP/1.1"
    timeout = 30
    wbufsize = -1
    viber: Viber
    smooch: Smooch

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if "X-Viber-Content-Signature" in self.headers:
            if not self.viber.is_signed(body, self.headers["X-Viber-Content-Signature"]):
                self.respond(403)
            else:
                self.respond(200, self.viber.handle(json.loads(body)))
        elif self.smooch.is_signed(self.headers.get("X-API-Key", "")):
            self.smooch.handle(json.loads(body))
            self.respond(200)
        else:
            self.respond(401)

    def do_GET(self) -> None:
        self.respond(200)

    def respond(self, status: int, message: Fields | None = None) -> None:
        body = json.dumps(message).encode() if message is not None else b""
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name that the standard library gives it
        """Say nothing of every request."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def main() -> None:
    shop = Shop(forgets=sys.argv[1:] == ["--twin", "forgets"])
    endpoint = os.environ.get("SIMULATOR_ENDPOINT", "")
    Webhook.viber, Webhook.smooch = Viber(shop), Smooch(shop)
    if endpoint and "SMOOCH_API_URL" in os.environ:
        Webhook.smooch.register(endpoint)
    port = int(os.environ.get("PORT") or urlsplit(endpoint).port or 8080)
    with Server(("127.0.0.1", port), Webhook) as server:
        print(f"listening on port {port}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
