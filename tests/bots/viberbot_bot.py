"""
The tests' Viber bot, written on the official `viberbot`, and its broken twins: an ordinary program like any bot.

    python viberbot_bot.py [--twin NAME] [--set-webhook] [--tell]

It plays the same flower shop as the bot of `demo`. PORT (or the port of SIMULATOR_ENDPOINT), VIBER_API_URL and
VIBER_AUTH_TOKEN come from the environment.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import requests
import viberbot.api.api
from viberbot import Api, BotConfiguration
from viberbot.api.messages import LocationMessage, PictureMessage, StickerMessage, TextMessage
from viberbot.api.messages.data_types.location import Location
from viberbot.api.messages.message import Message
from viberbot.api.viber_requests import (
    ViberConversationStartedRequest,
    ViberFailedRequest,
    ViberMessageRequest,
    ViberRequest,
    ViberSubscribedRequest,
    ViberUnsubscribedRequest,
)

MENU = (("Track order", "track"), ("Opening hours", "hours"), ("Talk to a human", "human"))
STATUSES = ("packed", "on its way", "delivered")
SHOP = Location(lat=51.5055, lon=-0.0754)


class ShopBot:
    """What the bot does; its twins change a little of it each."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.handled: set[tuple[Any, ...]] = set()
        self.orders: dict[str, tuple[str, int]] = {}
        self.lock = threading.Lock()

    # what the twins change

    def is_signed(self, body: bytes, signature: str) -> bool:
        return bool(self.api.verify_signature(body, signature))

    def status_for(self, request: ViberRequest) -> int:
        """Give the status of the HTTP answer to an event that was handled."""
        return 200

    def is_new(self, request: ViberRequest, key: tuple[Any, ...]) -> bool:
        with self.lock:
            is_new = key not in self.handled
            self.handled.add(key)
        return is_new

    def say(self, user_id: str, *messages: Message) -> None:
        for message in messages:
            self.send(user_id, message)

    # what they share

    def send(self, user_id: str, message: Message) -> None:
        for pause_s in (0.1, 0.3, 0):
            try:
                self.api.send_messages(user_id, [message])
                return
            except requests.RequestException as error:
                told: Exception = error
            except Exception as error:  # noqa: BLE001 - the SDK raises no narrower type
                told = error
                if "status: 12" not in str(error):
                    break
            time.sleep(pause_s)
        print(f"not sent: {told}", flush=True)

    def handle(self, request: ViberRequest, key: tuple[Any, ...]) -> Message | None:
        """Do what an event asks for; a welcome message is given back for the HTTP answer."""
        if not self.is_new(request, key):
            return None
        if isinstance(request, ViberConversationStartedRequest):
            return text(f"Welcome to the flower shop{comma_name(request.user)}! What can I do for you?", MENU)
        if isinstance(request, ViberMessageRequest):
            self.answer(request.sender.id, comma_name(request.sender), request.message)
        elif isinstance(request, ViberSubscribedRequest):
            self.say(request.user.id, text(f"Good to see you again{comma_name(request.user)}!"))
        elif isinstance(request, ViberUnsubscribedRequest):
            self.say(request.user_id, text("Goodbye!"))
        elif isinstance(request, ViberFailedRequest):
            print(f"not shown: {request.desc}", flush=True)
        return None

    def answer(self, user_id: str, name: str, message: Message) -> None:
        match message._message_type:  # the SDK has no public name for it
            case "text":
                self.answer_text(user_id, name, message.text)
            case "picture":
                self.later(self.send_size, user_id, name, message.media)
            case "video":
                self.say(user_id, text(f"What a nice video{name}!"))
            case "file":
                self.say(user_id, text(f"I have put {message.file_name} to your papers."))
            case "location":
                self.say(user_id, text("This is our shop nearest to you:"), LocationMessage(location=SHOP))
            case "contact":
                self.say(user_id, text(f"Thank you, we will call {message.contact.phone_number}."))
            case "sticker":
                self.say(user_id, StickerMessage(sticker_id=message.sticker_id))
            case "url":
                self.say(user_id, text(f"I will read {urlsplit(message.media).hostname} tonight."))

    def answer_text(self, user_id: str, name: str, said: str) -> None:
        words = said.strip().lower()
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
            self.say(user_id, PictureMessage(text="Spring flowers", media="https://example.com/spring.jpg"))
        elif words.startswith(("hello", "hi", "good morning")):
            self.say(user_id, text(f"Hello{name}! What can I do for you?", MENU))
        elif "thank" in words:
            self.say(user_id, text(f"You are welcome{name}!"))
        else:
            self.say(user_id, text(f"I did not understand “{said}”. Can I help you with one of these?", MENU))

    def send_status(self, user_id: str) -> None:
        with self.lock:
            order, step = self.orders.get(user_id, ("", 0))
            self.orders[user_id] = (order, min(step + 1, len(STATUSES) - 1))
        status = text(f"Order {order} is {STATUSES[step]}.", (("Any news?", "news"),))
        self.say(user_id, status if order else text("Which order number?"))

    def send_size(self, user_id: str, name: str, url: str) -> None:
        size = len(requests.get(url, timeout=3).content)
        self.say(user_id, text(f"Thank you for the picture{name}: {size} bytes of flowers."))

    def later(self, work: Any, *arguments: Any) -> None:
        threading.Thread(target=work, args=arguments, daemon=True).start()


def text(words: str, buttons: tuple[tuple[str, str], ...] = ()) -> Message:
    keys = [{"ActionType": "reply", "ActionBody": body, "Text": label} for label, body in buttons]
    keyboard = {"Type": "keyboard", "DefaultHeight": False, "Buttons": keys} if buttons else None
    return TextMessage(text=words, keyboard=keyboard)


def comma_name(user: Any) -> str:
    return f", {user.name}" if user.name else ""


# --- the broken twins ------------------------------------------------------------------------------------------------


class WrongText(ShopBot):
    """Asks for something else than the order number."""

    def say(self, user_id: str, *messages: Message) -> None:
        for message in messages:
            if isinstance(message, TextMessage):
                message._text = message.text.replace("order number", "colour")
        super().say(user_id, *messages)


class Late(ShopBot):
    """Says the right thing, and answers the event, two and a half seconds after it should have."""

    def say(self, user_id: str, *messages: Message) -> None:
        time.sleep(2.5)
        super().say(user_id, *messages)


class Silent(ShopBot):
    """Takes everything and never says a word."""

    def say(self, user_id: str, *messages: Message) -> None:
        return


class Twice(ShopBot):
    """Has forgotten that it knows an event already."""

    def is_new(self, request: ViberRequest, key: tuple[Any, ...]) -> bool:
        return True


class WrongStatus(ShopBot):
    """Says everything right, and answers every message with an error."""

    def status_for(self, request: ViberRequest) -> int:
        return 500 if isinstance(request, ViberMessageRequest) else 200


class Unchecked(ShopBot):
    """Trusts everybody."""

    def is_signed(self, body: bytes, signature: str) -> bool:
        return True


class Refusing(ShopBot):
    """Trusts nobody: it knows another token than the one by which it is signed to."""

    def is_signed(self, body: bytes, signature: str) -> bool:
        return bool(self.api.verify_signature(body + b"\n", signature))


class Crash(ShopBot):
    """Dies of the first order number, before it has answered."""

    def answer_text(self, user_id: str, name: str, said: str) -> None:
        if re.search(r"\d{4}", said):
            print("the orders are on fire", flush=True)
            os._exit(3)
        super().answer_text(user_id, name, said)


class Endless(ShopBot):
    """Goes on and on once it is spoken to."""

    def answer_text(self, user_id: str, name: str, said: str) -> None:
        super().answer_text(user_id, name, said)
        self.later(self.go_on, user_id)

    def go_on(self, user_id: str) -> None:
        for _ in range(10_000):
            self.say(user_id, text("And another thing…"))
            time.sleep(0.02)

    def send(self, user_id: str, message: Message) -> None:
        # Not even an answer of the API gives it pause.
        with contextlib.suppress(Exception):
            self.api.send_messages(user_id, [message])


class FailsFirst(ShopBot):
    """Refuses a message three times, then takes it and answers from the background."""

    def __init__(self, api: Api) -> None:
        super().__init__(api)
        self.failures = 0
        self.worker = ThreadPoolExecutor(1)

    def is_new(self, request: ViberRequest, key: tuple[Any, ...]) -> bool:
        if isinstance(request, ViberMessageRequest) and self.failures < 3:
            return False
        return super().is_new(request, key)

    def status_for(self, request: ViberRequest) -> int:
        if not isinstance(request, ViberMessageRequest) or self.failures >= 3:
            return 200
        self.failures += 1
        return 500

    def say(self, user_id: str, *messages: Message) -> None:
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
    "endless": Endless,
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
        if not self.bot.is_signed(body, self.headers.get("X-Viber-Content-Signature", "")):
            self.respond(403)
            return
        fields = json.loads(body)
        request = self.bot.api.parse_request(body)
        welcome = self.bot.handle(request, (fields["event"], fields["message_token"], fields.get("user_id")))
        # The SDK writes a sender into what it sends, and has nothing for a message in an HTTP answer.
        answer = json.dumps({"sender": {"name": self.bot.api.name}, **welcome.to_dict()}).encode() if welcome else b""
        self.respond(self.bot.status_for(request), answer)

    def respond(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        return


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--twin", choices=sorted(TWINS), default="none")
    parser.add_argument("--set-webhook", action="store_true")
    parser.add_argument("--tell", action="store_true", help="print a line once it listens")
    switches = parser.parse_args()
    endpoint = os.environ.get("SIMULATOR_ENDPOINT", "")
    viberbot.api.api.VIBER_BOT_API_URL = os.environ["VIBER_API_URL"]
    api = Api(BotConfiguration(os.environ["VIBER_AUTH_TOKEN"], "Flower shop", "https://example.com/shop.jpg"))
    bot = TWINS[switches.twin](api)
    port = int(os.environ.get("PORT") or urlsplit(endpoint).port or 8080)
    with Server(("127.0.0.1", port), type("Handler", (Webhook,), {"bot": bot})) as server:
        if switches.tell:
            print(f"listening on port {port}", flush=True)
        if switches.set_webhook:
            bot.later(lambda: print("webhook set:", sorted(api.set_webhook(endpoint)), flush=True))
        server.serve_forever()


if __name__ == "__main__":
    main()
