from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import SHOP, Simulate

Write = Callable[..., str]

FAILING = """
scenario: S
provider: viber
actors: [ana]
steps: [{ana: {opens: chat}}, {bot: {text: no, within: 100ms}}]
"""


def reproduced(simulate: Simulate, name: str, *words: str) -> str:
    done = simulate("run", name, "--listen", ":0", *words)
    return next(line for line in done.lines if "reproduce:" in line)


def test_endpoints_keep_their_names(simulate: Simulate, story: Write) -> None:
    line = reproduced(simulate, story(FAILING), "--endpoint", "viber=:9", "--policy", "once")

    assert "--endpoint viber=:9" in line


def test_what_chooses_stories_and_shows_them_is_left_out(simulate: Simulate, story: Write) -> None:
    words = ["-j", "2", "--repeat", "1", "--shuffle", "--coverage", "--tag", "x", "-v", "--wait-for-endpoint", "2s"]
    words += ["--color", "never", "--debug"]
    name = story(FAILING.replace("provider:", "tags: [x]\nprovider:"))

    line = reproduced(simulate, name, "--bot", SHOP, *words)

    assert "--wait-for-endpoint 2000ms" in line
    for left_out in ("--jobs", "--repeat", "--shuffle", "--coverage", "--tag", "--verbose", "--color", "--debug"):
        assert left_out not in line


def test_file_of_variables_is_named_and_what_files_say_is_not_repeated(
    simulate: Simulate, story: Write, here: Path
) -> None:
    (here / "simulator.toml").write_text("[run]\nstrict = true\n", "utf-8")
    (here / "settings.env").write_text("SIMULATOR_RUN_POLICY=once\n", "utf-8")

    line = reproduced(simulate, story(FAILING), "--bot", SHOP, "--env-file", "settings.env")

    assert "--env-file settings.env" in line
    assert "--strict" not in line
    assert "--policy" not in line


def test_credential_that_was_typed_is_a_variable_to_be_set(simulate: Simulate, story: Write, here: Path) -> None:
    (here / "token").write_text("a token in a file", "utf-8")
    name = story(FAILING)

    typed = reproduced(simulate, name, "--endpoint", ":9", "--policy", "once", "--credential", "auth_token=a-secret-1")
    filed = reproduced(simulate, name, "--endpoint", ":9", "--policy", "once", "--credential", "auth_token=@token")

    assert "--credential auth_token=env:AUTH_TOKEN" in typed
    assert "--credential auth_token=@token" in filed
