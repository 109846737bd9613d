"""Steps that say what the bot must say."""

from __future__ import annotations

from typing import Any

from simulator.scenario.model import BotStep


def test_bare_text_is_a_matcher_for_the_text(steps: Any) -> None:
    (step,) = steps("  - bot: ~hi\n")

    assert isinstance(step, BotStep)
    assert (step.wanted, step.within_ms, step.times, step.is_optional) == ({"text": "~hi"}, 5000, None, False)


def test_terms_stand_apart_from_what_is_wanted(steps: Any) -> None:
    first, second = steps(
        "  - bot: {text: Hi, to: ben, operation: send, within: 2s, times: 2, save: {id: message.id}}\n"
        "  - bot: {buttons: [Yes, 2], optional: true}\n"
    )

    assert (first.wanted, first.to, first.operation, first.within_ms, first.times, first.save) == (
        {"text": "Hi"},
        "ben",
        "send",
        2000,
        2,
        {"id": "message.id"},
    )
    assert (second.wanted, second.is_optional) == ({"buttons": ["Yes", "2"]}, True)


def test_terms_alone_ask_for_any_reply(steps: Any) -> None:
    (step,) = steps("  - bot: {times: 0}\n")

    assert (step.wanted, step.times) == ({}, 0)
