"""Whole runs of Smooch's stories: against the bot of the demo, the bot on the official SDK, and its broken twins."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
STORIES = "scenarios/smooch"
DEMO_BOT = ("-m", "simulator.bots.smooch")
SDK_BOT = ("tests/bots/smooch_bot.py",)

TWINS = {
    "wrong-text": ("tap-a-button", "wrong-reply"),
    "late": ("tap-a-button", "late-reply"),
    "silent": ("tap-a-button", "no-reply"),
    "twice": ("retries", "too-many-replies"),
    "wrong-status": ("tap-a-button", "ack"),
    "unchecked": ("secret", "unexpected-reply"),
    "refusing": ("tap-a-button", "ack"),
    "crash": ("order-status", "no-ack"),
}
"""Twin → the story that finds it out, and the code of the first verdict that is not well."""


@dataclass(frozen=True)
class Finished:
    """A run that has ended."""

    code: int
    out: str
    report: Any
    journal: str

    @property
    def wrong(self) -> list[str]:
        return [each["code"] for each in self.report["verdicts"] if each["outcome"] in ("failed", "error")]


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Finished]:
    """Run stories with a bot that is started by the simulator, its mock API on a free port."""

    def finished(path: str, bot: tuple[str, ...], *more: str) -> Finished:
        words = [sys.executable, *bot]
        command = subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)
        report, journal = tmp_path / "report.json", tmp_path / "journal.jsonl"
        files = ("--report", f"json={report}", "--journal", str(journal))
        program = subprocess.run(
            [
                sys.executable,
                "-m",
                "simulator",
                "run",
                path,
                "--bot",
                command,
                "--listen",
                "127.0.0.1:0",
                *files,
                *more,
            ],
            cwd=ROOT,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
            check=False,
        )
        text = report.read_text("utf-8") if report.is_file() else "null"
        told = journal.read_text("utf-8") if journal.is_file() else ""
        return Finished(program.returncode, program.stdout + program.stderr, json.loads(text), told)

    return finished


def test_all_stories_pass_against_the_bot_of_the_demo(run: Callable[..., Finished]) -> None:
    done = run(STORIES, DEMO_BOT, "--strict")

    assert (done.code, done.wrong) == (0, []), done.out
    assert len(done.report["stories"]) >= 5


def test_all_stories_pass_against_the_bot_on_the_official_sdk(run: Callable[..., Finished]) -> None:
    pytest.importorskip("smooch")
    done = run(STORIES, SDK_BOT)

    assert (done.code, done.wrong) == (0, []), done.out


def test_bot_that_makes_its_own_webhook_gets_the_form_and_the_secret_of_that(run: Callable[..., Finished]) -> None:
    pytest.importorskip("smooch")
    done = run(f"{STORIES}/order-status.yaml", (*SDK_BOT, "--register", "--triggers", "*"), "--option", "version=v1")

    assert (done.code, done.wrong) == (0, []), done.out
    assert "message:delivery:user" in done.journal
    assert "delivery:success" not in done.journal


CONVERSATION = ROOT / "tests" / "providers" / "smooch" / "conversation.yaml"


def test_bot_on_the_official_sdk_holds_a_long_conversation(run: Callable[..., Finished], tmp_path: Path) -> None:
    """Every verdict is well, a refused delivery came again byte for byte, and refused calls were made again."""
    pytest.importorskip("smooch")
    shutil.copy(ROOT / STORIES / "media" / "tulip.png", tmp_path)
    story = shutil.copy(CONVERSATION, tmp_path)

    done = run(str(story), (*SDK_BOT, "--twin", "fails-first"))

    assert (done.code, done.wrong) == (0, []), done.out
    entries = [json.loads(line) for line in done.journal.splitlines()]
    attempts = [entry["data"] for entry in entries if entry["kind"] == "AttemptFinished"]
    refused = next(each for each in attempts if each["attempt"]["ack"]["status"] == 500)
    same = [each["attempt"] for each in attempts if each["delivery_id"] == refused["delivery_id"]]
    assert [attempt["ack"]["status"] for attempt in same] == [500, 500, 500, 200]
    assert len({json.dumps(attempt["request"]) for attempt in same}) == 1
    answers = [entry["data"] for entry in entries if entry["kind"] == "CallAnswered"]
    for operation in ("get_messages", "update_app_user", "upload_attachment"):
        errors = [each["response"]["error"] for each in answers if each["call"]["operation"] == operation]
        assert any(errors), operation
        assert errors[-1] == "", operation


@pytest.mark.parametrize("twin", TWINS)
def test_broken_twin_fails_for_the_right_reason(twin: str, run: Callable[..., Finished]) -> None:
    pytest.importorskip("smooch")
    story, code = TWINS[twin]

    done = run(f"{STORIES}/{story}.yaml", (*SDK_BOT, "--twin", twin))

    assert done.code == 1, done.out
    assert done.wrong[0] == code, done.out


def test_bot_that_answers_its_own_words_gives_no_rest(run: Callable[..., Finished], tmp_path: Path) -> None:
    pytest.importorskip("smooch")
    story = tmp_path / "echo.yaml"
    words = "scenario: Echo\nprovider: smooch\nclock: {patience: 3s}\nactors: {ana: {name: Ana}}\n"
    story.write_text(words + "steps:\n  - ana: Hello\n  - bot: {text: ~hello, times: 1}\n", "utf-8")

    done = run(str(story), (*SDK_BOT, "--twin", "echo"))

    assert done.code == 1, done.out
    assert done.wrong[0] == "never-quiet", done.out
