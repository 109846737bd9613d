from __future__ import annotations

from pathlib import Path

import pytest

from simulator.records import Entry
from tests.report.conftest import FILE, written


def test_failure_is_annotated_at_its_place(failed: list[Entry]) -> None:
    (line,) = written("github", failed).splitlines()

    assert line.startswith(f"::error file={FILE},line=10,col=5,title=A late order (shop)::bot: Order BR-1")


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
    assert f"| ❌ | A late order (shop) | `{FILE}:1` |" in text
    assert "Order BR-1 is lost." in text


def test_line_end_in_a_message_cannot_begin_a_command(passed: list[Entry]) -> None:
    text = written("github", passed, error="one\n::set-output name=x::y")

    assert text == "::error title=simulator::one%0A::set-output name=x::y\n"
