"""The run as one JSON document, for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from simulator import codec
from simulator.coverage import Coverage
from simulator.errors import Problem
from simulator.records import Entry, RunResult, StoryResult, Verdict
from simulator.report.formats import Making
from simulator.units import iso8601

FORMAT = 1
"""Counted up when a key changes its meaning; new keys do not count."""


class JsonReport:
    """Listens to a journal and keeps what the document needs, so that there is one however the run ends."""

    def __init__(self, making: Making) -> None:
        """Begin with nothing played."""
        self._making = making
        self._stories: list[StoryResult] = []
        self._measures: dict[str, Any] = {}
        """What the run was measured by beside its verdicts, where that was asked for."""
        self._verdicts: list[Verdict] = []
        """Those of a story that has not ended."""
        self._result: RunResult | None = None
        self._last_ms = 0.0

    def __call__(self, entry: Entry) -> None:
        """Take in what the entry tells."""
        self._last_ms = entry.real_ms
        if entry.kind == "VerdictReached":
            self._verdicts.append(entry.data)
        elif entry.kind == "StoryFinished":
            self._stories.append(entry.data)
            self._verdicts = []
        elif entry.kind == "RunFinished":
            self._result = entry.data
        elif entry.kind == "CoverageCounted":
            self._measures["coverage"] = coverage_row(entry.data)
        elif entry.kind == "AuditFinished":
            self._measures["audit"] = entry.data

    def document(self, *, error: str = "", exit_code: int = 0) -> dict[str, Any]:
        """Give the document as it stands; `error` says why the run ended before its time."""
        result = self._result or RunResult(
            stories=tuple(self._stories), versions=self._making.versions, duration_ms=self._last_ms, is_interrupted=True
        )
        verdicts = [verdict for story in result.stories for verdict in story.verdicts]
        if self._result is None:
            verdicts += self._verdicts
        seeds = {story.seed for story in result.stories}
        starts = [story.start_ms for story in result.stories]
        return {
            "format": FORMAT,
            "run": {
                "outcome": _outcome(verdicts, is_interrupted=result.is_interrupted),
                "exit_code": exit_code,
                "error": error,
                "is_interrupted": result.is_interrupted,
                "was_reached": result.was_reached,
                "resends": result.resends,
                "seed": seeds.pop() if len(seeds) == 1 else None,
                "start": iso8601(min(starts, default=self._making.start_ms)),
                "versions": dict(result.versions),
                "duration_ms": round(result.duration_ms, 3),
                "counts": {
                    "stories": _counts([story.outcome for story in result.stories]),
                    "verdicts": _counts([verdict.outcome for verdict in verdicts]),
                },
            },
            "stories": [story_row(story) for story in result.stories],
            "verdicts": [verdict_row(verdict) for verdict in verdicts],
            **self._measures,
        }

    def close(self, *, error: str = "", exit_code: int = 0, problems: Sequence[Problem] = ()) -> None:
        """Write the document, without secrets."""
        document = codec.to_json(self.document(error=error, exit_code=exit_code), self._making.secrets)
        self._making.write(json.dumps(document, ensure_ascii=True, allow_nan=False, indent=1) + "\n")


def coverage_row(coverage: Coverage) -> dict[str, Any]:
    """Give what programs read about what a suite exercised."""
    return {
        "percent": round(coverage.percent, 1),
        "covered": coverage.covered,
        "total": coverage.total,
        "providers": {
            each.provider: {part.name: {"covered": part.covered, "missing": part.missing} for part in each.parts}
            for each in coverage.providers
        },
    }


def _outcome(verdicts: Sequence[Verdict], *, is_interrupted: bool) -> str:
    found = {verdict.outcome for verdict in verdicts}
    worst = next((word for word in ("error", "failed") if word in found), "")
    return worst or ("interrupted" if is_interrupted else "passed" if "passed" in found else "skipped")


def _counts(outcomes: Sequence[str]) -> dict[str, int]:
    found = Counter(outcomes)
    return {word: found[word] for word in ("passed", "failed", "error", "skipped")}


def story_row(story: StoryResult) -> dict[str, Any]:
    """Give what programs read about a story."""
    return {
        "scenario": story.scenario,
        "provider": story.provider,
        "file": story.file,
        "line": story.line,
        "case": story.case,
        "seed": story.seed,
        "start": iso8601(story.start_ms),
        "outcome": story.outcome,
        "duration_ms": round(story.duration_ms, 3),
        "counts": _counts([verdict.outcome for verdict in story.verdicts]),
        "deliveries": story.deliveries,
        "attempts": story.attempts,
        "calls": story.calls,
        "replies": story.replies,
        "unclaimed": story.unclaimed,
    }


def verdict_row(verdict: Verdict) -> dict[str, Any]:
    """Give what programs read about a verdict."""
    return {
        "scenario": verdict.scenario,
        "provider": verdict.provider,
        "step": verdict.step,
        "at": verdict.at,
        "file": verdict.place.file,
        "line": verdict.place.line,
        "column": verdict.place.column,
        "outcome": verdict.outcome,
        "code": verdict.code,
        "expected": verdict.expected,
        "observed": verdict.observed,
        "mismatches": [{"path": each.path, "wanted": each.wanted, "found": each.found} for each in verdict.mismatches],
        "nearest": verdict.nearest,
        "duration_ms": round(verdict.duration_ms, 3),
        "hint": verdict.hint,
    }
