"""Whole runs of the platform's stories: against the demo's bot, the bot on the official SDK, and its broken twins."""

from __future__ import annotations

from pathlib import Path

import pytest

from .runs import played

STORIES = "scenarios/birdplatform"
DEMO_BOT = ("-m", "simulator.bots.birdplatform")
SDK_BOT = ("tests/bots/birdplatform_bot.py",)

TWINS = {
    "twice": ("retries", "too-many-replies"),
    "refusing": ("retries", "ack"),
}
"""Twin → the story that finds it out, and the code of a verdict that is not well."""


@pytest.mark.parametrize("bot", [DEMO_BOT, SDK_BOT], ids=["demo", "sdk"])
def test_all_stories_pass(bot: tuple[str, ...], tmp_path: Path) -> None:
    done = played(tmp_path, STORIES, bot, "--strict")

    assert (done.code, done.wrong) == (0, []), done.out
    assert len(done.report["stories"]) == len(list(Path(STORIES).glob("*.yaml")))


def test_bot_on_the_sdk_reads_all_pages_fetches_a_file_and_tries_again(tmp_path: Path) -> None:
    pages = played(tmp_path, f"{STORIES}/history.yaml", SDK_BOT)
    media = played(tmp_path, f"{STORIES}/media.yaml", SDK_BOT)

    listed = [status for operation, status in pages.answers() if operation == "list_whatsapp"]
    assert (pages.code, media.code) == (0, 0), pages.out + media.out
    assert listed == [200, 503, 200, 200]
    assert ("get_whatsapp_media", 302) in media.answers()


def test_bot_that_makes_its_own_endpoint_is_known_by_the_secret_before(tmp_path: Path) -> None:
    done = played(tmp_path, f"{STORIES}/media.yaml", (*SDK_BOT, "--register"), "--strict", "-v")

    assert (done.code, done.wrong) == (0, []), done.out
    assert done.answers()[:3] == [("create_webhook", 201), ("rotate_webhook_secret", 200), ("list_webhooks", 200)]
    assert "whatsapp.sent was not sent: nobody subscribed to it" in done.out


@pytest.mark.parametrize("twin", TWINS)
def test_broken_twin_fails_for_the_right_reason(twin: str, tmp_path: Path) -> None:
    story, reason = TWINS[twin]

    done = played(tmp_path, f"{STORIES}/{story}.yaml", (*SDK_BOT, "--twin", twin))

    assert done.code == 1, done.out
    assert reason in done.wrong
