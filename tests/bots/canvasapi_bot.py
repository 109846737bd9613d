"""
The tests' Canvas bot, written on `canvasapi` and PyJWT, and its broken twins: an ordinary program like any bot.

    python canvasapi_bot.py [--twin NAME]

It plays the same flower shop as the bot of `demo`. PORT (or the port of SIMULATOR_ENDPOINT), CANVAS_API_URL,
CANVAS_API_TOKEN and CANVAS_JWKS_URL come from the environment.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import tempfile
import threading
import time
import warnings
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import canvasapi
import jwt
import requests
from canvasapi.conversation import Conversation
from canvasapi.exceptions import CanvasException

MENU = "Track order, Opening hours, Talk to a human"
STATUSES = ("packed", "on its way", "delivered")


class BusyError(Exception):
    """The bot wants to be told once more, a little later."""


class ShopBot:
    """What the bot does; its twins change a little of it each."""

    def __init__(self, canvas: canvasapi.Canvas, keys_url: str) -> None:
        self.canvas = canvas
        # By itself PyJWT looks for a new key every 30 s at most; a story may pass over months in a moment.
        self.keys = jwt.PyJWKClient(keys_url, cooldown_duration=0)
        self.handled: set[str] = set()
        self.orders: dict[str, tuple[str, int]] = {}
        self.pictures: dict[str, bytes] = {}
        self.turned_away: set[str] = set()
        self.lock = threading.Lock()
        self.own_id = ""

    # what the twins change

    def read(self, body: bytes) -> dict[str, Any]:
        """Give the event in a body; raises `jwt.PyJWTError` where it is signed, and wrongly."""
        if body.startswith(b"{"):
            return dict(json.loads(body))
        return dict(jwt.decode(body, self.key_of(body), algorithms=["RS256"]))

    def key_of(self, token: bytes) -> Any:
        return self.keys.get_signing_key_from_jwt(token.decode("ascii")).key

    def status_for(self, event: dict[str, Any]) -> int:
        """Give the status of the HTTP answer to an event that was handled."""
        return 200

    def is_new(self, message_id: str) -> bool:
        with self.lock:
            is_new = message_id not in self.handled
            self.handled.add(message_id)
        return is_new

    def is_own(self, author_id: str) -> bool:
        if not self.own_id:
            self.own_id = str(self.patiently(self.canvas.get_current_user).id)
        return author_id == self.own_id

    def say(self, conversation: Conversation, text: str) -> None:
        self.patiently(conversation.add_message, text)

    # what they share

    def patiently(self, call: Any, *arguments: Any, **named: Any) -> Any:
        for pause_s in (0.1, 0.3):
            try:
                return call(*arguments, **named)
            except (CanvasException, requests.RequestException) as error:
                print(f"again: {error!r}", flush=True)
                time.sleep(pause_s)
        return call(*arguments, **named)

    def handle(self, event: dict[str, Any]) -> None:
        if event["metadata"]["event_name"] != "conversation_message_created":
            return
        body = event["body"]
        if self.is_own(body["author_id"]) or not self.is_new(body["message_id"]):
            return
        conversation = self.patiently(self.canvas.get_conversation, body["conversation_id"])
        found = [each for each in conversation.messages if str(each["id"]) == body["message_id"]]
        names = {str(each["id"]): each["name"] for each in conversation.participants}
        if found and not found[0]["generated"]:
            self.turn_away(found[0])
            self.answer(conversation, body["author_id"], f", {names[body['author_id']]}", found[0])

    def turn_away(self, message: dict[str, Any]) -> None:
        """Raise `BusyError` the first time that somebody comes in a rush."""
        key = str(message["id"])
        if "rush" in message["body"].lower() and key not in self.turned_away:
            self.turned_away.add(key)
            self.handled.discard(key)
            raise BusyError

    def answer(self, conversation: Conversation, user_id: str, name: str, message: dict[str, Any]) -> None:
        for attachment in message["attachments"]:
            if attachment["content-type"].startswith("image/"):
                self.later(self.send_size, conversation, user_id, name, attachment["url"])
            else:
                self.say(conversation, f"I have put {attachment['display_name']} to your papers.")
        if message["media_comment"]:
            self.say(conversation, f"What a nice {message['media_comment']['media_type']}{name}!")
        if not message["attachments"] and not message["media_comment"]:
            self.answer_text(conversation, user_id, name, message["body"])

    def answer_text(self, conversation: Conversation, user_id: str, name: str, said: str) -> None:
        words = said.strip().lower()
        order = re.search(r"\b[A-Z]{2}-\d{4}\b", said)
        if order:
            self.orders[user_id] = (order[0], 0)
            self.say(conversation, "One moment…")
            self.later(self.send_status, conversation, user_id)
        elif words in ("track", "track order"):
            self.say(conversation, "Which order number?")
        elif words in ("hours", "opening hours"):
            self.say(conversation, "We are open every day from 9 to 18 o'clock.")
        elif words in ("human", "talk to a human"):
            self.say(conversation, "A colleague will write to you in a minute.")
        elif "news" in words:
            self.send_status(conversation, user_id)
        elif "remind" in words:
            self.patiently(self.canvas.create_conversation, recipients=[user_id], body="I will remind you on Friday.")
        elif "catalogue" in words:
            self.say(conversation, "Spring flowers: https://example.com/spring.jpg")
        elif words.startswith(("https://", "http://")):
            self.say(conversation, f"I will read {urlsplit(said.strip()).hostname} tonight.")
        elif words.startswith(("hello", "hi", "good morning")):
            self.say(conversation, f"Hello{name}! What can I do for you? {MENU}")
        elif "thank" in words:
            self.say(conversation, f"You are welcome{name}!")
        elif not self.do_chores(conversation, user_id, words):
            self.say(conversation, f"I did not understand “{said}”. Can I help you with one of these? {MENU}")

    def do_chores(self, conversation: Conversation, user_id: str, words: str) -> bool:
        """Do what takes more of the API than a message; False where it is nothing of that."""
        if "send it back" in words:
            self.send_back(conversation, user_id)
        elif "how many" in words:
            count = self.patiently(lambda: len(list(self.canvas.get_conversations())))
            self.say(conversation, f"Conversations: {count}.")
        elif "who is" in words:
            name = words.rpartition(" ")[2].strip("?")
            found = self.patiently(self.canvas.search_recipients, search=name, type="user")
            self.say(conversation, f"I know {', '.join(each['name'] for each in found) or 'nobody of that name'}.")
        elif "tidy up" in words:
            self.say(conversation, f"That is {self.tidy_up()}.")
        elif "rush" in words:
            self.say(conversation, "Now I have time for you.")
        else:
            return False
        return True

    def send_status(self, conversation: Conversation, user_id: str) -> None:
        with self.lock:
            order, step = self.orders.get(user_id, ("", 0))
            self.orders[user_id] = (order, min(step + 1, len(STATUSES) - 1))
        self.say(conversation, f"Order {order} is {STATUSES[step]}." if order else "Which order number?")

    def send_size(self, conversation: Conversation, user_id: str, name: str, url: str) -> None:
        self.pictures[user_id] = requests.get(url, timeout=3).content
        self.say(conversation, f"Thank you for the picture{name}: {len(self.pictures[user_id])} bytes of flowers.")

    def send_back(self, conversation: Conversation, user_id: str) -> None:
        """Upload the picture, look it up, and send it once more."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "again.png"
            file.write_bytes(self.pictures[user_id])
            owner = self.patiently(self.canvas.get_current_user)
            _, stored = self.patiently(owner.upload, str(file), parent_folder_path="conversation attachments")
        is_same = self.canvas.get_file(stored["id"]).get_contents(binary=True) == self.pictures[user_id]
        text = "Here it is." if is_same else "It was damaged on its way."
        self.patiently(conversation.add_message, text, attachment_ids=[stored["id"]])

    def tidy_up(self) -> str:
        """Archive all conversations at once, and give how that went."""
        keys = [each.id for each in self.canvas.get_conversations()]
        progress = self.canvas.conversations_batch_update(keys, "archive")
        return str(self.canvas.get_progress(progress.id).workflow_state)

    def later(self, work: Any, *arguments: Any) -> None:
        threading.Thread(target=work, args=arguments, daemon=True).start()


# --- the broken twins ------------------------------------------------------------------------------------------------


class WrongText(ShopBot):
    """Asks for something else than the order number."""

    def say(self, conversation: Conversation, text: str) -> None:
        super().say(conversation, text.replace("order number", "colour"))


class Late(ShopBot):
    """Says the right thing, two and a half seconds later than it should."""

    def say(self, conversation: Conversation, text: str) -> None:
        def say_late() -> None:
            time.sleep(2.5)
            super(Late, self).say(conversation, text)

        self.later(say_late)


class Silent(ShopBot):
    """Takes everything and never says a word."""

    def say(self, conversation: Conversation, text: str) -> None:
        return


class Twice(ShopBot):
    """Has forgotten that it knows a message already."""

    def is_new(self, message_id: str) -> bool:
        return True


class WrongStatus(ShopBot):
    """Says everything right, and answers every message with an error."""

    def status_for(self, event: dict[str, Any]) -> int:
        return 500 if event["metadata"]["event_name"] == "conversation_message_created" else 200


class Unchecked(ShopBot):
    """Trusts everybody."""

    def read(self, body: bytes) -> dict[str, Any]:
        if body.startswith(b"{"):
            return super().read(body)
        return dict(jwt.decode(body, options={"verify_signature": False}))


class Refusing(ShopBot):
    """Trusts nobody: it verifies something else than what came, and wants everything signed."""

    def read(self, body: bytes) -> dict[str, Any]:
        return dict(jwt.decode(body + b"A", self.key_of(body), algorithms=["RS256"]))


class Crash(ShopBot):
    """Dies of the first order number, before it has answered."""

    def answer_text(self, conversation: Conversation, user_id: str, name: str, said: str) -> None:
        if re.search(r"\d{4}", said):
            print("the orders are on fire", flush=True)
            os._exit(3)
        super().answer_text(conversation, user_id, name, said)


class TalksToItself(ShopBot):
    """Does not look at who wrote."""

    def is_own(self, author_id: str) -> bool:
        return False


class KeepsKeys(ShopBot):
    """Fetches the key set once, and believes in it for ever."""

    known: Any = None

    def key_of(self, token: bytes) -> Any:
        self.known = self.known or self.keys.get_jwk_set()
        return self.known[jwt.get_unverified_header(token)["kid"]].key


class WantsUser(ShopBot):
    """Relies on what only events of a request have."""

    def handle(self, event: dict[str, Any]) -> None:
        print(f"from {event['metadata']['user_id']}", flush=True)
        super().handle(event)


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
    "talks-to-itself": TalksToItself,
    "keeps-keys": KeepsKeys,
    "wants-user": WantsUser,
}

# --- the server ------------------------------------------------------------------------------------------------------


class Webhook(BaseHTTPRequestHandler):
    """Verifies, parses, answers."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    bot: ShopBot

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            event = self.bot.read(body)
        except (jwt.PyJWTError, KeyError) as error:
            print(f"not believed: {error!r}", flush=True)
            self.respond(403)
            return
        try:
            self.bot.handle(event)
        except KeyError as error:
            print(f"failed: {error!r}", flush=True)
            self.respond(500)
            return
        except BusyError:
            self.respond(503)
            return
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


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--twin", choices=sorted(TWINS), default="none")
    switches = parser.parse_args()
    # The SDK warns of an instance that is reached without https.
    warnings.filterwarnings("ignore", category=UserWarning)
    canvas = canvasapi.Canvas(os.environ["CANVAS_API_URL"], os.environ["CANVAS_API_TOKEN"])
    bot = TWINS[switches.twin](canvas, os.environ["CANVAS_JWKS_URL"])
    port = int(os.environ.get("PORT") or urlsplit(os.environ.get("SIMULATOR_ENDPOINT", "")).port or 8080)
    with Server(("127.0.0.1", port), type("Handler", (Webhook,), {"bot": bot})) as server:
        print(f"listening on port {port}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
