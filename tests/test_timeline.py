from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from simulator import catalog as catalogs
from simulator.expressions import Sandbox
from simulator.scenario.load import load
from simulator.timeline import (
    TURN_MS,
    Arrange,
    Begin,
    Breathe,
    Expect,
    Fail,
    Hush,
    Part,
    Pause,
    Speak,
    Timeline,
    Wanted,
)

START_MS = 1_000_000


def timeline(folder: Path, text: str) -> Timeline:
    path = folder / "story.yaml"
    path.write_text(f"scenario: A story\nprovider: viber\nactors: [ana]\n{text}", encoding="utf-8")
    scenario = load(str(path), catalogs={"viber": catalogs.load("viber")}, environment={})
    return Timeline(
        scenario,
        start_ms=START_MS,
        sandbox=Sandbox(),
        surroundings=lambda key, now_ms: {"now": now_ms},
        draw=random.Random,
    )


def all_of(story: Timeline, outcomes: dict[type, Any] | None = None) -> list[Wanted]:
    """Give all wishes, each answered with the outcome of its kind, or the empty one."""
    wanted, wishes = story.begin(), []
    while wanted is not None:
        wishes.append(wanted)
        if isinstance(wanted, Fail):
            break
        wanted = story.go_on((outcomes or {}).get(type(wanted), {}))
    return wishes


def test_steps_are_wanted_one_after_another(tmp_path: Path) -> None:
    text = """
steps:
  - ana: hello
  - bot: hi
  - together: [{bot: a}, {bot: b}]
  - wait: 5s
  - api: {operation: reply, answer: rate_limited}
  - silence: 1s
"""
    kinds = [type(wanted) for wanted in all_of(timeline(tmp_path, text))]

    assert kinds == [Speak, Expect, Expect, Pause, Arrange, Hush]


def test_due_times_come_from_the_story_alone(tmp_path: Path) -> None:
    story = timeline(tmp_path, "steps: [{ana: a}, {ana: b}, {wait: 6h}, {ana: c}, {ana: d}]")
    dues = [wanted.due_ms - START_MS for wanted in all_of(story) if isinstance(wanted, Speak)]

    assert dues == [0, TURN_MS, TURN_MS + 21_600_000, 2 * TURN_MS + 21_600_000]


def test_who_waited_for_quiet_goes_on_after_it(tmp_path: Path) -> None:
    story = timeline(tmp_path, "steps: [{ana: a}, {silence: 1s}, {ana: b}]")
    story.begin()
    story.go_on({})
    story.reach(START_MS + 9_000)
    wanted = story.go_on(None)

    assert isinstance(wanted, Speak)
    assert wanted.due_ms == START_MS + 9_000


def test_what_a_reply_gave_can_be_read_by_later_steps(tmp_path: Path) -> None:
    story = timeline(tmp_path, 'steps: [{ana: a}, {bot: "<name>!"}, {ana: "for {{ name }}"}]')
    wishes = all_of(story, {Expect: {"name": "Ana"}})

    assert isinstance(wishes[-1], Speak)
    assert wishes[-1].value == "for Ana"


def test_rounds_have_keys_of_their_own(tmp_path: Path) -> None:
    story = timeline(tmp_path, "steps: [{repeat: {times: 3}, steps: [{ana: again}]}]")
    keys = [wanted.key for wanted in all_of(story) if isinstance(wanted, Speak)]

    assert len(set(keys)) == 3


def test_a_loop_that_never_ends_fails_after_its_last_round(tmp_path: Path) -> None:
    text = "vars: {n: 0}\nsteps: [{repeat: {until: n > 5, at_most: 2}, steps: [{set: {n: '{{ n + 1 }}'}}]}]"
    [wanted] = all_of(timeline(tmp_path, text))

    assert isinstance(wanted, Fail)
    assert wanted.code == "not-reached"
    assert "2 rounds" in wanted.observed


def test_a_branch_takes_the_side_that_holds(tmp_path: Path) -> None:
    text = "vars: {n: 1}\nsteps: [{if: n == 2, steps: [{ana: two}], else: [{ana: other}]}]"
    [wanted] = all_of(timeline(tmp_path, text))

    assert isinstance(wanted, Speak)
    assert wanted.value == "other"


def test_variables_keep_their_type_alone_and_are_text_inside_text(tmp_path: Path) -> None:
    story = timeline(tmp_path, "vars: {n: 3, m: '{{ n * 2 }}', t: 'n is {{ n }}'}\nsteps: [{ana: hi}]")
    story.begin()

    assert story.variables == {"n": 3, "m": 6, "t": "n is 3"}


def test_an_expression_without_a_value_ends_the_story_with_its_reason(tmp_path: Path) -> None:
    story = timeline(tmp_path, "vars: {n: {a: 1}}\nsteps: [{ana: '{{ n.b.c }}'}]")
    [wanted, *_] = all_of(story)

    assert isinstance(wanted, Fail)
    assert wanted.code == "expression"


def test_an_included_file_sees_its_own_variables_and_leaves_them_behind(tmp_path: Path) -> None:
    (tmp_path / "part.yaml").write_text('steps: [{ana: "{{ word }}"}]\n', encoding="utf-8")
    text = "vars: {word: outer}\nsteps: [{include: part.yaml, vars: {word: inner}}, {ana: '{{ word }}'}]"
    values = [wanted.value for wanted in all_of(timeline(tmp_path, text)) if isinstance(wanted, Speak)]

    assert values == ["inner", "outer"]


def test_expressions_of_a_matcher_have_the_value_of_when_their_step_began(tmp_path: Path) -> None:
    story = timeline(
        tmp_path, "vars: {n: 1}\nsteps: [{ana: a, ack: {body: '{{ n }}'}}, {set: {n: 2}}, {bot: '{{ n }}'}]"
    )
    speak, expect = all_of(story)

    assert isinstance(speak, Speak)
    assert isinstance(expect, Expect)
    assert [speak.fill("{{ n }}"), expect.fill("{{ n }}")] == [1, 2]


def test_a_matcher_without_a_value_is_no_expectation(tmp_path: Path) -> None:
    [wanted, *_] = all_of(timeline(tmp_path, "vars: {n: 0}\nsteps: [{bot: 'about {{ 1 // n }}'}]"))

    assert isinstance(wanted, Fail)
    assert wanted.code == "expression"


def test_steps_that_want_nothing_give_others_a_turn_and_do_not_go_on_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten thousand rounds of ten thousand sets: nobody could be answered, and nobody could end it."""
    monkeypatch.setattr("simulator.timeline.MOST_STEPS", 20_000)
    inner = "{repeat: {times: 10000}, steps: [{set: {n: 1}}]}"
    story = timeline(tmp_path, f"steps: [{{repeat: {{times: 10000}}, steps: [{inner}]}}]")
    wishes = all_of(story)

    assert isinstance(wishes[-1], Fail)
    assert wishes[-1].code == "too-many-steps"
    assert {type(wanted) for wanted in wishes[:-1]} == {Breathe}


def test_a_story_does_not_come_to_the_year_9999(tmp_path: Path) -> None:
    story = timeline(tmp_path, "steps: [{repeat: {times: 1000}, steps: [{wait: 10000d}]}]")
    wishes = all_of(story)

    assert isinstance(wishes[-1], Fail)
    assert wishes[-1].code == "wrong-time"


def test_a_choice_is_drawn_by_its_weights_and_by_its_own_key(tmp_path: Path) -> None:
    choice = "{choose: [{weight: 3, steps: [{ana: often}]}, {weight: 1, steps: [{ana: seldom}]}]}"
    story = timeline(tmp_path, f"steps: [{{repeat: {{times: 400}}, steps: [{choice}]}}]")
    values = [wanted.value for wanted in all_of(story) if isinstance(wanted, Speak)]
    again = timeline(tmp_path, f"steps: [{{ana: before}}, {{repeat: {{times: 400}}, steps: [{choice}]}}]")

    assert 250 < values.count("often") < 350
    assert [wanted.value for wanted in all_of(again) if isinstance(wanted, Speak)][1:] == values


@pytest.mark.parametrize(
    ("until", "wanted_ms"),
    [
        ("1970-01-01T01:00:00Z", 3_600_000),
        ("1969-12-31T00:00:00Z", START_MS),
        ("30 * * * *", 1_800_000),
        ("{{ now + 5000 }}", START_MS + 5_000),
        ("{{ '1970-01-01' }}T0{{ 1 + 1 }}:00:00Z", 7_200_000),
    ],
)
def test_a_moment_is_waited_for_where_it_is_still_to_come(tmp_path: Path, until: str, wanted_ms: int) -> None:
    story = timeline(tmp_path, f'steps: [{{wait: {{until: "{until}"}}}}, {{ana: a}}]')
    pause, speak = all_of(story)

    assert isinstance(pause, Pause)
    assert isinstance(speak, Speak)
    assert pause.until_ms == speak.due_ms == wanted_ms


def test_an_expression_that_gives_no_moment_ends_the_story(tmp_path: Path) -> None:
    [wanted] = all_of(timeline(tmp_path, "steps: [{wait: {until: \"{{ 'soon' }}\"}}, {ana: a}]"))

    assert isinstance(wanted, Fail)
    assert wanted.code == "wrong-time"
    assert '"soon"' in wanted.observed


def test_each_strand_has_its_own_time_and_all_share_their_variables(tmp_path: Path) -> None:
    strands = "[{wait: 1h}, {set: {n: 5}}, {ana: a}], [{ana: b}, {wait: 5s}, {ana: '{{ n }}'}]"
    story = timeline(tmp_path, f"steps: [{{meanwhile: [{strands}]}}, {{ana: c}}]")
    part = story.begin()
    assert isinstance(part, Part)
    wishes: dict[str, list[Any]] = {}
    for name, strand in zip("ab", part.strands, strict=True):
        wanted = strand.go_on(None)
        wishes[name] = []
        while wanted is not None:
            wishes[name].append(wanted)
            wanted = strand.go_on({})
    after = story.go_on(None)

    assert [wanted.due_ms - START_MS for wanted in wishes["a"] if isinstance(wanted, Speak)] == [3_600_000]
    assert [wanted.due_ms - START_MS for wanted in wishes["b"] if isinstance(wanted, Speak)] == [0, 5_000]
    assert wishes["b"][-1].value == 5
    assert isinstance(after, Speak)
    assert after.due_ms == START_MS + 3_600_000 + TURN_MS


def test_a_stream_begins_when_the_steps_have_come_to_it(tmp_path: Path) -> None:
    text = "steps: [{wait: 5s}, {emit: {event: message/text, rate: 1/s, count: 3}}, {ana: a}]"
    _, begin, speak = all_of(timeline(tmp_path, text))

    assert isinstance(begin, Begin)
    assert begin.at_ms == START_MS + 5_000
    assert isinstance(speak, Speak)
