from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import SHOP, Simulate

Write = Callable[..., str]


@pytest.fixture
def project(here: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        (here / "simulator.toml").write_text(text, "utf-8")
        return here

    return write


Project = Callable[[str], Path]


def seeds(simulate: Simulate, name: str, *words: str) -> str:
    return (
        simulate("run", name, "--bot", SHOP, "--listen", ":0", "-q", *words)
        .lines[-1]
        .rpartition("seed ")[2]
        .partition(" ")[0]
    )


def test_precedence_is_flag_environment_env_file_project(
    simulate: Simulate, story: Write, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, folder = story(), project("[run]\nseed = 4\n")
    (folder / "settings.env").write_text("SIMULATOR_RUN_SEED=5\n", "utf-8")
    by_file = seeds(simulate, name)
    by_env_file = seeds(simulate, name, "--env-file", "settings.env")
    monkeypatch.setenv("SIMULATOR_RUN_SEED", "6")
    by_environment = seeds(simulate, name, "--env-file", "settings.env")
    by_line = seeds(simulate, name, "--env-file", "settings.env", "--seed", "7")

    assert (by_file, by_env_file, by_environment, by_line) == ("4", "5", "6", "7")


def test_verbose_tells_the_line_of_the_file(simulate: Simulate, story: Write, project: Project) -> None:
    project("[run]\n\nseed = 4\nlisten = ':0'\n")

    done = simulate("run", story(), "--bot", SHOP, "-v")

    assert "--seed 4 (simulator.toml:3)" in done.lines
    assert "--listen 127.0.0.1:0 (simulator.toml:4)" in done.lines


def test_paths_lists_and_flags_come_from_the_file(simulate: Simulate, story: Write, project: Project) -> None:
    folder = project(
        "[run]\npaths = ['.']\nquiet = true\ntag = ['greeting']\nlisten = ':0'\nreport = ['json=out/run.json']\n"
    )
    story()
    story(name="other.yaml", text="scenario: Other\nprovider: viber\nactors: [ana]\nsteps: [{ana: hello}]\n")

    done = simulate("run", "--bot", SHOP)

    assert done.code == 0
    assert [line.partition(" · ")[0] for line in done.lines] == ["✓ passed  1 story: 1 passed"]
    assert (folder / "out" / "run.json").is_file()


def test_paths_begin_where_the_file_lies(
    simulate: Simulate, story: Write, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = project("[check]\npaths = ['story.yaml']\n")
    story()
    (folder / "inner").mkdir()
    monkeypatch.chdir(folder / "inner")

    assert simulate("check").code == 0


def test_what_is_no_option_is_told_with_the_nearest(simulate: Simulate, story: Write, project: Project) -> None:
    project("[run]\nseeed = 4\n")

    done = simulate("run", story(), "--bot", SHOP)

    assert done.code == 2
    assert done.err.startswith('simulator.toml:2: unknown option "seeed"   [unknown-key]')
    assert 'did you mean "seed"?' in done.err


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("jobs = ['x']", "takes one value   [wrong-type]"),
        ("strict = 'yes'", "is true or false   [wrong-type]"),
        ("verbose = 'x'", "is a number, or true   [wrong-type]"),
        ("seed = {a = 1}", "takes one value"),
        ("seed = 'many'", "is no whole number"),
    ],
)
def test_what_no_option_can_hold_is_told_at_its_line(
    simulate: Simulate, story: Write, project: Project, line: str, told: str
) -> None:
    project(f"[run]\n{line}\n")

    done = simulate("run", story(), "--bot", SHOP)

    assert done.code == 2
    assert done.err.startswith("simulator.toml:2: ")
    assert told in done.err


def test_a_project_of_other_commands_changes_nothing(simulate: Simulate, project: Project) -> None:
    project("[run]\nseed = 1\n")

    assert simulate("list", "providers").code == 0


def test_what_is_wrong_for_another_command_is_told_by_any(simulate: Simulate, project: Project) -> None:
    project("[run]\nseed = 1\n[generate]\ncuont = 3\nformat = ['a']\n[fire]\nrate = '5/s'\n")

    done = simulate("env", "viber")

    assert done.code == 2
    assert 'simulator.toml:4: unknown option "cuont"   [unknown-key]' in done.err
    assert "simulator.toml:5: this option takes one value   [wrong-type]" in done.err


def test_working_directory_that_is_gone_is_wrong_input(simulate: Simulate, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> str:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr("os.getcwd", refuse)
    done = simulate("list", "providers")

    assert done.code == 2
    assert "the folder in which this was started is there no more   [unreadable-file]" in done.err


def test_help_is_given_whatever_the_file_says(simulate: Simulate, project: Project) -> None:
    project("[run]\nsede = 1\n")

    assert simulate("run", "--help").code == 0
    assert simulate("run", "x.yaml").code == 2


def test_a_table_of_credentials_may_hold_one_for_a_provider(
    simulate: Simulate, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project("[env.credential]\naccess_key = 'env:A'\n[env.credential.bird]\nsigning_key = 'env:B'\n")
    monkeypatch.setenv("A", "one")
    monkeypatch.setenv("B", "two")

    done = simulate("env", "bird")

    assert "export BIRD_ACCESS_KEY=one" in done.lines
    assert "export BIRD_SIGNING_KEY=two" in done.lines
