"""The demo's Smooch bot, by the events that it gets and the calls that it makes."""

from __future__ import annotations

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

from simulator.bots import smooch

ANA = "9b1d3f5a7c2e4f60812a4c6e"
SECRET = "3f1c0a9be7d2485f6a0b4c8d2e7f91a35b6c7d80"


class Api:
    """Stands in for Smooch's API: keeps what is sent, and answers with what is left of `statuses`, then with 201."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.statuses: list[int] = []
        api = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                fields = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                api.sent.append({"path": self.path, "token": self.headers["Authorization"], **fields})
                self.send_response(api.statuses.pop(0) if api.statuses else 201)
                self.end_headers()
                self.wfile.write(b'{"error": {"code": "x"}}')

            def log_message(self, *args: Any) -> None:
                return

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/smooch"

    @property
    def texts(self) -> list[str]:
        return [message.get("text", message["type"]) for message in self.sent]


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    api = Api()
    threading.Thread(target=api.server.serve_forever, args=(0.02,), daemon=True).start()
    monkeypatch.setattr(smooch, "API_URL", api.url)
    monkeypatch.setattr(smooch, "APP_ID", "app")
    monkeypatch.setattr(smooch, "KEY_ID", "app_5c1f9aa0e4d1f2001c8a7c01")
    monkeypatch.setattr(smooch, "KEY_SECRET", "exampleSecretValue_0123456789")
    monkeypatch.setattr(smooch, "memory", smooch.Memory())
    monkeypatch.setattr(smooch, "later", lambda work, *arguments: work(*arguments))
    monkeypatch.setattr(smooch.time, "sleep", lambda seconds: None)
    yield api
    api.server.shutdown()
    api.server.server_close()


def event(trigger: str, **fields: Any) -> dict[str, Any]:
    return {"trigger": trigger, "app": {"_id": "app"}, "appUser": {"_id": ANA}, **fields}


def message(number: int = 1, **fields: Any) -> dict[str, Any]:
    content = {"_id": f"{number:024x}", "type": "text", "role": "appUser", "name": "Ana", **fields}
    return event("message:appUser", messages=[content])


def postback(payload: str, number: int = 1) -> dict[str, Any]:
    action = {"_id": f"{number:024x}", "type": "postback", "text": "Any news?", "payload": payload}
    return event("postback", postbacks=[{"action": action}])


def test_token_is_the_one_that_is_published(api: Api) -> None:
    assert smooch.token() == (
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImFwcF81YzFmOWFhMGU0ZDFmMjAwMWM4YTdjMDEifQ"
        ".eyJzY29wZSI6ImFwcCJ9.pRfUqQ6Ct4BipwBinyK6rzj211WX6i_Ht8I3Yg9PhSY"
    )


def test_opened_chat_gets_a_menu(api: Api) -> None:
    smooch.handle(event("conversation:start", timestamp=1))

    assert api.texts == ["Welcome to the flower shop! What can I do for you?"]
    assert [action["text"] for action in api.sent[0]["actions"]] == [label for label, _ in smooch.MENU]
    assert api.sent[0]["path"] == f"/smooch/v1.1/apps/app/appusers/{ANA}/messages"


def test_payload_of_a_reply_counts_more_than_its_label(api: Api) -> None:
    smooch.handle(message(text="Opening hours", payload="hours"))

    assert api.texts == ["We are open every day from 9 to 18 o'clock."]


def test_order_number_is_answered_at_once_and_again_when_looked_up(api: Api) -> None:
    smooch.handle(message(text="It is BR-1234, I think"))

    assert api.texts == ["One moment…", "Order BR-1234 is packed."]


def test_news_of_an_order_end_with_delivered(api: Api) -> None:
    smooch.handle(message(text="BR-1234"))
    for number in (1, 2, 3):
        smooch.handle(postback("NEWS", number))

    assert [text.split(" is ")[1] for text in api.texts[1:]] == ["packed.", "on its way.", "delivered.", "delivered."]


def test_news_without_an_order_asks_for_its_number(api: Api) -> None:
    smooch.handle(message(text="any news?"))

    assert api.texts == ["Which order number?"]


@pytest.mark.parametrize(
    "repeated", [message(7, text="hours"), postback("TAKE"), event("conversation:start", timestamp=1)]
)
def test_repeated_event_is_handled_once(api: Api, repeated: dict[str, Any]) -> None:
    for _ in range(3):
        smooch.handle(repeated)

    assert len(api.sent) == 1


def test_oldest_event_is_forgotten_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smooch, "REMEMBERED_EVENTS", 2)
    memory = smooch.Memory()

    assert [memory.is_new((number,)) for number in (1, 2, 3)] == [True, True, True]
    assert memory.is_new((1,))
    assert not memory.is_new((3,))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            {"type": "file", "mediaUrl": "https://x.example/a.mp4", "mediaType": "video/mp4"},
            ["What a nice video, Ana!"],
        ),
        ({"type": "file", "mediaUrl": "https://x.example/a%20b.pdf?x=1"}, ["I have put a b.pdf to your papers."]),
        ({"type": "location", "coordinates": {}}, ["This is our shop nearest to you:", "location"]),
        ({"text": "track"}, ["Which order number?"]),
        ({"text": "human"}, ["A colleague will write to you in a minute."]),
        ({"text": "catalogue?"}, ["typing:start", "carousel"]),
        ({"text": "Hello"}, ["Hello, Ana! What can I do for you?"]),
        ({"text": "Hello", "name": None}, ["Hello! What can I do for you?"]),
        ({"text": "thanks"}, ["You are welcome, Ana!"]),
        ({"text": "?"}, ["I did not understand “?”. Can I help you with one of these?"]),
    ],
)
def test_each_kind_of_message_has_its_reply(api: Api, content: dict[str, Any], said: list[str]) -> None:
    smooch.handle(message(**content))

    assert api.texts == said


def test_picture_that_cannot_be_fetched_is_told(api: Api) -> None:
    smooch.handle(message(type="image", mediaUrl="http://127.0.0.1:1/a.jpg"))

    assert api.texts == ["I cannot open your picture, Ana."]


@pytest.mark.parametrize("status", [429, 503])
def test_trouble_that_passes_is_met_with_patience(api: Api, status: int) -> None:
    api.statuses = [status]

    smooch.handle(message(text="hours"))

    assert len(api.sent) == 2


def test_refused_message_is_not_tried_again(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    api.statuses = [403]

    smooch.handle(message(text="hours"))

    assert len(api.sent) == 1
    assert "not sent" in capsys.readouterr().out


@pytest.mark.parametrize(
    "trigger", ["message:appMaker", "conversation:read", "delivery:success", "delivery:failure", "typing:appUser", "x"]
)
def test_event_that_asks_for_nothing_gets_nothing(api: Api, trigger: str) -> None:
    smooch.handle(event(trigger, messages=[{"_id": "1", "type": "text", "text": "hello"}]))

    assert not api.sent


@pytest.fixture
def port(api: Api) -> Iterator[int]:
    """The bot as a program, on a free port."""
    with http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as server:
        port = int(server.server_address[1])
    environment = {**os.environ, "PORT": str(port), "SMOOCH_WEBHOOK_SECRET": SECRET, "SMOOCH_API_URL": api.url}
    command = [sys.executable, "-m", "simulator.bots.smooch"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        assert "listening" in program.stdout.readline()
        yield port
        program.kill()


def post(port: int, body: bytes, secret: str = SECRET) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("POST", "/smooch", body, {"x-api-key": secret})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def test_program_believes_who_knows_the_secret_and_nobody_else(api: Api, port: int) -> None:
    hours = json.dumps(message(text="hours")).encode()

    assert post(port, hours, "0" * 40) == 401
    assert post(port, hours, "") == 401
    assert post(port, b"no JSON") == 400
    assert not api.sent
    assert post(port, hours) == 200
    assert len(api.sent) == 1
