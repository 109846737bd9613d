"""
The tests' Smooch bot, written on the official `smooch`, and its broken twins: an ordinary program like any bot.

    python smooch_bot.py [--twin NAME] [--register [--triggers NAME,…]]

It plays the same flower shop as the bot of `demo`. PORT (or the port of SIMULATOR_ENDPOINT) and the variables SMOOCH_…
come from the environment. With --register it makes a webhook of its own and believes what that one's secret comes with.
"""

from __future__ import annotations

import argparse
import contextlib
import hmac
import json
import os
import re
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jwt
import smooch
import urllib3

MENU = (("Track order", "track"), ("Opening hours", "hours"), ("Talk to a human", "human"))
STATUSES = ("packed", "on its way", "delivered")
SHOP = smooch.Coordinates(lat=51.5055, long=-0.0754)
FLOWERS = ("Tulips", "Daffodils")
FIELDS = (("name", "text"), ("email", "email"))
OFFER = "Buy tulips"
PRICES = b"Tulips 12.50\nDaffodils 8.00\n"
MESSAGE = smooch.MessagePost


class ShopBot:
    """What the bot does; its twins change a little of it each."""

    def __init__(self, app_id: str, secret: str) -> None:
        self.app_id = app_id
        self.secret = secret
        self.conversations = smooch.ConversationApi()
        self.people = smooch.AppUserApi()
        self.files = smooch.AttachmentsApi()
        self.handled: set[Any] = set()
        self.orders: dict[str, tuple[str, int]] = {}
        self.lock = threading.Lock()

    # what the twins change

    def is_known(self, key: str) -> bool:
        return hmac.compare_digest(self.secret.encode(), key.encode())

    def status_for(self, event: Any) -> int:
        """Give the status of the HTTP answer to an event that was handled."""
        return 200

    def is_new(self, event: Any, key: Any) -> bool:
        with self.lock:
            is_new = key not in self.handled
            self.handled.add(key)
        return is_new

    def say(self, user_id: str, *messages: MESSAGE) -> None:
        for message in messages:
            self.send(user_id, message)

    # what they share

    def send(self, user_id: str, message: MESSAGE) -> None:
        self.patiently(self.conversations.post_message, user_id, message)

    def patiently(self, call: Any, *what: Any, **query: Any) -> Any:
        """Call the API, and again a moment later where it is busy or down; None where it stays so."""
        for pause_s in (0.1, 0.3, 0):
            try:
                return call(self.app_id, *what, **query)
            except (smooch.rest.ApiException, urllib3.exceptions.HTTPError) as error:
                told: Exception = error
                if 400 <= (getattr(error, "status", None) or 0) < 500 and error.status != 429:
                    break
            time.sleep(pause_s)
        print(f"not done: {told}", flush=True)
        return None

    def handle(self, event: Any) -> None:
        user_id = event.get("appUser", {}).get("_id", "")
        match event["trigger"]:
            case "message:appUser":
                for fields in event["messages"]:
                    if self.is_new(event, fields["_id"]):
                        self.answer(user_id, model(fields, "Message"))
            case "postback":
                if self.is_new(event, json.dumps(event)):
                    for postback in event["postbacks"]:
                        self.answer_postback(user_id, model(postback["action"], "Action"))
            case "payment:success":
                for payment in event["payments"]:
                    action = model(payment["action"], "Action")
                    if action.text == OFFER and self.is_new(event, payment["charge"]["id"]):
                        self.say(user_id, text(f"Paid: {action.amount / 100:.2f} {action.currency}."))
            case "conversation:start":
                if self.is_new(event, (user_id, event["timestamp"])):
                    self.say(user_id, text("Welcome to the flower shop! What can I do for you?", MENU))

    def answer(self, user_id: str, message: smooch.Message) -> None:
        name = f", {message.name}" if message.name else ""
        match message.type:
            case "text":
                self.answer_text(user_id, name, message)
            case "formResponse":
                answers = {field.name: field.text or field.email for field in message.fields}
                if answers.keys() == dict(FIELDS).keys():
                    self.say(user_id, text(f"Thank you, {answers['name']}: it goes to {answers['email']}."))
            case "image":
                self.later(self.send_size, user_id, name, message.media_url)
            case "file" if (message.media_type or "").startswith("video/"):
                self.say(user_id, text(f"What a nice video{name}!"))
            case "file":
                self.say(user_id, text(f"I have put {message.media_url.rpartition('/')[2]} to your papers."))
            case "location":
                place = message_of("location", coordinates=SHOP)
                self.say(user_id, text("This is our shop nearest to you:"), place)

    def answer_text(self, user_id: str, name: str, message: smooch.Message) -> None:
        said = message.text
        words = (message.payload or said).strip().lower()
        order = re.search(r"\b[A-Z]{2}-\d{4}\b", said)
        if order:
            self.orders[user_id] = (order[0], 0)
            self.say(user_id, text("One moment…"))
            self.later(self.send_status, user_id)
        elif words == "track":
            self.say(user_id, text("Which order number?"))
        elif words == "hours":
            self.say(user_id, text("We are open every day from 9 to 18 o'clock."))
        elif words == "human":
            self.say(user_id, text("A colleague will write to you in a minute."))
        elif "news" in words:
            self.send_status(user_id)
        elif "catalogue" in words:
            typing = smooch.ConversationActivity(role="appMaker", type="typing:start")
            self.conversations.conversation_activity(self.app_id, user_id, typing)
            self.say(user_id, message_of("carousel", items=[card(flower) for flower in FLOWERS]))
        elif words.startswith(("hello", "hi", "good morning")):
            self.say(user_id, text(f"Hello{name}! What can I do for you?", MENU))
        elif "thank" in words:
            self.say(user_id, text(f"You are welcome{name}!"))
        elif not self.answer_wish(user_id, words):
            self.say(user_id, text(f"I did not understand “{said}”. Can I help you with one of these?", MENU))

    def answer_wish(self, user_id: str, words: str) -> bool:
        """Do what a customer asks for beside her orders, and tell whether it was something that the bot knows."""
        if count := re.search(r"write (\d+) lines", words):
            self.later(self.say, user_id, *(text(f"Line {number}") for number in range(1, int(count[1]) + 1)))
        elif "how much" in words:
            self.later(self.send_count, user_id)
        elif "price list" in words:
            self.later(self.send_prices, user_id)
        elif "forget the last" in words:
            self.later(self.take_back, user_id)
        elif words.startswith("remember "):
            change = smooch.AppUserUpdate(properties={"likes": words.removeprefix("remember ")})
            self.patiently(self.people.update_app_user, user_id, change)
            self.say(user_id, text("I will."))
        elif "what do i like" in words:
            known = self.patiently(self.people.get_app_user, user_id).app_user
            self.say(user_id, text(f"You like {known.properties['likes']}."))
        elif "form" in words:
            fields = [smooch.Field(type=kind, name=name, label=name.title()) for name, kind in FIELDS]
            self.say(user_id, message_of("form", fields=fields))
        elif "buy" in words:
            offer = smooch.Action(type="buy", text=OFFER, amount=1250)
            self.say(user_id, message_of("text", text="A dozen tulips", actions=[offer]))
        else:
            return False
        return True

    def answer_postback(self, user_id: str, action: smooch.Action) -> None:
        if action.payload == "NEWS":
            self.send_status(user_id)
        else:
            self.say(user_id, text(f"{action.text}: a good choice!"))

    def send_status(self, user_id: str) -> None:
        with self.lock:
            order, step = self.orders.get(user_id, ("", 0))
            self.orders[user_id] = (order, min(step + 1, len(STATUSES) - 1))
        status = text(f"Order {order} is {STATUSES[step]}.")
        status.actions = [smooch.Action(type="postback", text="Any news?", payload="NEWS")]
        self.say(user_id, status if order else text("Which order number?"))

    def send_count(self, user_id: str) -> None:
        """Tell how long the conversation is, page by page from its end to its beginning."""
        count, pages, query = 0, 0, {}
        while True:
            page = self.patiently(self.conversations.get_messages, user_id, **query)
            count, pages = count + len(page.messages), pages + 1
            if page.next is None:
                break
            query = {"before": page.messages[0].received}
        self.say(user_id, text(f"We wrote {count} messages on {pages} pages."))

    def send_prices(self, user_id: str) -> None:
        """Upload a file, send it, and look whether it can be got."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "prices.txt"
            path.write_bytes(PRICES)
            about = {"_for": "message", "app_user_id": user_id}
            stored = self.patiently(self.files.upload_attachment, str(path), "public", **about)
        self.say(user_id, message_of("file", media_url=stored.media_url))
        found = urllib3.request("GET", stored.media_url, timeout=3)
        told = "as it was" if found.data == PRICES else "broken"
        self.say(user_id, text(f"{stored.media_type}, {len(found.data)} bytes, {told}."))

    def take_back(self, user_id: str) -> None:
        """Take the bot's last message away."""
        page = self.patiently(self.conversations.get_messages, user_id)
        last = next(message for message in reversed(page.messages) if message.role == "appMaker")
        self.patiently(self.conversations.delete_message, user_id, last.id)

    def send_size(self, user_id: str, name: str, url: str) -> None:
        size = len(urllib3.request("GET", url, timeout=3).data)
        self.say(user_id, text(f"Thank you for the picture{name}: {size} bytes of flowers."))

    def later(self, work: Any, *arguments: Any) -> None:
        threading.Thread(target=work, args=arguments, daemon=True).start()


def model(fields: Any, kind: str) -> Any:
    """Give the SDK's model of a part of a webhook's body; the SDK has none for the whole."""
    return smooch.ApiClient().deserialize(type("Text", (), {"data": json.dumps(fields)})(), kind)


def message_of(kind: str, **fields: Any) -> MESSAGE:
    return MESSAGE(role="appMaker", type=kind, name="Flower shop", **fields)


def text(words: str, replies: tuple[tuple[str, str], ...] = ()) -> MESSAGE:
    actions = [smooch.Action(type="reply", text=label, payload=payload) for label, payload in replies]
    return message_of("text", text=words, actions=actions or None)


def card(flower: str) -> smooch.MessageItem:
    take = smooch.Action(type="postback", text=f"Take {flower.lower()}", payload=f"TAKE_{flower.upper()}")
    return smooch.MessageItem(title=flower, description="A dozen", actions=[take])


# --- the broken twins ------------------------------------------------------------------------------------------------


class WrongText(ShopBot):
    """Asks for something else than the order number."""

    def say(self, user_id: str, *messages: MESSAGE) -> None:
        for message in messages:
            if message.text:
                message.text = message.text.replace("order number", "colour")
        super().say(user_id, *messages)


class Late(ShopBot):
    """Says the right thing, and answers the event, two and a half seconds after it should have."""

    def say(self, user_id: str, *messages: MESSAGE) -> None:
        time.sleep(2.5)
        super().say(user_id, *messages)


class Silent(ShopBot):
    """Takes everything and never says a word."""

    def say(self, user_id: str, *messages: MESSAGE) -> None:
        return


class Twice(ShopBot):
    """Has forgotten that it knows an event already."""

    def is_new(self, event: Any, key: Any) -> bool:
        return True


class WrongStatus(ShopBot):
    """Says everything right, and answers every message with an error."""

    def status_for(self, event: Any) -> int:
        return 500 if event["trigger"] == "message:appUser" else 200


class Unchecked(ShopBot):
    """Trusts everybody."""

    def is_known(self, key: str) -> bool:
        return True


class Refusing(ShopBot):
    """Trusts nobody: it knows another secret than the one that comes."""

    def is_known(self, key: str) -> bool:
        return super().is_known(key + "x")


class Crash(ShopBot):
    """Dies of the first order number, before it has answered."""

    def answer_text(self, user_id: str, name: str, message: smooch.Message) -> None:
        if re.search(r"\d{4}", message.text):
            print("the orders are on fire", flush=True)
            os._exit(3)
        super().answer_text(user_id, name, message)


class Echo(ShopBot):
    """Answers its own words, since it does not look at who has spoken."""

    def handle(self, event: Any) -> None:
        if event["trigger"] == "message:appMaker":
            self.say(event["appUser"]["_id"], text("And another thing…"))
            return
        super().handle(event)

    def send(self, user_id: str, message: MESSAGE) -> None:
        # Not even an answer of the API gives it pause.
        with contextlib.suppress(Exception):
            self.conversations.post_message(self.app_id, user_id, message)


class FailsFirst(ShopBot):
    """Refuses a message three times, then takes it and answers from the background."""

    def __init__(self, app_id: str, secret: str) -> None:
        super().__init__(app_id, secret)
        self.failures = 0
        self.worker = ThreadPoolExecutor(1)

    def is_new(self, event: Any, key: Any) -> bool:
        if event["trigger"] == "message:appUser" and self.failures < 3:
            return False
        return super().is_new(event, key)

    def status_for(self, event: Any) -> int:
        if event["trigger"] != "message:appUser" or self.failures >= 3:
            return 200
        self.failures += 1
        return 500

    def say(self, user_id: str, *messages: MESSAGE) -> None:
        self.later(super().say, user_id, *messages)

    def later(self, work: Any, *arguments: Any) -> None:
        # One after the other, or what it says would overtake what it said before.
        self.worker.submit(work, *arguments)


TWINS: dict[str, type[ShopBot]] = {
    "none": ShopBot,
    "wrong-text": WrongText,
    "late": Late,
    "silent": Silent,
    "twice": Twice,
    "wrong-status": WrongStatus,
    "unchecked": Unchecked,
    "refusing": Refusing,
    "crash": Crash,
    "echo": Echo,
    "fails-first": FailsFirst,
}

# --- the server ------------------------------------------------------------------------------------------------------


class Webhook(BaseHTTPRequestHandler):
    """Verifies, parses, answers."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    bot: ShopBot

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not self.bot.is_known(self.headers.get("X-API-Key", "")):
            self.respond(401)
            return
        event = json.loads(body)
        self.bot.handle(event)
        self.respond(self.bot.status_for(event))

    def respond(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        return


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def log_in() -> None:
    token = jwt.encode({"scope": "app"}, os.environ["SMOOCH_KEY_SECRET"], headers={"kid": os.environ["SMOOCH_KEY_ID"]})
    smooch.configuration.host = os.environ["SMOOCH_API_URL"]
    smooch.configuration.api_key["Authorization"] = token
    smooch.configuration.api_key_prefix["Authorization"] = "Bearer"


def register(app_id: str, target: str, triggers: list[str]) -> str:
    """Make a webhook, unless there is one for the target, and give its secret."""
    api = smooch.WebhookApi()
    found = next((each for each in api.list_webhooks(app_id).webhooks if each.target == target), None)
    if found is None:
        found = api.create_webhook(app_id, smooch.WebhookCreate(target=target, triggers=triggers)).webhook
    print("webhook:", found.id, found.version, *found.triggers, flush=True)
    return str(found.secret)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--twin", choices=sorted(TWINS), default="none")
    parser.add_argument("--register", action="store_true")
    parser.add_argument("--triggers", default="message,postback,conversation:start")
    switches = parser.parse_args()
    endpoint = os.environ.get("SIMULATOR_ENDPOINT", "")
    app_id = os.environ["SMOOCH_APP_ID"]
    log_in()
    secret = os.environ["SMOOCH_WEBHOOK_SECRET"]
    if switches.register:
        secret = register(app_id, endpoint, switches.triggers.split(","))
    bot = TWINS[switches.twin](app_id, secret)
    port = int(os.environ.get("PORT") or urlsplit(endpoint).port or 8080)
    with Server(("127.0.0.1", port), type("Handler", (Webhook,), {"bot": bot})) as server:
        print(f"listening on port {port}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
