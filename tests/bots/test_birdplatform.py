"""The demo's bot for the Bird platform: what it believes, what it says, and how it calls."""

from __future__ import annotations

import io
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from email.message import Message
from typing import Any

import pytest

from simulator.bots import birdplatform
from simulator.provider import ToSign
from simulator.providers.birdplatform import PROVIDER

SECRET = "whsec_c2ltLXN0YW5kYXJkLXdlYmhvb2tzLXNlY3JldC0wMDE="
OLDER = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
BODY = b'{"type":"whatsapp.received"}'
PHONE = "+31612345678"


def headers(*, age_s: int = 0, **credentials: str) -> Message:
    what = ToSign(
        body=BODY,
        content_type="",
        url="",
        credentials={"webhook_secret": SECRET, **credentials},
        options={},
        stamp_ms=int((time.time() - age_s) * 1000),
        event_id="msg_1",
    )
    found = Message()
    for name, value in PROVIDER.sign(what).headers:
        found[name] = value
    return found


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the bot says, in place of a call."""
    found: list[Any] = []
    monkeypatch.setattr(birdplatform, "memory", birdplatform.Memory())
    monkeypatch.setattr(birdplatform, "SECRET", SECRET)
    monkeypatch.setattr(birdplatform, "call", lambda method, path, fields=None: found.append((path, fields)) or {})
    monkeypatch.setattr(birdplatform, "later", lambda work, *arguments: work(*arguments))
    return found


def whatsapp(**content: Any) -> dict[str, Any]:
    data = {"whatsapp_id": "wam_1", "from": {"phone_number": PHONE}, **content}
    return {"type": "whatsapp.received", "data": data}


def texts(said: list[Any]) -> list[str]:
    return [fields["text"]["body"] if path.startswith("/v1/whatsapp") else fields["text"] for path, fields in said]


# --- what it believes


def test_signature_is_believed_for_five_minutes(said: list[Any]) -> None:
    assert birdplatform.is_signed(BODY, headers())
    assert not birdplatform.is_signed(BODY + b" ", headers())
    assert not birdplatform.is_signed(BODY, headers(webhook_secret=OLDER))
    assert not birdplatform.is_signed(BODY, headers(age_s=400))
    assert not birdplatform.is_signed(BODY, Message())


def test_one_of_several_signatures_is_enough(said: list[Any]) -> None:
    assert birdplatform.is_signed(BODY, headers(webhook_secret=OLDER, previous_secret=SECRET))


def test_delivery_is_new_once_and_the_oldest_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(birdplatform, "REMEMBERED_EVENTS", 2)
    memory = birdplatform.Memory()

    assert [memory.is_new(each) for each in ("a", "a", "b", "c", "a")] == [True, False, True, True, True]


# --- what it says


def test_order_is_tracked_on_whatsapp_and_by_sms(said: list[Any]) -> None:
    birdplatform.handle(whatsapp(text={"body": "AB-1234"}))
    birdplatform.handle({"type": "sms.received", "data": {"from": PHONE, "text": "any news?"}})

    assert texts(said) == ["One moment…", "Order AB-1234 is packed.", "Order AB-1234 is on its way."]
    assert [path for path, _ in said] == ["/v1/whatsapp/messages"] * 2 + ["/v1/sms/messages"]


def test_tap_is_answered_by_what_is_behind_the_button(said: list[Any]) -> None:
    reply = {"type": "button", "button": {"slug": "hours", "text": "Opening hours"}}
    birdplatform.handle(whatsapp(interactive_reply=reply))

    assert texts(said) == ["We are open every day from 9 to 18 o'clock."]


def test_sticker_gets_flowers(said: list[Any]) -> None:
    birdplatform.handle(whatsapp(sticker={"id": "waf_1"}))

    assert said == [("/v1/whatsapp/messages/wam_1/reaction", {"emoji": "💐"})]


def test_own_messages_are_no_reason_to_speak(said: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    birdplatform.handle({"type": "whatsapp.delivered", "data": {}})
    birdplatform.handle({"type": "whatsapp.failed", "data": {"error": {"description": "no answer"}}})

    assert said == []
    assert "not delivered: no answer" in capsys.readouterr().out


def test_picture_that_cannot_be_fetched_is_told(said: list[Any]) -> None:
    birdplatform.handle(whatsapp(image={"url": "http://127.0.0.1:1/a.jpg"}))

    assert texts(said) == ["I cannot open your picture."]


def test_all_pages_are_counted(said: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    pages = [{"data": [1, 2], "next_cursor": "c2"}, {"data": [3], "next_cursor": None}, {}]
    asked: list[str] = []

    def call(method: str, path: str, fields: Any = None) -> Any:
        asked.append(path)
        return pages[len(asked) - 1]

    monkeypatch.setattr(birdplatform, "call", call)
    birdplatform.send_count(PHONE, "sms")

    assert [path.partition("?")[2].count("starting_after=c2") for path in asked[:2]] == [0, 1]
    assert asked[2] == "/v1/sms/messages"


# --- how it calls

Answers = Callable[[list[Any]], list[Any]]


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """Let calls be answered with these statuses or errors, one after another; what was asked is kept."""

    def prepare(answers: list[Any]) -> list[Any]:
        asked: list[Any] = []

        def urlopen(request: urllib.request.Request, timeout: float) -> Any:
            asked.append(request)
            answer = answers[len(asked) - 1]
            if isinstance(answer, Exception):
                raise answer
            if answer >= 300:
                raise urllib.error.HTTPError(request.full_url, answer, "", Message(), io.BytesIO(b"{}"))
            return io.BytesIO(b'{"id": "wam_1"}')

        monkeypatch.setattr(birdplatform.urllib.request, "urlopen", urlopen)
        monkeypatch.setattr(birdplatform.time, "sleep", lambda seconds: None)
        return asked

    return prepare


def test_trouble_that_may_pass_is_met_with_patience_and_one_key(api: Answers) -> None:
    asked = api([429, OSError("down"), 202])

    assert birdplatform.call("POST", "/v1/x", {"a": 1}) == {"id": "wam_1"}
    assert len({request.headers["Idempotency-key"] for request in asked}) == 1
    assert [json.loads(request.data) for request in asked] == [{"a": 1}] * 3


def test_refusal_is_told_and_not_tried_again(api: Answers, capsys: pytest.CaptureFixture[str]) -> None:
    asked = api([422, 202])

    assert birdplatform.call("POST", "/v1/x", {}) == {}
    assert len(asked) == 1
    assert "POST /v1/x failed: 422" in capsys.readouterr().out
