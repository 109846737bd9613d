from __future__ import annotations

import json
from typing import Any

import pytest

from simulator.codec import Redactor
from simulator.coverage import Coverage, Part, ProviderCoverage
from simulator.records import Audit, Entry
from simulator.report.formats import Making
from simulator.report.json import JsonReport
from tests.report.conftest import GOLDEN, START_MS, VERSIONS

KEYS = {
    *("scenario", "provider", "step", "at", "file", "line", "column", "outcome", "code", "expected", "observed"),
    *("mismatches", "nearest", "duration_ms", "hint"),
}


def report(entries: list[Entry], *secrets: str) -> tuple[JsonReport, list[str]]:
    written: list[str] = []
    making = Making(write=written.append, secrets=Redactor(secrets), versions=VERSIONS, start_ms=START_MS)
    found = JsonReport(making)
    for entry in entries:
        found(entry)
    return found, written


def text_of(entries: list[Entry], *secrets: str, **ending: Any) -> str:
    found, written = report(entries, *secrets)
    found.close(**ending)
    return "".join(written)


def test_failed_run_is_the_golden_document(failed: list[Entry]) -> None:
    text = text_of(failed, exit_code=1)

    assert text == (GOLDEN / "run.json").read_text("ascii")


def test_every_verdict_has_every_key(failed: list[Entry]) -> None:
    document = report(failed)[0].document()

    assert len(document["verdicts"]) == 5
    assert all(set(each) == KEYS for each in document["verdicts"])


@pytest.mark.parametrize("count", range(31))
def test_run_that_is_broken_off_gives_a_document_with_all_verdicts_so_far(failed: list[Entry], count: int) -> None:
    entries = failed[:count]
    reached = [each for each in entries if each.kind == "VerdictReached"]

    document = json.loads(text_of(entries, error="broken off", exit_code=3))

    assert [each["step"] for each in document["verdicts"]] == [each.data.step for each in reached]
    assert document["run"]["error"] == "broken off"
    assert document["run"]["exit_code"] == 3


def test_interrupted_run_without_failures_did_not_pass(passed: list[Entry]) -> None:
    document = report(passed[:-1])[0].document()

    assert document["run"]["outcome"] == "interrupted"
    assert document["run"]["is_interrupted"] is True


def test_secret_is_hidden(failed: list[Entry]) -> None:
    assert "BR-1" not in text_of(failed, "Order BR-1")


def test_counts_are_those_of_the_verdicts(failed: list[Entry]) -> None:
    counts: dict[str, Any] = report(failed)[0].document()["run"]["counts"]

    assert counts["stories"] == {"passed": 0, "failed": 1, "error": 0, "skipped": 0}
    assert counts["verdicts"] == {"passed": 3, "failed": 1, "error": 0, "skipped": 1}


def test_coverage_and_audit_stand_in_the_document_where_they_were_asked_for() -> None:
    part = Part(name="operations", covered=("one",), missing=("two",))
    coverage = Coverage(providers=(ProviderCoverage(provider="shop", parts=(part,)),))
    audit = Audit(kind="idempotency", variants=("copies together",), stories=1, findings=())
    entries = [
        Entry(seq=1, kind="CoverageCounted", at_ms=0, real_ms=0.0, scenario="", data=coverage),
        Entry(seq=2, kind="AuditFinished", at_ms=0, real_ms=0.0, scenario="", data=audit),
    ]

    document = json.loads(text_of(entries))

    assert document["coverage"]["percent"] == 50.0
    assert document["coverage"]["providers"]["shop"]["operations"] == {"covered": ["one"], "missing": ["two"]}
    assert document["audit"] == {
        "kind": "idempotency",
        "variants": ["copies together"],
        "stories": 1,
        "findings": [],
    }
    assert "coverage" not in json.loads(text_of([]))
