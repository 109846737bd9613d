"""What must hold over the whole run."""

from __future__ import annotations

from typing import Any

from simulator.scenario.model import Always

STORY = "scenario: A\nprovider: parrot\nactors: [ana]\nsteps:\n  - ana: hi\nalways:\n"


def rules(read: Any, text: str) -> tuple[Always, ...]:
    return tuple(read(STORY + text).always)


def test_ack_and_its_limits_stand_apart(read: Any) -> None:
    both, limits, short = rules(
        read, "  - ack: {status: 2xx, within: 5s, p99: 1s}\n  - ack: {p50: 200ms, lost: 0}\n  - ack: 200\n"
    )

    assert both.ack is not None
    assert (both.ack.status, both.ack.within_ms, both.p99_ms) == ("2xx", 5000, 1000)
    assert (limits.ack, limits.p50_ms, limits.lost) == (None, 200, 0)
    assert short.ack is not None
    assert short.ack.status == "200"


def test_never_takes_a_reply_or_an_operation(read: Any) -> None:
    bare, reply, operation = rules(
        read, "  - never: {bot: ~oops}\n  - never: {bot: {image: any}}\n  - never: {operation: profile}\n"
    )

    assert (bare.never_bot, reply.never_bot, operation.never_operation) == (
        {"text": "~oops"},
        {"image": "any"},
        "profile",
    )


def test_rule_knows_its_place_and_its_words(read: Any) -> None:
    (rule,) = rules(read, "  - never: {bot: ~oops}\n")

    assert (rule.at, rule.text, str(rule.place)) == ("always[0].never", "never: {bot: ~oops}", "story.yaml:7:5")


def test_rule_may_read_what_any_step_sets(read: Any) -> None:
    story = read(STORY.replace("- ana: hi", "- bot: <name>") + "  - never: {bot: 'bye {{ name }}'}\n")

    assert story.warnings == ()
