"""Each example passes as its page shows it, in a folder where there is nothing else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PAGES = HERE.parent.parent / "docs" / "frameworks"
FRAMEWORKS = sorted(path.name for path in HERE.iterdir() if (path / "bot.py").is_file())


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_example_passes_in_a_folder_of_its_own(name: str, tmp_path: Path) -> None:
    folder = shutil.copytree(HERE / name, tmp_path / "project")

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "simulator.pytest_plugin"],
        cwd=folder,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=100,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^\d passed", done.stdout, re.MULTILINE)


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_page_shows_the_example_as_it_is(name: str) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```$", (PAGES / f"{name}.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)

    assert blocks == [(HERE / name / file).read_text("utf-8") for file in ("bot.py", "test_bot.py")]


def test_every_page_has_an_example() -> None:
    assert sorted(path.stem for path in PAGES.glob("*.md")) == FRAMEWORKS
