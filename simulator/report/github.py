"""The run as GitHub Actions shows it: an annotation at the line of each failure, and the summary of the job."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from simulator.errors import Problem
from simulator.records import AuditFinding, Entry, Place, RunResult, Verdict
from simulator.report.failure import ToldStory
from simulator.report.formats import Making
from simulator.report.measures import audit_lines, coverage_lines, findings_of
from simulator.report.text import shortened, visible
from simulator.report.told import failures_of, headline_of, text_of, title_of
from simulator.report.transcript import Transcript
from simulator.units import iso8601, show_ms

MOST_ANNOTATIONS = 50
"""So many the service keeps of one job, and shows the first ten of a step; all failures stand in the summary."""

MOST_FAILURES = 50
"""So many failed stories stand whole in the summary, which may have 1 MiB."""

LONGEST_FAILURE = 15_000


class GithubReport:
    """Listens to a journal; what it writes are commands to the service."""

    def __init__(self, making: Making) -> None:
        """
        Begin with no story.

        Raises:
            OSError: the job's summary cannot be written.
        """
        self._making = making
        self._summary_path = making.environment.get("GITHUB_STEP_SUMMARY")
        if self._summary_path:
            Path(self._summary_path).open("a", encoding="utf-8").close()
        self._hide = making.secrets.hide
        self._transcript = Transcript(hide=self._hide, reproduce=making.reproduce)
        self._case = ""
        """The row of the story that is being played."""
        self._annotated = 0
        self._rows: list[str] = []
        self._failed: list[ToldStory] = []
        self._outcomes: Counter[str] = Counter()
        self._measures: list[tuple[str, str]] = []
        self._result: RunResult | None = None

    def __call__(self, entry: Entry) -> None:
        """Annotate each failure, and keep what the summary needs."""
        for _ in self._transcript.take(entry):
            pass
        if entry.kind == "StoryStarted":
            self._case = entry.data.get("case") or ""
        elif entry.kind == "VerdictReached" and entry.data.outcome in ("failed", "error"):
            self._annotate(entry.data)
        elif entry.kind == "StoryFinished":
            self._end(self._transcript.told(entry.data))
        elif entry.kind == "CoverageCounted":
            self._measures.append(("Coverage", text_of(coverage_lines(entry.data))))
        elif entry.kind == "AuditFinished":
            self._measures.append((f"Audit {entry.data.kind}", text_of(audit_lines(entry.data))))
            for finding, _ in findings_of(entry.data):
                self._say_finding(finding)
        elif entry.kind == "RunFinished":
            self._result = entry.data

    def close(self, *, error: str = "", exit_code: int = 0, problems: Sequence[Problem] = ()) -> None:
        """
        Write why the run ended before its time, where that stands, and add to the job's summary if there is one.

        Raises:
            OSError: the summary cannot be written.
        """
        placed = [(_place(each.where), str(each)) for each in problems] or ([(None, error)] if error else [])
        for place, text in placed:
            if place is not None:
                self._say(place, "simulator", text)
            else:
                self._making.write(f"::error title=simulator::{_message(self._hide(text))}\n")
        if self._summary_path:
            self._add_summary(Path(self._summary_path), error)

    def _add_summary(self, path: Path, error: str) -> None:
        try:
            with path.open("a", encoding="utf-8", newline="\n") as summary:
                summary.write("\n".join(self._summary(error)) + "\n")
        except OSError as caught:
            # That of a full disk does not say which file it was.
            caught.filename = str(path)
            raise

    def _annotate(self, verdict: Verdict) -> None:
        self._say(verdict.place, _title(verdict.scenario, self._case, verdict.provider), headline_of(verdict))

    def _say_finding(self, finding: AuditFinding) -> None:
        file, line, column = finding.place.rsplit(":", 2)
        said = f"with {finding.variant} the bot says {finding.found}, at first {finding.wanted}"
        title = _title(finding.scenario, finding.case, finding.provider)
        self._say(Place(file, int(line), int(column)), title, visible(said))

    def _say(self, place: Place, title: str, message: str) -> None:
        self._annotated += 1
        if self._annotated > MOST_ANNOTATIONS:
            return
        where = {"file": self._from_root(place.file), "line": place.line, "col": place.column, "title": title}
        properties = ",".join(f"{name}={_property(visible(self._hide(str(value))))}" for name, value in where.items())
        self._making.write(f"::error {properties}::{_message(self._hide(message))}\n")

    def _end(self, story: ToldStory) -> None:
        result = story.result
        self._outcomes[result.outcome] += 1
        place = f"<code>{_cell(result.file)}:{result.line}</code>"
        took = show_ms(result.duration_ms)
        self._rows.append(f"| {_ICONS[result.outcome]} | {_cell(title_of(result))} | {place} | {took} |")
        if story.failures and len(self._failed) < MOST_FAILURES:
            self._failed.append(story)

    def _summary(self, error: str) -> Iterator[str]:
        counts = ", ".join(f"{count} {word}" for word, count in self._outcomes.items()) or "no story was played"
        took = f" in {show_ms(self._result.duration_ms)}" if self._result is not None else ""
        yield f"## Webhook simulator: {counts}{took}"
        yield ""
        if error or self._result is None or self._result.is_interrupted:
            yield f"**The run did not come to its end:** {_cell(self._hide(error) or 'interrupted')}"
            yield ""
        yield "| | story | where | time |"
        yield "|---|---|---|---:|"
        yield from self._rows
        for story in self._failed:
            yield ""
            yield f"<details><summary>{_cell(title_of(story.result))}</summary>"
            yield ""
            yield from _fenced(shortened(failures_of(story), LONGEST_FAILURE))
            yield ""
            yield f"seed {story.result.seed}, start {iso8601(story.result.start_ms)}"
            yield "</details>"
        for title, text in self._measures:
            yield ""
            yield f"### {title}"
            yield ""
            yield from _fenced(shortened(self._hide(text).strip(), LONGEST_FAILURE))

    def _from_root(self, file: str) -> str:
        """Give a file's path from the root of the repository, where the service looks for it."""
        root = self._making.environment.get("GITHUB_WORKSPACE")
        if not root:
            return file
        path = os.path.relpath(Path(file).absolute(), root)
        return file if path.startswith("..") else Path(path).as_posix()


_MARKUP = re.compile(r"[\\`*_\[\]!#~@|<>&]")
"""What would mean something in Markdown; as a number of HTML it means itself there, and in HTML too."""

_PLACE = re.compile(r"(?P<file>.+?)(?:(?<=\.toml):(?P<only>\d+)|:(?P<line>\d+):(?P<column>\d+))")
"""A line alone is a place in a project file; elsewhere it might be the port of an address."""

_ICONS = {"passed": "✅", "failed": "❌", "error": "❗", "skipped": "⏭️"}


def _title(scenario: str, case: str, provider: str) -> str:
    row = f" [{case}]" if case else ""
    return f"{scenario}{row} ({provider})"


def _cell(text: str) -> str:
    """Give the text as a cell of a Markdown table: no markup, no HTML, one line."""
    return _MARKUP.sub(lambda found: f"&#{ord(found[0])};", " ".join(visible(text).split()))


def _place(where: str) -> Place | None:
    """Give the place of a problem that lies in a file; None where it is an option, or nothing."""
    found = _PLACE.fullmatch(where)
    if found is None:
        return None
    return Place(found["file"], int(found["line"] or found["only"]), int(found["column"] or 1))


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")


def _fenced(text: str) -> Iterator[str]:
    """Give the text as a block of code that it cannot end itself."""
    fence = "```"
    while fence in text:
        fence += "`"
    yield fence
    yield from text.split("\n")
    yield fence
