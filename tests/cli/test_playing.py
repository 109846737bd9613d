from __future__ import annotations

from pathlib import Path

import pytest

from simulator.cli import playing, settings
from simulator.errors import InputError
from simulator.records import Place, RunResult, StoryResult, Verdict
from simulator.scenario.model import Scenario
from simulator.settings import Settings
from tests.cli.conftest import SHOP, Simulate, TinyBot
from tests.systems import NEEDS_SH


def verdict(outcome: str) -> Verdict:
    place = Place("story.yaml", 1, 1)
    return Verdict(scenario="s", provider="p", step="x", at="steps[0]", place=place, outcome=outcome)  # type: ignore[arg-type]


def result(*outcomes: str, attempts: int = 1, **more: bool) -> RunResult:
    story = StoryResult(
        scenario="s",
        file="story.yaml",
        provider="p",
        seed=1,
        start_ms=0,
        verdicts=tuple(verdict(outcome) for outcome in outcomes),
        duration_ms=1.0,
        attempts=attempts,
    )
    return RunResult(stories=(story,), versions={}, duration_ms=1.0, **more)


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (result("passed"), 0),
        (result("passed", "skipped"), 0),
        (result("passed", "failed"), 1),
        (result("error"), 1),
        (result("error", was_reached=False), 4),
        (result("passed", attempts=0, was_reached=False), 0),
        (result("failed", is_interrupted=True), 130),
    ],
)
def test_run_ends_with_the_code_of_its_worst(found: RunResult, code: int) -> None:
    assert playing.exit_code_of(found) == code


def scenario(**more: object) -> Scenario:
    return Scenario(
        name="s", file="s.yaml", folder="/", providers=("one",), seed=1, steps=(), place=Place("s.yaml", 1, 1), **more
    )


@pytest.mark.parametrize(
    ("endpoint", "named", "expected"),
    [
        (None, "", []),
        ("http://a/", "", ["http://a/"]),
        ("http://a/", "http://b/", ["http://b/"]),
        ({"one": "http://a/", "two": "http://c/"}, "", ["http://a/"]),
    ],
)
def test_endpoints_are_known_before_the_run(endpoint: object, named: str, expected: list[str]) -> None:
    assert list(settings.endpoints_of(scenario(endpoint=endpoint), Settings(endpoint=named))) == expected


@NEEDS_SH
def test_command_is_taken_apart_as_a_shell_does() -> None:
    assert settings.words_of('python "my bot.py" --x') == ["python", "my bot.py", "--x"]


@pytest.mark.parametrize("command", ["", "  ", 'python "bot.py'])
def test_command_that_is_none_is_wrong_input(command: str) -> None:
    with pytest.raises(InputError, match="--bot"):
        settings.words_of(command)


def test_command_to_play_again_has_what_the_first_one_had(simulate: Simulate, story: object) -> None:
    name = story(
        "scenario: S\nprovider: viber\nactors: [ana]\nsteps: [{ana: {opens: chat}}, {bot: {text: no, within: 100ms}}]\n"
    )  # type: ignore[operator]
    words = ["--bot", SHOP, "--listen", ":0", "--option", "text=ascii", "--strict", "--pace", "10x", "-x"]

    done = simulate("run", name, *words, "--seed", "5", "--start", "2026-01-05T09:00:00Z")
    line = next(line for line in done.lines if "reproduce:" in line)

    for said in ("run story.yaml --provider viber --seed 5", "--listen 127.0.0.1:0", "--option text=ascii", "--strict"):
        assert said in line
    assert "--pace 10x" in line
    assert "--fail-fast" not in line


def test_secret_on_the_command_line_is_hidden(simulate: Simulate, story: object, here: Path) -> None:
    name = story(
        "scenario: S\nprovider: viber\nactors: [ana]\nsteps: [{ana: {opens: chat}}, {bot: {text: no, within: 100ms}}]\n"
    )  # type: ignore[operator]

    words = ["--bot", SHOP, "--listen", ":0", "-vv", "--report", "json=run.json"]
    done = simulate("run", name, *words, "--credential", "auth_token=very-secret-token")

    assert done.code == 1
    assert "very-secret-token" not in done.out + done.err + (here / "run.json").read_text("ascii")


def test_secret_in_an_endpoint_is_hidden(simulate: Simulate, story: object, bot: TinyBot) -> None:
    name = story("scenario: S\nprovider: viber\nactors: [ana]\nsteps: [{ana: {opens: chat}}]\n")  # type: ignore[operator]

    words = ["--endpoint", f"{bot.url}?key=very-secret-token", "--listen", ":0", "-vv"]
    done = simulate("run", name, *words, "--credential", "auth_token=very-secret-token")

    assert done.code == 0
    assert f"--endpoint {bot.url}?key=[redacted] (command line)" in done.out
    assert "very-secret-token" not in done.out + done.err
