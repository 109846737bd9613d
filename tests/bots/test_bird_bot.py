"""Bird's stories in whole runs: against the demo's bot, the tests' bot, and its broken twins."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulator.ports import free_claim

ROOT = Path(__file__).resolve().parents[2]
STORIES = "scenarios/bird"
BOT = (sys.executable, "tests/bots/bird_bot.py")
DEMO_BOT = (sys.executable, "-m", "simulator.bots.bird")

TWINS = {
    "wrong-text": ("tap-a-button.yaml", "wrong-reply"),
    "late": ("tap-a-button.yaml", "late-reply"),
    "silent": ("tap-a-button.yaml", "no-reply"),
    "twice": ("retries.yaml", "too-many-replies"),
    "wrong-status": ("conversation.yaml", "ack"),
    "unchecked": ("signature.yaml", "ack"),
    "refusing": ("tap-a-button.yaml", "ack"),
    "other-url": ("tap-a-button.yaml", "ack"),
    "crash": ("order-status.yaml", "no-ack"),
    "echo": ("receipts.yaml", "too-many-replies"),
}
"""Twin → the story that finds it out, and the code of a verdict that is not well."""

Run = Callable[..., tuple[int, dict[str, Any], str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run `simulator run` with these arguments; give its exit code, its report and what it printed."""

    def play(*arguments: str, listen: str = "127.0.0.1:0") -> tuple[int, dict[str, Any], str]:
        report = tmp_path / "report.json"
        command = [
            sys.executable,
            "-m",
            "simulator",
            "run",
            *arguments,
            "--listen",
            listen,
            "--report",
            f"json={report}",
        ]
        done = subprocess.run(
            command,
            cwd=ROOT,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=90,
            check=False,
            env=environment(),
        )
        found = json.loads(report.read_text("utf-8")) if report.is_file() else {"stories": [], "verdicts": []}
        return done.returncode, found, done.stdout + done.stderr

    return play


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONIOENCODING": "utf-8", **more}


def command(*words: str) -> str:
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


def free_port() -> int:
    with free_claim() as claim:
        return claim.port


def wrong(report: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in report["verdicts"] if each["outcome"] in ("failed", "error")]


def test_all_stories_pass_against_the_bot_of_the_demo(run: Run) -> None:
    code, report, _ = run(STORIES, "--bot", command(*DEMO_BOT), "--strict")

    assert (code, wrong(report)) == (0, [])
    assert len(report["stories"]) >= 12


def test_story_passes_for_a_bot_that_subscribed_another_url_itself(run: Run) -> None:
    code, report, out = run(f"{STORIES}/order-status.yaml", "--bot", command(*BOT, "--subscribe"), "--strict", "-v")

    assert (code, wrong(report)) == (0, [])
    assert "whatsapp.outbound/text was not sent: nobody subscribed to it" in out


def test_stories_pass_twice_against_a_bot_that_is_not_restarted(run: Run) -> None:
    port, api = free_port(), f"127.0.0.1:{free_port()}"
    facts = subprocess.run(
        [sys.executable, "-m", "simulator", "env", "bird", "--listen", api, "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env=environment(),
    )
    variables = json.loads(facts.stdout)["variables"]
    bot_environment = environment(PORT=str(port), **variables)
    with subprocess.Popen(BOT, cwd=ROOT, env=bot_environment, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        assert "listening" in program.stdout.readline()

        endpoint = f"http://127.0.0.1:{port}/bird?tenant=7"
        first = run(STORIES, "--endpoint", endpoint, "--strict", listen=api)
        second = run(STORIES, "--endpoint", endpoint, listen=api)
        program.kill()

    assert (first[0], wrong(first[1])) == (0, [])
    assert (second[0], wrong(second[1])) == (0, [])


@pytest.mark.parametrize("twin", TWINS)
def test_broken_twin_fails_for_the_right_reason(twin: str, run: Run) -> None:
    story, reason = TWINS[twin]

    code, report, _ = run(f"{STORIES}/{story}", "--bot", command(*BOT, "--twin", twin))

    assert code == 1
    assert reason in {each["code"] for each in wrong(report)}


def test_bot_puts_a_picture_where_people_can_see_it(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "flower.yaml"
    steps = "steps:\n  - ana: What is there today?\n  - bot: {text: Today's flower, image: ~/media/}\n"
    file.write_text(f"scenario: A flower\nprovider: bird\nactors: [ana]\n{steps}", "utf-8")
    journal = tmp_path / "journal.jsonl"

    code, report, _ = run(str(file), "--bot", command(*BOT), "--journal", str(journal))

    entries = [json.loads(line) for line in journal.read_text("utf-8").splitlines()]
    answered = [entry["data"] for entry in entries if entry["kind"] == "CallAnswered"]
    called = [(each["call"]["operation"], each["status"]) for each in answered]
    assert (code, wrong(report)) == (0, [])
    assert called == [("create_upload", 200), ("upload_media", 204), ("send_message", 202)]


def test_bot_that_fails_first_is_asked_again_and_answers(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "patience.yaml"
    steps = "steps:\n  - ana: Hello\n  - bot: {text: ~hello, times: 1}\n"
    file.write_text(f"scenario: Patience\nprovider: bird\nactors: [ana]\n{steps}", "utf-8")

    code, report, _ = run(str(file), "--bot", command(*BOT, "--twin", "fails-first"))

    assert (code, wrong(report)) == (0, [])
    story = report["stories"][0]
    assert story["attempts"] - story["deliveries"] >= 3
