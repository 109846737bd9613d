from __future__ import annotations

import html
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from simulator.errors import Problem
from simulator.records import Entry, RunResult, StoryResult, Verdict
from tests.report.conftest import FILE, written


def test_failure_is_annotated_at_its_place(failed: list[Entry]) -> None:
    (line,) = written("github", failed).splitlines()

    assert line.startswith(f"::error file={FILE},line=10,col=5,title=A late order (shop)::bot: Order BR-1")


def test_rows_of_a_table_are_told_apart(failed: list[Entry]) -> None:
    rows = [
        replace(entry, data={**entry.data, "case": "word: two"}) if entry.kind == "StoryStarted" else entry
        for entry in failed
    ]

    assert ",title=A late order [word%3A two] (shop)::" in written("github", rows)


def test_path_is_told_from_the_root_of_the_repository(failed: list[Entry], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parent)
    root = str(Path(__file__).parents[1])

    assert f"file=report/{FILE}," in written("github", failed, environment={"GITHUB_WORKSPACE": root})


def test_summary_of_the_job_tells_every_story(failed: list[Entry], tmp_path: Path) -> None:
    path = tmp_path / "summary.md"
    path.write_text("before\n", "utf-8")

    written("github", failed, environment={"GITHUB_STEP_SUMMARY": str(path)})
    text = path.read_text("utf-8")

    assert text.startswith("before\n## Webhook simulator: 1 failed")
    assert f"| ❌ | A late order (shop) | <code>{FILE}:1</code> |" in text
    assert "Order BR-1 is lost." in text


def test_line_end_in_a_message_cannot_begin_a_command(passed: list[Entry]) -> None:
    text = written("github", passed, error="one\n::set-output name=x::y")

    assert text == "::error title=simulator::one%0A::set-output name=x::y\n"


def test_each_problem_of_a_run_that_was_refused_is_annotated_at_its_place() -> None:
    first = Problem(code="unknown-key", what='unknown key "opns"', where=f"{FILE}:8:5", fix="write opens")
    second = Problem(code="unknown-key", what='unknown key "sede"', where="simulator.toml:3")
    text = written("github", [], error=f"{first}\n{second}", exit_code=2, problems=(first, second))

    told = str(first).replace("\n", "%0A")
    assert text.splitlines() == [
        f"::error file={FILE},line=8,col=5,title=simulator::{told}",
        f"::error file=simulator.toml,line=3,col=1,title=simulator::{second}",
    ]


@pytest.mark.parametrize("where", ["--bot", "127.0.0.1:3000", ""])
def test_problem_without_a_place_in_a_file_is_told_all_the_same(where: str) -> None:
    problem = Problem(code="bad-value", what="the command is empty", where=where)
    text = written("github", [], error=str(problem), exit_code=2, problems=(problem,))

    assert text == f"::error title=simulator::{problem}\n"


def test_names_from_a_file_cannot_move_the_cursor_of_who_reads_the_log(failed: list[Entry]) -> None:
    text = written("github", named(failed, "\x1b[31mred\u202eabc"))

    assert "title=\\x1b[31mred\\u202eabc (shop)" in text
    assert text.rstrip("\n").isprintable()


@pytest.mark.parametrize("name", ["![x](https://example.com/x.png)", "a\\|b", "**bold** ~~no~~", "@everyone #1", "`a`"])
def test_names_from_a_file_are_no_markup_in_the_summary(failed: list[Entry], tmp_path: Path, name: str) -> None:
    path = tmp_path / "summary.md"

    written("github", named(failed, name), environment={"GITHUB_STEP_SUMMARY": str(path)})
    row = next(line for line in path.read_text("utf-8").splitlines() if line.startswith("| ❌ "))

    assert html.unescape(row.split(" | ")[1]) == f"{name} (shop)"
    assert not set("\\`*_[]~!@") & set(row.split(" | ")[1])


def test_secret_that_holds_markup_is_hidden_in_the_summary(failed: list[Entry], tmp_path: Path) -> None:
    path = tmp_path / "summary.md"

    written(
        "github", named(failed, "with sk_live_4711"), "sk_live_4711", environment={"GITHUB_STEP_SUMMARY": str(path)}
    )
    text = path.read_text("utf-8")

    assert "4711" not in text
    assert "redacted" in text


def named(entries: list[Entry], name: str) -> list[Entry]:
    """Give the entries of a story that has another name."""

    def renamed(data: Any) -> Any:
        if isinstance(data, StoryResult):
            return replace(data, scenario=name, verdicts=tuple(map(renamed, data.verdicts)))
        if isinstance(data, RunResult):
            return replace(data, stories=tuple(map(renamed, data.stories)))
        return replace(data, scenario=name) if isinstance(data, Verdict) else data

    return [replace(entry, data=renamed(entry.data)) for entry in entries]
