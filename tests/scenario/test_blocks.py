"""The steps that hold other steps."""

from __future__ import annotations

from typing import Any

from simulator.scenario.model import ActStep, ChooseStep, IfStep, MeanwhileStep, RepeatStep, judged_steps
from simulator.scenario.setting import MOST_LEVELS

CHOICE = "  - choose:\n      - weight: 3\n        steps: [{ana: hi}]\n      - steps: [{ben: ho}, {bot: Hm}]\n"
STRANDS = "  - meanwhile:\n      - - ana: hi\n        - bot: <word>\n      - - ben: '{{ word }}'\n"


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


def test_choice_has_ways_with_weights(steps: Any) -> None:
    (step,) = steps(CHOICE)

    assert isinstance(step, ChooseStep)
    assert [choice.weight for choice in step.choices] == [3.0, 1.0]
    assert [inner.at for inner in judged_steps([step])] == [
        "steps[0].choose[0].steps[0].ana",
        "steps[0].choose[1].steps[0].ben",
        "steps[0].choose[1].steps[1].bot",
    ]


def test_choice_is_drawn_the_same_whatever_stands_in_its_ways(steps: Any) -> None:
    (step,) = steps(CHOICE)
    (longer,) = steps(CHOICE.replace("{bot: Hm}", "{bot: Hm}, {ana: more}"))
    (heavier,) = steps(CHOICE.replace("weight: 3", "weight: 4"))

    assert step.key == longer.key != heavier.key


def test_strands_run_side_by_side(steps: Any) -> None:
    (step,) = steps(STRANDS)

    assert isinstance(step, MeanwhileStep)
    assert [[inner.at for inner in strand] for strand in step.strands] == [
        ["steps[0].meanwhile[0][0].ana", "steps[0].meanwhile[0][1].bot"],
        ["steps[0].meanwhile[1][0].ben"],
    ]
    assert step.text == "meanwhile: 2 strands"


def test_strand_reads_what_another_sets_below_it(steps: Any) -> None:
    (step,) = steps("  - meanwhile:\n      - [{ben: '{{ word }}'}]\n      - [{ana: hi}, {bot: <word>}]\n")

    assert isinstance(step, MeanwhileStep)


def test_inserting_a_step_into_a_strand_changes_no_other_key(steps: Any) -> None:
    (step,) = steps(STRANDS)
    (longer,) = steps(STRANDS.replace("- - ana: hi\n", "- - ana: first\n        - ana: hi\n"))
    before = [inner.key for strand in step.strands for inner in strand]
    after = [inner.key for strand in longer.strands for inner in strand]

    assert step.key == longer.key
    assert [key for key in after if key in before] == before


def test_blocks_inside_blocks_have_an_end(problems: Any) -> None:
    files = {
        f"_{number}.yaml": f"steps:\n  - choose: [{{steps: [{{include: _{number + 1}.yaml}}]}}]\n"
        for number in range(MOST_LEVELS)
    }

    found = problems("  - include: _0.yaml\n", files=files)

    assert [each.code for each in found] == ["too-deep"]


def test_ways_and_strands_may_hold_each_other(steps: Any) -> None:
    (step,) = steps(
        "  - meanwhile:\n"
        "      - - choose:\n"
        "            - steps: [{meanwhile: [[{ana: a}], [{ben: b}]]}]\n"
        "      - - repeat: {times: 2}\n"
        "          steps: [{ana: c}]\n"
    )

    assert [inner.value for inner in judged_steps([step]) if isinstance(inner, ActStep)] == ["a", "b", "c"]
