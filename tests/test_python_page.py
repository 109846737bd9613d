"""What the pages on Python and pytest show does what they say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import simulator

from .test_readme import STORY

DOCS = Path(__file__).parent.parent / "docs"
PROGRAMS = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BOT = (Path(__file__).parent / "examples" / "flask" / "bot.py").read_text("utf-8")


def test_the_programs_of_the_python_page_run_one_after_another(tmp_path: Path) -> None:
    (tmp_path / "order.yaml").write_text(STORY, "utf-8")
    program = "\n".join(PROGRAMS.findall((DOCS / "python.md").read_text("utf-8")))

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program.replace('["python", ', f"[{sys.executable!r}, ")],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        timeout=100,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    first, second, welcome, *rest = done.stdout.splitlines()
    assert (first, second) == ("Where is my order? viber passed", "Where is my order? ('viber',) 9")
    assert welcome.startswith("Welcome")
    assert rest[:3] == ["where is my order?", "valid", "100 True"]
    assert re.fullmatch(r"\['message/text', 'seen'\] [0-9a-f]{64}", rest[3])


def test_the_programs_of_the_pytest_page_pass(tmp_path: Path) -> None:
    driven, awaited, settings = PROGRAMS.findall((DOCS / "pytest.md").read_text("utf-8"))
    (tmp_path / "bot.py").write_text(BOT, "utf-8")
    (tmp_path / "test_driven.py").write_text(driven, "utf-8")
    (tmp_path / "test_awaited.py").write_text(awaited, "utf-8")
    (tmp_path / "conftest.py").write_text(settings, "utf-8")
    plugins = ["-p", "simulator.pytest_plugin", "-p", "pytest_asyncio.plugin"]

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *plugins, "-o", "asyncio_mode=auto"],
        cwd=tmp_path,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=100,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_each_command_of_the_python_page_is_a_public_name() -> None:
    table = re.findall(r"^\| (`.*?) \| `simulator", (DOCS / "python.md").read_text("utf-8"), re.MULTILINE)
    named = {name for cell in table for name in re.findall(r"`(\w+)`", cell)}

    assert named <= set(simulator.__all__)
    assert {name for name in simulator.__all__ if name[0].islower()} <= named


@pytest.mark.parametrize("name", ["endpoint", "bot", "target", "provider", "args"])
def test_each_option_stands_on_the_pytest_page(name: str) -> None:
    assert f"`--simulator-{name}` | `simulator_{name}` |" in (DOCS / "pytest.md").read_text("utf-8")
