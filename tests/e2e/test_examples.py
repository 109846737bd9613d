"""The two whole stories by which the language is explained, as they stand in scenarios/examples/."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from simulator import catalog as catalogs
from simulator.scenario.load import load

from .conftest import ROOT, Runner
from .test_shared_stories import command

EXAMPLES = ROOT / "scenarios" / "examples"
BOT = "tests/bots/late_order_bot.py"


@pytest.mark.parametrize("name", ["late-order", "exam-hour"])
def test_example_is_read_without_a_doubt(name: str) -> None:
    known = {each: catalogs.load(each) for each in catalogs.names()}

    story = load(EXAMPLES / f"{name}.yaml", catalogs=known, environment={})

    assert story.warnings == ()


def test_late_order_passes_on_both_providers(run: Runner) -> None:
    done = run(str(EXAMPLES / "late-order.yaml"), "--bot", command(BOT))

    assert (done.code, done.wrong) == (0, []), done.out
    assert [story["provider"] for story in done.report["stories"]] == ["viber", "smooch"]


def test_reply_that_a_provider_does_not_have_is_skipped_there(run: Runner) -> None:
    done = run(str(EXAMPLES / "late-order.yaml"), "--bot", command(BOT), "--provider", "viber")
    skipped = [verdict for verdict in done.verdicts if verdict["outcome"] == "skipped"]

    assert [(verdict["step"], verdict["code"]) for verdict in skipped] == [
        ("bot: {typing: true, optional: true}", "not-offered")
    ]


@pytest.mark.parametrize("provider", ["viber", "smooch"])
def test_bot_that_forgets_what_it_has_answered_is_found(run: Runner, provider: str) -> None:
    done = run(str(EXAMPLES / "late-order.yaml"), "--bot", f"{command(BOT)} --twin forgets", "--provider", provider)

    assert done.code == 1
    assert [verdict["code"] for verdict in done.wrong] == ["too-many-replies"]


def test_exam_hour_passes_against_a_receiver(run: Runner, tmp_path: Path) -> None:
    """Ten seconds of it, fifty minutes are no different; on a machine that is as busy as it likes."""
    text = (EXAMPLES / "exam-hour.yaml").read_text("utf-8").replace("p99: 800ms", "p99: 8s")
    story = tmp_path / "exam-hour.yaml"
    story.write_text(re.sub(r"lasting: 50m", "lasting: 10s", text), encoding="utf-8")

    done = run(str(story), "--bot", command("-m", "simulator.bots.canvas"))

    assert (done.code, done.wrong) == (0, []), done.out
    assert {verdict["outcome"] for verdict in done.verdicts} == {"passed"}
