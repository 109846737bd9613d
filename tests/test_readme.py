"""What the README shows does what it says: each block of it is typed, read or played."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator import catalog
from simulator.cli.program import COMMANDS
from simulator.ports import free_claim
from tests.terminal import NEEDS_A_SHELL, Terminal

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
FACTS = catalog.load("viber")
TOKEN = FACTS.credentials["auth_token"].default


def blocks(language: str) -> list[str]:
    return [text for name, text in BLOCKS if name == language]


STORY = next(text for text in blocks("yaml") if text.startswith("scenario:"))
PARTS = [text for text in blocks("yaml") if text.startswith("- ")]


def title(block: str) -> str:
    return block.splitlines()[0]


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """A folder as a reader has it who went through the page: a project, the story, and a bot of his own."""
    terminal = Terminal(tmp_path)
    terminal.type("simulator init viber")
    (terminal.folder / "simulator.toml").write_text(blocks("toml")[0], "utf-8")
    (terminal.folder / "order.yaml").write_text(STORY, "utf-8")
    shutil.copy(ROOT / "simulator" / "bots" / "viber.py", terminal.folder / "bot.py")
    return terminal


@pytest.fixture
def running() -> Iterator[dict[str, str]]:
    """A bot that runs already: its port, and the variables by which `run` serves the API where it looks for it."""
    with free_claim() as one, free_claim() as other:
        bot_port, api_port = str(one.port), str(other.port)
    told = {"PORT": bot_port, "VIBER_API_URL": f"http://127.0.0.1:{api_port}/pa", "VIBER_AUTH_TOKEN": TOKEN}
    with subprocess.Popen(
        [sys.executable, ROOT / "simulator" / "bots" / "viber.py"],
        env={**os.environ, **told},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield {"PORT": bot_port, "SIMULATOR_RUN_LISTEN": f":{api_port}", "SIMULATOR_RUN_WAIT_FOR_ENDPOINT": "20s"}
        finally:
            process.terminate()


@NEEDS_A_SHELL
def test_project_that_is_begun_is_green(tmp_path: Path) -> None:
    (begin,) = [block for block in blocks("bash") if "simulator init" in block]

    done = Terminal(tmp_path).type(begin)

    assert done.returncode == 0, done.stdout + done.stderr


@NEEDS_A_SHELL
@pytest.mark.parametrize(
    "block", [block for block in blocks("bash") if "init" not in block and "--endpoint" not in block], ids=title
)
def test_commands_run(terminal: Terminal, block: str) -> None:
    done = terminal.type(block)

    assert done.returncode == 0, done.stdout + done.stderr


@NEEDS_A_SHELL
@pytest.mark.parametrize("block", [block for block in blocks("bash") if "--endpoint" in block], ids=title)
def test_commands_run_with_a_bot_that_listens(terminal: Terminal, running: dict[str, str], block: str) -> None:
    port = running.pop("PORT")
    # No event is fired before the bot listens, for which only `run` waits.
    waiting = f"simulator run scenarios --endpoint :{port} -q\n"

    done = terminal.type(waiting + block.replace(":3000", f":{port}"), **running)

    assert done.returncode == 0, done.stdout + done.stderr


@NEEDS_A_SHELL
def test_bot_that_runs_already_is_named_by_its_endpoint(terminal: Terminal, running: dict[str, str]) -> None:
    port = running.pop("PORT")
    (line,) = re.findall(r"`(simulator run --endpoint [^`]+)`", README)

    done = terminal.type(line.replace(":3000", f":{port}"), **running)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "the bot is not started" in done.stdout


@NEEDS_A_SHELL
def test_step_that_fails_reads_as_shown(terminal: Terminal) -> None:
    (shown,) = blocks("text")
    path = terminal.folder / "order.yaml"
    path.write_text(STORY.replace("Which order number?", "Which number?"), "utf-8")

    done = terminal.type('simulator run order.yaml --bot "python bot.py"')

    assert done.returncode == 1
    assert [line for line in shown.splitlines() if line not in done.stdout.splitlines()] == []


@NEEDS_A_SHELL
def test_story_passes_without_a_warning(terminal: Terminal) -> None:
    (line,) = re.findall(r"`(simulator run order.yaml .* --report json=-)`", README)

    done = terminal.type(line)

    assert done.returncode == 0, done.stderr
    assert not [line for line in done.stderr.splitlines() if line.startswith("!")]
    assert json.loads(done.stdout)["run"]["outcome"] == "passed"


@NEEDS_A_SHELL
def test_stories_are_tests_of_pytest(terminal: Terminal) -> None:
    (test,) = [block for block in blocks("python") if "def test_" in block]
    (terminal.folder / "test_bot.py").write_text(test, "utf-8")

    done = terminal.type("python -m pytest -q -p no:cacheprovider test_bot.py")

    assert done.returncode == 0, done.stdout + done.stderr


@NEEDS_A_SHELL
@pytest.mark.parametrize("part", PARTS, ids=title)
def test_part_of_a_story_is_played_without_a_doubt(terminal: Terminal, part: str) -> None:
    steps = re.sub("^", "  ", part, flags=re.MULTILINE)
    (terminal.folder / "part.yaml").write_text(
        f"scenario: A part\nprovider: viber\nactors: [ana, ben]\nsteps:\n{steps}", "utf-8"
    )

    done = terminal.type('simulator run part.yaml --bot "python bot.py"')

    assert done.returncode == 0, done.stdout + done.stderr
    assert not [line for line in done.stdout.splitlines() if line.startswith("!")]


def test_line_for_the_sdk_is_the_one_that_env_prints() -> None:
    (line,) = [block.strip() for block in blocks("python") if "viberbot" in block]

    assert any(line in each.line for each in FACTS.sdk_lines)


def test_every_command_is_named() -> None:
    section = README.partition("## Commands")[2].partition("\n## ")[0]

    assert re.findall(r"`(\w+)`", section.partition(":")[0]) == list(COMMANDS)


def test_every_provider_has_its_row() -> None:
    assert set(re.findall(r"\(docs/providers/(\w+)\.md\)", README)) == set(catalog.names())


@pytest.mark.parametrize("path", re.findall(r"\]\(([\w./-]+)\)", README))
def test_every_page_that_is_named_is_there(path: str) -> None:
    assert (ROOT / path).is_file()
