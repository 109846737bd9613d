"""What is waited for from the bot: that it is offered in order, judged in time, and heard a little beyond it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from simulator.listening import LONGEST_LISTENING_MS
from tests.theatre import Bot, Deed, Theatre, stage


def saying(*says: tuple[float, str]) -> Bot:
    def bot(body: Mapping[str, Any], attempt: int) -> Deed:
        return Deed(says=says if body["event"] == "message" else ())

    return bot


def play(folder: Path, steps: str, bot: Bot) -> Theatre:
    theatre = stage(folder, f"steps: [{steps}]", bot)
    theatre.play()
    return theatre


def codes(theatre: Theatre) -> dict[str, str]:
    return {verdict.at: verdict.code or verdict.outcome for verdict in theatre.story.verdicts}


@pytest.mark.parametrize(("after_ms", "code"), [(5_900, "late-reply"), (6_100, "no-reply")])
def test_a_background_reply_that_comes_a_little_late_is_told_as_late(
    tmp_path: Path, after_ms: float, code: str
) -> None:
    theatre = play(tmp_path, "{ana: hi}, {bot: hello}", saying((after_ms, "hello")))

    assert codes(theatre)["steps[1].bot"] == code
    assert theatre.now <= 5_000 + LONGEST_LISTENING_MS + 100


def test_listening_on_is_short_where_little_time_was_given(tmp_path: Path) -> None:
    theatre = play(tmp_path, "{ana: hi}, {bot: {text: hello, within: 200ms}}", saying())

    assert codes(theatre)["steps[1].bot"] == "no-reply"
    assert theatre.now < 200 + 40 + 60


def test_nobody_listens_on_where_something_else_was_said_in_time(tmp_path: Path) -> None:
    theatre = play(tmp_path, "{ana: hi}, {bot: hello}", saying((10, "bye")))

    assert codes(theatre)["steps[1].bot"] == "wrong-reply"
    assert theatre.now < 5_100


def test_listening_on_ends_with_what_comes_late(tmp_path: Path) -> None:
    theatre = play(tmp_path, "{ana: hi}, {bot: hello}", saying((5_100, "hello")))

    assert codes(theatre)["steps[1].bot"] == "late-reply"
    assert theatre.now < 5_300


def test_what_was_said_before_a_step_begins_can_be_claimed_by_it(tmp_path: Path) -> None:
    theatre = play(tmp_path, "{ana: hi}, {bot: one}, {bot: two}", saying((1, "one"), (1.5, "two")))

    assert set(codes(theatre).values()) == {"passed"}


def test_noise_before_a_silence_breaks_it_at_once(tmp_path: Path) -> None:
    theatre = play(tmp_path, "{ana: hi}, {bot: two}, {silence: 9s}", saying((1, "two"), (1.5, "more")))

    assert codes(theatre)["steps[2].silence"] == "unexpected-reply"
    assert theatre.now < 1_000


def test_exact_numbers_are_judged_at_quiet(tmp_path: Path) -> None:
    theatre = play(tmp_path, "{ana: hi}, {bot: {text: one, times: 2}}", saying((1, "one"), (300, "one")))

    assert codes(theatre)["steps[1].bot"] == "passed"
    assert 350 <= theatre.now < 700
