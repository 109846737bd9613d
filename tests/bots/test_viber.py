"""The demo's Viber bot, by the events that it gets and the calls that it makes."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import http.server
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from simulator.bots import viber

ANA = {"id": "AAAAAAAAAAAAAAAAAAAAAA==", "name": "Ana"}
TOKEN = "50a1b2c3d4e5f607-18293a4b5c6d7e8f-90a1b2c3d4e5f607"


class Api:
    """Stands in for Viber's API: keeps what is sent, and answers with what is left of `answers`, then with success."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.answers: list[dict[str, Any]] = []
        api = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                fields = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                api.sent.append({"path": self.path, "token": self.headers["X-Viber-Auth-Token"], **fields})
                answer = json.dumps(api.answers.pop(0) if api.answers else {"status": 0}).encode()
                self.send_response(200)
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *args: Any) -> None:
                return

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/pa"

    @property
    def texts(self) -> list[str]:
        return [message.get("text", message["type"]) for message in self.sent]


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    api = Api()
    threading.Thread(target=api.server.serve_forever, args=(0.02,), daemon=True).start()
    monkeypatch.setattr(viber, "API_URL", api.url)
    monkeypatch.setattr(viber, "AUTH_TOKEN", TOKEN)
    monkeypatch.setattr(viber, "memory", viber.Memory())
    monkeypatch.setattr(viber, "later", lambda work, *arguments: work(*arguments))
    monkeypatch.setattr(viber.time, "sleep", lambda seconds: None)
    yield api
    api.server.shutdown()
    api.server.server_close()


def message(token: int = 1, **fields: Any) -> dict[str, Any]:
    return {"event": "message", "message_token": token, "sender": ANA, "message": {"type": "text", **fields}}


def test_opened_chat_gets_a_welcome_in_the_answer_and_no_call(api: Api) -> None:
    welcome = viber.handle({"event": "conversation_started", "message_token": 1, "user": ANA})

    assert welcome is not None
    assert welcome["text"].startswith("Welcome to the flower shop, Ana!")
    assert [key["Text"] for key in welcome["keyboard"]["Buttons"]] == [label for label, _ in viber.MENU]
    assert not api.sent


def test_opened_chat_that_comes_again_gets_the_same_answer_again(api: Api) -> None:
    opened = {"event": "conversation_started", "message_token": 1, "user": ANA}

    assert viber.handle(opened) == viber.handle(opened) is not None


def test_person_without_a_name_is_greeted_without_one(api: Api) -> None:
    welcome = viber.handle({"event": "conversation_started", "message_token": 1, "user": {"id": ANA["id"]}})

    assert welcome is not None
    assert welcome["text"].startswith("Welcome to the flower shop!")


def test_order_number_is_answered_at_once_and_again_when_looked_up(api: Api) -> None:
    viber.handle(message(text="It is BR-1234, I think"))

    assert api.texts == ["One moment…", "Order BR-1234 is packed."]
    assert {call["receiver"] for call in api.sent} == {ANA["id"]}
    assert {call["token"] for call in api.sent} == {TOKEN}


def test_news_of_an_order_end_with_delivered(api: Api) -> None:
    viber.handle(message(1, text="BR-1234"))
    for token in (2, 3, 4):
        viber.handle(message(token, text="any news?"))

    assert [text.split(" is ")[1] for text in api.texts[1:]] == ["packed.", "on its way.", "delivered.", "delivered."]


def test_news_without_an_order_asks_for_its_number(api: Api) -> None:
    viber.handle(message(text="any news?"))

    assert api.texts == ["Which order number?"]


def test_repeated_event_is_handled_once(api: Api) -> None:
    for _ in range(3):
        viber.handle(message(7, text="hours"))

    assert len(api.sent) == 1


def test_oldest_event_is_forgotten_when_there_are_too_many(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(viber, "REMEMBERED_EVENTS", 2)
    memory = viber.Memory()

    first = [memory.is_new(message(token)) for token in (1, 2, 3)]

    assert first == [True, True, True]
    assert memory.is_new(message(1))
    assert not memory.is_new(message(3))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"type": "video", "media": "https://example.com/a.mp4"}, ["What a nice video, Ana!"]),
        (
            {"type": "file", "media": "https://example.com/a", "file_name": "a.pdf"},
            ["I have put a.pdf to your papers."],
        ),
        ({"type": "location", "location": {}}, ["This is our shop nearest to you:", "location"]),
        ({"type": "contact", "contact": {"phone_number": "+1"}}, ["Thank you, we will call +1."]),
        ({"type": "sticker", "sticker_id": 46105}, ["sticker"]),
        ({"type": "url", "media": "https://example.org/page"}, ["I will read example.org tonight."]),
        ({"type": "text", "text": "track"}, ["Which order number?"]),
        ({"type": "text", "text": "human"}, ["A colleague will write to you in a minute."]),
        ({"type": "text", "text": "catalogue?"}, ["Spring flowers"]),
        ({"type": "text", "text": "Hello"}, ["Hello, Ana! What can I do for you?"]),
        ({"type": "text", "text": "thanks"}, ["You are welcome, Ana!"]),
        ({"type": "text", "text": "?"}, ["I did not understand “?”. Can I help you with one of these?"]),
    ],
)
def test_each_kind_of_message_has_its_reply(api: Api, content: dict[str, Any], said: list[str]) -> None:
    viber.handle(message(**content))

    assert api.texts == said


def test_picture_that_cannot_be_fetched_is_told(api: Api) -> None:
    viber.handle(message(type="picture", media="http://127.0.0.1:1/a.jpg"))

    assert api.texts == ["I cannot open your picture, Ana."]


def test_too_many_requests_are_tried_again(api: Api) -> None:
    api.answers = [{"status": 12}]

    viber.handle(message(text="hours"))

    assert len(api.sent) == 2


def test_refused_message_is_not_tried_again(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    api.answers = [{"status": 6, "status_message": "notSubscribed"}]

    viber.handle({"event": "unsubscribed", "message_token": 1, "user_id": ANA["id"]})

    assert len(api.sent) == 1
    assert "notSubscribed" in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["delivered", "seen", "failed", "webhook", "client_status", "action"])
def test_event_that_asks_for_nothing_gets_nothing(api: Api, kind: str) -> None:
    assert viber.handle({"event": kind, "message_token": 1, "user_id": ANA["id"]}) is None
    assert not api.sent


@pytest.fixture
def port(api: Api) -> Iterator[int]:
    """The bot as a program, on a free port."""
    with http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as server:
        port = int(server.server_address[1])
    environment = {**os.environ, "PORT": str(port), "VIBER_AUTH_TOKEN": TOKEN, "VIBER_API_URL": api.url}
    command = [sys.executable, "-m", "simulator.bots.viber"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        assert "listening" in program.stdout.readline()
        yield port
        program.kill()


def post(port: int, body: bytes, signature: str | None = None) -> tuple[int, bytes]:
    right = hmac.new(TOKEN.encode(), body, hashlib.sha256).hexdigest()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    headers = {"X-Viber-Content-Signature": right if signature is None else signature}
    connection.request("POST", "/viber?sig=x", body, headers)
    answer = connection.getresponse()
    result = (answer.status, answer.read())
    connection.close()
    return result


def test_program_believes_what_is_signed_and_nothing_else(api: Api, port: int) -> None:
    opened = json.dumps({"event": "conversation_started", "message_token": 1, "user": ANA}).encode()

    assert post(port, opened, "0" * 64) == (403, b"")
    assert post(port, opened, "") == (403, b"")
    assert post(port, b"no JSON") == (400, b"")
    status, welcome = post(port, opened)
    assert status == 200
    assert json.loads(welcome)["keyboard"]["Buttons"]
    assert post(port, json.dumps(message(2, text="hours")).encode()) == (200, b"")
    assert len(api.sent) == 1
