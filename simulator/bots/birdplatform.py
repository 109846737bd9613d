"""
A flower shop on the Bird platform of 2026, in one file and with the standard library alone.

    PORT=8080 BIRD_BASE_URL=… BIRD_API_KEY=… BIRD_WEBHOOK_SECRET=… python birdplatform.py

Without PORT it listens at the port of the URL in SIMULATOR_ENDPOINT. Each event is checked by its signature, and
handled once, however often it comes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
import threading
import time
import urllib.error
import urllib.request
import uuid
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlencode, urlsplit

Event = dict[str, Any]

API_URL = os.environ.get("BIRD_BASE_URL", "https://us1.platform.bird.com").rstrip("/")
API_KEY = os.environ.get("BIRD_API_KEY", "")
SECRET = os.environ.get("BIRD_WEBHOOK_SECRET", "")
WHATSAPP_NUMBER = os.environ.get("BIRD_WHATSAPP_NUMBER", "")
SMS_NUMBER = os.environ.get("BIRD_SMS_NUMBER", "")
PORT = int(os.environ.get("PORT") or urlsplit(os.environ.get("SIMULATOR_ENDPOINT", "")).port or 8080)

STATUSES = ("packed", "on its way", "delivered")
"""What becomes of an order, each time that somebody asks."""

SHOP = {"latitude": 51.5055, "longitude": -0.0754, "name": "The shop"}
MENU = (("Track order", "track"), ("Opening hours", "hours"))
MAX_BODY_BYTES = 1024 * 1024
REMEMBERED_EVENTS = 10_000
TOLERANCE_S = 300


class Memory:
    """What the bot knows about its customers, for as long as it runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._handled: dict[str, None] = {}
        self._orders: dict[str, tuple[str, int]] = {}

    def is_new(self, delivery: str) -> bool:
        """True the first time that a delivery is asked about: what is thought lost comes again, with the same id."""
        with self._lock:
            if delivery in self._handled:
                return False
            self._handled[delivery] = None
            if len(self._handled) > REMEMBERED_EVENTS:
                del self._handled[next(iter(self._handled))]
            return True

    def track(self, phone: str, order: str) -> None:
        """From now on this customer asks about that order."""
        with self._lock:
            self._orders[phone] = (order, 0)

    def next_status(self, phone: str) -> tuple[str, str] | None:
        """Give the customer's order and what has become of it; None where she has none."""
        with self._lock:
            if phone not in self._orders:
                return None
            order, step = self._orders[phone]
            self._orders[phone] = (order, min(step + 1, len(STATUSES) - 1))
            return order, STATUSES[step]


memory = Memory()


# --- what comes in ---------------------------------------------------------------------------------------------------


def is_signed(body: bytes, headers: Message) -> bool:
    """True where one of the signatures is over id, time and body, and the time is not long ago."""
    delivery, stamp = headers.get("webhook-id") or "", headers.get("webhook-timestamp") or ""
    if not stamp.isdecimal() or abs(time.time() - int(stamp)) > TOLERANCE_S:
        return False
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    mac = hmac.new(key, f"{delivery}.{stamp}.".encode("utf-8", "replace") + body, hashlib.sha256)
    wanted = b"v1," + base64.b64encode(mac.digest())
    # There are several while the secret is being changed.
    given = (headers.get("webhook-signature") or "").split()
    return any(hmac.compare_digest(wanted, each.encode("utf-8", "replace")) for each in given)


def handle(event: Event) -> None:
    """Answer what a customer sent; of the bot's own messages it takes note."""
    data = event["data"]
    match event["type"]:
        case "whatsapp.received":
            answer(data)
        case "sms.received":
            answer_text(data["from"], data.get("text", ""), "sms")
        case "whatsapp.failed" | "whatsapp.rejected" | "sms.undelivered" | "sms.rejected":
            print(f"not delivered: {(data.get('error') or {}).get('description')}", flush=True)


def answer(data: Event) -> None:
    """Answer a message by what is in it."""
    to = data["from"]["phone_number"]
    if "text" in data:
        answer_text(to, data["text"]["body"])
    elif "interactive_reply" in data:
        reply = data["interactive_reply"]
        answer_text(to, reply[reply["type"]]["slug"])
    elif "image" in data:
        later(send_size_of_picture, to, data["image"]["url"])
    elif "video" in data:
        send(to, "What a nice video!")
    elif "audio" in data:
        send(to, "I like your voice!")
    elif "document" in data:
        send(to, f"I have put {data['document'].get('filename')} to your papers.")
    elif "location" in data:
        send(to, "This is our shop nearest to you:")
        say(to, {"location": SHOP})
    elif "contact_cards" in data:
        send(to, f"I will write to {data['contact_cards'][0]['name']['formatted_name']}.")
    elif "sticker" in data:
        react(data["whatsapp_id"], "💐")


def answer_text(to: str, said: str, channel: str = "whatsapp") -> None:
    """Answer a text; a tap on a button comes as what is behind it, by SMS as its label."""
    words = said.strip().lower()
    order = re.search(r"\b[A-Z]{2}-\d{4}\b", said)
    if order:
        memory.track(to, order[0])
        send(to, "One moment…", channel)
        later(send_status, to, channel)
    elif words in ("track", "track order"):
        send(to, "Which order number?", channel)
    elif words in ("opening hours", "hours"):
        send(to, "We are open every day from 9 to 18 o'clock.", channel)
    elif words in ("bye", "goodbye"):
        send(to, "Goodbye!", channel)
    elif "news" in words:
        send_status(to, channel)
    elif "how often" in words:
        later(send_count, to, channel)
    elif words.startswith(("http://", "https://")):
        send(to, f"I will read {urlsplit(words).hostname} tonight.", channel)
    elif words.startswith(("hello", "hi", "good morning")):
        greet(to, channel)
    elif "thank" in words:
        send(to, "You are welcome!", channel)
    else:
        send(to, f"I did not understand “{said}”.", channel)


def greet(to: str, channel: str) -> None:
    """Say hello; where there are buttons, with what can be asked."""
    words = "Hello! What can I do for you?"
    if channel == "sms":
        send(to, words, channel)
        return
    buttons = [{"type": "quick_reply", "quick_reply": {"slug": slug, "text": label}} for label, slug in MENU]
    say(to, {"interactive": {"type": "button", "body_text": words, "buttons": buttons}})


def send_status(to: str, channel: str = "whatsapp") -> None:
    """Tell a customer what has become of her order."""
    found = memory.next_status(to)
    send(to, f"Order {found[0]} is {found[1]}." if found else "Which order number?", channel)


def send_count(to: str, channel: str) -> None:
    """Tell a customer how many messages she has written: the list comes in pages, each with the way to the next."""
    count, query = 0, {"direction": "inbound", "from": to, "limit": "2"}
    while True:
        page = call("GET", f"/v1/{channel}/messages?{urlencode(query)}")
        count += len(page.get("data", ()))
        if not page.get("next_cursor"):
            break
        query["starting_after"] = page["next_cursor"]
    send(to, f"You have written {count} messages.", channel)


def send_size_of_picture(to: str, url: str) -> None:
    """Fetch a customer's picture, which lies behind the API key, and thank her for it."""
    try:
        size = len(fetched(url))
        send(to, f"Thank you for the picture: {size} bytes of flowers.")
    except OSError as error:
        print(f"{url}: {error}")
        send(to, "I cannot open your picture.")


def fetched(url: str) -> bytes:
    """Give a file of a customer: the API sends on to the storage, which is not to see the key."""
    request = urllib.request.Request(url)
    request.add_unredirected_header("Authorization", f"Bearer {API_KEY}")
    with urllib.request.urlopen(request, timeout=3) as response:
        return bytes(response.read(MAX_BODY_BYTES))


# --- what goes out ---------------------------------------------------------------------------------------------------


def send(to: str, words: str, channel: str = "whatsapp") -> None:
    """Send a text on the channel on which a customer wrote."""
    if channel == "sms":
        fields = {"to": to, "from": SMS_NUMBER, "text": words, "category": "service"}
        call("POST", "/v1/sms/messages", fields)
    else:
        say(to, {"text": {"body": words}})


def say(to: str, content: Event) -> None:
    """Say something on WhatsApp."""
    call("POST", "/v1/whatsapp/messages", {"to": to, "from": WHATSAPP_NUMBER, **content})


def react(message: str, emoji: str) -> None:
    """Put an emoji on what a customer sent."""
    call("PUT", f"/v1/whatsapp/messages/{message}/reaction", {"emoji": emoji})


def call(method: str, path: str, fields: Event | None = None) -> Event:
    """Give the answer of the API; trouble that may pass is met with patience, and one key for all three times."""
    headers = {
        "Authorization": f"Bearer {API_KEY}",
        "Content-Type": "application/json",
        "Idempotency-Key": str(uuid.uuid4()),
    }
    told = ""
    for pause_s in (0.1, 0.3, 0):
        body = json.dumps(fields).encode() if fields is not None else None
        request = urllib.request.Request(f"{API_URL}{path}", body, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                found: Event = json.loads(response.read() or b"{}")
            return found
        except urllib.error.HTTPError as error:
            told = f"{error.code} {error.read(1000).decode('utf-8', 'replace')}"
            if error.code != 429 and error.code < 500:
                break
        except (OSError, ValueError) as error:
            told = str(error)
        time.sleep(pause_s)
    print(f"{method} {path} failed: {told}", flush=True)
    return {}


def later(work: Any, *arguments: Any) -> None:
    """Do something beside, so that the platform need not wait for it."""
    threading.Thread(target=work, args=arguments, daemon=True).start()


# --- the server ------------------------------------------------------------------------------------------------------


class Endpoint(BaseHTTPRequestHandler):
    """Takes events at whatever path."""

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
        if not is_signed(body, self.headers):
            self.respond(403)
            return
        try:
            event = json.loads(body)
        except ValueError:
            self.respond(400)
            return
        if memory.is_new(self.headers["webhook-id"]):
            handle(event)
        self.respond(200)

    def do_GET(self) -> None:
        """Tell that the bot is up."""
        self.respond(200)

    def respond(self, status: int) -> None:
        """Give the HTTP answer, which has no body."""
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name that the standard library gives it
        """Say nothing of every request."""


class Server(ThreadingHTTPServer):
    """A thread for each request, and room for many that come at once."""

    daemon_threads = True
    request_queue_size = 128


def main() -> None:
    """Listen until stopped."""
    with Server(("127.0.0.1", PORT), Endpoint) as server:
        print(f"listening on port {PORT}", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("stopped")


if __name__ == "__main__":
    main()
