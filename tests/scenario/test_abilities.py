"""What providers can do, and what is told where a story asks for more."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.scenario.abilities import Abilities

BOTH = "scenario: A\nprovider: [parrot, heron]\nactors: [ana]\nsteps:\n"


def test_step_that_one_provider_cannot_do_is_told(problems: Any) -> None:
    (found,) = problems(BOTH + "  - ana: {tap: Yes}\n")

    assert (found.code, found.what) == ("not-offered", "an actor of Heron cannot do tap")


@pytest.mark.parametrize(
    "text",
    [
        "  - if: provider.id == 'parrot'\n    steps: [{ana: {tap: Yes}}, {bot: {buttons: [Yes]}}]\n",
        "  - if: provider.id == 'heron'\n    steps: [{ana: hi}]\n    else: [{ana: {event: opened}}]\n",
        "  - if: provider.taps\n    steps: [{repeat: {times: 2}, steps: [{ana: {tap: Yes}}]}]\n",
    ],
)
def test_branch_that_asks_for_the_provider_may_hold_it(read: Any, text: str) -> None:
    assert read(BOTH + text).steps


def test_what_comes_after_the_branch_is_told_again(problems: Any) -> None:
    text = "  - if: provider.taps\n    steps: [{ana: hi}]\n  - ana: {tap: Yes}\n"

    assert [each.where for each in problems(BOTH + text)] == ["story.yaml:7:16"]


@pytest.mark.parametrize("path", ["event", "user", "user.name", "+user.age"])
def test_path_of_the_event_may_be_changed(steps: Any, path: str) -> None:
    assert steps(f"  - ana: {{event: opened, with: {{{path}: x}}}}\n")


@pytest.mark.parametrize("path", ["user.nam", "message.text", "name", "event.type"])
def test_other_paths_are_told(problems: Any, path: str) -> None:
    (found,) = problems(f"  - ana: {{event: opened, with: {{{path}: x}}}}\n")

    assert found.code == "unknown-path"


def test_field_of_an_open_object_and_index_of_a_list_may_be_changed(steps: Any) -> None:
    assert steps(
        "  - ana: {event: message/text, with: {sender.name.first: x}}\n  - ana: {event: seen, with: {ids.3: x}}\n"
    )


def test_no_provider_asks_for_nothing(spot: Any) -> None:
    here = spot("x")
    nobody = Abilities()

    nobody.verb(here, "video")
    nobody.event(here, "x")
    nobody.path(here, "a.b", "x")

    assert here.told.problems == ()
