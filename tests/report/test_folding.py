from __future__ import annotations

import os
import shlex
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.report.curl import shell_line
from simulator.report.folding import folded
from simulator.report.screen import Tone

FAINT: Tone = "faint"
PLAIN: Tone = "plain"

pytestmark = pytest.mark.skipif(os.name == "nt", reason="nothing is folded there")


def lines(command: str, columns: int, name: str = "curl:") -> list[str]:
    spans = ((f"  {name:<11}", FAINT), (command, PLAIN))
    return ["".join(text for text, _ in line) for line in folded(spans, columns)]


def test_long_command_is_broken_before_its_options() -> None:
    command = "curl -X POST http://127.0.0.1:3000/hook -H 'Content-Type: application/json' --data-binary '{\"a b\": 1}'"

    assert lines(command, 80) == [
        "  curl:      curl -X POST http://127.0.0.1:3000/hook \\",
        "               -H 'Content-Type: application/json' --data-binary '{\"a b\": 1}'",
    ]


def test_value_is_never_broken() -> None:
    body = "'" + "x " * 200 + "'"

    assert lines(f"curl --data-binary {body}", 80)[-1].strip() == f"--data-binary {body}"


def test_what_comes_behind_a_pipe_begins_a_line() -> None:
    found = lines(f"printf %s {'QUJD' * 20} | base64 -d | curl -X POST http://127.0.0.1:3000/hook", 80)

    assert found[1].strip() == "| base64 -d | curl -X POST http://127.0.0.1:3000/hook"


@pytest.mark.parametrize(("columns", "name"), [(0, "curl:"), (80, "expected"), (400, "curl:")])
def test_in_a_pipe_where_there_is_room_and_where_no_command_stands_nothing_changes(columns: int, name: str) -> None:
    command = "curl " + "-H a " * 30

    assert lines(command, columns, name) == [f"  {name:<11}{command}"]


WORDS = st.text(st.characters(exclude_characters="\n\r\x00", codec="utf-8"), min_size=1)


@given(st.lists(WORDS, min_size=1), st.integers(20, 120))
def test_put_together_it_is_the_same_command(words: list[str], columns: int) -> None:
    shown = lines(shell_line(words), columns)
    command = " ".join(line[13:].strip().removesuffix(" \\") if line != shown[-1] else line[13:] for line in shown)

    assert shlex.split(command) == words


def test_a_shell_takes_the_lines_for_one_command() -> None:
    words = ["printf", "%s|", "-a", "b c", "-d", "it's", "-e", "$HOME\\", "-f", "g" * 40]
    shown = "\n".join(lines(shell_line(words), 30)).partition(":")[2]

    assert shown.count("\n") > 1
    assert subprocess.run(["sh", "-c", shown], capture_output=True, check=True, text=True).stdout == (
        "-a|b c|-d|it's|-e|$HOME\\|-f|" + "g" * 40 + "|"
    )
