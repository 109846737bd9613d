"""docs/suites.md says what is so: its project file is read, its canonical journal and its audit come out as shown."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from simulator import project
from simulator.cli.program import COMMANDS
from simulator.cli.projects import project_schema
from tests.cli.conftest import Simulate, here, simulate

__all__ = ["here", "simulate"]

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "suites.md").read_text("utf-8")
PARROT = f'"{sys.executable}" "{ROOT / "tests" / "bots" / "parrot_bot.py"}"'

GREETINGS = """\
scenario: Two greetings
provider: viber
actors: [ana, bob]
steps:
  - ana: hello
  - bot: You said hello
  - bob: good morning
  - bot: You said good morning
"""


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


def test_project_file_of_the_page_is_right(tmp_path: Path) -> None:
    file = tmp_path / "simulator.toml"
    file.write_text(block("toml"), "utf-8")
    found = project.read(file, COMMANDS)
    schema: Any = project_schema()

    assert set(found.targets) == {"local", "staging"}
    assert jsonschema_rs.validator_for(schema).is_valid(tomllib.loads(block("toml")))


@pytest.fixture
def greetings(here: Path) -> str:
    (here / "greetings.yaml").write_text(GREETINGS, "utf-8")
    return "greetings.yaml"


def test_audit_of_the_page_comes_out_as_shown(simulate: Simulate, greetings: str) -> None:
    begins = PAGE.index("    ✗ failed  Two greetings")
    shown = [line[4:] for line in PAGE[begins:].split("\n\n")[0].splitlines()]

    done = simulate(
        "run", greetings, "--bot", f"{PARROT} --forgetful", "--listen", ":0", "--audit", "idempotency", "-q"
    )

    assert done.code == 1
    assert done.lines[: len(shown)] == shown


def test_canonical_journals_of_the_page_are_the_same(simulate: Simulate, greetings: str) -> None:
    words = ["--start", "2026-01-05T09:00:00Z", "--listen", ":0", "--repeat", "3"]
    for jobs, bot in (("1", f"{PARROT} --slow 0.05"), ("4", PARROT)):
        simulate("run", greetings, *words, "--bot", bot, "-j", jobs, "--journal", f"{jobs}.jsonl")
    one, four = (simulate("journal", f"{jobs}.jsonl", "--canonical") for jobs in ("1", "4"))

    assert one.raw == four.raw
    assert len(one.lines) > 20
