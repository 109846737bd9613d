"""Steps in one line, and the keys on which their ids hang."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from simulator import documents
from simulator.documents import Node
from simulator.scenario.written import Keys, one_line

STEP_TEXTS = ("ana: hello", "bot: Hi", "wait: 2s", "ana: {tap: Yes}", "ben: hello")


def step(text: str) -> Node:
    return documents.read(text, "file.yaml")


def keys_of(texts: list[str]) -> list[str]:
    keys = Keys()
    return [keys.next(step(text)) for text in texts]


def test_step_stands_in_one_line_as_written() -> None:
    node = step('ana:   "order\\n#42"   # a comment\ndeliver: {copies: 2, latency: 1s..2s}')

    assert one_line(node) == 'ana: "order\\n#42", deliver: {copies: 2, latency: 1s..2s}'


def test_inner_steps_are_no_part_of_the_line() -> None:
    assert one_line(step("if: a\nsteps: [{ana: hi}]\nelse: [{ana: ho}]")) == "if: a"


def test_long_step_is_cut() -> None:
    assert len(one_line(step(f"ana: {'x' * 5000}"))) == 300


@given(st.lists(st.sampled_from(STEP_TEXTS), max_size=8), st.integers(0, 8))
def test_new_step_changes_no_other_key(texts: list[str], place: int) -> None:
    before = keys_of(texts)

    after = keys_of([*texts[:place], "ana: something new", *texts[place:]])

    assert [key for index, key in enumerate(after) if index != min(place, len(texts))] == before


@given(st.lists(st.sampled_from(STEP_TEXTS), max_size=8))
def test_keys_of_a_file_are_unique(texts: list[str]) -> None:
    keys = keys_of(texts)

    assert len(set(keys)) == len(keys)


def test_quotes_comments_and_order_of_keys_change_no_key() -> None:
    plain = keys_of(["ana: {image: a.png, text: hello}"])

    assert keys_of(['ana: {text: "hello", image: "a.png"}  # as before']) == plain


def test_inner_steps_change_no_key() -> None:
    assert keys_of(["repeat: {times: 2}\nsteps: [{ana: hi}]"]) == keys_of(["repeat: {times: 2}\nsteps: [{ben: ho}]"])


def test_same_part_included_twice_has_keys_of_its_own(read: Any) -> None:
    story = read(
        "scenario: A\nprovider: parrot\nactors: [ana]\nsteps:\n  - include: _part.yaml\n  - include: _part.yaml\n",
        files={"_part.yaml": "steps:\n  - ana: hello\n  - ana: hello\n"},
    )

    keys = [inner.key for include in story.steps for inner in include.steps]
    assert len(set(keys)) == 4


def test_branch_around_a_step_leaves_its_key(steps: Any) -> None:
    (alone,) = steps("  - ana: hello\n")
    (branch,) = steps("  - if: 'true'\n    steps:\n      - ana: hello\n")

    assert branch.steps[0].key == alone.key
