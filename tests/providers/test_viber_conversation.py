"""Bots on Viber's official SDKs hold a conversation with media, an error and a retry; the whole program plays it."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from . import node_sdks

ROOT = Path(__file__).resolve().parents[2]
STORY = Path(__file__).parent / "viber" / "conversation.yaml"
PICTURE = ROOT / "scenarios" / "viber" / "media" / "tulip.png"


def joined(words: list[str]) -> str:
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


def play(folder: Path, bot: list[str], environment: dict[str, str]) -> tuple[Any, list[Any]]:
    """Give the report of the run and its journal."""
    for file in (STORY, PICTURE):
        shutil.copy(file, folder)
    files = ["--report", f"json={folder / 'report.json'}", "--journal", str(folder / "run.jsonl")]
    command = [sys.executable, "-m", "simulator", "run", str(folder / STORY.name), "--bot", joined(bot)]
    done = subprocess.run(
        [*command, "--listen", "127.0.0.1:0", *files],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    entries = [json.loads(line) for line in (folder / "run.jsonl").read_text("utf-8").splitlines()]
    return json.loads((folder / "report.json").read_text("utf-8")), entries


def test_conversation_is_held_on_the_official_sdk_for_python(tmp_path: Path) -> None:
    pytest.importorskip("viberbot")
    bot = [sys.executable, "tests/bots/viberbot_bot.py", "--twin", "fails-first"]

    report, entries = play(tmp_path, bot, dict(os.environ))

    assert_held(report, entries)


@pytest.mark.node
def test_conversation_is_held_on_the_official_sdk_for_node(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    sdks = node_sdks.installed("viber", may_install="node" in request.config.option.markexpr)

    report, entries = play(tmp_path, node_sdks.command("viber", "shop.js"), node_sdks.environment(sdks))

    assert_held(report, entries)


def assert_held(report: Any, entries: list[Any]) -> None:
    """Every verdict is well, a refused delivery came again byte for byte, and a refused call was made again."""
    attempts = [entry["data"] for entry in entries if entry["kind"] == "AttemptFinished"]
    refused = next(each for each in attempts if each["attempt"]["ack"]["status"] == 500)
    same = [each["attempt"] for each in attempts if each["delivery_id"] == refused["delivery_id"]]
    answers = [entry["data"]["response"]["error"] for entry in entries if entry["kind"] == "CallAnswered"]

    assert {verdict["outcome"] for verdict in report["verdicts"]} == {"passed"}
    assert len(same) > 1
    assert same[-1]["ack"]["status"] == 200
    assert len({json.dumps(attempt["request"]) for attempt in same}) == 1
    assert answers[answers.index("rate_limited") + 1] == ""
