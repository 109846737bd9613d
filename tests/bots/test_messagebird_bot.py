"""Whole runs of MessageBird's stories: against the bot on the official SDK, and its broken twins."""

from __future__ import annotations

from pathlib import Path

import pytest

from .runs import played

STORIES = "scenarios/messagebird"
SDK_BOT = ("tests/bots/messagebird_bot.py",)

TWINS = {
    "silent": ("history", "no-reply"),
    "twice": ("demo", "too-many-replies"),
    "unchecked": ("signature", "ack"),
    "other-url": ("history", "ack"),
}
"""Twin → the story that finds it out, and the code of a verdict that is not well."""


def test_all_stories_pass(tmp_path: Path) -> None:
    done = played(tmp_path, STORIES, SDK_BOT, "--strict")

    assert (done.code, done.wrong) == (0, []), done.out
    assert len(done.report["stories"]) == len(list(Path(STORIES).glob("*.yaml")))


def test_bot_on_the_sdk_reads_all_pages_and_tries_again(tmp_path: Path) -> None:
    done = played(tmp_path, f"{STORIES}/history.yaml", SDK_BOT)

    statuses = [status for operation, status in done.answers() if operation == "list_messages"]
    assert done.code == 0, done.out
    assert statuses.count(503) == 1
    assert statuses.count(200) >= 6


@pytest.mark.parametrize("twin", TWINS)
def test_broken_twin_fails_for_the_right_reason(twin: str, tmp_path: Path) -> None:
    story, reason = TWINS[twin]

    done = played(tmp_path, f"{STORIES}/{story}.yaml", (*SDK_BOT, "--twin", twin))

    assert done.code == 1, done.out
    assert reason in done.wrong
