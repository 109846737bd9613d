"""Audits of the demo's bots: of a bot that is right, nothing is told that is none of its faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Simulate, here, simulate
from tests.e2e.conftest import ROOT

__all__ = ["here", "simulate"]

SHOP = "python -m simulator.bots.viber"

GREETED = """\
scenario: A welcome in the answer to the event
provider: viber
actors: [ana]
steps:
  - ana: {opens: chat}
  - bot: {text: ~welcome, times: 1}
"""


@pytest.mark.parametrize("story", ["welcome.yaml", "out-of-order.yaml"])
def test_a_bot_that_is_right_passes(simulate: Simulate, here: Path, story: str) -> None:
    path = here / "welcome.yaml"
    path.write_text(GREETED, "utf-8")
    file = path if story == path.name else ROOT / "scenarios" / "common" / story

    done = simulate(
        "run", str(file), "--provider", "viber", "--bot", SHOP, "--listen", ":0", "--audit", "idempotency", "-q"
    )

    assert done.code == 0, done.out
    assert done.lines[0] == "✓ passed  audit idempotency: 1 story that passed, played again in 5 ways, went the same"
