from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from simulator.cli.failures import Failures
from simulator.records import Place, RunResult, StoryResult, Verdict
from simulator.scenario.model import Case, Scenario

PLACE = Place("s.yaml", 1, 1)


def result(*stories: tuple[str, str, str, str]) -> RunResult:
    """Give a run of stories: file, provider, case, outcome."""
    return RunResult(
        stories=tuple(
            StoryResult(
                scenario="s",
                file=file,
                case=case,
                provider=provider,
                seed=1,
                start_ms=0,
                verdicts=(Verdict(scenario="s", provider=provider, step="x", at="x", place=PLACE, outcome=outcome),),  # type: ignore[arg-type]
                duration_ms=1.0,
            )
            for file, provider, case, outcome in stories
        ),
        versions={},
        duration_ms=1.0,
    )


def scenario(file: str, *cases: str, **more: Any) -> Scenario:
    rows = tuple(Case(name=name, values={}, place=PLACE) for name in cases)
    return Scenario(
        **{
            "name": "s",
            "file": file,
            "folder": "/",
            "providers": ("one", "two"),
            "seed": 1,
            "steps": (),
            "place": PLACE,
        }
        | {"cases": rows}
        | more
    )


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_what_failed_is_found_again(here: Path) -> None:
    kept = Failures(here)
    trouble = kept.keep(result(("a.yaml", "one", "", "failed"), ("b.yaml", "one", "", "passed")))

    assert trouble == ""
    assert [(each.file, each.providers) for each in kept.among([scenario("a.yaml"), scenario("b.yaml")])] == [
        ("a.yaml", ("one",))
    ]


def test_only_the_rows_that_failed_are_left(here: Path) -> None:
    kept = Failures(here)
    kept.keep(result(("a.yaml", "two", "x: 2", "error"), ("a.yaml", "two", "x: 1", "passed")))
    [found] = kept.among([scenario("a.yaml", "x: 1", "x: 2")])

    assert (found.providers, [case.name for case in found.cases]) == (("two",), ["x: 2"])


def test_what_passes_later_is_forgotten_and_the_rest_is_kept(here: Path) -> None:
    kept = Failures(here)
    kept.keep(result(("a.yaml", "one", "", "failed"), ("b.yaml", "one", "", "failed")))
    kept.keep(result(("a.yaml", "one", "", "passed")))

    assert json.loads(kept.file.read_text("utf-8"))["failed"] == [["b.yaml", "one", ""]]


def test_nothing_is_written_where_nothing_failed(here: Path) -> None:
    Failures(here).keep(result(("a.yaml", "one", "", "passed")))

    assert list(here.iterdir()) == []


def test_files_are_named_as_seen_from_the_project(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "inner").mkdir()
    Failures(here).keep(result(("inner/a.yaml", "one", "", "failed")))
    monkeypatch.chdir(here / "inner")

    assert [each.file for each in Failures(here).among([scenario("a.yaml")])] == ["a.yaml"]


def test_what_cannot_be_kept_is_told(here: Path) -> None:
    (here / ".simulator").write_text("in the way", "utf-8")

    assert Failures(here).keep(result(("a.yaml", "one", "", "failed"))) != ""


@pytest.mark.parametrize("text", ["garbage", "[]", '{"failed": [["one"]]}', "[" * 100_000, "\udcff"])
def test_file_that_no_run_wrote_holds_nothing_and_is_told(here: Path, text: str) -> None:
    failures = Failures(here)
    failures.file.parent.mkdir()
    failures.file.write_bytes(text.encode("utf-8", "surrogateescape"))

    assert failures.among([scenario("s.yaml")]) == []
    assert failures.trouble == "it is not what a run wrote"


def test_no_file_is_no_trouble(here: Path) -> None:
    failures = Failures(here)

    assert failures.among([scenario("s.yaml")]) == []
    assert failures.trouble == ""
