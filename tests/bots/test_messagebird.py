"""The demo's bot for MessageBird: what it believes and what it says, alone and in whole stories."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from simulator.bots import messagebird
from simulator.provider import ToSign
from simulator.providers.messagebird import PROVIDER

ROOT = Path(__file__).resolve().parents[2]
KEY = "a-signing-key-with-at-least-32-bytes!"
URL = "http://127.0.0.1:8080/mb?tenant=7"
BODY = b'{"type":"message.created"}'


def token(*, key: str = KEY, age_s: int = 0) -> str:
    stamp_ms = int((time.time() - age_s) * 1000)
    credentials, options = {"signing_key": key}, {"signatures": "jwt"}
    what = ToSign(body=BODY, content_type="", url=URL, credentials=credentials, options=options, stamp_ms=stamp_ms)
    return PROVIDER.sign(what).headers[0][1]


def message(kind: str = "text", content: Any = "hello", direction: str = "received") -> Any:
    said = {"id": f"{kind}{content}{direction}", "conversationId": "c", "from": "+31612345678", "type": kind}
    return {"type": "message.created", "message": {**said, "content": {kind: content}, "direction": direction}}


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the bot says, in place of a call."""
    found: list[Any] = []
    monkeypatch.setattr(messagebird, "memory", messagebird.Memory())
    monkeypatch.setattr(messagebird, "SIGNING_KEY", KEY)
    monkeypatch.setattr(messagebird, "call", lambda method, path, fields: found.append(fields))
    monkeypatch.setattr(messagebird, "later", lambda work, *arguments: work(*arguments))
    return found


def test_token_is_believed_for_its_url_and_body_for_a_minute(said: list[Any]) -> None:
    assert messagebird.is_signed(BODY, URL, token())
    assert not messagebird.is_signed(BODY, URL, token(key="another-key-with-at-least-32-bytes!!!!"))
    assert not messagebird.is_signed(BODY, URL, token(age_s=120))
    assert not messagebird.is_signed(BODY + b" ", URL, token())
    assert not messagebird.is_signed(BODY, URL.partition("?")[0], token())
    assert not messagebird.is_signed(BODY, URL, "")
    assert not messagebird.is_signed(BODY, URL, "a.b.c")


def test_same_message_is_answered_once_and_its_own_never(said: list[Any]) -> None:
    messagebird.handle(message(content="hours"))
    messagebird.handle(message(content="hours"))
    messagebird.handle(message(content="hours", direction="sent"))

    assert [each["content"]["text"] for each in said] == ["We are open every day from 9 to 18 o'clock."]


def test_order_is_tracked(said: list[Any]) -> None:
    for words in ("news", "AB-1234", "any news?"):
        messagebird.handle(message(content=words))

    texts = [each["content"]["text"] for each in said]
    assert texts == ["Which order number?", "One moment…", "Order AB-1234 is packed.", "Order AB-1234 is on its way."]


def test_picture_that_cannot_be_fetched_is_told(said: list[Any]) -> None:
    messagebird.handle(message("image", {"url": "http://127.0.0.1:1/a.jpg"}))

    assert [each["content"]["text"] for each in said] == ["I cannot open your picture."]


def test_all_stories_pass(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    words = [sys.executable, "-m", "simulator.bots.messagebird"]
    bot = subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)
    command = [sys.executable, "-m", "simulator", "run", "scenarios/messagebird", "--strict", "--bot", bot]
    command += ["--listen", "127.0.0.1:0", "--report", f"json={report}"]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=90, check=False, env=environment)

    found = json.loads(report.read_text("utf-8"))
    assert (done.returncode, [each for each in found["verdicts"] if each["outcome"] != "passed"]) == (0, [])
    assert len(found["stories"]) == len(list((ROOT / "scenarios" / "messagebird").glob("*.yaml")))
