"""
The tests' MessageBird bot, written on the official `messagebird`, and its broken twins.

    python messagebird_bot.py [--twin NAME]

It plays the same flower shop as the bot of `demo`. PORT (or the port of SIMULATOR_ENDPOINT) and the variables
MESSAGEBIRD_… come from the environment.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import messagebird.client
import requests
from messagebird.conversation_message import ConversationMessage
from messagebird.error import ValidationError
from messagebird.request_validator import RequestValidator

MENU = {"Track order": "track", "Opening hours": "hours"}
PLAIN = {
    "track order": "Which order number?",
    "hours": "We are open every day from 9 to 18 o'clock.",
    "opening hours": "We are open every day from 9 to 18 o'clock.",
}
STATUSES = ("packed", "on its way", "delivered")
SHOP = {"latitude": 51.5055, "longitude": -0.0754}


class ShopBot:
    """What the bot does; its twins change a little of it each."""

    def __init__(self) -> None:
        self.client = messagebird.client.Client(os.environ["MESSAGEBIRD_ACCESS_KEY"])
        self.validator = RequestValidator(os.environ["MESSAGEBIRD_SIGNING_KEY"])
        self.handled: set[str] = set()
        self.orders: dict[str, tuple[str, int]] = {}
        self.lock = threading.Lock()

    # what the twins change

    def is_signed(self, token: str, url: str, body: bytes) -> bool:
        try:
            self.validator.validate_signature(token, url, body)
        except ValidationError:
            return False
        return True

    def is_new(self, key: str) -> bool:
        with self.lock:
            is_new = key not in self.handled
            self.handled.add(key)
        return is_new

    def say(self, to: ConversationMessage, kind: str, content: Any) -> None:
        message = {"type": kind, "content": {kind: content}}
        self.patiently(self.client.conversation_create_message, to.conversationId, message)

    # what they share

    def patiently(self, call: Any, *what: Any) -> Any:
        """Call the API, and again a moment later where it is busy or down; None where it stays so."""
        for pause_s in (0.1, 0.3, 0):
            try:
                return call(*what)
            except messagebird.client.ErrorException as error:
                told: Exception = error
                break
            except requests.RequestException as error:
                told = error
            time.sleep(pause_s)
        print(f"not done: {told}", flush=True)
        return None

    def handle(self, event: dict[str, Any]) -> None:
        message = ConversationMessage().load(event["message"]) if "message" in event else None
        if event["type"] != "message.created" or message is None or message.direction != "received":
            return
        if self.is_new(message.id):
            # The answer to an event does not wait for what is said.
            threading.Thread(target=self.answer, args=(message,), daemon=True).start()

    def answer(self, message: ConversationMessage) -> None:
        inner = message.content[message.type]
        match message.type:
            case "text":
                self.answer_text(message, inner)
            case "image":
                size = len(requests.get(inner["url"], timeout=3).content)
                self.say(message, "text", f"Thank you for the picture: {size} bytes of flowers.")
            case "video":
                self.say(message, "text", "What a nice video!")
            case "audio":
                self.say(message, "text", "I like your voice!")
            case "file":
                name = urlsplit(inner["url"]).path.rpartition("/")[2]
                self.say(message, "text", f"I have put {name} to your papers.")
            case "location":
                self.say(message, "text", "This is our shop nearest to you:")
                self.say(message, "location", SHOP)
            case "whatsappSticker":
                self.say(message, "whatsappSticker", inner)

    def answer_text(self, message: ConversationMessage, said: str) -> None:
        words = said.strip().lower()
        order = re.search(r"\b[A-Z]{2}-\d{4}\b", said)
        if order:
            self.orders[message.conversationId] = (order[0], 0)
            self.say(message, "text", "One moment…")
            self.say_status(message)
        elif words in PLAIN:
            self.say(message, "text", PLAIN[words])
        elif "how often" in words:
            self.say(message, "text", f"You have written {self.count(message)} messages.")
        elif "news" in words:
            self.say_status(message)
        elif words == "bye":
            self.say(message, "text", "Goodbye!")
            self.patiently(self.client.conversation_update, message.conversationId, {"status": "archived"})
        elif words.startswith("http"):
            self.say(message, "text", f"I will read {urlsplit(words).hostname} tonight.")
        elif words.startswith(("hello", "good morning")):
            self.greet(message)
        elif "thank" in words:
            self.say(message, "text", "You are welcome!")
        else:
            self.say(message, "text", f"I did not understand “{said}”.")

    def greet(self, message: ConversationMessage) -> None:
        buttons = [{"type": "reply", "id": payload, "title": label} for label, payload in MENU.items()]
        body = {"text": "Hello! What can I do for you?"}
        self.say(message, "interactive", {"type": "button", "body": body, "action": {"buttons": buttons}})

    def say_status(self, message: ConversationMessage) -> None:
        order, step = self.orders[message.conversationId]
        self.orders[message.conversationId] = (order, min(step + 1, len(STATUSES) - 1))
        self.say(message, "text", f"Order {order} is {STATUSES[step]}.")

    def count(self, message: ConversationMessage) -> int:
        """Give how many messages came in this conversation; a page has two of them."""
        found: list[Any] = []
        total = 1
        while len(found) < total:
            page = self.patiently(self.client.conversation_list_messages, message.conversationId, 2, len(found))
            found += page.items
            total = page.totalCount
        return sum(each.direction == "received" for each in found)


# --- the broken twins ------------------------------------------------------------------------------------------------


class Silent(ShopBot):
    """Takes everything and never says a word."""

    def say(self, to: ConversationMessage, kind: str, content: Any) -> None:
        return


class Twice(ShopBot):
    """Has forgotten that it knows a message already."""

    def is_new(self, key: str) -> bool:
        return True


class Unchecked(ShopBot):
    """Trusts everybody."""

    def is_signed(self, token: str, url: str, body: bytes) -> bool:
        return True


class OtherUrl(ShopBot):
    """Verifies another URL than the one that was registered, as behind a proxy that is not reckoned with."""

    def is_signed(self, token: str, url: str, body: bytes) -> bool:
        return super().is_signed(token, f"https://bot.example.com{urlsplit(url).path}", body)


TWINS: dict[str, type[ShopBot]] = {
    "none": ShopBot,
    "silent": Silent,
    "twice": Twice,
    "unchecked": Unchecked,
    "other-url": OtherUrl,
}

# --- the server ------------------------------------------------------------------------------------------------------


class Webhook(BaseHTTPRequestHandler):
    """Verifies, parses, answers."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    bot: ShopBot
    url: str

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        url = self.url or f"http://{self.headers['Host']}{self.path}"
        if self.bot.is_signed(self.headers.get("MessageBird-Signature-JWT", ""), url, body):
            self.bot.handle(json.loads(body))
            self.respond(200)
        else:
            self.respond(403)

    def respond(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        return


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--twin", choices=sorted(TWINS), default="none")
    twin = parser.parse_args().twin
    messagebird.client.CONVERSATION_API_ROOT = os.environ["MESSAGEBIRD_API_URL"]
    endpoint = os.environ.get("SIMULATOR_ENDPOINT", "")
    port = int(os.environ.get("PORT") or urlsplit(endpoint).port or 8080)
    with Server(("127.0.0.1", port), type("Handler", (Webhook,), {"bot": TWINS[twin](), "url": endpoint})) as server:
        print(f"listening on port {port}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
