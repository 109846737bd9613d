"""A suite with one failure of each kind: every report says each at its line."""

from __future__ import annotations

import json
import re
import shlex
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.e2e.conftest import Finished, Runner

STEPS = {
    "wrong-reply": '- ana: hi\n- bot: "Hello"   # here',
    "no-reply": "- ana: {opens: chat}\n- bot: {text: ~welcome, within: 200ms}   # here",
    "late-reply": "- ana: hi\n- bot: {text: You said hi, within: 1ms}   # here",
    "too-many-replies": "- ana: hi\n  deliver: {copies: 2}\n- bot: {text: ~You said, times: 1}   # here",
    "unexpected-reply": "- ana: hi\n- bot: ~You said\n- ana: again\n- silence: 100ms   # here",
    "ack": '- ana: "hi"   # here\n  ack: 404',
    "invariant": "- ana: hi\n- bot: ~You said\nalways:\n- never: {bot: {text: ~You said}}   # here",
    "expression": '- ana: hi\n- bot: "{{ 1 // 0 }}"   # here',
    "not-reached": '- repeat: {until: "false", at_most: 2}   # here\n  steps: [{ana: hi}, {bot: ~You said}]',
    "unknown-path": '- ana: "hi"   # here\n  save: {order: message.nowhere}',
    "no-such-button": "- ana: hi\n- bot: ~You said\n- ana: {tap: Buy}   # here",
}
"""Kind of failure → steps that lead to it; the line marked `here` is where it is to be found."""

FORMATS = ("json", "jsonl", "junit", "tap", "github", "html")


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stories")
    for kind, steps in STEPS.items():
        head = f"scenario: A story with {kind}\nprovider: viber\nactors: [ana]\nsteps:\n"
        (folder / f"{kind}.yaml").write_text(head + steps + "\n", "utf-8")
    return folder


def place_of(stories: Path, kind: str) -> tuple[str, int]:
    path = stories / f"{kind}.yaml"
    number = next(number for number, line in enumerate(path.read_text("utf-8").splitlines(), 1) if "# here" in line)
    return str(path), number


def test_each_failure_is_found_at_its_line_in_every_report(run: Runner, stories: Path, tmp_path: Path) -> None:
    bot = shlex.join([sys.executable, "tests/bots/parrot_bot.py", "--forgetful", "--slow", "0.02"])
    files = {name: tmp_path / f"run.{name}" for name in FORMATS}
    reports = [word for name, path in files.items() for word in ("--report", f"{name}={path}")]
    done: Finished = run(str(stories), "--bot", bot, *reports)
    texts = {name: path.read_text("utf-8") for name, path in files.items()}
    found = {(verdict["file"], verdict["line"]): verdict["code"] for verdict in done.wrong}

    assert done.code == 1
    assert {kind: found.get(place_of(stories, kind)) for kind in STEPS} == {kind: kind for kind in STEPS}
    for kind in STEPS:
        file, line = place_of(stories, kind)
        assert re.search(rf"{re.escape(file)}:{line}:\d+", done.out)
        assert re.search(rf"::error file={re.escape(file)},line={line},", texts["github"])
        assert re.search(rf"{re.escape(file)}:{line}:\d+", texts["html"])
        assert f"file: {json.dumps(file)}\n    line: {line}\n" in texts["tap"]
        assert any(f'"line":{line},' in row and json.dumps(file) in row for row in texts["jsonl"].splitlines())


def test_every_story_is_a_case_of_the_junit_report(run: Runner, stories: Path, tmp_path: Path) -> None:
    path = tmp_path / "run.xml"
    run(str(stories), "--endpoint", "http://127.0.0.1:9/", "--policy", "once", "--report", f"junit={path}")
    cases = ET.fromstring(path.read_text("utf-8")).iterfind(".//testcase[error]")
    found = {(case.get("file"), error.get("type")) for case in cases for error in case.iterfind("error")}

    own = {"expression", "unknown-path"}  # Told as such, wherever the endpoint is.

    assert found == {(place_of(stories, kind)[0], kind if kind in own else "unreachable") for kind in STEPS}
