"""The page on CI: its jobs are those of `init`, and whatever it shows runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from simulator import catalog, starter
from simulator.cli.form import EXIT_CODES
from simulator.ports import free_claim
from tests.terminal import NEEDS_A_SHELL, Terminal

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "ci.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
TOKEN = catalog.load("viber").credentials["auth_token"].default


def blocks(language: str, holding: str = "") -> list[str]:
    return [text for name, text in BLOCKS if name == language and holding in text]


def commands(text: str) -> list[str]:
    """Give what the jobs of a GitHub or GitLab file type."""
    document = yaml.safe_load(text)
    if "jobs" in document:
        return [step["run"] for job in document["jobs"].values() for step in job["steps"] if "run" in step]
    return [line for job in document.values() for line in job["script"]]


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    terminal = Terminal(tmp_path)
    terminal.type("simulator init viber")
    return terminal


@pytest.fixture
def staging(terminal: Terminal) -> Iterator[dict[str, str]]:
    """Give the variables of a job beside which a bot runs already, at the endpoint of the target."""
    with free_claim() as one, free_claim() as other:
        bot_port, api_port = one.port, other.port
    (target,) = blocks("toml", "[targets.staging]")
    project = terminal.folder / starter.PROJECT
    endpoint = tomllib.loads(target)["targets"]["staging"]["endpoint"]
    target = target.replace(endpoint, f"http://127.0.0.1:{bot_port}/viber")
    project.write_text(project.read_text("utf-8") + target, "utf-8")
    bot = {"PORT": str(bot_port), "VIBER_API_URL": f"http://127.0.0.1:{api_port}/pa", "VIBER_AUTH_TOKEN": TOKEN}
    with subprocess.Popen(
        [sys.executable, ROOT / "simulator" / "bots" / "viber.py"],
        env={**os.environ, **bot},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield {"SIMULATOR_RUN_LISTEN": f":{api_port}", "VIBER_AUTH_TOKEN": TOKEN}
        finally:
            process.terminate()


@pytest.mark.parametrize("service", starter.SERVICES)
def test_jobs_of_the_page_are_those_of_init(service: str) -> None:
    assert starter.jobs([service])[starter.SERVICES[service]] in blocks("yaml")


def test_project_of_the_page_is_right(terminal: Terminal) -> None:
    for text in blocks("toml"):
        (terminal.folder / starter.PROJECT).write_text(text, "utf-8")

        done = terminal.type("simulator list providers")

        assert done.returncode == 0, done.stderr


@NEEDS_A_SHELL
@pytest.mark.parametrize("block", [text for text in blocks("bash") if "init" not in text and "--target" not in text])
def test_commands_of_the_page_run(terminal: Terminal, block: str) -> None:
    done = terminal.type(block)

    assert done.returncode == 0, done.stdout + done.stderr


@NEEDS_A_SHELL
@pytest.mark.parametrize(
    "lines",
    [*([text] for text in blocks("bash", "--target")), *(commands(text) for text in blocks("yaml", "--target"))],
    ids=["by hand", "github", "gitlab"],
)
def test_bot_at_staging_is_tested_and_none_is_started(
    terminal: Terminal, staging: dict[str, str], lines: list[str]
) -> None:
    done = terminal.type("\n".join(lines), **staging)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "the bot is not started" in done.stdout
    assert (terminal.folder / "reports" / "junit.xml").is_file()


def test_table_has_the_exit_codes() -> None:
    assert [int(code) for code in re.findall(r"^\| (\d+) \|", TEXT, re.MULTILINE)] == list(EXIT_CODES)
