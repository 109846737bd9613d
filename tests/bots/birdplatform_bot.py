"""
The tests' bot for the Bird platform, written on the official `messagebird-sdk`, and its broken twins.

    python birdplatform_bot.py [--twin NAME] [--register]

It plays the same flower shop as the bot of `demo`. PORT (or the port of SIMULATOR_ENDPOINT) and the variables BIRD_…
come from the environment. With --register it makes an endpoint of its own, rotates its secret, and knows the one before
alone, as a program does that is not told at once.
"""

from __future__ import annotations

import argparse
import base64
import os
import re
import threading
import warnings
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from bird import APIError, Bird, WebhookVerificationError

MENU = {"Track order": "track", "Opening hours": "hours"}
PLAIN = {
    "track": "Which order number?",
    "track order": "Which order number?",
    "hours": "We are open every day from 9 to 18 o'clock.",
    "bye": "Goodbye!",
}
STATUSES = ("packed", "on its way", "delivered")
SHOP = {"latitude": 51.5055, "longitude": -0.0754, "name": "The shop"}
EVENTS = ("whatsapp.received", "sms.received", "whatsapp.failed")


class ShopBot:
    """What the bot does; its twins change a little of it each."""

    def __init__(self) -> None:
        self.client = Bird(webhook_secret=os.environ["BIRD_WEBHOOK_SECRET"])
        self.secret: str | None = None
        self.handled: set[str] = set()
        self.orders: dict[str, tuple[str, int]] = {}
        self.lock = threading.Lock()

    # what the twins change

    def read(self, body: bytes, headers: Any) -> Any:
        """Give the event; None where it is not believed."""
        try:
            return self.client.webhooks.unwrap(body, headers, secret=self.secret).root
        except WebhookVerificationError:
            return None

    def is_new(self, key: str) -> bool:
        with self.lock:
            is_new = key not in self.handled
            self.handled.add(key)
        return is_new

    def say(self, to: str, words: str, **content: Any) -> None:
        sender = os.environ["BIRD_WHATSAPP_NUMBER"]
        self.patiently(self.client.whatsapp.send, to=to, from_=sender, **(content or {"text": {"body": words}}))

    # what they share

    def patiently(self, call: Any, *what: Any, **named: Any) -> Any:
        """Call the API; the SDK tries again by itself where it is busy or down."""
        try:
            return call(*what, **named)
        except APIError as error:
            print(f"not done: {error}", flush=True)
            return None

    def handle(self, event: Any) -> None:
        work = {"whatsapp.received": self.answer, "sms.received": self.answer_sms}.get(event.type)
        if work is not None:
            # The answer to an event does not wait for what is said.
            threading.Thread(target=work, args=(event.data,), daemon=True).start()

    def answer(self, data: Any) -> None:
        to = data.from_.phone_number
        if data.text:
            self.answer_text(to, data.text.body)
        elif data.interactive_reply:
            self.answer_text(to, data.interactive_reply.button.slug)
        elif data.image:
            media = self.client.whatsapp.messages.media(data.whatsapp_id, data.image.id)
            self.say(to, f"Thank you for the picture: {media.content_length} bytes of flowers.")
        elif data.video:
            self.say(to, "What a nice video!")
        elif data.audio:
            self.say(to, "I like your voice!")
        elif data.document:
            self.say(to, f"I have put {data.document.filename} to your papers.")
        elif data.location:
            self.say(to, "This is our shop nearest to you:")
            self.say(to, "", location=SHOP)
        elif data.contact_cards:
            self.say(to, f"I will write to {data.contact_cards[0].name.formatted_name}.")
        elif data.sticker:
            self.patiently(self.client.whatsapp.reaction.set, data.whatsapp_id, emoji="💐")

    def answer_text(self, to: str, said: str) -> None:
        words = said.strip().lower()
        order = re.search(r"\b[A-Z]{2}-\d{4}\b", said)
        if order:
            self.orders[to] = (order[0], 0)
            self.say(to, "One moment…")
            self.say_status(to)
        elif words in PLAIN:
            self.say(to, PLAIN[words])
        elif "how often" in words:
            # The page fetches those after it while it is read.
            written = self.client.whatsapp.list(direction="inbound", from_=to, limit=2)
            self.say(to, f"You have written {sum(1 for _ in written)} messages.")
        elif "news" in words:
            self.say_status(to)
        elif words.startswith("http"):
            self.say(to, f"I will read {urlsplit(words).hostname} tonight.")
        elif words.startswith(("hello", "good morning")):
            self.greet(to)
        elif "thank" in words:
            self.say(to, "You are welcome!")
        else:
            self.say(to, f"I did not understand “{said}”.")

    def greet(self, to: str) -> None:
        choices = [{"slug": slug, "text": label} for label, slug in MENU.items()]
        buttons = [{"type": "quick_reply", "quick_reply": choice} for choice in choices]
        content = {"type": "button", "body_text": "Hello! What can I do for you?", "buttons": buttons}
        self.say(to, "", interactive=content)

    def say_status(self, to: str) -> None:
        order, step = self.orders[to]
        self.orders[to] = (order, min(step + 1, len(STATUSES) - 1))
        self.say(to, f"Order {order} is {STATUSES[step]}.")

    def answer_sms(self, data: Any) -> None:
        words = PLAIN.get((data.text or "").strip().lower(), f"I did not understand “{data.text}”.")
        sender = os.environ["BIRD_SMS_NUMBER"]
        self.patiently(self.client.sms.send, to=data.from_, from_=sender, text=words, category="service")

    def register(self, url: str) -> None:
        made = self.client.webhooks.create(url=url, events=EVENTS, description="Flowers")
        self.secret = made.secret
        self.client.webhooks.rotate_secret(made.id)
        print("registered:", [each.url for each in self.client.webhooks.list()], flush=True)


# --- the broken twins ------------------------------------------------------------------------------------------------


class Twice(ShopBot):
    """Has forgotten that it knows a delivery already."""

    def is_new(self, key: str) -> bool:
        return True


class Refusing(ShopBot):
    """Takes the secret as text, and not as base64, the most usual mistake; it believes nobody."""

    def read(self, body: bytes, headers: Any) -> Any:
        self.secret = base64.b64encode(os.environ["BIRD_WEBHOOK_SECRET"].encode()).decode()
        return super().read(body, headers)


TWINS: dict[str, type[ShopBot]] = {"none": ShopBot, "twice": Twice, "refusing": Refusing}

# --- the server ------------------------------------------------------------------------------------------------------


class Endpoint(BaseHTTPRequestHandler):
    """Verifies, parses, answers."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    bot: ShopBot

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        event = self.bot.read(body, dict(self.headers))
        if event is None:
            self.respond(403)
            return
        if self.bot.is_new(self.headers["webhook-id"]):
            self.bot.handle(event)
        self.respond(200)

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
    parser.add_argument("--register", action="store_true")
    switches = parser.parse_args()
    bot = TWINS[switches.twin]()
    port = int(os.environ.get("PORT") or urlsplit(os.environ.get("SIMULATOR_ENDPOINT", "")).port or 8080)
    # Before the port is open: whoever sees it open takes the bot for ready.
    if switches.register:
        bot.register(f"http://127.0.0.1:{port}/flowers")
    with Server(("127.0.0.1", port), type("Handler", (Endpoint,), {"bot": bot})) as server:
        print(f"listening on port {port}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
