"""One story on several providers: the shared ones, against the bot of each demo and the bot on each SDK."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from simulator import catalog as catalogs
from simulator.scenario.load import find_files, load

from .conftest import ROOT, Runner

STORIES = ROOT / "scenarios" / "common"
SDK_BOTS = {
    "bird": "tests/bots/bird_bot.py",
    "canvas": "tests/bots/canvasapi_bot.py",
    "smooch": "tests/bots/smooch_bot.py",
    "viber": "tests/bots/viberbot_bot.py",
}


def command(*words: str) -> str:
    whole = [sys.executable, *words]
    return subprocess.list2cmdline(whole) if os.name == "nt" else shlex.join(whole)


def shared() -> dict[str, tuple[str, ...]]:
    known = {name: catalogs.load(name) for name in catalogs.names()}
    files = find_files([str(STORIES)])
    return {Path(file).stem: load(str(file), catalogs=known, environment={}).providers for file in files}


def test_at_least_five_stories_are_told_on_three_providers_or_more() -> None:
    assert sum(len(providers) >= 3 for providers in shared().values()) >= 5


@pytest.mark.parametrize("provider", SDK_BOTS)
def test_every_provider_has_at_least_four_stories_of_its_own(provider: str) -> None:
    assert len(find_files([str(ROOT / "scenarios" / provider)])) >= 4


@pytest.mark.parametrize("provider", SDK_BOTS)
@pytest.mark.parametrize("kind", ["demo", "sdk"])
def test_the_shared_stories_pass_on_each_provider(run: Runner, provider: str, kind: str) -> None:
    bot = command("-m", f"simulator.bots.{provider}") if kind == "demo" else command(SDK_BOTS[provider])
    done = run(str(STORIES), "--provider", provider, "--bot", bot, "--strict")

    assert (done.code, done.wrong) == (0, []), done.out
    assert {verdict["provider"] for verdict in done.verdicts} == {provider}


def test_what_a_provider_cannot_do_is_told_before_anything_is_sent(run: Runner, tmp_path: Path) -> None:
    story = tmp_path / "story.yaml"
    steps = "steps: [{ana: {sticker: 46105}}]"
    story.write_text(f"scenario: A\nprovider: [canvas, viber]\nactors: [ana]\n{steps}", encoding="utf-8")
    done = run(str(story), "--endpoint", ":9")

    assert done.code == 2
    assert "not-offered" in done.err
    assert "Canvas" in done.err
