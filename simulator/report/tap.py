"""The run in the Test Anything Protocol, version 14: a test point for each story, as they end."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from simulator.errors import Problem
from simulator.records import Entry, Verdict
from simulator.report.failure import Spans, ToldStory
from simulator.report.formats import Making
from simulator.report.measures import coverage_lines, findings_of
from simulator.report.text import visible
from simulator.report.told import failures_of, headline_of, text_of, title_of, worst_of
from simulator.report.transcript import Transcript


class TapReport:
    """Listens to a journal and writes a test point when a story ends."""

    def __init__(self, making: Making) -> None:
        """Write the version."""
        self._making = making
        self._hide = making.secrets.hide
        self._transcript = Transcript(hide=self._hide, reproduce=making.reproduce)
        self._count = 0
        self._is_interrupted = True
        making.write("TAP version 14\n")

    def __call__(self, entry: Entry) -> None:
        """Take in what the entry tells."""
        for _ in self._transcript.take(entry):
            pass
        if entry.kind == "StoryFinished":
            self._count += 1
            for line in self._point(self._transcript.told(entry.data)):
                self._making.write(line + "\n")
        elif entry.kind == "CoverageCounted":
            self._comment(coverage_lines(entry.data))
        elif entry.kind == "AuditFinished":
            for finding, text in findings_of(entry.data):
                self._count += 1
                name = _described(self._hide(visible(f"{entry.data.kind} of {finding.scenario} ({finding.provider})")))
                self._making.write(f"not ok {self._count} - {name}\n")
                self._comment([((text, "plain"),)])
        elif entry.kind == "RunFinished":
            self._is_interrupted = entry.data.is_interrupted

    def close(self, *, error: str = "", exit_code: int = 0, problems: Sequence[Problem] = ()) -> None:
        """Write how many points there are, or that the run did not come to its end."""
        if error or self._is_interrupted:
            why = (error or "interrupted").partition("\n")[0]
            self._making.write(f"Bail out! {visible(self._hide(why))}\n")
        else:
            self._making.write(f"1..{self._count}\n")

    def _comment(self, lines: Iterable[Spans]) -> None:
        text = self._hide(text_of(lines)).strip()
        self._making.write("".join(f"# {line}\n" for line in text.split("\n")))

    def _point(self, story: ToldStory) -> Iterator[str]:
        result, worst = story.result, worst_of(story)
        word = "not ok" if worst is not None else "ok"
        name = _described(visible(f"{result.file}: {title_of(result)}"))
        skip = " # SKIP" if result.outcome == "skipped" else ""
        yield f"{word} {self._count} - {name}{skip}"
        yield "  ---"
        yield f"  duration_ms: {result.duration_ms:.3f}"
        yield f"  seed: {result.seed}"
        if worst is not None:
            yield from self._diagnostics(story, worst)
        yield "  ..."

    def _diagnostics(self, story: ToldStory, worst: Verdict) -> Iterator[str]:
        """Give what is known of a failure, as YAML; its texts are JSON, which is YAML too."""
        yield f"  message: {json.dumps(headline_of(worst))}"
        yield f"  severity: {'fail' if worst.outcome == 'failed' else 'error'}"
        yield f"  code: {json.dumps(worst.code)}"
        yield "  at:"
        yield f"    file: {json.dumps(worst.place.file)}"
        yield f"    line: {worst.place.line}"
        yield f"    column: {worst.place.column}"
        yield "  transcript: |"
        yield from (f"    {line}" for line in failures_of(story).split("\n"))


def _described(text: str) -> str:
    """Give the text as a description: a `#` would begin a directive."""
    return text.replace("\\", "\\\\").replace("#", "\\#")
