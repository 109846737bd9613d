"""The stories in scenarios/, against bots that are as they should be."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.conftest import Runner

STORIES = Path("scenarios/viber")


def test_all_stories_pass_against_the_bot_on_the_official_sdk(run: Runner, bot_command: Callable[..., str]) -> None:
    done = run(str(STORIES), "--bot", bot_command())

    assert (done.code, done.wrong) == (0, [])
    assert len(done.report["stories"]) >= 8


def test_all_stories_pass_against_the_bot_of_the_demo(run: Runner) -> None:
    done = run(str(STORIES), "--bot", f"{sys.executable} -m simulator.bots.viber", "--strict")

    assert (done.code, done.wrong) == (0, [])


def test_stories_pass_twice_against_a_bot_that_is_not_restarted(run: Runner, standing_bot: tuple[str, str]) -> None:
    endpoint, api = standing_bot

    first = run(str(STORIES), "--endpoint", endpoint, listen=api)
    second = run(str(STORIES), "--endpoint", endpoint, listen=api)

    assert (first.code, first.wrong) == (0, [])
    assert (second.code, second.wrong) == (0, [])


def test_bot_that_registers_its_url_itself_passes_the_handshake(
    run: Runner, bot_command: Callable[..., str], tmp_path: Path
) -> None:
    journal = tmp_path / "run.journal.jsonl"

    done = run(str(STORIES / "welcome.yaml"), "--bot", bot_command("--set-webhook"), "--journal", str(journal))

    assert (done.code, done.wrong) == (0, [])
    assert '"HandshakeFinished"' in journal.read_text("utf-8")


def test_three_failures_and_a_reply_from_the_background_take_a_moment(
    run: Runner, bot_command: Callable[..., str], tmp_path: Path
) -> None:
    journal = tmp_path / "run.journal.jsonl"
    story = "tests/e2e/stories/three-failures.yaml"

    done = run(story, "--bot", bot_command("--twin", "fails-first"), "--journal", str(journal))

    assert (done.code, done.wrong) == (0, [])
    # Under a second by far; that it does not hang on a busy machine is shown in virtual time, in test_story.py.
    assert done.report["stories"][0]["duration_ms"] < 10_000
    entries = [json.loads(line) for line in journal.read_text("utf-8").splitlines()]
    due_ms = [entry["at_ms"] for entry in entries if entry["kind"] == "AttemptStarted"][:4]
    assert [due - due_ms[0] for due in due_ms] == [0, 5_000, 35_000, 155_000]
