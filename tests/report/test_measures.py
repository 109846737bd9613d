from __future__ import annotations

from dataclasses import replace

import pytest

from simulator.coverage import Coverage, Part, ProviderCoverage
from simulator.records import Audit, AuditFinding, Entry
from simulator.report.formats import FORMATS
from simulator.report.measures import audit_lines, coverage_lines
from tests.report.conftest import written


def shown(lines: object) -> list[str]:
    return ["".join(text for text, _ in spans) for spans in lines]  # type: ignore[attr-defined]


def finding(story: int, variant: str) -> AuditFinding:
    return AuditFinding(
        story=story,
        scenario=f"Story {story}",
        provider="p",
        variant=variant,
        step="ana: hi",
        place="f.yaml:3:4",
        wanted="nothing more",
        found="to ana: hi\x1b[31m",
        deliveries=("text e/1", "text e/2"),
    )


def audit(*findings: AuditFinding, stories: int = 2) -> list[str]:
    return shown(audit_lines(Audit(kind="idempotency", variants=("a", "b"), stories=stories, findings=findings)))


def test_each_gap_is_told_by_its_name() -> None:
    parts = (
        Part(name="operations", covered=("one",), missing=("two", "three")),
        Part(name="variants", covered=(), missing=()),
    )
    lines = shown(coverage_lines(Coverage(providers=(ProviderCoverage(provider="p", parts=parts),))))

    assert lines[:3] == ["coverage of p", "  operations       1 of 3", "    not exercised: two, three"]
    assert "33.3 %: 1 of 3 things exercised" in lines[3]


def test_first_finding_about_a_story_is_told_and_the_others_are_named() -> None:
    lines = audit(finding(1, "a"), finding(1, "b"), finding(2, "b"))

    assert [line for line in lines if "[not-idempotent]" in line] == [
        "✗ failed  Story 1 · p   with a   [not-idempotent]",
        "✗ failed  Story 2 · p   with b   [not-idempotent]",
    ]
    assert "  also with  b" in lines
    assert "  was sent   text e/1" in lines
    assert any("of 2 stories that passed, played again in 2 ways, 2 went otherwise" in line for line in lines)


def test_what_the_bot_said_is_made_harmless() -> None:
    assert not any("\x1b" in line for line in audit(finding(1, "a")))


def test_sound_bot_and_nothing_to_audit_are_told_apart() -> None:
    assert audit()[0].startswith("✓ passed  audit idempotency: 2 stories that passed")
    assert audit(stories=0)[0].startswith("- skipped  audit idempotency: no story passed")


def measured(passed: list[Entry]) -> list[Entry]:
    """Give a run with a gap in its coverage and a finding of its audit."""
    part = Part(name="operations", covered=("one",), missing=("two<b>",))
    coverage = Coverage(providers=(ProviderCoverage(provider="p", parts=(part,)),))
    found = Audit(kind="idempotency", variants=("a", "b"), stories=1, findings=(finding(1, "a"), finding(1, "b")))
    last = passed[-1]
    before = [replace(last, kind="CoverageCounted", data=coverage), replace(last, kind="AuditFinished", data=found)]
    return [*passed[:-1], *before, last]


@pytest.mark.parametrize("name", FORMATS)
def test_finding_of_the_audit_stands_in_every_format(name: str, passed: list[Entry]) -> None:
    text = written(name, measured(passed))

    assert "Story 1" in text
    assert "to ana: hi" in text


@pytest.mark.parametrize("name", ["json", "jsonl", "tap", "html"])
def test_gap_stands_by_its_name_where_there_is_a_place_for_it(name: str, passed: list[Entry]) -> None:
    text = written(name, measured(passed))

    assert "two<b>" in text or "two&lt;b&gt;" in text


def test_audit_without_findings_is_a_case_that_passes(passed: list[Entry]) -> None:
    none = replace(passed[-1], kind="AuditFinished", data=Audit(kind="x", variants=("a",), stories=3, findings=()))
    text = written("junit", [*passed[:-1], none, passed[-1]])

    assert 'failures="0"' in text
    assert "3 stories went the same in 1 ways" in text


def test_run_whose_audit_found_something_has_not_passed_on_the_page(passed: list[Entry]) -> None:
    assert "<title>failed: " in written("html", measured(passed))
