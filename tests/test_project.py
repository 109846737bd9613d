from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import project
from simulator.errors import InputError, Problem

COMMANDS = ("run", "fire")


def written(folder: Path, text: str, name: str = project.FILE) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def problems(folder: Path, text: str, name: str = project.FILE) -> list[Problem]:
    with pytest.raises(InputError) as caught:
        project.read(written(folder, text, name), COMMANDS)
    return list(caught.value.problems)


def test_the_nearest_file_upwards_is_found(tmp_path: Path) -> None:
    outer = written(tmp_path, "")
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)

    assert project.find(inner) == outer

    nearer = written(tmp_path / "a", "")

    assert project.find(inner) == nearer


def test_a_pyproject_counts_only_where_it_has_the_table(tmp_path: Path) -> None:
    written(tmp_path, "[project]\nname = 'x'\n", project.SHARED_FILE)
    inner = tmp_path / "inner"
    inner.mkdir()
    found = written(inner, "[tool.simulator.run]\nseed = 1\n", project.SHARED_FILE)

    assert project.find(inner) == found
    assert project.find(tmp_path) is None


def test_defaults_of_commands_are_read_with_their_lines(tmp_path: Path) -> None:
    found = project.read(written(tmp_path, "[run]\n\nseed = 7\ntag = ['a']\n"), COMMANDS)

    assert found.commands == {"run": {"seed": 7, "tag": ["a"]}}
    assert found.place("run", "seed").endswith("simulator.toml:3")
    assert found.place("run", "other").endswith("simulator.toml:1")


def test_a_table_in_pyproject_means_the_same(tmp_path: Path) -> None:
    text = "[tool.other]\nseed = 1\n[tool.simulator.run]\nseed = 7\n[tool.simulator.targets.local]\npace = 'real'\n"
    found = project.read(written(tmp_path, text, project.SHARED_FILE), COMMANDS)

    assert found.commands == {"run": {"seed": 7}}
    assert found.target("local").pace == "real"
    assert found.place("run", "seed").endswith("pyproject.toml:4")


def test_a_target_says_where_a_bot_is_and_how_to_reach_it(tmp_path: Path) -> None:
    text = """
    [targets.staging]
    endpoint = { viber = "https://bot.example/viber", smooch = "https://bot.example/smooch" }
    credentials = { auth_token = "${STAGING_TOKEN}", other = "file:secret.txt" }
    options = { receipts = "both", count = 3 }
    policy = "once"
    allow_hosts = ["bot.example"]
    """
    found = project.read(written(tmp_path, text), COMMANDS).target("staging")

    assert found.endpoints == {"viber": "https://bot.example/viber", "smooch": "https://bot.example/smooch"}
    assert found.credentials == {"auth_token": "env:STAGING_TOKEN", "other": f"file:{tmp_path / 'secret.txt'}"}
    assert found.options == {"receipts": "both", "count": "3"}
    assert (found.policy, found.allow_hosts, found.pace) == ("once", ("bot.example",), "")


def test_one_endpoint_is_that_of_all_providers(tmp_path: Path) -> None:
    found = project.read(written(tmp_path, "[targets.local]\nendpoint = ':3000/hook'\n"), COMMANDS)

    assert found.target("local").endpoints == {"": ":3000/hook"}


@pytest.mark.parametrize(
    ("text", "line", "code", "fix"),
    [
        ("[rnu]\nseed = 1", 1, "unknown-key", 'did you mean "run"?'),
        ("run = 3", 1, "wrong-type", "write [run]"),
        ("\n[targets.local]\nendpont = ':3'", 3, "unknown-key", 'did you mean "endpoint"?'),
        ("[targets]\nlocal = 'x'", 2, "wrong-type", "write [targets.local]"),
        ("[targets.a]\npace = 3", 2, "wrong-type", 'write pace = "…"'),
        ("[targets.a]\noptions = ['x']", 2, "wrong-type", 'options = {name = "…"}'),
        ("[targets.a]\nallow_hosts = 'x'", 2, "wrong-type", '["host"]'),
        ("[targets.a.credentials]\ntoken = 'secret'", 2, "secret-in-file", '"${TOKEN}"'),
        ("[targets.a.credentials]\ntoken = '${A}-${B}'", 2, "secret-in-file", '"${TOKEN}"'),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, line: int, code: str, fix: str) -> None:
    [found] = problems(tmp_path, text)

    assert found.where.endswith(f"simulator.toml:{line}")
    assert found.code == code
    assert fix in found.fix


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    found = problems(tmp_path, "[rnu]\n[targets.a]\nx = 1\ny = 2\n")

    assert [each.code for each in found] == ["unknown-key"] * 3


def test_a_secret_is_never_shown(tmp_path: Path) -> None:
    [found] = problems(tmp_path, "[targets.a.credentials]\ntoken = 'hush-hush'")

    assert "hush-hush" not in str(found)


@pytest.mark.parametrize(("text", "place"), [("[run]\nseed = ", ":2"), ("[run", ":1"), ("a = = 1\n", ":1:5")])
def test_what_is_no_toml_is_told_with_its_place(tmp_path: Path, text: str, place: str) -> None:
    [found] = problems(tmp_path, text)

    assert found.code == "bad-toml"
    assert place in found.where


def test_a_file_that_cannot_be_read_is_wrong_input(tmp_path: Path) -> None:
    path = tmp_path / project.FILE
    path.write_bytes(b"\xff\xfe")

    with pytest.raises(InputError, match="unreadable-file"):
        project.read(path, COMMANDS)


def test_unknown_target_names_the_nearest(tmp_path: Path) -> None:
    found = project.read(written(tmp_path, "[targets.staging]\npace = 'real'"), COMMANDS)

    with pytest.raises(InputError, match=r'did you mean "staging"\?'):
        found.target("stagin")


def test_keys_inside_of_long_texts_are_none() -> None:
    text = '[run]\nbot = """\n[fire]\nseed = 1\n"""\ntag = 1\n'

    assert project.lines_of(text) == {("run",): 1, ("run", "bot"): 2, ("run", "tag"): 6}


def test_quoted_and_dotted_keys_are_found() -> None:
    text = "[targets.\"my bot\"]\ncredentials.token = 'x' # seed = 1\n"

    assert project.lines_of(text) == {("targets", "my bot"): 1, ("targets", "my bot", "credentials", "token"): 2}


@given(st.text(alphabet="[]\"'=.#abc \n", max_size=60))
def test_no_text_breaks_the_search_for_lines(text: str) -> None:
    assert all(1 <= line <= max(len(text.splitlines()), 1) for line in project.lines_of(text).values())


def test_a_table_inside_of_a_table_is_for_one_provider(tmp_path: Path) -> None:
    credentials = "[targets.a.credentials]\nkey = '${A}'\n[targets.a.credentials.bird]\nkey = '${B}'"
    text = f"{credentials}\n[targets.a.options.bird]\nx = 1"
    (tmp_path / "simulator.toml").write_text(text, "utf-8")
    found = project.read(tmp_path / "simulator.toml", []).target("a")

    assert found.credentials == {"key": "env:A", "bird.key": "env:B"}
    assert found.options == {"bird.x": "1"}


def test_a_secret_in_an_inner_table_is_told_at_its_line(tmp_path: Path) -> None:
    [found] = problems(tmp_path, "[targets.a.credentials.bird]\n\nkey = 'hush-hush'")

    assert (found.code, found.where.rpartition(":")[2], found.at) == (
        "secret-in-file",
        "3",
        "targets.a.credentials.bird.key",
    )
    assert found.fix.startswith('write key = "${BIRD_KEY}"')
