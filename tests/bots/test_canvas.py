"""The demo's Canvas bot: by its parts, by the stories that it plays, and by the broken twins of the tests' own bot."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jwt
import pytest

from simulator.bots import canvas
from simulator.providers.canvas.keys import key_of, published
from tests.providers.conftest import bench

ROOT = Path(__file__).resolve().parents[2]
STORIES = "scenarios/canvas"
SDK_BOT = f"{shlex.quote(sys.executable)} tests/bots/canvasapi_bot.py"
DEMO_BOT = f"{shlex.quote(sys.executable)} -m simulator.bots.canvas"

TWINS = {
    "wrong-text": ("api-trouble", "wrong-reply"),
    "late": ("two-people", "no-reply"),
    "silent": ("media", "no-reply"),
    "twice": ("retries", "too-many-replies"),
    "wrong-status": ("background-jobs", "ack"),
    "unchecked": ("signature", "unexpected-reply"),
    "refusing": ("first-message", "ack"),
    "crash": ("retries", "no-ack"),
    "talks-to-itself": ("own-messages", "too-many-replies"),
    "keeps-keys": ("key-rotation", "ack"),
    "wants-user": ("background-jobs", "ack"),
}
"""Twin → the story that finds it out, and the code of a verdict that says how."""


def run(tmp_path: Path, *arguments: str) -> tuple[int, list[dict[str, Any]], str]:
    """Give the exit code of `simulator run`, what it found wrong, and what it printed."""
    report = tmp_path / "report.json"
    command = [sys.executable, "-m", "simulator", "run", *arguments, "--listen", "127.0.0.1:0"]
    done = subprocess.run(
        [*command, "--report", f"json={report}"],
        cwd=ROOT,
        env={**os.environ, "SIMULATOR_NO_BOOTSTRAP": "1", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=100,
    )
    verdicts = json.loads(report.read_text("utf-8"))["verdicts"] if report.is_file() else []
    return done.returncode, [each for each in verdicts if each["outcome"] in ("failed", "error")], done.stdout


# --- as programs


@pytest.mark.parametrize("bot", [DEMO_BOT, SDK_BOT])
def test_all_stories_pass(bot: str, tmp_path: Path) -> None:
    code, wrong, out = run(tmp_path, STORIES, "--strict", "--bot", bot)

    assert (code, wrong) == (0, []), out


def test_signed_story_passes_whenever_it_begins(tmp_path: Path) -> None:
    code, wrong, out = run(tmp_path, f"{STORIES}/signature.yaml", "--start", "2025-03-01T09:00:00Z", "--bot", DEMO_BOT)

    assert (code, wrong) == (0, []), out


@pytest.mark.parametrize("twin", TWINS)
def test_broken_twin_fails_for_the_right_reason(twin: str, tmp_path: Path) -> None:
    story, reason = TWINS[twin]

    code, wrong, out = run(tmp_path, f"{STORIES}/{story}.yaml", "--bot", f"{SDK_BOT} --twin {twin}")

    assert code == 1, out
    assert reason in [verdict["code"] for verdict in wrong]


def test_events_of_a_subscription_are_signed_where_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANVAS_SIGNED", "required")

    code, wrong, out = run(tmp_path, f"{STORIES}/subscription.yaml", "--bot", DEMO_BOT)

    assert (code, wrong) == (0, []), out
    assert "conversation_created was not sent: nobody subscribed to it" in out


CONVERSATION = """
scenario: A long conversation
provider: canvas
options: {signing: jwt}
actors:
  ana: {name: Ana Souza, id: "501001"}
  ben: {name: Ben Ward, id: "501002"}
given:
  conversations: {%(conversations)s}
  messages: {%(messages)s}

steps:
  # The bot turns the event away; the provider comes again a minute later.
  - ana: I am in a rush
  - bot: {text: Now I have time for you., times: 1}

  # Two pages, of which the second is refused for once, in Canvas's own words.
  - api: {operation: list_conversations, answer: rate_limited, times: 1, after: 1}
  - ana: How many do we have?
  - bot: "Conversations: 61."

  - api: {operation: find_recipients, answer: server_error, times: 1}
  - ana: Who is ward?
  - bot: I know Ben Ward.

  - ana: {image: tulip.png}
  - bot: "/^Thank you for the picture, Ana Souza: [1-9][0-9]* bytes/"
  - api: {operation: start_upload, answer: internal_error, times: 1}
  - ana: Send it back
  - bot: {image: any, text: Here it is., operation: add_message}

  - ana: Tidy up
  - bot: That is completed.
  - ana: How many do we have?
  - bot: "Conversations: 1."

always:
  - ack: {lost: 0}
"""


def test_bot_on_the_sdk_holds_a_long_conversation(tmp_path: Path) -> None:
    keys = range(100, 160)
    given = {
        "conversations": ", ".join(f'"{key}": {{participants: ["501002"]}}' for key in keys),
        "messages": ", ".join(f'"{key}": {{conversation_id: "{key}", author_id: "501002", body: hi}}' for key in keys),
    }
    story = tmp_path / "conversation.yaml"
    story.write_text(CONVERSATION % given, "utf-8")
    shutil.copy(ROOT / STORIES / "media" / "tulip.png", tmp_path)

    code, wrong, out = run(tmp_path, str(story), "--strict", "--bot", SDK_BOT)

    assert (code, wrong) == (0, []), out


# --- by its parts


@pytest.fixture
def signed(monkeypatch: pytest.MonkeyPatch) -> tuple[str, dict[str, Any]]:
    """Give a token and its claims; the bot knows the keys."""
    keys = {key["kid"]: key for key in published(0, 0)}
    monkeypatch.setattr(canvas, "memory", canvas.Memory())
    canvas.memory.keys = keys
    name = next(name for name in keys if not name.startswith("unused"))
    claims = json.loads(bench("canvas").render("conversation_created").body)
    return jwt.encode(claims, key_of(0).as_pem(private=True), "RS256", headers={"kid": name}), claims


def test_bot_verifies_without_a_library(signed: tuple[str, dict[str, Any]]) -> None:
    token, claims = signed

    assert canvas.read(token.encode()) == claims


@pytest.mark.parametrize("place", [0, 1, 2])
def test_bot_believes_no_changed_token(signed: tuple[str, dict[str, Any]], place: int) -> None:
    parts = signed[0].split(".")
    parts[place] = parts[place][:20] + ("A" if parts[place][20] != "A" else "B") + parts[place][21:]

    with pytest.raises((canvas.NotBelieved, ValueError)):
        canvas.read(".".join(parts).encode())


def test_bot_believes_no_other_algorithm(signed: tuple[str, dict[str, Any]]) -> None:
    unsigned = jwt.encode(signed[1], "", "none", headers=jwt.get_unverified_header(signed[0]) | {"alg": "none"})

    with pytest.raises(canvas.NotBelieved):
        canvas.read(unsigned.encode())


def test_bot_may_want_everything_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert canvas.read(b'{"metadata": {}}') == {"metadata": {}}
    monkeypatch.setattr(canvas, "IS_SIGNATURE_REQUIRED", True)

    with pytest.raises(canvas.NotBelieved):
        canvas.read(b'{"metadata": {}}')


def test_bot_passes_over_its_own_messages_and_what_it_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    monkeypatch.setattr(canvas, "memory", canvas.Memory())
    monkeypatch.setattr(canvas, "call", lambda method, path, fields=None: calls.append(path))
    canvas.memory.own_id = "900"

    def message(author: str, key: str) -> dict[str, Any]:
        body = {"author_id": author, "conversation_id": "53", "message_id": key}
        return {"metadata": {"event_name": "conversation_message_created"}, "body": body}

    for event in (message("900", "1"), message("7", "2"), message("7", "2")):
        canvas.handle(event)

    assert calls == ["/conversations/53"]
