"""The run as JSON Lines: a line for each verdict and each story as they come, and one for the run at the end."""

from __future__ import annotations

from collections.abc import Sequence

from simulator import codec
from simulator.errors import Problem
from simulator.records import Entry
from simulator.report.formats import Making
from simulator.report.json import coverage_row, story_row, verdict_row


class LineReport:
    """Listens to a journal and writes at once; nothing is kept."""

    def __init__(self, making: Making) -> None:
        """Begin with nothing written."""
        self._making = making
        self._duration_ms = 0.0
        self._is_interrupted = True

    def __call__(self, entry: Entry) -> None:
        """Write the line of a verdict, or of a story that has ended."""
        self._duration_ms = entry.real_ms
        if entry.kind == "VerdictReached":
            self._write({"kind": "verdict", **verdict_row(entry.data)})
        elif entry.kind == "StoryFinished":
            self._write({"kind": "story", **story_row(entry.data)})
        elif entry.kind == "CoverageCounted":
            self._write({"kind": "coverage", **coverage_row(entry.data)})
        elif entry.kind == "AuditFinished":
            self._write({"kind": "audit", "audit": entry.data})
        elif entry.kind == "RunFinished":
            self._is_interrupted, self._duration_ms = entry.data.is_interrupted, entry.data.duration_ms

    def close(self, *, error: str = "", exit_code: int = 0, problems: Sequence[Problem] = ()) -> None:
        """Write the line of the run."""
        ended = {"exit_code": exit_code, "error": error, "is_interrupted": self._is_interrupted}
        took = {"duration_ms": round(self._duration_ms, 3), "versions": dict(self._making.versions)}
        self._write({"kind": "run", **ended, **took})

    def _write(self, row: dict[str, object]) -> None:
        self._making.write(codec.dumps(row, self._making.secrets) + "\n")
