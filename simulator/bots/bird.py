"""
A flower shop on Bird, in one file and with the standard library alone: take it as a start for a bot of your own.

    PORT=8080 BIRD_ACCESS_KEY=… BIRD_SIGNING_KEY=… BIRD_WORKSPACE_ID=… BIRD_API_URL=https://api.bird.com python bird.py

Without PORT it listens at the port of the URL in SIMULATOR_ENDPOINT. With BIRD_WEBHOOK_URL it subscribes that URL to
what it needs. It answers on the channel on which it was written to (WhatsApp, SMS), and knows from the events about
conversations which conversation that is. Each event is checked by its signature and handled once, however often it
comes.
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
from urllib.parse import urlencode, urlsplit

Event = dict[str, Any]
Body = dict[str, Any]

API_URL = os.environ.get("BIRD_API_URL", "https://api.bird.com").rstrip("/")
ACCESS_KEY = os.environ.get("BIRD_ACCESS_KEY", "")
ACCESS_KEY_ID = os.environ.get("BIRD_ACCESS_KEY_ID", "")
SIGNING_KEY = os.environ.get("BIRD_SIGNING_KEY", "")
WORKSPACE = f"/workspaces/{os.environ.get('BIRD_WORKSPACE_ID', '')}"
WEBHOOK_URL = os.environ.get("BIRD_WEBHOOK_URL", "")
PUBLIC_URL = WEBHOOK_URL or os.environ.get("SIMULATOR_ENDPOINT", "")
PORT = int(os.environ.get("PORT") or urlsplit(PUBLIC_URL).port or 8080)

EVENTS = ("whatsapp.inbound", "sms.inbound", "conversation.created", "conversation.updated", "conversation.deleted")
"""What the bot subscribes to; a subscription is for one event."""

STATUSES = ("packed", "on its way", "delivered")
"""What becomes of an order, each time that somebody asks."""

SHOP = {"latitude": 51.5055, "longitude": -0.0754}
MENU = (("Track order", "track"), ("Opening hours", "hours"), ("Talk to a human", "human"))

MAX_BODY_BYTES = 1024 * 1024
REMEMBERED_EVENTS = 10_000
OLDEST_S = 9 * 3600


class Memory:
    """What the bot knows about its customers, for as long as it runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._handled: dict[tuple[Any, ...], None] = {}
        self._orders: dict[str, tuple[str, int]] = {}
        self._conversations: dict[str, str] = {}
        self._over: set[str] = set()

    def is_new(self, event: Event) -> bool:
        """True the first time that an event is asked about: Bird repeats what it thinks was lost."""
        # There is no id of an event; these together tell one from another.
        payload = event.get("payload") or {}
        last = (payload.get("lastMessage") or {}).get("id")
        key = (event.get("event"), payload.get("id"), payload.get("status"), last, payload.get("updatedAt"))
        with self._lock:
            if key in self._handled:
                return False
            self._handled[key] = None
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

    def meet(self, phone: str, conversation: str, is_over: bool) -> None:
        """From now on this is the conversation with that customer, unless it is over."""
        with self._lock:
            # Events come in no certain order: what is over stays so, whatever is heard of it later.
            if is_over:
                self._over.add(conversation)
            if conversation not in self._over:
                self._conversations[phone] = conversation
            elif self._conversations.get(phone) == conversation:
                del self._conversations[phone]

    def conversation(self, phone: str) -> str:
        """Give the id of the conversation with a customer; empty where it is not known."""
        with self._lock:
            return self._conversations.get(phone, "")


memory = Memory()


class Customer:
    """Who wrote, and on which channel she is answered."""

    def __init__(self, payload: Event) -> None:
        contact = payload["sender"]["contact"]
        self.phone: str = contact["identifierValue"]
        self.channel: str = payload["channelId"]
        name = (contact.get("annotations") or {}).get("name")
        self.comma_name = f", {name}" if name else ""


# --- what comes in ---------------------------------------------------------------------------------------------------


def is_signed(body: bytes, url: str, stamp: str, signature: str) -> bool:
    """True where Bird sent the body to this URL: HMAC-SHA256 over time, URL and the raw hash of the raw bytes."""
    # A time that is hours old is no sign of fraud: Bird repeats an event with its first time and signature. It does so
    # for eight hours; what is older, somebody else has kept.
    if not stamp.isdecimal() or time.time() - int(stamp) > OLDEST_S:
        return False
    message = f"{stamp}\n{url}\n".encode("utf-8", "replace") + hashlib.sha256(body).digest()
    wanted = base64.b64encode(hmac.new(SIGNING_KEY.encode(), message, hashlib.sha256).digest())
    return hmac.compare_digest(wanted, signature.encode("utf-8", "replace"))


def handle(event: Event) -> None:
    """Do what an event asks for."""
    if not memory.is_new(event):
        return
    kind, payload = str(event.get("event")), event.get("payload") or {}
    if kind.endswith(".inbound"):
        answer(Customer(payload), payload["body"])
    elif kind.endswith(".outbound") and payload.get("failure"):
        print(f"not delivered: {payload['failure'].get('description')}")
    elif kind.startswith("conversation."):
        is_over = kind == "conversation.deleted" or payload.get("status") == "closed"
        for each in payload.get("featuredParticipants", ()):
            if each["type"] == "contact":
                memory.meet(each["contact"]["identifierValue"], payload["id"], is_over)


def answer(customer: Customer, body: Body) -> None:
    """Answer what a customer sent; all that is no text and no picture is a file here."""
    name = customer.comma_name
    match body["type"]:
        case "text":
            actions = body["text"].get("actions") or [{}]
            answer_text(customer, actions[0].get("postback", {}).get("payload") or body["text"]["text"])
        case "image":
            later(send_size_of_picture, customer, body["image"]["images"][0]["mediaUrl"])
        case "location":
            send(
                customer,
                text("This is our shop nearest to you:"),
                {"type": "location", "location": {"coordinates": SHOP}},
            )
        case "file":
            file = body["file"]["files"][0]
            content_type = file["contentType"]
            if content_type == "image/webp":
                send(customer, {"type": "file", "file": {"files": [file]}})
            elif content_type.startswith("video/"):
                send(customer, text(f"What a nice video{name}!"))
            elif content_type.startswith("audio/"):
                send(customer, text(f"I like your voice{name}!"))
            else:
                send(customer, text(f"I have put {file.get('filename', 'it')} to your papers."))


def answer_text(customer: Customer, said: str) -> None:
    """Answer a text, or a tap on a button: that is what the bot put behind the button."""
    words, name = said.strip().lower(), customer.comma_name
    order = re.search(r"\b[A-Z]{2}-\d{4}\b", said)
    if order:
        memory.track(customer.phone, order[0])
        send(customer, text("One moment…"))
        later(send_status, customer)
    elif words == "track":
        send(customer, text("Which order number?"))
    elif words == "hours":
        send(customer, text("We are open every day from 9 to 18 o'clock."))
    elif words == "human":
        say(customer, text("A colleague will write to you in a minute."))
    elif words in ("bye", "goodbye"):
        send(customer, text(f"Goodbye{name}!"))
        close(customer)
    elif "news" in words:
        send_status(customer)
    elif "how often" in words:
        later(send_count, customer)
    elif "catalogue" in words:
        images = [{"mediaUrl": "https://example.com/spring.jpg", "altText": "Flowers"}]
        send(customer, {"type": "image", "image": {"text": "Spring flowers", "images": images}})
    elif words.startswith(("http://", "https://")):
        send(customer, text(f"I will read {urlsplit(words).hostname} tonight."))
    elif words.startswith(("hello", "hi", "good morning")):
        send(customer, text(f"Hello{name}! What can I do for you?", MENU))
    elif "thank" in words:
        send(customer, text(f"You are welcome{name}!"))
    else:
        send(customer, text(f"I did not understand “{said}”. Can I help you with one of these?", MENU))


def send_status(customer: Customer) -> None:
    """Tell a customer what has become of her order."""
    found = memory.next_status(customer.phone)
    if found is None:
        send(customer, text("Which order number?"))
    else:
        order, status = found
        send(customer, text(f"Order {order} is {status}.", (("Any news?", "news"),)))


def send_count(customer: Customer) -> None:
    """Tell a customer how many messages she has written: the list has pages, each with a token for the next."""
    count, query = 0, {"direction": "incoming", "phonenumber": customer.phone, "limit": "2"}
    while True:
        page = call("GET", f"/channels/{customer.channel}/messages?{urlencode(query)}", None)
        count += len(page.get("results", ()))
        if not page.get("nextPageToken"):
            break
        query["pageToken"] = page["nextPageToken"]
    send(customer, text(f"You have written {count} messages."))


def send_size_of_picture(customer: Customer, url: str) -> None:
    """Fetch a customer's picture and thank her for it."""
    request = urllib.request.Request(url, headers={"Authorization": f"AccessKey {ACCESS_KEY}"})
    try:
        with urllib.request.urlopen(request, timeout=3) as response:
            size = len(response.read(MAX_BODY_BYTES))
        send(customer, text(f"Thank you for the picture{customer.comma_name}: {size} bytes of flowers."))
    except OSError as error:
        print(f"{url}: {error}")
        send(customer, text(f"I cannot open your picture{customer.comma_name}."))


# --- what goes out ---------------------------------------------------------------------------------------------------


def text(words: str, buttons: tuple[tuple[str, str], ...] = ()) -> Body:
    """Give a text, with a button for each label and what it sends when it is tapped; WhatsApp takes three."""
    content: Body = {"text": words}
    if buttons:
        content["actions"] = [
            {"type": "postback", "postback": {"text": label, "payload": payload}} for label, payload in buttons
        ]
    return {"type": "text", "text": content}


def send(customer: Customer, *bodies: Body) -> None:
    """Send bodies one after another, on the customer's channel."""
    receiver = {"contacts": [{"identifierKey": "phonenumber", "identifierValue": customer.phone}]}
    for body in bodies:
        call("POST", f"/channels/{customer.channel}/messages", {"receiver": receiver, "body": body})


def say(customer: Customer, body: Body) -> None:
    """Say something in the conversation with a customer, so that it stands there under the bot's own name."""
    conversation = memory.conversation(customer.phone)
    if not conversation:
        send(customer, body)
        return
    speaker = {"participantType": "accessKey", "participantId": ACCESS_KEY_ID, "addMissingParticipants": True}
    call("POST", f"/conversations/{conversation}/messages", {**speaker, "body": body})


def close(customer: Customer) -> None:
    """End the conversation with a customer, if it is known."""
    conversation = memory.conversation(customer.phone)
    if conversation:
        call("PATCH", f"/conversations/{conversation}", {"status": "closed"})


def subscribe(url: str) -> None:
    """Subscribe the URL to each event that the bot needs, once."""
    listed = call("GET", "/webhook-subscriptions?limit=100", None).get("results", [])
    known = {(each["event"], each["url"]) for each in listed}
    for event in EVENTS:
        if (event, url) not in known:
            service = "conversations" if event.startswith("conversation.") else "channels"
            fields = {"service": service, "event": event, "url": url, "signingKey": SIGNING_KEY}
            call("POST", "/webhook-subscriptions", fields)
    print(f"subscribed {url}", flush=True)


def call(method: str, path: str, fields: Body | None) -> Body:
    """Give the answer of Bird's API; trouble that may pass is met with patience, three times."""
    headers = {"Authorization": f"AccessKey {ACCESS_KEY}", "Content-Type": "application/json"}
    body = json.dumps(fields).encode() if fields is not None else None
    for pause_s in (0.1, 0.3, 0):
        request = urllib.request.Request(f"{API_URL}{WORKSPACE}{path}", body, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                found: Body = json.loads(response.read() or b"{}")
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
    """Do something beside, so that Bird need not wait for it."""
    threading.Thread(target=work, args=arguments, daemon=True).start()


# --- the server ------------------------------------------------------------------------------------------------------


class Webhook(BaseHTTPRequestHandler):
    """Takes Bird's events at whatever path."""

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
        stamp = self.headers.get("messagebird-request-timestamp", "")
        signature = self.headers.get("messagebird-signature", "")
        if not is_signed(body, self.url(), stamp, signature):
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
        """Give the URL that Bird knows: behind a tunnel it is another one than that of the request."""
        if PUBLIC_URL:
            return PUBLIC_URL
        scheme = self.headers.get("X-Forwarded-Proto", "http")
        return f"{scheme}://{self.headers.get('X-Forwarded-Host') or self.headers.get('Host', '')}{self.path}"

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
        if WEBHOOK_URL:
            later(subscribe, WEBHOOK_URL)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("stopped")


if __name__ == "__main__":
    main()
