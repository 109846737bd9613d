"""The sample corpora are what the commands beside them write now."""

from __future__ import annotations

import importlib.metadata
import re
from pathlib import Path

import pytest

from simulator import catalog as catalogs
from tests.terminal import NEEDS_A_SHELL, Terminal

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "docs" / "samples"
PAGE = (SAMPLES / "README.md").read_text("utf-8")
MOST_BYTES = 40_000
BLOCK = next(iter(re.findall(r"^```bash\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)))


def pinned(package: str) -> str:
    """Give the version that CI runs with; the texts of a corpus hang on it."""
    lines = (ROOT / ".ci" / "constraints.txt").read_text("utf-8").splitlines()
    return dict(line.split("==") for line in lines if "==" in line)[package]


@NEEDS_A_SHELL
@pytest.mark.skipif(importlib.metadata.version("faker") != pinned("faker"), reason="another version of Faker")
def test_samples_are_what_the_commands_write(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    (terminal.folder / "docs" / "samples").mkdir(parents=True)
    done = terminal.type(BLOCK)
    made = {path.name: path.read_bytes() for path in (terminal.folder / "docs" / "samples").iterdir()}
    there = {path.name: path.read_bytes() for path in SAMPLES.glob("*.jsonl")}

    assert done.returncode == 0, done.stderr
    assert made.keys() == there.keys() == {f"{provider}.jsonl" for provider in catalogs.names()}
    stale = [name for name in made if made[name] != there[name]]
    assert stale == [], "run the commands of docs/samples/README.md in the checkout"


def test_samples_are_small() -> None:
    assert all(path.stat().st_size <= MOST_BYTES for path in SAMPLES.iterdir())
