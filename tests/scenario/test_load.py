"""Reading a scenario file: what it says comes out in the model."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.catalog import Catalog
from simulator.errors import InputError, Problem
from simulator.scenario import vocabulary as words
from simulator.scenario.load import find_files, load
from simulator.scenario.model import ActStep, BotStep, IfStep, RepeatStep, WaitStep
from simulator.seeds import seed_of

WHOLE = """
format: 1                              # may be left out
scenario: A late order, asked about twice
about: The bot must not answer twice when the provider delivers twice.
tags: [orders, smoke]
provider: [parrot]
seed: 42
clock: {start: 2026-01-05T09:00:00Z, pace: 10x, settle: 20ms}   # the rest is as always
actors:
  ana: {locale: pt_BR, name: Ana}      # the rest of her profile is drawn from the seed
vars: {order: "{{ fake.bothify('BR-####') }}"}

steps:
  - ana: {opens: chat}                 # no speech, so this comment is one
  - bot: {text: "/^Welcome.* Ana/", buttons: [Track order, Talk to a human], within: 2s}
  - ana: {tap: Track order}
  - bot: Which order number?

  - ana: "{{ order }}"
    deliver: {copies: 2, latency: 50ms..400ms}
  - bot: {text: "Order {{ order }} is <status>", times: 1}

  - repeat: {until: "status == 'delivered'", at_most: 5}
    steps:
      - wait: 6h                       # the scenario's clock: no real waiting
      - ana: any news?
      - bot: <status>

  - api: {operation: reply, answer: rate_limited, times: 1}
  - ana: {image: receipt.jpg}
  - together:
      - bot: ~thanks
      - bot: {image: any, optional: true}
  - if: provider.receipts
    steps: [{ana: {reads: last}}]
  - silence: 1s

always:
  - ack: {status: 2xx, within: 5s}
  - never: {bot: {text: "/Traceback|undefined/"}}
"""


def test_whole_story_is_read(read: Any) -> None:
    story = read(WHOLE, files={"receipt.jpg": ""})

    kinds = [type(step).__name__.removesuffix("Step").lower() for step in story.steps]
    assert kinds == ["act", "bot", "act", "bot", "act", "bot", "repeat", "api", "act", "together", "if", "silence"]
    assert (story.name, story.tags, story.providers) == (
        "A late order, asked about twice",
        ("orders", "smoke"),
        ("parrot",),
    )
    assert (story.seed, story.clock.start_ms, story.clock.pace, story.clock.settle_ms) == (
        42,
        1767603600000,
        "10x",
        20,
    )
    assert story.warnings == ()


def test_places_in_file_and_document_are_kept(read: Any) -> None:
    story = read(WHOLE, files={"receipt.jpg": ""})

    repeat = story.steps[6]
    assert isinstance(repeat, RepeatStep)
    assert str(repeat.place) == "story.yaml:23:5"
    assert [(step.at, step.place.line) for step in repeat.steps] == [
        ("steps[6].repeat.steps[0].wait", 25),
        ("steps[6].repeat.steps[1].ana", 26),
        ("steps[6].repeat.steps[2].bot", 27),
    ]


def test_what_is_not_said_has_its_default(read: Any, folder: Path) -> None:
    story = read("scenario: Short\nprovider: parrot\nsteps:\n  - silence: 1s\n")

    assert story.seed == seed_of("story.yaml")
    assert (story.clock.start_ms, story.clock.pace, story.clock.settle_ms, story.clock.patience_ms) == (
        None,
        "instant",
        50,
        30_000,
    )
    assert (story.endpoint, story.credentials, story.options, story.actors) == (None, {}, {}, {})
    assert (story.file, story.folder) == ("story.yaml", str(folder))


def test_file_that_is_not_there_names_the_nearest(read: Any, catalogs: Mapping[str, Catalog]) -> None:
    read("scenario: Short\nprovider: parrot\nsteps:\n  - silence: 1s\n")

    with pytest.raises(InputError, match=r'storey.yaml: .*\[unreadable-file\](.|\n)*did you mean "story.yaml"'):
        load("storey.yaml", catalogs=catalogs, environment={})


def test_file_of_other_bytes_is_refused(folder: Path, catalogs: Mapping[str, Catalog]) -> None:
    (folder / "story.yaml").write_bytes(b"scenario: caf\xe9\n")

    with pytest.raises(InputError, match="not-utf8"):
        load("story.yaml", catalogs=catalogs, environment={})


def test_warnings_stand_beside_the_story(read: Any) -> None:
    story = read("scenario: A\nprovider: parrot\nactors: [ana]\nsteps:\n  - ana: hello\n  - bot: This is <b>bold</b>\n")

    assert [(each.code, each.where) for each in story.warnings] == [("unread-capture", "story.yaml:6:10")]


# --- finding ---------------------------------------------------------------------------------------------------------


def test_folder_gives_its_scenarios_in_order(folder: Path) -> None:
    for name in ("b.yaml", "a.yml", "_part.yaml", ".hidden.yaml", "notes.md", "inner/c.yaml", "_parts/d.yaml"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).touch()

    found = find_files([folder])

    assert [path.relative_to(folder).as_posix() for path in found] == ["a.yml", "b.yaml", "inner/c.yaml"]


def test_file_named_twice_is_given_once(folder: Path) -> None:
    (folder / "_a.yaml").touch()

    assert find_files(["_a.yaml", Path("_a.yaml")]) == [Path("_a.yaml")]


def test_all_paths_without_scenarios_are_told_at_once(folder: Path) -> None:
    (folder / "empty").mkdir()

    with pytest.raises(InputError) as caught:
        find_files(["empty", "nowhere.yaml", ""])

    assert [each.code for each in caught.value.problems] == ["no-scenarios", "unreadable-file", "bad-value"]


@pytest.mark.skipif(sys.platform == "win32", reason="pipes with a name")
def test_pipe_is_told_rather_than_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "pipe.yaml")

    with pytest.raises(InputError, match="no ordinary file"):
        find_files(["pipe.yaml"])


# --- whatever is written ---------------------------------------------------------------------------------------------

WORDS = sorted(
    {
        *words.TOP,
        *words.STEPS,
        *words.MODIFIERS,
        *words.VERBS,
        *words.BOT_FIELDS,
        *words.BOT_OTHER,
        *words.DELIVER,
        *words.API,
        *words.ANSWER,
        *words.REPEAT,
        *words.CLOCK,
        *words.NEVER,
        *words.EMIT,
        *words.WAIT,
        *words.CHOICE,
        *words.LOAD,
        "ana",
        "with",
        "equals",
        "",
    }
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(
        ["2s", "1s..3s", "{{ order }}", "{{", "/a", "/(/", "~", "<x>", "any", "2xx", "ana", "parrot", "..", "\u2028"]
    ),
    st.text(max_size=8),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(WORDS), inner, max_size=3)),
    max_leaves=12,
)
STEPS = st.lists(
    st.dictionaries(st.sampled_from([*words.STEPS, "ana", *words.MODIFIERS]), VALUES, max_size=2), max_size=4
)
STORIES = st.one_of(
    VALUES,
    st.dictionaries(st.sampled_from(WORDS), VALUES, max_size=5),
    st.fixed_dictionaries(
        {"scenario": st.just("A"), "provider": st.sampled_from(["parrot", "heron"]), "steps": STEPS},
        optional={
            "actors": st.one_of(st.just(["ana"]), VALUES),
            "vars": VALUES,
            "always": st.lists(VALUES, max_size=2),
            "clock": VALUES,
            "given": VALUES,
            "endpoint": VALUES,
            "credentials": VALUES,
            "options": VALUES,
            "tags": VALUES,
        },
    ),
)


@given(STORIES)
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_file_gives_a_story_or_problems(folder: Path, catalogs: Mapping[str, Catalog], value: Any) -> None:
    (folder / "story.yaml").write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")

    problems: tuple[Problem, ...] = ()
    story = None
    try:
        story = load("story.yaml", catalogs=catalogs, environment={})
    except InputError as error:
        problems = error.problems

    assert (story is None) == bool(problems)
    assert story is None or story.steps
    assert all(each.where.startswith("story.yaml:") and each.what and each.code for each in problems)


def test_short_forms_are_written_out(steps: Any) -> None:
    act, bot, number, wait, branch = steps(
        "  - ana: no\n  - bot: 4.50\n  - bot: {buttons: [1, true], text: 007}\n"
        "  - wait: 2s..5s\n  - if: true\n    steps: [{ana: hi}]\n"
    )

    assert isinstance(act, ActStep)
    assert (act.verb, act.value) == ("text", "no")
    assert isinstance(bot, BotStep)
    assert bot.wanted == {"text": "4.50"}
    assert isinstance(number, BotStep)
    assert number.wanted == {"buttons": ["1", "true"], "text": "007"}
    assert isinstance(wait, WaitStep)
    assert wait.span == (2000, 5000)
    assert isinstance(branch, IfStep)
    assert branch.test == "true"
