"""
A flower shop on MessageBird's Conversations API, in one file and with the standard library alone.

    PORT=8080 MESSAGEBIRD_ACCESS_KEY=… MESSAGEBIRD_SIGNING_KEY=… python messagebird.py

Without PORT it listens at the port of the URL in SIMULATOR_ENDPOINT. Each event is checked by its token, which names
the URL and the body, and is handled once, however often it comes.
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
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

Event = dict[str, Any]

API_URL = os.environ.get("MESSAGEBIRD_API_URL", "https://conversations.messagebird.com/v1/").rstrip("/")
ACCESS_KEY = os.environ.get("MESSAGEBIRD_ACCESS_KEY", "")
SIGNING_KEY = os.environ.get("MESSAGEBIRD_SIGNING_KEY", "")
PUBLIC_URL = os.environ.get("SIMULATOR_ENDPOINT", "")
PORT = int(os.environ.get("PORT") or urlsplit(PUBLIC_URL).port or 8080)

STATUSES = ("packed", "on its way", "delivered")
"""What becomes of an order, each time that somebody asks."""

SHOP = {"latitude": 51.5055, "longitude": -0.0754}
MENU = (("Track order", "track"), ("Opening hours", "hours"))
MAX_BODY_BYTES = 1024 * 1024
REMEMBERED_EVENTS = 10_000


class Memory:
    """What the bot knows about its customers, for as long as it runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._handled: dict[str, None] = {}
        self._orders: dict[str, tuple[str, int]] = {}

    def is_new(self, message: str) -> bool:
        """True the first time that a message is asked about: MessageBird repeats what it thinks was lost."""
        with self._lock:
            if message in self._handled:
                return False
            self._handled[message] = None
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


def is_signed(body: bytes, url: str, token: str) -> bool:
    """True where MessageBird sent the body to this URL, less than a minute ago: HS256 over head and claims."""
    begun, _, signature = token.rpartition(".")
    wanted = _base64url(hmac.new(SIGNING_KEY.encode(), begun.encode("utf-8", "replace"), hashlib.sha256).digest())
    if not hmac.compare_digest(wanted, signature.encode("utf-8", "replace")):
        return False
    try:
        head, claims = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in begun.split("."))
    except ValueError:
        return False
    hashes = (hashlib.sha256(url.encode()).hexdigest(), hashlib.sha256(body).hexdigest())
    is_current = claims["nbf"] - 5 <= time.time() <= claims["exp"] + 5
    return head["alg"] == "HS256" and is_current and (claims["url_hash"], claims.get("payload_hash")) == hashes


def _base64url(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def handle(event: Event) -> None:
    """Answer what a customer sent; the bot's own messages come as events too, and are passed over."""
    message = event.get("message") or {}
    if event.get("type") == "message.created" and message.get("direction") == "received":
        if memory.is_new(message["id"]):
            answer(message)
    elif message.get("error"):
        print(f"not delivered: {message['error'].get('description')}", flush=True)


def answer(message: Event) -> None:
    """Answer a message by its type."""
    kind, content = message["type"], message["content"]
    match kind:
        case "text":
            answer_text(message, content["text"])
        case "image":
            later(send_size_of_picture, message, content["image"]["url"])
        case "video":
            send(message, "What a nice video!")
        case "audio":
            send(message, "I like your voice!")
        case "file":
            send(message, f"I have put {urlsplit(content['file']['url']).path.rpartition('/')[2]} to your papers.")
        case "location":
            send(message, "This is our shop nearest to you:")
            say(message, "location", SHOP)
        case "whatsappSticker":
            say(message, "whatsappSticker", content["whatsappSticker"])


def answer_text(message: Event, said: str) -> None:
    """Answer a text; a tap on a button comes as its label."""
    words = said.strip().lower()
    order = re.search(r"\b[A-Z]{2}-\d{4}\b", said)
    if order:
        memory.track(message["from"], order[0])
        send(message, "One moment…")
        later(send_status, message)
    elif words == "track order":
        send(message, "Which order number?")
    elif words in ("opening hours", "hours"):
        send(message, "We are open every day from 9 to 18 o'clock.")
    elif words in ("bye", "goodbye"):
        send(message, "Goodbye!")
        call("PATCH", f"/conversations/{message['conversationId']}", {"status": "archived"})
    elif "news" in words:
        send_status(message)
    elif "how often" in words:
        later(send_count, message)
    elif words.startswith(("http://", "https://")):
        send(message, f"I will read {urlsplit(words).hostname} tonight.")
    elif words.startswith(("hello", "hi", "good morning")):
        buttons = [{"type": "reply", "id": payload, "title": label} for label, payload in MENU]
        body = {"text": "Hello! What can I do for you?"}
        say(message, "interactive", {"type": "button", "body": body, "action": {"buttons": buttons}})
    elif "thank" in words:
        send(message, "You are welcome!")
    else:
        send(message, f"I did not understand “{said}”.")


def send_status(message: Event) -> None:
    """Tell a customer what has become of her order."""
    found = memory.next_status(message["from"])
    send(message, f"Order {found[0]} is {found[1]}." if found else "Which order number?")


def send_count(message: Event) -> None:
    """Tell a customer how many messages she has written in her conversation, which is read a page at a time."""
    seen, count, total = 0, 0, 1
    while seen < total:
        path = f"/conversations/{message['conversationId']}/messages?limit=2&offset={seen}"
        page = call("GET", path)
        items, total = page.get("items", ()), page.get("totalCount", 0)
        count += sum(each["direction"] == "received" for each in items)
        seen += len(items) or total
    send(message, f"You have written {count} messages.")


def send_size_of_picture(message: Event, url: str) -> None:
    """Fetch a customer's picture and thank her for it."""
    try:
        with urllib.request.urlopen(url, timeout=3) as response:
            size = len(response.read(MAX_BODY_BYTES))
        send(message, f"Thank you for the picture: {size} bytes of flowers.")
    except OSError as error:
        print(f"{url}: {error}")
        send(message, "I cannot open your picture.")


# --- what goes out ---------------------------------------------------------------------------------------------------


def send(message: Event, words: str) -> None:
    """Answer a message with a text."""
    say(message, "text", words)


def say(message: Event, kind: str, content: Any) -> None:
    """Say something of that type in the conversation of a message."""
    call("POST", f"/conversations/{message['conversationId']}/messages", {"type": kind, "content": {kind: content}})


def call(method: str, path: str, fields: Event | None = None) -> Event:
    """Give the answer of MessageBird's API; trouble that may pass is met with patience, three times."""
    headers = {"Authorization": f"AccessKey {ACCESS_KEY}", "Content-Type": "application/json"}
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
    """Do something beside, so that MessageBird need not wait for it."""
    threading.Thread(target=work, args=arguments, daemon=True).start()


# --- the server ------------------------------------------------------------------------------------------------------


class Webhook(BaseHTTPRequestHandler):
    """Takes MessageBird's events at whatever path."""

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
        if not is_signed(body, self.url(), self.headers.get("MessageBird-Signature-JWT", "")):
            self.respond(403)
            return
        try:
            event = json.loads(body)
        except ValueError:
            self.respond(400)
            return
        handle(event)
        self.respond(200)

    def do_GET(self) -> None:
        """Tell that the bot is up."""
        self.respond(200)

    def url(self) -> str:
        """Give the URL that MessageBird knows: behind a tunnel it is another one than that of the request."""
        return PUBLIC_URL or f"http://{self.headers.get('Host', '')}{self.path}"

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
    with Server(("127.0.0.1", PORT), Webhook) as server:
        print(f"listening on port {PORT}", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("stopped")


if __name__ == "__main__":
    main()
