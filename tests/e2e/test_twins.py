"""Broken twins of the tests' bot: each run fails, and says rightly why and where."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Golden, Runner

OWN = "tests/e2e/stories"
SHIPPED = "scenarios/viber"

TWINS = {
    "wrong-text": (f"{SHIPPED}/tap-a-button.yaml", "wrong-reply"),
    "late": (f"{SHIPPED}/tap-a-button.yaml", "late-reply"),
    "silent": (f"{SHIPPED}/tap-a-button.yaml", "no-reply"),
    "twice": (f"{SHIPPED}/retries.yaml", "too-many-replies"),
    "wrong-status": (f"{SHIPPED}/tap-a-button.yaml", "ack"),
    "unchecked": (f"{SHIPPED}/signature.yaml", "ack"),
    "refusing": (f"{SHIPPED}/tap-a-button.yaml", "ack"),
    "crash": (f"{SHIPPED}/order-status.yaml", "no-ack"),
    "endless": (f"{OWN}/endless.yaml", "never-quiet"),
}
"""Twin → the story that finds it out, and the code of the first verdict that is not well."""


@pytest.mark.parametrize("twin", TWINS)
def test_broken_twin_fails_for_the_right_reason(
    twin: str, run: Runner, bot_command: Callable[..., str], golden: Golden
) -> None:
    story, code = TWINS[twin]

    done = run(story, "--bot", bot_command("--twin", twin))

    assert done.code == 1
    assert done.wrong[0]["code"] == code
    golden(f"{twin}.txt", "\n".join([told(verdict) for verdict in done.wrong] + [done.out]))


def told(verdict: dict) -> str:
    """Give what a verdict says, a line each."""
    place = f"{verdict['file']}:{verdict['line']}:{verdict['column']}"
    lines = [f"{verdict['outcome']} {verdict['code']} {place} {verdict['at']}"]
    lines += [f"  {name}: {verdict[name]}" for name in ("step", "expected", "observed", "hint") if verdict.get(name)]
    lines += [f"  {each['path']}: wanted {each['wanted']}, found {each['found']}" for each in verdict["mismatches"]]
    return "\n".join(lines) + "\n"
