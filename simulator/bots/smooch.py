"""
A flower shop on Smooch, in one file and with the standard library alone: take it as a start for a bot of your own.

    PORT=8080 SMOOCH_APP_ID=… SMOOCH_KEY_ID=app_… SMOOCH_KEY_SECRET=… SMOOCH_WEBHOOK_SECRET=… python smooch.py

Without PORT it listens at the port of the URL in SIMULATOR_ENDPOINT. It understands the webhooks of v1 and of v1.1.
Each event is checked by its secret and handled once, however often it comes; what takes longer is done by a thread of
its own, so that Smooch has its answer at once.
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
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

Fields = dict[str, Any]

API_URL = os.environ.get("SMOOCH_API_URL", "https://api.smooch.io").rstrip("/")
APP_ID = os.environ.get("SMOOCH_APP_ID", "")
KEY_ID = os.environ.get("SMOOCH_KEY_ID", "")
KEY_SECRET = os.environ.get("SMOOCH_KEY_SECRET", "")
WEBHOOK_SECRET = os.environ.get("SMOOCH_WEBHOOK_SECRET", "")
PORT = int(os.environ.get("PORT") or urlsplit(os.environ.get("SIMULATOR_ENDPOINT", "")).port or 8080)

STATUSES = ("packed", "on its way", "delivered")
"""What becomes of an order, each time that somebody asks."""

SHOP = {"lat": 51.5055, "long": -0.0754}
MENU = (("Track order", "track"), ("Opening hours", "hours"), ("Talk to a human", "human"))
FLOWERS = (("Tulips", "A dozen, red", "TAKE_TULIPS"), ("Daffodils", "A dozen, yellow", "TAKE_DAFFODILS"))

MAX_BODY_BYTES = 1024 * 1024
REMEMBERED_EVENTS = 10_000


class Memory:
    """What the bot knows about its customers, for as long as it runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._handled: dict[tuple[Any, ...], None] = {}
        self._orders: dict[str, tuple[str, int]] = {}

    def is_new(self, key: tuple[Any, ...]) -> bool:
        """True the first time that an event is asked about: Smooch repeats what it thinks was lost."""
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


def is_from_smooch(key: str) -> bool:
    """True where the header X-API-Key holds the webhook's secret; there is no other signature."""
    return hmac.compare_digest(WEBHOOK_SECRET.encode("utf-8"), key.encode("utf-8", "replace"))


def handle(event: Fields) -> None:
    """Do what an event asks for. What the bot says itself comes back as `message:appMaker`, and asks for nothing."""
    user_id = event.get("appUser", {}).get("_id", "")
    match event.get("trigger"):
        case "message:appUser":
            for message in event["messages"]:
                if memory.is_new(("message", message["_id"])):
                    answer(user_id, message)
        case "postback":
            # Nothing in it tells one tap from the next but the body itself.
            body = json.dumps(event, sort_keys=True).encode()
            if memory.is_new(("postback", hashlib.sha256(body).digest())):
                for postback in event["postbacks"]:
                    answer_postback(user_id, postback["action"])
        case "conversation:start":
            if memory.is_new(("start", user_id, event["timestamp"])):
                send(user_id, text("Welcome to the flower shop! What can I do for you?", MENU))
        case "delivery:failure" | "message:delivery:failure":
            print(f"not delivered to {user_id}: {event.get('error')}")


def answer(user_id: str, message: Fields) -> None:
    """Answer what a customer sent."""
    name = f", {message['name']}" if message.get("name") else ""
    match message.get("type"):
        case "text":
            answer_text(user_id, name, message["text"], message.get("payload"))
        case "image":
            later(send_size_of_picture, user_id, name, message["mediaUrl"])
        case "file" if str(message.get("mediaType", "")).startswith("video/"):
            send(user_id, text(f"What a nice video{name}!"))
        case "file":
            file_name = urllib.parse.unquote(urlsplit(message["mediaUrl"]).path.rpartition("/")[2])
            send(user_id, text(f"I have put {file_name} to your papers."))
        case "location":
            place = {"type": "location", "coordinates": SHOP}
            send(user_id, text("This is our shop nearest to you:"), place)


def answer_text(user_id: str, name: str, said: str, payload: str | None = None) -> None:
    """Answer a text; after a tap on a reply, its payload counts."""
    words = (payload or said).strip().lower()
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
        act(user_id, "typing:start")
        send(user_id, carousel())
    elif words.startswith(("hello", "hi", "good morning")):
        send(user_id, text(f"Hello{name}! What can I do for you?", MENU))
    elif "thank" in words:
        send(user_id, text(f"You are welcome{name}!"))
    else:
        send(user_id, text(f"I did not understand “{said}”. Can I help you with one of these?", MENU))


def answer_postback(user_id: str, action: Fields) -> None:
    """Answer a tap on a button that stays where it is."""
    if action["payload"] == "NEWS":
        send_status(user_id)
    else:
        send(user_id, text(f"{action['text']}: a good choice!"))


def send_status(user_id: str) -> None:
    """Tell a customer what has become of her order."""
    found = memory.next_status(user_id)
    if found is None:
        send(user_id, text("Which order number?"))
        return
    order, status = found
    news = {"type": "postback", "text": "Any news?", "payload": "NEWS"}
    send(user_id, {**text(f"Order {order} is {status}."), "actions": [news]})


def send_size_of_picture(user_id: str, name: str, url: str) -> None:
    """Fetch a customer's picture and thank her for it."""
    try:
        with urllib.request.urlopen(url, timeout=3) as response:
            size = len(response.read(MAX_BODY_BYTES))
        send(user_id, text(f"Thank you for the picture{name}: {size} bytes of flowers."))
    except OSError as error:
        print(f"{url}: {error}")
        send(user_id, text(f"I cannot open your picture{name}."))


# --- what goes out ---------------------------------------------------------------------------------------------------


def text(words: str, replies: tuple[tuple[str, str], ...] = ()) -> Fields:
    """Give a text message, with a reply to tap for each label and its payload."""
    message: Fields = {"type": "text", "text": words}
    if replies:
        message["actions"] = [{"type": "reply", "text": label, "payload": payload} for label, payload in replies]
    return message


def carousel() -> Fields:
    """Give what the shop has, as cards side by side."""
    items = [
        {
            "title": title,
            "description": about,
            "mediaUrl": f"https://example.com/{title.lower()}.jpg",
            "actions": [{"type": "postback", "text": f"Take {title.lower()}", "payload": payload}],
        }
        for title, about, payload in FLOWERS
    ]
    return {"type": "carousel", "items": items}


def send(user_id: str, *messages: Fields) -> None:
    """Send messages one after another; what Smooch refuses is told on standard output."""
    for message in messages:
        status, told = call(user_id, "messages", {"role": "appMaker", "name": "Flower shop", **message})
        if status != 201:
            print(f"not sent to {user_id}: {status} {told}")


def act(user_id: str, activity: str) -> None:
    """Show a customer that somebody is at work."""
    call(user_id, "conversation/activity", {"role": "appMaker", "type": activity})


def call(user_id: str, path: str, fields: Fields) -> tuple[int, str]:
    """Give status and body of the API's answer; trouble that may pass is met with patience, three times."""
    url = f"{API_URL}/v1.1/apps/{APP_ID}/appusers/{urllib.parse.quote(user_id, safe='')}/{path}"
    headers = {"Authorization": f"Bearer {token()}", "Content-Type": "application/json"}
    status, told = 0, ""
    for pause_s in (0.1, 0.3, 0):
        request = urllib.request.Request(url, json.dumps(fields).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            status, told = error.code, error.read().decode("utf-8", "replace")
        except OSError as error:
            status, told = 0, str(error)
        if 0 < status < 500 and status != 429:
            break
        time.sleep(pause_s)
    return status, told


def token() -> str:
    """Give the token that the bot calls with: a JWT of the app's scope, signed with the key's secret."""
    parts = ({"alg": "HS256", "typ": "JWT", "kid": KEY_ID}, {"scope": "app"})
    signed = ".".join(_url_safe(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
    signature = hmac.new(KEY_SECRET.encode(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{_url_safe(signature)}"


def _url_safe(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def later(work: Any, *arguments: Any) -> None:
    """Do something beside, so that Smooch need not wait for it."""
    threading.Thread(target=work, args=arguments, daemon=True).start()


# --- the server ------------------------------------------------------------------------------------------------------


class Webhook(BaseHTTPRequestHandler):
    """Takes Smooch's events at whatever path."""

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
        if not is_from_smooch(self.headers.get("X-API-Key", "")):
            self.respond(401)
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
