"""What a target of the project file says, and what the command line says over it."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from simulator.cli import targets
from simulator.cli.program import program
from simulator.errors import InputError
from simulator.project import Target, read
from tests.cli.conftest import Simulate

BOTH = {"access_key": "env:A", "bird.signing_key": "env:B", "messagebird.signing_key": "env:C"}
TARGET = Target(name="staging", credentials=BOTH, options={"timeout": "3s", "smooch.timeout": "4s"})


def test_what_has_no_provider_is_for_each_that_has_it() -> None:
    found = targets.credentials_under(TARGET, {})

    assert found == {
        "bird.access_key": "env:A",
        "messagebird.access_key": "env:A",
        "bird.signing_key": "env:B",
        "messagebird.signing_key": "env:C",
    }


def test_only_what_is_for_the_chosen_providers_counts() -> None:
    assert targets.credentials_under(TARGET, {}, ["bird"]) == {"bird.access_key": "env:A", "bird.signing_key": "env:B"}
    assert targets.options_under(TARGET, {}, ["smooch"]) == {"smooch.timeout": "4s"}


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ({"signing_key": "mine"}, {"signing_key": "mine"}),
        ({"bird.signing_key": "mine"}, {"bird.signing_key": "mine", "messagebird.signing_key": "env:C"}),
    ],
)
def test_the_command_line_goes_before_the_target(named: dict[str, str], expected: dict[str, str]) -> None:
    found = targets.credentials_under(TARGET, named)

    assert {name: value for name, value in found.items() if name.endswith("signing_key")} == expected


def test_what_nobody_has_is_left_for_whoever_tells_of_it() -> None:
    assert targets.credentials_under(Target(name="t", credentials={"nope": "env:A"}), {}) == {"nope": "env:A"}


def test_credential_for_several_providers_that_cannot_be_read_is_told_once_at_its_line(
    simulate: Simulate, here: Path
) -> None:
    text = '[targets.a]\nendpoint = ":1"\n[targets.a.credentials]\nsigning_key = "${NOT_SET_AT_ALL}"\n'
    (here / "simulator.toml").write_text(text, "utf-8")

    done = simulate("run", "scenarios", "--target", "a")

    assert done.err.count("[unset-variable]") == 1
    assert 'simulator.toml:4: the variable "NOT_SET_AT_ALL" is not set' in done.err
    assert "at:   targets.a.credentials.signing_key" in done.err


def test_each_thing_is_told_with_its_line_and_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = """
[targets.a]
endpoint = {viber = ":1/hook"}
policy = "once"
pace = "real"
allow_hosts = ["bot.example.com"]
[targets.a.credentials]
auth_token = "${A}"
[targets.a.credentials.bird]
signing_key = "${B}"
[targets.a.options]
receipts = "both"
"""
    (tmp_path / "simulator.toml").write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    target = read(tmp_path / "simulator.toml", ["run"]).target("a")

    assert list(targets.told(click.Context(program), target)) == [
        "--endpoint viber=:1/hook (simulator.toml:3)",
        "--credential auth_token=…, from env:A (simulator.toml:8)",
        "--credential bird.signing_key=…, from env:B (simulator.toml:10)",
        "--option receipts=both (simulator.toml:12)",
        "--policy once (simulator.toml:4)",
        "--allow-host bot.example.com (simulator.toml:6)",
        "--pace real (simulator.toml:5)",
    ]


def test_a_target_that_nobody_wrote_is_wrong_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(InputError) as caught:
        targets.target_of(click.Context(program), "staging")

    assert caught.value.problems[0].code == "unknown-target"
    assert targets.target_of(click.Context(program), None) is None


def test_bots_of_two_providers_get_a_key_each(
    simulate: Simulate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    story = "scenario: H\nprovider: [bird, messagebird]\nactors: [ana]\nsteps: [{ana: hello}]\n"
    Path("story.yaml").write_text(story, "utf-8")
    bot = "import os; print(*(os.environ[f'{name}_SIGNING_KEY'] == key for name, key in KEYS), flush=True); 1 / 0"
    Path("bot.py").write_text(bot.replace("KEYS", "[('BIRD', 'one-secret'), ('MESSAGEBIRD', 'two-secret')]"), "utf-8")
    keys = ["--credential", "signing_key=two-secret", "--credential", "bird.signing_key=one-secret"]

    done = simulate("run", "story.yaml", "--bot", "python bot.py", "--listen", ":0", *keys)

    assert "True True" in done.out + done.err
    assert "one-secret" not in done.out + done.err
