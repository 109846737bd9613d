"""
A flower shop in a Canvas inbox, in one file and with the standard library alone: a start for a bot of your own.

    PORT=8080 CANVAS_API_URL=https://school.instructure.com CANVAS_API_TOKEN=… CANVAS_JWKS_URL=… python canvas.py

Without PORT it listens at the port of the URL in SIMULATOR_ENDPOINT. An event says only that something was written, so
the bot reads the conversation before it answers. It hears of its own messages too, and passes over them. A signed event
is verified by the public key set; one that is not signed is taken as well, unless CANVAS_SIGNED is "required".
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlencode, urlsplit

Event = dict[str, Any]
Fields = dict[str, Any]

API_URL = os.environ.get("CANVAS_API_URL", "").rstrip("/")
API_TOKEN = os.environ.get("CANVAS_API_TOKEN", "")
JWKS_URL = os.environ.get("CANVAS_JWKS_URL", "https://8axpcl50e4.execute-api.us-east-1.amazonaws.com/main/jwks")
IS_SIGNATURE_REQUIRED = os.environ.get("CANVAS_SIGNED", "") == "required"
PORT = int(os.environ.get("PORT") or urlsplit(os.environ.get("SIMULATOR_ENDPOINT", "")).port or 8080)

STATUSES = ("packed", "on its way", "delivered")
"""What becomes of an order, each time that somebody asks."""

MENU = "Track order, Opening hours, Talk to a human"
SHA256_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
"""What stands before a SHA-256 digest in an RSA signature (RFC 8017, section 9.2)."""

MAX_BODY_BYTES = 1024 * 1024
REMEMBERED_MESSAGES = 10_000
PASSING = (429, 500, 502, 503, 504)
"""Statuses after which it is worth to try again; a 403 is one of them where it speaks of the rate limit."""


class Memory:
    """What the bot knows, for as long as it runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._handled: dict[str, None] = {}
        self._orders: dict[str, tuple[str, int]] = {}
        self.own_id = ""
        self.keys: dict[str, Fields] = {}

    def is_new(self, message_id: str) -> bool:
        """True the first time that a message is asked about: an event has no id, but it names its message."""
        with self._lock:
            if message_id in self._handled:
                return False
            self._handled[message_id] = None
            if len(self._handled) > REMEMBERED_MESSAGES:
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


class NotBelieved(Exception):  # noqa: N818 - it is no mistake of ours
    """A body is not from Canvas."""


def read(body: bytes) -> Event:
    """Give the event in a body, signed or not; raises NotBelieved if not from Canvas, ValueError if it is no event."""
    if not body.lstrip().startswith(b"{"):
        return verified(body.decode("ascii"))
    if IS_SIGNATURE_REQUIRED:
        raise NotBelieved("it is not signed")
    event: Event = json.loads(body)
    return event


def verified(token: str) -> Event:
    """Give the claims of a token that was signed with a key of the published set."""
    try:
        head, claims, signature = token.strip().split(".")
        header = json.loads(_decoded(head))
    except ValueError as error:
        raise NotBelieved(str(error)) from error
    # Whoever lets the token say how it is to be verified believes anybody.
    if header.get("alg") != "RS256":
        raise NotBelieved(f"signed by {header.get('alg')}")
    key = key_of(str(header.get("kid")))
    modulus, exponent = (int.from_bytes(_decoded(key[name]), "big") for name in ("n", "e"))
    size = (modulus.bit_length() + 7) // 8
    digest = SHA256_INFO + hashlib.sha256(f"{head}.{claims}".encode("ascii")).digest()
    wanted = b"\x00\x01" + b"\xff" * (size - len(digest) - 3) + b"\x00" + digest
    found = pow(int.from_bytes(_decoded(signature), "big"), exponent, modulus).to_bytes(size, "big")
    if found != wanted:
        raise NotBelieved("the signature is wrong")
    event: Event = json.loads(_decoded(claims))
    return event


def key_of(kid: str) -> Fields:
    """Give a public key; the set is fetched anew where it has no such key, since keys change each month."""
    if kid not in memory.keys:
        with urllib.request.urlopen(JWKS_URL, timeout=5) as response:
            memory.keys = {key["kid"]: key for key in json.load(response)["keys"]}
    if kid not in memory.keys:
        raise NotBelieved(f"there is no key {kid}")
    return memory.keys[kid]


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def handle(event: Event) -> None:
    """Do what an event asks for; all but new messages is none of the bot's business."""
    if event["metadata"]["event_name"] != "conversation_message_created":
        return
    about = event["body"]
    # The author stands in the body: a job's metadata names no user, and its user ids are of another form.
    if about["author_id"] == own_id() or not memory.is_new(about["message_id"]):
        return
    conversation = call("GET", f"/conversations/{about['conversation_id']}")
    if not isinstance(conversation, dict):
        return
    messages = {str(message["id"]): message for message in conversation["messages"]}
    message = messages.get(about["message_id"])
    if message is not None and not message["generated"]:
        names = {str(person["id"]): person["name"] for person in conversation["participants"]}
        answer(str(conversation["id"]), about["author_id"], names.get(about["author_id"], ""), message)


def own_id() -> str:
    """Give the id of the bot's own person: what it says comes back as an event."""
    if not memory.own_id:
        found = call("GET", "/users/self")
        memory.own_id = str(found["id"]) if isinstance(found, dict) else ""
    return memory.own_id


def answer(conversation_id: str, user_id: str, name: str, message: Fields) -> None:
    """Answer what a customer wrote."""
    comma_name = f", {name}" if name else ""
    for attachment in message["attachments"]:
        if attachment["content-type"].startswith("image/"):
            later(send_size_of_picture, conversation_id, comma_name, attachment["url"])
        else:
            send(conversation_id, f"I have put {attachment['display_name']} to your papers.")
    if message["media_comment"]:
        send(conversation_id, f"What a nice {message['media_comment']['media_type']}{comma_name}!")
    if not message["attachments"] and not message["media_comment"]:
        answer_text(conversation_id, user_id, comma_name, message["body"])


def answer_text(conversation_id: str, user_id: str, name: str, said: str) -> None:
    """Answer a text."""
    words = said.strip().lower()
    order = re.search(r"\b[A-Z]{2}-\d{4}\b", said)
    if order:
        memory.track(user_id, order[0])
        send(conversation_id, "One moment…")
        later(send_status, conversation_id, user_id)
    elif words in ("track", "track order"):
        send(conversation_id, "Which order number?")
    elif words in ("hours", "opening hours"):
        send(conversation_id, "We are open every day from 9 to 18 o'clock.")
    elif words in ("human", "talk to a human"):
        send(conversation_id, "A colleague will write to you in a minute.")
    elif "news" in words:
        send_status(conversation_id, user_id)
    elif "remind" in words:
        # A private conversation that there is goes on: the answer names it, and nothing new is begun.
        call("POST", "/conversations", [("recipients[]", user_id), ("body", "I will remind you on Friday.")])
    elif "catalogue" in words:
        send(conversation_id, "Spring flowers: https://example.com/spring.jpg")
    elif words.startswith(("https://", "http://")):
        send(conversation_id, f"I will read {urlsplit(said.strip()).hostname} tonight.")
    elif words.startswith(("hello", "hi", "good morning")):
        send(conversation_id, f"Hello{name}! What can I do for you? {MENU}")
    elif "thank" in words:
        send(conversation_id, f"You are welcome{name}!")
    else:
        send(conversation_id, f"I did not understand “{said}”. Can I help you with one of these? {MENU}")


def send_status(conversation_id: str, user_id: str) -> None:
    """Tell a customer what has become of her order."""
    found = memory.next_status(user_id)
    send(conversation_id, "Which order number?" if found is None else f"Order {found[0]} is {found[1]}.")


def send_size_of_picture(conversation_id: str, name: str, url: str) -> None:
    """Fetch a customer's picture and thank her for it."""
    try:
        with urllib.request.urlopen(url, timeout=3) as response:
            size = len(response.read(MAX_BODY_BYTES))
        send(conversation_id, f"Thank you for the picture{name}: {size} bytes of flowers.")
    except OSError as error:
        print(f"{url}: {error}", flush=True)
        send(conversation_id, f"I cannot open your picture{name}.")


# --- what goes out ---------------------------------------------------------------------------------------------------


def send(conversation_id: str, text: str) -> None:
    """Write into a conversation."""
    call("POST", f"/conversations/{conversation_id}/add_message", [("body", text)])


def call(method: str, path: str, fields: list[tuple[str, str]] | None = None) -> Any:
    """Give the answer of the REST API, None where it refuses; trouble that may pass is met with patience, thrice."""
    body = urlencode(fields).encode("ascii") if fields is not None else None
    headers = {"Authorization": f"Bearer {API_TOKEN}", "User-Agent": "flower-shop/1.0"}
    told = ""
    for pause_s in (0.1, 0.3, 0):
        request = urllib.request.Request(f"{API_URL}/api/v1{path}", body, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            told = f"{error.code} {error.read().decode('utf-8', 'replace')[:200]}"
            if error.code not in PASSING and "Rate Limit" not in told:
                break
        except (OSError, ValueError) as error:
            told = str(error)
        time.sleep(pause_s)
    print(f"{method} {path}: {told}", flush=True)
    return None


def later(work: Any, *arguments: Any) -> None:
    """Do something beside, so that Canvas need not wait for it."""
    threading.Thread(target=work, args=arguments, daemon=True).start()


# --- the server ------------------------------------------------------------------------------------------------------


class Webhook(BaseHTTPRequestHandler):
    """Takes Live Events at whatever path."""

    protocol_version = "HTTP/1.1"
    timeout = 30
    wbufsize = -1  # head and body leave together

    def do_POST(self) -> None:
        """Check who sends, then handle what is sent."""
        length = int(self.headers.get("Content-Length") or 0)
        if length > MAX_BODY_BYTES:
            self.respond(413)
            return
        try:
            event = read(self.rfile.read(length))
        except NotBelieved as error:
            print(f"not believed: {error}", flush=True)
            self.respond(403)
        except ValueError:
            self.respond(400)
        else:
            handle(event)
            self.respond(200)

    def do_GET(self) -> None:
        """Tell that the bot is up."""
        self.respond(200)

    def respond(self, status: int) -> None:
        """Give the HTTP answer; nobody reads what would stand in it."""
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
