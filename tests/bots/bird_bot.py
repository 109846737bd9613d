"""
The tests' Bird bot, and its broken twins: an ordinary program like any bot.

    python bird_bot.py [--twin NAME] [--subscribe]

Nobody has published an SDK for this generation of Bird, so that the check of the signature is written here anew, from
its description and apart from that of the demo. It plays the same flower shop. PORT (or the port of SIMULATOR_ENDPOINT)
and the variables that begin with BIRD_ come from the environment.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import contextlib
import hmac
import json
import os
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote, urlsplit

LONGEST_RETRIES_S = 9 * 3600
MENU = {"Track order": "track", "Opening hours": "hours", "Talk to a human": "human"}
FLOWER = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
PLAIN = {"track": "Which order number?", "hours": "We are open every day from 9 to 18 o'clock."}
STATUSES = ("packed", "on its way", "delivered")
SUBSCRIBED = {
    "channels": ("whatsapp.inbound", "sms.inbound"),
    "conversations": ("conversation.created", "conversation.updated", "conversation.deleted"),
}


def is_authentic(key: str, stamp: str, url: str, body: bytes, given: str) -> bool:
    """Tell whether the signature is over time, URL and hash, a line feed between them; the key is taken as text."""
    if not re.fullmatch(r"[A-Za-z0-9+/]{43}=", given) or not stamp.isdecimal():
        return False
    try:
        code = base64.b64decode(given, validate=True)
    except binascii.Error:
        return False
    mac = hmac.new(key.encode("utf-8"), digestmod=sha256)
    mac.update(stamp.encode("ascii") + b"\x0a")
    mac.update(url.encode("utf-8") + b"\x0a")
    mac.update(sha256(body).digest())
    return hmac.compare_digest(mac.digest(), code)


class Api:
    """Calls Bird by its access key."""

    def __init__(self) -> None:
        parts = urlsplit(os.environ["BIRD_API_URL"])
        self.host, self.port = str(parts.hostname), parts.port or 80
        self.root = f"{parts.path.rstrip('/')}/workspaces/{os.environ['BIRD_WORKSPACE_ID']}"
        self.key = os.environ["BIRD_ACCESS_KEY"]

    def call(self, method: str, path: str, fields: dict[str, Any] | None = None) -> dict[str, Any]:
        told = ""
        for pause_s in (0.1, 0.3, 0):
            try:
                status, answer = self.ask(method, path, fields)
            except (OSError, HTTPException) as error:
                told = str(error)
            else:
                if status < 300:
                    return json.loads(answer or b"{}")
                told = f"{status} {answer[:300]!r}"
                if status != 429 and status < 500:
                    break
            time.sleep(pause_s)
        print(f"not done: {method} {path}: {told}", flush=True)
        return {}

    def fetch(self, url: str) -> bytes:
        """Get a file: Bird wants the key, and sends on to a storage that must not see it."""
        headers = {"Authorization": f"AccessKey {self.key}"}
        for _ in range(3):
            parts = urlsplit(url)
            connection = HTTPConnection(str(parts.hostname), parts.port or 80, timeout=3)
            connection.request("GET", f"{parts.path}?{parts.query}", headers=headers)
            answer = connection.getresponse()
            body, url, headers = answer.read(), answer.headers["Location"] or "", {}
            connection.close()
            if answer.status == 200:
                return body
        return b""

    def ask(self, method: str, path: str, fields: dict[str, Any] | None = None) -> tuple[int, bytes]:
        connection = HTTPConnection(self.host, self.port, timeout=10)
        try:
            body = None if fields is None else json.dumps(fields)
            headers = {"Authorization": f"AccessKey {self.key}", "Content-Type": "application/json"}
            connection.request(method, self.root + path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


class ShopBot:
    """What the bot does; its twins change a little of it each."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.handled: set[tuple[Any, ...]] = set()
        self.orders: dict[str, tuple[str, int]] = {}
        self.conversations: dict[str, str] = {}
        self.over: set[str] = set()
        self.lock = threading.Lock()

    # what the twins change

    def is_signed(self, stamp: str, url: str, body: bytes, given: str) -> bool:
        is_of_today = stamp.isdecimal() and time.time() - int(stamp) < LONGEST_RETRIES_S
        return is_of_today and is_authentic(os.environ["BIRD_SIGNING_KEY"], stamp, url, body, given)

    def status_for(self, event: dict[str, Any]) -> int:
        """Give the status of the HTTP answer to an event that was handled."""
        return 200

    def is_new(self, event: dict[str, Any]) -> bool:
        payload = event["payload"]
        key = (event["event"], payload["id"], payload.get("status"), payload.get("updatedAt"))
        with self.lock:
            is_new = key not in self.handled
            self.handled.add(key)
        return is_new

    def say(self, to: dict[str, Any], *bodies: dict[str, Any]) -> None:
        for body in bodies:
            self.send(to, body)

    # what they share

    def send(self, to: dict[str, Any], body: dict[str, Any]) -> None:
        contact = {"identifierKey": "phonenumber", "identifierValue": to["phone"]}
        self.api.call(
            "POST", f"/channels/{to['channel']}/messages", {"receiver": {"contacts": [contact]}, "body": body}
        )

    def handle(self, event: dict[str, Any]) -> None:
        if not self.is_new(event):
            return
        kind, payload = event["event"], event["payload"]
        if kind.endswith(".inbound"):
            contact = payload["sender"]["contact"]
            name = contact.get("annotations", {}).get("name")
            phone = contact["identifierValue"]
            to = {"phone": phone, "channel": payload["channelId"], "name": f", {name}" if name else ""}
            self.answer(to, payload["body"])
        elif kind.startswith("conversation."):
            self.note(payload, is_over=kind.endswith(".deleted") or payload.get("status") == "closed")

    def note(self, payload: dict[str, Any], *, is_over: bool) -> None:
        with self.lock:
            if is_over:
                self.over.add(payload["id"])
            for each in payload["featuredParticipants"]:
                if "contact" in each and payload["id"] not in self.over:
                    self.conversations[each["contact"]["identifierValue"]] = payload["id"]

    def conversation(self, to: dict[str, Any]) -> str:
        with self.lock:
            found = self.conversations.get(to["phone"], "")
            return "" if found in self.over else found

    def answer(self, to: dict[str, Any], body: dict[str, Any]) -> None:
        content = body[body["type"]]
        if body["type"] == "text":
            actions = content.get("actions")
            self.answer_text(to, actions[0]["postback"]["payload"] if actions else content["text"])
        elif body["type"] == "image":
            self.later(self.send_size, to, content["images"][0]["mediaUrl"])
        elif body["type"] == "location":
            place = {"coordinates": {"latitude": 51.5055, "longitude": -0.0754}}
            self.say(to, text("This is our shop nearest to you:"), {"type": "location", "location": place})
        elif body["type"] == "file":
            self.answer_file(to, content["files"][0])

    def answer_file(self, to: dict[str, Any], file: dict[str, Any]) -> None:
        if file["contentType"] == "image/webp":
            self.say(to, {"type": "file", "file": {"files": [file]}})
        elif "filename" in file:
            self.say(to, text(f"I have put {file['filename']} to your papers."))
        elif file["contentType"].startswith("video/"):
            self.say(to, text(f"What a nice video{to['name']}!"))
        else:
            self.say(to, text(f"I like your voice{to['name']}!"))

    def answer_text(self, to: dict[str, Any], said: str) -> None:
        words = said.strip().lower()
        order = re.search(r"\b[A-Z]{2}-\d{4}\b", said)
        if order:
            self.orders[to["phone"]] = (order[0], 0)
            self.say(to, text("One moment…"))
            self.later(self.send_status, to)
        elif words in PLAIN:
            self.say(to, text(PLAIN[words]))
        elif words == "human":
            self.say_in_conversation(to, text("A colleague will write to you in a minute."))
        elif words == "bye":
            self.say(to, text(f"Goodbye{to['name']}!"))
            if self.conversation(to):
                self.api.call("PATCH", f"/conversations/{self.conversation(to)}", {"status": "closed"})
        elif "news" in words:
            self.send_status(to)
        elif "how often" in words or "today" in words:
            self.later(self.send_count if "how often" in words else self.send_flower, to)
        elif "catalogue" in words:
            images = [{"mediaUrl": "https://example.com/spring.jpg"}]
            self.say(to, {"type": "image", "image": {"text": "Spring flowers", "images": images}})
        elif words.startswith("http"):
            self.say(to, text(f"I will read {urlsplit(words).hostname} tonight."))
        elif words.startswith(("hello", "hi", "good morning")):
            self.say(to, text(f"Hello{to['name']}! What can I do for you?", MENU))
        elif "thank" in words:
            self.say(to, text(f"You are welcome{to['name']}!"))
        else:
            self.say(to, text(f"I did not understand “{said}”. Can I help you with one of these?", MENU))

    def say_in_conversation(self, to: dict[str, Any], body: dict[str, Any]) -> None:
        if not self.conversation(to):
            self.say(to, body)
            return
        speaker = {"participantType": "accessKey", "participantId": os.environ["BIRD_ACCESS_KEY_ID"]}
        fields = {**speaker, "addMissingParticipants": True, "body": body}
        self.api.call("POST", f"/conversations/{self.conversation(to)}/messages", fields)

    def send_status(self, to: dict[str, Any]) -> None:
        with self.lock:
            order, step = self.orders.get(to["phone"], ("", 0))
            self.orders[to["phone"]] = (order, min(step + 1, len(STATUSES) - 1))
        status = text(f"Order {order} is {STATUSES[step]}.", {"Any news?": "news"})
        self.say(to, status if order else text("Which order number?"))

    def send_count(self, to: dict[str, Any]) -> None:
        count, token = 0, ""
        while True:
            path = f"/channels/{to['channel']}/messages?direction=incoming&limit=2&pageToken={token}"
            page = self.api.call("GET", f"{path}&phonenumber={quote(to['phone'])}")
            count, token = count + len(page["results"]), page.get("nextPageToken", "")
            if not token:
                break
        self.say(to, text(f"You have written {count} messages."))

    def send_flower(self, to: dict[str, Any]) -> None:
        upload = self.api.call("POST", f"/channels/{to['channel']}/presigned-upload", {"contentType": "image/png"})
        put(upload["uploadUrl"], upload["uploadFormData"], FLOWER)
        images = [{"mediaUrl": upload["mediaUrl"], "altText": "A flower"}]
        self.say(to, {"type": "image", "image": {"text": "Today's flower", "images": images}})

    def send_size(self, to: dict[str, Any], url: str) -> None:
        size = len(self.api.fetch(url))
        self.say(to, text(f"Thank you for the picture{to['name']}: {size} bytes of flowers."))

    def subscribe(self, url: str) -> None:
        for service, events in SUBSCRIBED.items():
            for event in events:
                key = os.environ["BIRD_SIGNING_KEY"]
                fields = {"service": service, "event": event, "url": url, "signingKey": key}
                self.api.call("POST", "/webhook-subscriptions", fields)
        found = self.api.call("GET", "/webhook-subscriptions?limit=50")["results"]
        print("subscribed:", sorted(each["event"] for each in found), flush=True)

    def later(self, work: Any, *arguments: Any) -> None:
        threading.Thread(target=work, args=arguments, daemon=True).start()


def put(url: str, fields: dict[str, str], content: bytes) -> int:
    """Send a form, its file after all other fields, as Bird wants it."""
    line = b"--flowers\r\nContent-Disposition: form-data; "
    parts = [line + f'name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields.items()]
    parts += [line + b'name="file"; filename="flower.png"\r\n\r\n', content, b"\r\n--flowers--\r\n"]
    target = urlsplit(url)
    connection = HTTPConnection(str(target.hostname), target.port or 80, timeout=3)
    headers = {"Content-Type": "multipart/form-data; boundary=flowers"}
    connection.request("POST", target.path, b"".join(parts), headers)
    status = connection.getresponse().status
    connection.close()
    return status


def text(words: str, buttons: dict[str, str] | None = None) -> dict[str, Any]:
    actions = [
        {"type": "postback", "postback": {"text": label, "payload": payload}}
        for label, payload in (buttons or {}).items()
    ]
    return {"type": "text", "text": {"text": words, **({"actions": actions} if actions else {})}}


# --- the broken twins ------------------------------------------------------------------------------------------------


class WrongText(ShopBot):
    """Asks for something else than the order number."""

    def send(self, to: dict[str, Any], body: dict[str, Any]) -> None:
        if body["type"] == "text":
            body["text"]["text"] = body["text"]["text"].replace("order number", "colour")
        super().send(to, body)


class Late(ShopBot):
    """Says the right thing, and answers the event, two and a half seconds after it should have."""

    def say(self, to: dict[str, Any], *bodies: dict[str, Any]) -> None:
        time.sleep(2.5)
        super().say(to, *bodies)


class Silent(ShopBot):
    """Takes everything and never says a word."""

    def say(self, to: dict[str, Any], *bodies: dict[str, Any]) -> None:
        return


class Twice(ShopBot):
    """Has forgotten that it knows an event already."""

    def is_new(self, event: dict[str, Any]) -> bool:
        return True


class WrongStatus(ShopBot):
    """Says everything right, and answers every message with an error."""

    def status_for(self, event: dict[str, Any]) -> int:
        return 500 if event["event"].endswith(".inbound") else 200


class Unchecked(ShopBot):
    """Trusts everybody."""

    def is_signed(self, stamp: str, url: str, body: bytes, given: str) -> bool:
        return True


class Refusing(ShopBot):
    """Trusts nobody: it takes the hash as hexadecimal text, the most usual mistake."""

    def is_signed(self, stamp: str, url: str, body: bytes, given: str) -> bool:
        message = f"{stamp}\n{url}\n{sha256(body).hexdigest()}".encode()
        wanted = hmac.new(os.environ["BIRD_SIGNING_KEY"].encode(), message, sha256).digest()
        return hmac.compare_digest(base64.b64encode(wanted), given.encode())


class OtherUrl(ShopBot):
    """Verifies another URL than the one that was registered, as behind a proxy that is not reckoned with."""

    def is_signed(self, stamp: str, url: str, body: bytes, given: str) -> bool:
        return super().is_signed(stamp, f"https://bot.example.com{urlsplit(url).path}", body, given)


class Crash(ShopBot):
    """Dies of the first order number, before it has answered."""

    def answer_text(self, to: dict[str, Any], said: str) -> None:
        if re.search(r"\d{4}", said):
            print("the orders are on fire", flush=True)
            os._exit(3)
        super().answer_text(to, said)


class Echo(ShopBot):
    """Answers whatever was said last in a conversation, its own words among it."""

    def handle(self, event: dict[str, Any]) -> None:
        super().handle(event)
        last = event["payload"].get("lastMessage")
        if event["event"] == "conversation.updated" and last and last["status"] == "delivered":
            to = event["payload"]["featuredParticipants"][0]["contact"]["identifierValue"]
            channel = event["payload"]["channelId"]
            with contextlib.suppress(OSError):
                self.send({"phone": to, "channel": channel, "name": ""}, text(f"You said: {last['preview']['text']}"))


class FailsFirst(ShopBot):
    """Refuses a message three times, then takes it and answers from the background."""

    def __init__(self, api: Api) -> None:
        super().__init__(api)
        self.failures = 0
        self.worker = ThreadPoolExecutor(1)

    def is_new(self, event: dict[str, Any]) -> bool:
        if event["event"].endswith(".inbound") and self.failures < 3:
            return False
        return super().is_new(event)

    def status_for(self, event: dict[str, Any]) -> int:
        if not event["event"].endswith(".inbound") or self.failures >= 3:
            return 200
        self.failures += 1
        return 500

    def say(self, to: dict[str, Any], *bodies: dict[str, Any]) -> None:
        self.later(super().say, to, *bodies)

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
    "other-url": OtherUrl,
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
    url: str

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        url = self.url or f"http://{self.headers['Host']}{self.path}"
        stamp = self.headers.get("messagebird-request-timestamp", "")
        if not self.bot.is_signed(stamp, url, body, self.headers.get("messagebird-signature", "")):
            self.respond(403)
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


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--twin", choices=sorted(TWINS), default="none")
    parser.add_argument("--subscribe", action="store_true")
    switches = parser.parse_args()
    endpoint = os.environ.get("SIMULATOR_ENDPOINT", "")
    # The URL that is signed may be another one than that at which the bot listens.
    bot, subscribed = TWINS[switches.twin](Api()), endpoint
    port = int(os.environ.get("PORT") or urlsplit(endpoint).port or 8080)
    if switches.subscribe:
        subscribed = f"http://127.0.0.1:{port}/bird?tenant=7"
        # Before the port is open: whoever sees it open takes the bot for ready.
        bot.subscribe(subscribed)
    with Server(("127.0.0.1", port), type("Handler", (Webhook,), {"bot": bot, "url": subscribed})) as server:
        print(f"listening on port {port}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
