"""The demo's Bird bot, by the events that it gets and the calls that it makes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import http.server
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from simulator.bots import bird

PHONE = "+31612345678"
CHANNEL = "618e9da2-4828-5cd4-93ba-db2da7082760"
CONVERSATION = "badbf15c-bad3-4bf3-9223-6b7f414f9770"
KEY = "sim-signing-key-01"


class Api:
    """Stands in for Bird's API: keeps what is sent, and answers with what is left of `statuses`, then with 202."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.statuses: list[int] = []
        api = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                fields = json.loads(body or b"{}")
                api.sent.append({"call": f"{self.command} {self.path}", "key": self.headers["Authorization"], **fields})
                self.send_response(api.statuses.pop(0) if api.statuses else 202)
                self.end_headers()
                self.wfile.write(b"{}")

            def do_PATCH(self) -> None:
                self.do_POST()

            def do_GET(self) -> None:
                self.do_POST()

            def log_message(self, *args: Any) -> None:
                return

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    @property
    def texts(self) -> list[str]:
        bodies = [call["body"] for call in self.sent if "body" in call]
        return [body[body["type"]].get("text", body["type"]) for body in bodies]


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    api = Api()
    threading.Thread(target=api.server.serve_forever, args=(0.02,), daemon=True).start()
    monkeypatch.setattr(bird, "API_URL", api.url)
    monkeypatch.setattr(bird, "ACCESS_KEY", "key-1")
    monkeypatch.setattr(bird, "WORKSPACE", "/workspaces/w")
    monkeypatch.setattr(bird, "memory", bird.Memory())
    monkeypatch.setattr(bird, "later", lambda work, *arguments: work(*arguments))
    monkeypatch.setattr(bird.time, "sleep", lambda seconds: None)
    yield api
    api.server.shutdown()
    api.server.server_close()


def message(body: dict[str, Any] | str, number: int = 1) -> dict[str, Any]:
    content = {"type": "text", "text": {"text": body}} if isinstance(body, str) else body
    contact = {"identifierValue": PHONE, "annotations": {"name": "Ana"}}
    payload = {"id": str(number), "channelId": CHANNEL, "sender": {"contact": contact}, "body": content}
    return {"service": "channels", "event": "whatsapp.inbound", "payload": {**payload, "status": "delivered"}}


def conversation(kind: str = "created", **changes: Any) -> dict[str, Any]:
    people = [{"type": "user"}, {"type": "contact", "contact": {"identifierValue": PHONE}}]
    payload = {"id": CONVERSATION, "status": "active", "featuredParticipants": people, **changes}
    return {"service": "conversations", "event": f"conversation.{kind}", "payload": payload}


def file(content_type: str, **more: Any) -> dict[str, Any]:
    return {"type": "file", "file": {"files": [{"contentType": content_type, "mediaUrl": "https://e.com/a", **more}]}}


def test_order_number_is_answered_at_once_and_again_when_looked_up(api: Api) -> None:
    bird.handle(message("It is BR-1234, I think"))

    assert api.texts == ["One moment…", "Order BR-1234 is packed."]
    assert {call["call"] for call in api.sent} == {f"POST /workspaces/w/channels/{CHANNEL}/messages"}
    assert {call["key"] for call in api.sent} == {"AccessKey key-1"}
    assert api.sent[0]["receiver"]["contacts"][0]["identifierValue"] == PHONE


def test_news_of_an_order_end_with_delivered(api: Api) -> None:
    bird.handle(message("BR-1234"))
    for number in (2, 3, 4):
        bird.handle(message("any news?", number))

    assert [text.split(" is ")[1] for text in api.texts[1:]] == ["packed.", "on its way.", "delivered.", "delivered."]


def test_repeated_event_is_handled_once(api: Api) -> None:
    for _ in range(3):
        bird.handle(message("hours"))

    assert len(api.sent) == 1


def test_oldest_event_is_forgotten_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bird, "REMEMBERED_EVENTS", 2)
    memory = bird.Memory()

    first = [memory.is_new(message("hours", number)) for number in (1, 2, 3)]

    assert first == [True, True, True]
    assert memory.is_new(message("hours", 1))
    assert not memory.is_new(message("hours", 3))


def test_tap_is_what_the_bot_put_behind_the_button(api: Api) -> None:
    action = {"type": "postback", "postback": {"text": "Opening hours", "payload": "hours"}}
    bird.handle(message({"type": "text", "text": {"text": "Opening hours", "actions": [action]}}))

    assert api.texts == ["We are open every day from 9 to 18 o'clock."]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (file("video/mp4"), ["What a nice video, Ana!"]),
        (file("audio/ogg"), ["I like your voice, Ana!"]),
        (file("application/pdf", filename="a.pdf"), ["I have put a.pdf to your papers."]),
        (file("image/webp"), ["file"]),
        ({"type": "location", "location": {}}, ["This is our shop nearest to you:", "location"]),
        ("track", ["Which order number?"]),
        ("any news?", ["Which order number?"]),
        ("human", ["A colleague will write to you in a minute."]),
        ("catalogue?", ["Spring flowers"]),
        ("https://example.org/page", ["I will read example.org tonight."]),
        ("Hello", ["Hello, Ana! What can I do for you?"]),
        ("thanks", ["You are welcome, Ana!"]),
        ("Bye", ["Goodbye, Ana!"]),
        ("?", ["I did not understand “?”. Can I help you with one of these?"]),
    ],
)
def test_each_kind_of_message_has_its_reply(api: Api, body: dict[str, Any] | str, said: list[str]) -> None:
    bird.handle(message(body))

    assert api.texts == said


def test_picture_that_cannot_be_fetched_is_told(api: Api) -> None:
    bird.handle(message({"type": "image", "image": {"images": [{"mediaUrl": "http://127.0.0.1:1/a.jpg"}]}}))

    assert api.texts == ["I cannot open your picture, Ana."]


def test_known_conversation_is_spoken_in_and_closed(api: Api) -> None:
    bird.handle(conversation())
    bird.handle(message("human"))
    bird.handle(message("bye", 2))

    root = f"/workspaces/w/conversations/{CONVERSATION}"
    calls = [call["call"] for call in api.sent]
    assert (calls[0], calls[2]) == (f"POST {root}/messages", f"PATCH {root}")
    assert api.sent[2]["status"] == "closed"


def test_what_is_over_stays_so_whatever_comes_later(api: Api) -> None:
    bird.handle(conversation())
    bird.handle(conversation("updated", status="closed"))
    bird.handle(conversation("updated", updatedAt="later"))

    assert bird.memory.conversation(PHONE) == ""


def test_trouble_that_may_pass_is_met_with_patience(api: Api) -> None:
    api.statuses = [429, 503]
    bird.handle(message("hours"))

    assert len(api.sent) == 3


def test_refused_message_is_not_tried_again(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    api.statuses = [422]
    bird.handle(message("hours"))

    assert len(api.sent) == 1
    assert "422" in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["whatsapp.outbound", "whatsapp.interaction", "channel.updated"])
def test_event_that_asks_for_nothing_gets_nothing(api: Api, kind: str) -> None:
    bird.handle({"event": kind, "payload": {"id": "1", "status": "sent"}})

    assert not api.sent


def test_url_is_subscribed_to_each_event(api: Api) -> None:
    bird.subscribe("https://bot.example.com/hook")

    made = [call for call in api.sent if call["call"].startswith("POST")]
    assert [call["event"] for call in made] == list(bird.EVENTS)
    assert {call["service"] for call in made} == {"channels", "conversations"}


@pytest.fixture
def port(api: Api) -> Iterator[int]:
    """The bot as a program, on a free port."""
    with http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as server:
        port = int(server.server_address[1])
    variables = {"PORT": str(port), "BIRD_SIGNING_KEY": KEY, "BIRD_API_URL": api.url, "BIRD_WORKSPACE_ID": "w"}
    for name in ("SIMULATOR_ENDPOINT", "BIRD_WEBHOOK_URL"):
        variables[name] = ""
    command = [sys.executable, "-m", "simulator.bots.bird"]
    with subprocess.Popen(command, env={**os.environ, **variables}, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        assert "listening" in program.stdout.readline()
        yield port
        program.kill()


def post(port: int, body: bytes, url: str = "", signature: str | None = None, *, age_s: int = 0) -> int:
    url, stamp = url or f"http://127.0.0.1:{port}/bird?tenant=7", str(int(time.time()) - age_s)
    text = f"{stamp}\n{url}\n".encode() + hashlib.sha256(body).digest()
    right = base64.b64encode(hmac.new(KEY.encode(), text, hashlib.sha256).digest()).decode()
    headers = {
        "messagebird-signature": right if signature is None else signature,
        "messagebird-request-timestamp": stamp,
    }
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("POST", "/bird?tenant=7", body, headers)
    status = connection.getresponse().status
    connection.close()
    return status


def test_program_believes_what_is_signed_for_its_url_and_nothing_else(api: Api, port: int) -> None:
    body = json.dumps(message("hours")).encode()

    assert post(port, body, signature="") == 403
    assert post(port, body, signature="A" * 43 + "=") == 403
    assert post(port, body, url=f"http://127.0.0.1:{port}/bird") == 403
    assert post(port, body, age_s=10 * 3600) == 403
    assert post(port, b"no JSON") == 400
    assert not api.sent
    assert post(port, body, age_s=7 * 3600) == 200
    assert len(api.sent) == 1
