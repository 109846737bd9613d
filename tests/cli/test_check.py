from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import WELCOME, Simulate, imported_by

Write = Callable[..., str]


def test_right_files_are_listed(simulate: Simulate, story: Write) -> None:
    done = simulate("check", story())

    assert done.code == 0
    assert done.lines == ["story.yaml: A warm welcome (viber)", "1 scenario, no problems"]


def test_all_problems_of_all_files_are_told(simulate: Simulate, story: Write) -> None:
    one = story(WELCOME.replace("~welcome", "{txt: hi}"), "one.yaml")
    two = story(WELCOME.replace("provider: viber", "provider: vibr"), "two.yaml")

    done = simulate("check", one, two)

    assert done.code == 2
    assert done.raw == b""
    assert "one.yaml:8:" in done.err
    assert "two.yaml:3:" in done.err
    assert 'did you mean "viber"?' in done.err


def test_problems_as_json_have_their_parts(simulate: Simulate, story: Write) -> None:
    done = simulate("check", story(WELCOME.replace("~welcome", "{txt: hi}")), "--json")

    assert done.code == 2
    assert done.err == ""
    assert set(done.json["problems"][0]) == {"code", "what", "where", "at", "why", "fix"}


def test_scenarios_as_json_are_named(simulate: Simulate, story: Write) -> None:
    done = simulate("check", story(), "--json")

    assert done.json["problems"] == []
    assert done.json["scenarios"] == [{"scenario": "A warm welcome", "file": "story.yaml", "providers": ["viber"]}]


def test_unset_variable_is_a_problem_and_the_env_file_sets_it(
    simulate: Simulate, story: Write, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SHOP_URL", raising=False)
    name = story(WELCOME + 'endpoint: "${SHOP_URL}"\n')
    (here / "settings.env").write_text("SHOP_URL=http://127.0.0.1:3000/hook\n", "utf-8")

    without = simulate("check", name)
    with_file = simulate("check", name, "--env-file", "settings.env")

    assert without.code == 2
    assert "SHOP_URL" in without.err
    assert with_file.code == 0


def test_missing_file_is_wrong_input(simulate: Simulate, here: Path) -> None:
    done = simulate("check", "nowhere.yaml")

    assert done.code == 2
    assert done.err.startswith("nowhere.yaml: ")


def test_path_that_no_system_takes_is_wrong_input(simulate: Simulate) -> None:
    done = simulate("check", "x" * 5000, "y/" * 3000)

    assert done.code == 2
    assert done.err.count("[unreadable-file]") == 2


def test_name_and_file_cannot_move_the_cursor(simulate: Simulate, story: Write) -> None:
    name = story(WELCOME.replace("A warm welcome", '"\\e[2J gone \\n \\u202e"'), name="\x1b[31mred\nline.yaml")

    done = simulate("check", name)

    assert done.code == 0
    assert done.lines[0] == r"\x1b[31mred\nline.yaml: \x1b[2J gone \n \u202e (viber)"


def test_env_file_that_is_no_text_is_wrong_input(simulate: Simulate, story: Write, here: Path) -> None:
    (here / "some.env").write_bytes(b"A=\xff\n")

    done = simulate("check", story(), "--env-file", "some.env")

    assert done.code == 2
    assert done.err.startswith('--env-file: "some.env" cannot be read: ')


def test_path_is_needed(simulate: Simulate) -> None:
    done = simulate("check")

    assert done.code == 2
    assert "[missing-argument]" in done.err


def test_check_imports_no_network() -> None:
    found = imported_by("check", "scenarios")

    assert not found & {"aiohttp", "rich"}


def test_line_of_an_env_file_that_is_no_variable_is_told(simulate: Simulate, story: Write, here: Path) -> None:
    (here / "some.env").write_text("FIRST=1\nnot a variable\nexport SECOND=2\n", "utf-8")

    done = simulate("check", story(), "--env-file", "some.env")

    assert done.code == 0
    assert done.err == "! some.env:2: this is no NAME=VALUE, and is passed over\n"
