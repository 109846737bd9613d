"""The steps that hold others or move the story on."""

from __future__ import annotations

from typing import Any

from simulator.scenario.model import IfStep, RepeatStep, SetStep, SilenceStep, TogetherStep, WaitStep
from simulator.scenario.setting import MOST_LEVELS, MOST_STEPS


def test_steps_of_time_are_in_milliseconds(steps: Any) -> None:
    wait, drawn, silence = steps("  - wait: 1h30m\n  - wait: 2s..5s\n  - silence: 0\n")

    assert isinstance(wait, WaitStep)
    assert (wait.span, drawn.span) == ((5_400_000, 5_400_000), (2000, 5000))
    assert isinstance(silence, SilenceStep)
    assert silence.for_ms == 0


def test_loop_has_rounds_or_an_end(steps: Any) -> None:
    rounds, until = steps(
        "  - repeat: {times: 3}\n    steps: [{ana: hi}]\n"
        "  - repeat: {until: done == 'yes', at_most: 5}\n    steps: [{bot: <done>}]\n"
    )

    assert isinstance(rounds, RepeatStep)
    assert (rounds.times, rounds.until, rounds.at_most) == (3, None, None)
    assert (until.times, until.until, until.at_most) == (None, "done == 'yes'", 5)


def test_branch_has_two_ways(steps: Any) -> None:
    (step,) = steps("  - if: 1 < 2\n    steps: [{ana: hi}]\n    else: [{ana: ho}, {bot: Hm}]\n")

    assert isinstance(step, IfStep)
    assert [inner.at for inner in (*step.steps, *step.otherwise)] == [
        "steps[0].if.steps[0].ana",
        "steps[0].if.else[0].ana",
        "steps[0].if.else[1].bot",
    ]


def test_together_holds_bot_steps(steps: Any) -> None:
    (step,) = steps("  - together:\n      - bot: Hi\n      - bot: {text: Ho, optional: true}\n")

    assert isinstance(step, TogetherStep)
    assert [(inner.wanted, inner.at) for inner in step.steps] == [
        ({"text": "Hi"}, "steps[0].together[0].bot"),
        ({"text": "Ho"}, "steps[0].together[1].bot"),
    ]


def test_set_keeps_types(steps: Any) -> None:
    (step,) = steps("  - set: {count: 1, name: Ana, list: [1, a], whole: '{{ ids.message() }}'}\n")

    assert isinstance(step, SetStep)
    assert step.values == {"count": 1, "name": "Ana", "list": [1, "a"], "whole": "{{ ids.message() }}"}


def test_too_many_steps_are_told_once(problems: Any) -> None:
    found = problems("  - ana: hi\n" * (MOST_STEPS + 5))

    assert [each.code for each in found] == ["too-many-steps"]


def test_steps_too_deep_are_told(problems: Any) -> None:
    files = {
        f"_{number}.yaml": f"steps:\n  - if: 1\n    steps: [{{include: _{number + 1}.yaml}}]\n"
        for number in range(MOST_LEVELS)
    }

    found = problems("  - include: _0.yaml\n", files=files)

    assert [each.code for each in found] == ["too-deep"]
