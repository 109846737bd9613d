"""Strands that go on side by side: who hears what, and that none of them changes what the others send."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from simulator.scenario.model import MeanwhileStep
from simulator.strand import audience_of
from tests.theatre import Bot, Deed, Theatre, stage

ACTORS = ("ana", "ben", "eva")


def echo(body: Mapping[str, Any], attempt: int) -> Deed:
    text = body.get("message", {}).get("text")
    return Deed(says=((1.0, f"You said {text}"),) if text else ())


def play(folder: Path, steps: str, bot: Bot = echo) -> Theatre:
    theatre = stage(folder, f"steps: [{steps}]", bot, actors=ACTORS)
    theatre.play()
    return theatre


def outcomes(theatre: Theatre) -> dict[str, str]:
    return {verdict.at: verdict.code or verdict.outcome for verdict in theatre.story.verdicts}


def sent_of(theatre: Theatre, actor: str) -> list[bytes]:
    user_id = theatre.story.cast.user_ids[actor]
    bodies = (send.request.body for send in theatre.sends)
    return sorted(body for body in bodies if user_id in body.decode())


def test_strands_go_on_beside_each_other(tmp_path: Path) -> None:
    theatre = play(
        tmp_path,
        "{meanwhile: [[{ana: one}, {bot: You said one}, {wait: 6h}, {ana: two}], [{wait: 1h}, {ben: between}]]},"
        "{eva: last}",
    )
    texts = [json.loads(send.request.body).get("message", {}).get("text") for send in theatre.sends]

    assert theatre.story.result(0.0).outcome == "passed"
    assert [text for text in texts if text] == ["one", "between", "two", "last"]


@pytest.mark.parametrize("slowness", [1.0, 200.0])
def test_a_strand_sends_the_same_bytes_whatever_the_others_do(tmp_path: Path, slowness: float) -> None:
    """Ben's strand is slow, chatty, retried and late; nothing of Ana's is another time or another id."""

    def bot(body: Mapping[str, Any], attempt: int) -> Deed:
        is_ben = body.get("sender", {}).get("name") == "Ben"
        deed = echo(body, attempt)
        if not is_ben:
            return deed
        return Deed(status=500) if attempt < 3 else Deed(ack_ms=3 * slowness, says=deed.says)

    ana = (
        "{ana: one}, {bot: You said one}, {wait: 1s..9h}, {ana: '{{ fake.sentence() }}'}, {bot: ~said}, {silence: 50ms}"
    )
    ben = "{ben: hi}, {bot: You said hi}, {silence: 200ms}, {wait: 2h..4h}, {ben: bye}, {bot: You said bye}"
    alone = play(tmp_path, f"{{meanwhile: [[{ana}], [{{wait: 0s}}]]}}", bot)
    beside = play(tmp_path, f"{{meanwhile: [[{ana}], [{ben}]]}}", bot)

    assert set(outcomes(beside).values()) == {"passed"}
    assert sent_of(beside, "ana") == sent_of(alone, "ana")


def test_reply_goes_to_the_strand_of_the_one_who_was_spoken_to(tmp_path: Path) -> None:
    """Both wait for the same words; what is said to Ben passes Ana's strand by, though it comes first in the file."""
    strands = "[{ana: hi}, {bot: {text: ok, within: 300ms}}], [{ben: hi}, {bot: {text: ok, within: 1s}}]"

    def bot(body: Mapping[str, Any], attempt: int) -> Deed:
        return Deed(says=((1.0, "ok"),) if body.get("sender", {}).get("name") == "Ben" else ())

    theatre = play(tmp_path, f"{{meanwhile: [{strands}]}}", bot)

    assert outcomes(theatre)["steps[0].meanwhile[1][1].bot"] == "passed"
    assert outcomes(theatre)["steps[0].meanwhile[0][1].bot"] == "no-reply"


def test_strand_of_one_actor_has_what_is_said_to_her_before_a_strand_of_several(tmp_path: Path) -> None:
    several = "{ana: hi}, {ben: hi}, {bot: {text: ok, within: 200ms}}"
    steps = f"{{meanwhile: [[{several}], [{{wait: 0s}}, {{bot: {{text: ok, to: ana}}}}]]}}"

    def bot(body: Mapping[str, Any], attempt: int) -> Deed:
        return Deed(says=((1.0, "ok"),) if body.get("sender", {}).get("name") == "Ana" else ())

    theatre = play(tmp_path, steps, bot)

    assert outcomes(theatre)["steps[0].meanwhile[1][1].bot"] == "passed"
    assert outcomes(theatre)["steps[0].meanwhile[0][2].bot"] == "no-reply"


def test_silence_of_a_strand_is_not_broken_by_what_is_said_in_another(tmp_path: Path) -> None:
    steps = (
        "{meanwhile: [[{ana: hi}, {bot: ~hi}, {silence: 2s}], [{wait: 0s}, {ben: hi}, {bot: {text: ~hi, within: 3s}}]]}"
    )

    def bot(body: Mapping[str, Any], attempt: int) -> Deed:
        is_ben = body.get("sender", {}).get("name") == "Ben"
        return Deed(says=((1_500.0 if is_ben else 1.0, "hi"),) if "sender" in body else ())

    assert set(outcomes(play(tmp_path, steps, bot)).values()) == {"passed"}


def test_silence_of_a_strand_is_broken_by_what_is_said_to_its_own_actor(tmp_path: Path) -> None:
    steps = "{meanwhile: [[{ana: hi}, {bot: ~hi}, {silence: 2s}], [{wait: 1h}]]}"
    theatre = play(
        tmp_path, steps, lambda body, attempt: Deed(says=((1, "hi"), (900, "hi")) if "sender" in body else ())
    )

    assert outcomes(theatre)["steps[0].meanwhile[0][2].silence"] == "unexpected-reply"


def test_failure_in_a_strand_ends_the_story(tmp_path: Path) -> None:
    theatre = play(
        tmp_path, "{meanwhile: [[{ana: hi}, {bot: {text: no, within: 100ms}}], [{wait: 9h}, {ben: hi}]]}, {eva: hi}"
    )

    assert outcomes(theatre)["steps[0].meanwhile[0][1].bot"] == "wrong-reply"
    assert outcomes(theatre)["steps[0].meanwhile[1][1].ben"] == "not-reached"
    assert outcomes(theatre)["steps[1].eva"] == "not-reached"


def test_strands_stand_inside_strands(tmp_path: Path) -> None:
    inner = "{meanwhile: [[{ana: a}, {bot: You said a}], [{ben: b}, {bot: You said b}, {wait: 1h}]]}"
    outer = f"[{inner}, {{ana: c}}, {{bot: You said c}}], [{{eva: d}}, {{bot: You said d}}]"
    theatre = play(tmp_path, f"{{meanwhile: [{outer}]}}, {{silence: 50ms}}")

    assert set(outcomes(theatre).values()) == {"passed"}
    assert theatre.sends[-1].due_ms - theatre.sends[0].due_ms > 3_600_000


def test_what_a_strand_could_not_claim_any_more_cannot_be_claimed_after_it(tmp_path: Path) -> None:
    steps = "{meanwhile: [[{ana: one}, {bot: ~one}], [{ben: two}, {bot: ~two}]]}, {bot: {text: ~said, within: 100ms}}"

    assert outcomes(play(tmp_path, steps))["steps[1].bot"] == "no-reply"


def test_retry_of_an_act_before_the_strands_is_waited_for_in_them(tmp_path: Path) -> None:
    def bot(body: Mapping[str, Any], attempt: int) -> Deed:
        return Deed(status=500) if attempt < 3 else echo(body, attempt)

    steps = "{ana: hi}, {meanwhile: [[{bot: {text: ~hi, to: ana, within: 200ms}}], [{wait: 0s}]]}"

    assert set(outcomes(play(tmp_path, steps, bot)).values()) == {"passed"}


def test_an_actor_of_two_strands_does_not_wait_for_herself(tmp_path: Path) -> None:
    def bot(body: Mapping[str, Any], attempt: int) -> Deed:
        return Deed(ack_ms=900) if body.get("message", {}).get("text") == "slow" else Deed()

    theatre = play(tmp_path, "{meanwhile: [[{ana: slow}, {ana: slow}], [{ana: quick}, {ana: quick}]]}", bot)
    dues = [send.due_ms for send in theatre.sends]

    assert [due - dues[0] for due in dues] == [0, 0, 100, 100]


def test_rounds_of_strands_leave_nothing_behind(tmp_path: Path) -> None:
    steps = (
        "{repeat: {times: 30}, steps: [{meanwhile: [[{ana: a}, {bot: ~a}], [{ben: b}, {bot: {text: ~b, times: 1}}]]}]}"
    )
    theatre = play(tmp_path, steps)

    assert set(outcomes(theatre).values()) == {"passed"}
    assert set(theatre.story._strands._live) == {0}
    assert len(theatre.story._strands._waiting) <= 2


def test_audience_is_who_acts_or_is_spoken_to(tmp_path: Path) -> None:
    inside = "{if: 'true', steps: [{ana: a}], else: [{meanwhile: [[{bot: {text: b, to: eva}}], [{wait: 1s}]]}]}"
    theatre = stage(tmp_path, f"steps: [{{meanwhile: [[{inside}], [{{bot: hi}}]]}}]", echo, actors=ACTORS)
    [step] = theatre.story.scenario.steps
    assert isinstance(step, MeanwhileStep)

    assert [audience_of(steps) for steps in step.strands] == [{"ana", "eva"}, None]
