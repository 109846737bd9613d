"""What actors do: when they may, what comes of it, and how it is judged."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.theatre import Deed, Theatre, stage


def play(folder: Path, steps: str, deed: Deed | None = None) -> Theatre:
    theatre = stage(folder, f"steps: [{steps}]", lambda body, attempt: deed or Deed(), actors=("ana", "ben"))
    theatre.play()
    return theatre


def codes(theatre: Theatre) -> dict[str, str]:
    return {verdict.at: verdict.code or verdict.outcome for verdict in theatre.story.verdicts}


def test_an_actor_speaks_when_what_she_did_before_has_its_answer(tmp_path: Path) -> None:
    began: list[tuple[str, float]] = []
    theatre: Theatre

    def bot(body: Mapping[str, Any], attempt: int) -> Deed:
        began.append((body["sender"]["name"], theatre.now))
        return Deed(ack_ms=700)

    theatre = stage(tmp_path, "steps: [{ana: one}, {ben: two}, {ana: three}]", bot, actors=("ana", "ben"))
    theatre.play()

    assert [name for name, _ in began] == ["Ana", "Ben", "Ana"]
    assert began[1][1] < 700 <= began[2][1]


def test_what_an_actor_cannot_do_ends_the_story(tmp_path: Path) -> None:
    assert codes(play(tmp_path, "{ana: {tap: Buy}}, {ben: hi}")) == {
        "steps[0].ana": "no-such-button",
        "steps[1].ben": "not-reached",
    }


def test_what_is_written_wrongly_ends_the_story_and_sends_nothing(tmp_path: Path) -> None:
    theatre = play(tmp_path, "{ana: {text: hi, with: {message.text: '{{ 1 // (now - now) }}'}}}, {ben: hi}")

    assert codes(theatre)["steps[0].ana"] == "expression"
    assert not theatre.sends


def test_an_act_of_which_nothing_is_sent_is_skipped_and_the_story_goes_on(tmp_path: Path) -> None:
    theatre = play(tmp_path, "{ana: {reads: last}}, {ben: hi}")

    assert codes(theatre) == {"steps[0].ana": "not-sent", "steps[1].ben": "passed"}


def test_copies_are_judged_together(tmp_path: Path) -> None:
    theatre = play(tmp_path, "{ana: hi, deliver: {copies: 3}}")

    assert len(theatre.sends) == 3
    assert codes(theatre) == {"steps[0].ana": "passed"}
    assert len(theatre.story.verdicts) == 1


def test_what_was_sent_can_be_saved(tmp_path: Path) -> None:
    theatre = play(tmp_path, "{ana: hi, save: {token: message_token}}, {ana: 'about {{ token }}'}")
    first, second = (json.loads(send.request.body) for send in theatre.sends)

    assert second["message"]["text"] == f"about {first['message_token']}"


def test_an_act_that_is_still_under_way_at_the_end_is_skipped(tmp_path: Path) -> None:
    def bot(body: Mapping[str, Any], attempt: int) -> Deed:
        return Deed(status=500, says=((1, "no"),) if attempt == 1 else ())

    theatre = stage(tmp_path, "steps: [{ana: hi}, {silence: 1s}]", bot)
    theatre.play()

    assert codes(theatre) == {"steps[0].ana": "not-reached", "steps[1].silence": "unexpected-reply"}
