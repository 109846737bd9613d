"""
A flower shop on Viber, in one file and with the standard library alone: take it as a start for a bot of your own.

    PORT=8080 VIBER_AUTH_TOKEN=… VIBER_API_URL=https://chatapi.viber.com/pa python viber.py

Without PORT it listens at the port of the URL in SIMULATOR_ENDPOINT. Each event is checked by its signature and handled
once, however often it comes; what takes longer is done by a thread of its own, so that Viber has its answer at once.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

Event = dict[str, Any]
Message = dict[str, Any]

API_URL = os.environ.get("VIBER_API_URL", "https://chatapi.viber.com/pa").rstrip("/")
AUTH_TOKEN = os.environ.get("VIBER_AUTH_TOKEN", "")
PORT = int(os.environ.get("PORT") or urlsplit(os.environ.get("SIMULATOR_ENDPOINT", "")).port or 8080)

STATUSES = ("packed", "on its way", "delivered")
"""What becomes of an order, each time that somebody asks."""

SHOP = {"lat": 51.5055, "lon": -0.0754}
MENU = (("Track order", "track"), ("Opening hours", "hours"), ("Talk to a human", "human"))

TOO_MANY_REQUESTS = 12
"""Viber's status for "slow down"; its HTTP status is 200 all the same."""

MAX_BODY_BYTES = 1024 * 1024
REMEMBERED_EVENTS = 10_000


class Memory:
    """What the bot knows about its customers, for as long as it runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._handled: dict[tuple[Any, ...], None] = {}
        self._orders: dict[str, tuple[str, int]] = {}

    def is_new(self, event: Event) -> bool:
        """True the first time that an event is asked about: Viber repeats what it thinks was lost."""
        # Receipts carry the token of the message they speak about, so the token alone does not tell events apart.
        key = (event.get("event"), event.get("message_token"), event.get("user_id"))
        with self._lock:
            if key in self._handled:
                return False
            self._handled[key] = None
            if len(self._handled) > REMEMBERED_EVENTS:
                del self._handled[next(iter(self._handled))]
            return True

    def track(self, user_id: str, order: str) -> None:
        """From now on this customer asks about that order."""
        with self._lock:
            self._orders[user_id] = (order, 0)

    def next_status(self, user_id: str) -> tuple[str, str] | None:
        """Give the customer's order and what has become of it; None where she has none."""
        with self._lock:
            if user_id not in self._orders:
                return None
            order, step = self._orders[user_id]
            self._orders[user_id] = (order, min(step + 1, len(STATUSES) - 1))
            return order, STATUSES[step]


memory = Memory()

# --- what comes in ---------------------------------------------------------------------------------------------------


def is_signed(body: bytes, signature: str) -> bool:
    """True where the body comes from Viber: HMAC-SHA256 over the raw bytes, keyed with the token."""
    wanted = hmac.new(AUTH_TOKEN.encode("ascii"), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(wanted.encode("ascii"), signature.encode("utf-8", "replace"))


def handle(event: Event) -> Message | None:
    """Do what an event asks for, and give the message for its HTTP answer; only `conversation_started` may have one."""
    if event.get("event") == "conversation_started":
        # Also when it comes again: the answer to the first may have been lost, and Viber shows one welcome anyway.
        return text(f"Welcome to the flower shop{_comma_name(event['user'])}! What can I do for you?", MENU)
    if not memory.is_new(event):
        return None
    match event.get("event"):
        case "message":
            answer(event["sender"], event["message"])
        case "subscribed":
            send(event["user"]["id"], text(f"Good to see you again{_comma_name(event['user'])}!"))
        case "unsubscribed":
            # She is gone, so that Viber refuses this one (status 6); a bot must live with it.
            send(event["user_id"], text("Goodbye!"))
        case "failed":
            print(f"not shown to {event['user_id']}: {event.get('desc')}")
    return None


def answer(sender: Event, message: Message) -> None:
    """Answer what a customer sent."""
    user_id, name = sender["id"], _comma_name(sender)
    match message.get("type"):
        case "text":
            answer_text(user_id, name, message["text"])
        case "picture":
            later(send_size_of_picture, user_id, name, message["media"])
        case "video":
            send(user_id, text(f"What a nice video{name}!"))
        case "file":
            send(user_id, text(f"I have put {message['file_name']} to your papers."))
        case "location":
            send(user_id, text("This is our shop nearest to you:"), {"type": "location", "location": SHOP})
        case "contact":
            send(user_id, text(f"Thank you, we will call {message['contact']['phone_number']}."))
        case "sticker":
            send(user_id, {"type": "sticker", "sticker_id": message["sticker_id"]})
        case "url":
            send(user_id, text(f"I will read {urlsplit(message['media']).hostname} tonight."))


def answer_text(user_id: str, name: str, said: str) -> None:
    """Answer a text, or a tap on a button: that is the button's own text."""
    words = said.strip().lower()
    order = re.search(r"\b[A-Z]{2}-\d{4}\b", said)
    if order:
        memory.track(user_id, order[0])
        send(user_id, text("One moment…"))
        later(send_status, user_id)
    elif words == "track":
        send(user_id, text("Which order number?"))
    elif words == "hours":
        send(user_id, text("We are open every day from 9 to 18 o'clock."))
    elif words == "human":
        send(user_id, text("A colleague will write to you in a minute."))
    elif "news" in words:
        send_status(user_id)
    elif "catalogue" in words:
        send(user_id, {"type": "picture", "text": "Spring flowers", "media": "https://example.com/spring.jpg"})
    elif words.startswith(("hello", "hi", "good morning")):
        send(user_id, text(f"Hello{name}! What can I do for you?", MENU))
    elif "thank" in words:
        send(user_id, text(f"You are welcome{name}!"))
    else:
        send(user_id, text(f"I did not understand “{said}”. Can I help you with one of these?", MENU))


def send_status(user_id: str) -> None:
    """Tell a customer what has become of her order."""
    found = memory.next_status(user_id)
    if found is None:
        send(user_id, text("Which order number?"))
    else:
        order, status = found
        send(user_id, text(f"Order {order} is {status}.", (("Any news?", "news"),)))


def send_size_of_picture(user_id: str, name: str, url: str) -> None:
    """Fetch a customer's picture and thank her for it."""
    try:
        with urllib.request.urlopen(url, timeout=3) as response:
            size = len(response.read(MAX_BODY_BYTES))
        send(user_id, text(f"Thank you for the picture{name}: {size} bytes of flowers."))
    except OSError as error:
        print(f"{url}: {error}")
        send(user_id, text(f"I cannot open your picture{name}."))


def _comma_name(user: Event) -> str:
    """Give ", Ana"; nothing where Viber does not tell the name."""
    return f", {user['name']}" if user.get("name") else ""


# --- what goes out ---------------------------------------------------------------------------------------------------


def text(words: str, buttons: tuple[tuple[str, str], ...] = ()) -> Message:
    """Give a text message, with a button for each label and what it sends when it is tapped."""
    message: Message = {"type": "text", "text": words, "sender": {"name": "Flower shop"}, "min_api_version": 1}
    if buttons:
        keys = [{"ActionType": "reply", "ActionBody": body, "Text": label} for label, body in buttons]
        message["keyboard"] = {"Type": "keyboard", "DefaultHeight": False, "Buttons": keys}
    return message


def send(user_id: str, *messages: Message) -> None:
    """Send messages one after another; what Viber refuses is told on standard output."""
    for message in messages:
        result = call("send_message", {"sender": {"name": "Flower shop"}, **message, "receiver": user_id})
        if result.get("status") != 0:
            print(f"not sent to {user_id}: {result}")


def call(method: str, fields: Message) -> Message:
    """Give the answer of Viber's API; trouble that may pass is met with patience, three times."""
    headers = {"X-Viber-Auth-Token": AUTH_TOKEN, "Content-Type": "application/json"}
    result: Message = {}
    for pause_s in (0.1, 0.3, 0):
        request = urllib.request.Request(f"{API_URL}/{method}", json.dumps(fields).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                result = json.load(response)
        except (OSError, ValueError) as error:
            result = {"status": -1, "status_message": str(error)}
        if result.get("status") not in (-1, TOO_MANY_REQUESTS):
            break
        time.sleep(pause_s)
    return result


def later(work: Any, *arguments: Any) -> None:
    """Do something beside, so that Viber need not wait for it."""
    threading.Thread(target=work, args=arguments, daemon=True).start()


# --- the server ------------------------------------------------------------------------------------------------------


class Webhook(BaseHTTPRequestHandler):
    """Takes Viber's events at whatever path."""

    protocol_version = "HTTP/1.1"
    timeout = 30
    wbufsize = -1  # head and body leave together

    def do_POST(self) -> None:
        """Check who sends, then handle what is sent."""
        length = int(self.headers.get("Content-Length") or 0)
        if length > MAX_BODY_BYTES:
            self.respond(413)
            return
        body = self.rfile.read(length)
        if not is_signed(body, self.headers.get("X-Viber-Content-Signature", "")):
            self.respond(403)
            return
        try:
            event = json.loads(body)
        except ValueError:
            self.respond(400)
            return
        self.respond(200, handle(event))

    def do_GET(self) -> None:
        """Tell that the bot is up."""
        self.respond(200)

    def respond(self, status: int, message: Message | None = None) -> None:
        """Give the HTTP answer."""
        body = json.dumps(message).encode() if message else b""
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name that the standard library gives it
        """Say nothing of every request."""


class Server(ThreadingHTTPServer):
    """A thread for each request, and room for many that come at once."""

    daemon_threads = True
    request_queue_size = 128


def main() -> None:
    """Listen until stopped."""
    with Server(("127.0.0.1", PORT), Webhook) as server:
        print(f"listening on port {PORT}", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("stopped")


if __name__ == "__main__":
    main()
