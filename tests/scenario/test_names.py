"""Which names expressions read, and who sets them."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    "text",
    [
        "  - bot: <name>\n  - ana: '{{ name }}'\n",
        "  - bot: /I am (?P<name>[a-z]+)/\n  - ana: '{{ name }}'\n",
        "  - ana: hi\n    save: {name: message.text}\n  - ana: '{{ name }}'\n",
        "  - bot: {text: Hi, save: {name: message.text}}\n  - ana: '{{ name }}'\n",
        "  - set: {name: 1}\n  - ana: '{{ vars.name }}'\n",
        "  - if: 1 < 2\n    steps: [{set: {name: 1}}]\n  - ana: '{{ name }}'\n",
        "  - repeat: {until: name == 'x', at_most: 2}\n    steps: [{bot: <name>}]\n",
        "  - repeat: {times: 2}\n    steps: [{ana: '{{ name }}'}, {bot: <name>}]\n",
        "  - ana: '{{ name | default(1) }}'\n  - bot: <name>\n  - ana: '{{ name }}'\n",
        "  - if: name is defined\n    steps: [{ana: hi}]\n  - set: {name: 1}\n",
        "  - ana: '{{ actors.ben.name }} {{ now }} {{ fake.name() }} {{ ids.message() }} {{ provider.id }}'\n",
        "  - ana: {raw: {deep: [{er: '{{ ids.message() }}'}]}}\n",
    ],
)
def test_name_that_is_set_before_may_be_read(steps: Any, text: str) -> None:
    assert steps(text)


@pytest.mark.parametrize(
    "text",
    [
        "  - ana: '{{ name }}'\n",
        "  - ana: '{{ name }}'\n  - bot: <name>\n",
        "  - ana: '{{ vars.name }}'\n",
        "  - ana: {raw: {deep: [{er: '{{ name }}'}]}}\n",
        "  - ana: {text: hi, with: {message.text: '{{ name }}'}}\n",
        "  - ana: {image: 'https://x.test/a', text: '{{ name }}'}\n",
        "  - bot: '{{ name }}'\n",
        "  - bot: {buttons: ['{{ name }}']}\n",
        "  - bot: {raw: {a: '{{ name }}'}}\n",
        "  - ana: hi\n    ack: {body: '{{ name }}'}\n",
        "  - ana: hi\n    ack: {headers: {X: '{{ name }}'}}\n",
        "  - set: {other: '{{ name }}'}\n",
        "  - set: {name: '{{ name + 1 }}'}\n",
        "  - if: name\n    steps: [{ana: hi}]\n",
        "  - repeat: {until: name, at_most: 2}\n    steps: [{ana: hi}]\n",
        "  - api: {answer: {status: 500, body: '{{ name }}'}}\n",
        "  - if: 1 < 2\n    steps: [{ana: '{{ name }}'}]\n  - set: {name: 1}\n",
    ],
)
def test_name_that_nothing_set_before_is_told(problems: Any, text: str) -> None:
    assert [each.code for each in problems(text)] == ["unknown-name"]


def test_capture_that_nothing_reads_is_doubted_unless_it_says_so(read: Any) -> None:
    story = read("scenario: A\nprovider: parrot\nsteps:\n  - bot: <_size> of <b>\n  - bot: <b> again\n")

    assert [(each.code, each.what) for each in story.warnings] == [
        ("unread-capture", "nothing reads the capture <b>"),
    ]


def test_variable_that_nothing_reads_is_no_matter(read: Any) -> None:
    assert read("scenario: A\nprovider: parrot\nvars: {a: 1}\nsteps:\n  - silence: 1s\n").warnings == ()


def test_expression_that_is_set_as_text_is_doubted(read: Any) -> None:
    story = read("scenario: A\nprovider: parrot\nsteps:\n  - set: {n: 1}\n  - set: {n: n + 1, m: a + b}\n")

    assert [(each.code, each.at) for each in story.warnings] == [("bare-expression", "steps[1].set.n")]
