from __future__ import annotations

import json
from typing import Any

import pytest

from simulator.codec import Redactor
from simulator.records import Entry
from simulator.report.json import JsonReport
from tests.report.conftest import GOLDEN, START_MS, VERSIONS

KEYS = {
    *("scenario", "provider", "step", "at", "file", "line", "column", "outcome", "code", "expected", "observed"),
    *("mismatches", "nearest", "duration_ms", "hint"),
}


def report(entries: list[Entry]) -> JsonReport:
    found = JsonReport(VERSIONS, START_MS)
    for entry in entries:
        found(entry)
    return found


def test_failed_run_is_the_golden_document(failed: list[Entry]) -> None:
    text = report(failed).text(Redactor([]), exit_code=1)

    assert text == (GOLDEN / "run.json").read_text("ascii")


def test_every_verdict_has_every_key(failed: list[Entry]) -> None:
    document = report(failed).document()

    assert len(document["verdicts"]) == 5
    assert all(set(each) == KEYS for each in document["verdicts"])


@pytest.mark.parametrize("count", range(31))
def test_run_that_is_broken_off_gives_a_document_with_all_verdicts_so_far(failed: list[Entry], count: int) -> None:
    entries = failed[:count]
    reached = [each for each in entries if each.kind == "VerdictReached"]

    document = json.loads(report(entries).text(Redactor([]), error="broken off", exit_code=3))

    assert [each["step"] for each in document["verdicts"]] == [each.data.step for each in reached]
    assert document["run"]["error"] == "broken off"
    assert document["run"]["exit_code"] == 3


def test_interrupted_run_without_failures_did_not_pass(passed: list[Entry]) -> None:
    document = report(passed[:-1]).document()

    assert document["run"]["outcome"] == "interrupted"
    assert document["run"]["is_interrupted"] is True


def test_secret_is_hidden(failed: list[Entry]) -> None:
    assert "BR-1" not in report(failed).text(Redactor(["Order BR-1"]))


def test_counts_are_those_of_the_verdicts(failed: list[Entry]) -> None:
    counts: dict[str, Any] = report(failed).document()["run"]["counts"]

    assert counts["stories"] == {"passed": 0, "failed": 1, "error": 0, "skipped": 0}
    assert counts["verdicts"] == {"passed": 3, "failed": 1, "error": 0, "skipped": 1}
