"""The list of steps."""

from __future__ import annotations

from typing import Any

from simulator.scenario.model import SetStep, TogetherStep
from simulator.scenario.setting import MOST_LEVELS, MOST_STEPS


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
