"""What the README shows does what it says."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

README = (Path(__file__).parent.parent / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
STORY = next(text for language, text in BLOCKS if language == "yaml")
NEEDS_A_BOT = ("run", "serve")


def commands() -> list[str]:
    lines = [line for _, text in BLOCKS for line in text.splitlines()]
    return [line.partition("  #")[0].strip() for line in lines if line.startswith("simulator ")]


def simulator(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-c", "import sys; from simulator.cli import main; sys.exit(main())", *arguments]
    return subprocess.run(program, cwd=folder, capture_output=True, encoding="utf-8", timeout=60, check=False)


def test_the_story_passes_against_the_bot_of_the_demo_without_a_warning(tmp_path: Path) -> None:
    (tmp_path / "order.yaml").write_text(STORY, encoding="utf-8")
    bot = shlex.join([sys.executable, "-m", "simulator.bots.viber"])
    done = simulator(["run", "order.yaml", "--bot", bot, "--listen", ":0", "--report", "json=-"], tmp_path)

    assert done.returncode == 0, done.stderr
    assert "unread-capture" not in done.stderr
    assert json.loads(done.stdout)


@pytest.mark.parametrize("line", [line for line in commands() if line.split()[1] not in NEEDS_A_BOT])
def test_a_command_line_is_understood(line: str, tmp_path: Path, unused_tcp_port: int) -> None:
    """Nobody listens at the endpoint, so that `fire` ends with its own code for that."""
    done = simulator(shlex.split(line.replace(":3000", f":{unused_tcp_port}"))[1:], tmp_path)

    assert done.returncode == (4 if " fire " in line else 0), done.stderr


@pytest.mark.parametrize("path", re.findall(r"\]\(([\w./-]+)\)", README))
def test_every_page_that_is_named_is_there(path: str) -> None:
    assert (Path(__file__).parent.parent / path).is_file()
