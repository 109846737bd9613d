"""What a run is measured by beside its verdicts, as a person reads it: its coverage and its audit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from simulator.coverage import Coverage, Part
from simulator.records import Audit, AuditFinding
from simulator.report.failure import Spans
from simulator.report.screen import Tone
from simulator.report.text import visible
from simulator.report.told import text_of

NOT_IDEMPOTENT = "not-idempotent"


def coverage_lines(coverage: Coverage) -> Iterator[Spans]:
    """Give a table of what was exercised of each provider, each gap by its name."""
    for each in coverage.providers:
        yield ((f"coverage of {each.provider}", "strong"),)
        for part in each.parts:
            if part.total:
                yield from _part_lines(part)
    share = f"{coverage.percent:.1f} %: {coverage.covered} of {coverage.total} things exercised"
    yield (("coverage  ", "strong"), (share, "plain"))
    yield ()


def audit_lines(audit: Audit) -> Iterator[Spans]:
    """Give what an audit found: for each story and what was imposed on it, the first thing that differs."""
    by_story = {story: [each for each in audit.findings if each.story == story] for story in _stories(audit)}
    for findings in by_story.values():
        yield from _finding_lines(findings[0], also=[each.variant for each in findings[1:]])
    stories = "1 story that passed" if audit.stories == 1 else f"{audit.stories} stories that passed"
    ways = f"{len(audit.variants)} ways"
    if audit.findings:
        said = f"audit {audit.kind}: of {stories}, played again in {ways}, {len(by_story)} went otherwise"
        yield (("✗ failed  ", "bad"), (said, "plain"))
    elif audit.stories:
        yield (
            ("✓ passed  ", "good"),
            (f"audit {audit.kind}: {stories}, played again in {ways}, went the same", "plain"),
        )
    else:
        yield (("- skipped  ", "odd"), (f"audit {audit.kind}: no story passed, so none was played again", "plain"))
    yield ()


def findings_of(audit: Audit) -> list[tuple[AuditFinding, str]]:
    """Give the first finding about each story that went otherwise, with all that is to be said of it."""
    by_story = {story: [each for each in audit.findings if each.story == story] for story in _stories(audit)}
    return [
        (findings[0], text_of(_finding_lines(findings[0], also=[each.variant for each in findings[1:]])))
        for findings in by_story.values()
    ]


def _part_lines(part: Part) -> Iterator[Spans]:
    tone: Tone = "plain" if part.missing else "good"
    counts = f"{len(part.covered)} of {part.total}"
    yield ((f"  {part.name:<12} ", "faint"), (f"{counts:>10}", tone))
    if part.missing:
        yield (("    not exercised: ", "faint"), (visible(", ".join(part.missing)), "plain"))


def _stories(audit: Audit) -> list[int]:
    return list(dict.fromkeys(finding.story for finding in audit.findings))


def _finding_lines(finding: AuditFinding, also: Sequence[str]) -> Iterator[Spans]:
    """Give the first finding about a story, and in what other ways it went otherwise too."""
    case = f" [{visible(finding.case)}]" if finding.case else ""
    yield (
        ("✗ failed  ", "bad"),
        (f"{visible(finding.scenario)}{case} · {finding.provider}", "strong"),
        (f"   with {finding.variant}   [{NOT_IDEMPOTENT}]", "plain"),
    )
    yield ((f"  {visible(finding.place)}", "strong"), (f"   {visible(finding.step)}", "plain"))
    yield (("  at first   ", "faint"), (visible(finding.wanted), "good"))
    yield (("  and then   ", "faint"), (visible(finding.found), "bad"))
    for index, delivery in enumerate(finding.deliveries):
        yield (("  was sent   " if index == 0 else "             ", "faint"), (visible(delivery), "plain"))
    if also:
        yield (("  also with  ", "faint"), (", ".join(also), "plain"))
    yield ()
