"""The run as one page for people: no file beside it, no network, and nothing in it runs but our own script."""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.coverage import Coverage
from simulator.errors import Problem
from simulator.records import Audit, Entry, RunResult, StoryResult
from simulator.report.conversation import TALK, Line, Mark
from simulator.report.exchanges import Exchange, Exchanges, rows_of
from simulator.report.failure import ToldStory
from simulator.report.formats import Making
from simulator.report.latency import Latency
from simulator.report.measures import findings_of
from simulator.report.text import shortened, visible
from simulator.report.told import failures_of, title_of
from simulator.report.transcript import Transcript
from simulator.units import iso8601, show_ms

if TYPE_CHECKING:
    from jinja2 import Environment

PAGE = Path(__file__).parent / "page"
LONGEST_LINE = 2_000
MOST_LINES = 400
"""So many lines of a conversation stand in the page; of a longer one the end."""


class HtmlReport:
    """Listens to a journal and keeps each story as the piece of the page that it becomes."""

    def __init__(self, making: Making) -> None:
        """Begin with no story."""
        self._making = making
        self._hide = making.secrets.hide
        self._transcript = Transcript(hide=self._hide, reproduce=making.reproduce)
        self._lines: list[dict[str, Any]] = []
        self._exchanges = Exchanges(0.0, hide=self._hide)
        self._began_ms = 0.0
        self._stories: list[str] = []
        self._counts: Counter[str] = Counter()
        self._steps: Counter[str] = Counter()
        self._providers: dict[str, None] = {}
        self._answers, self._replies = Latency(), Latency()
        self._slowest: list[tuple[float, str, str]] = []
        self._coverage: Coverage | None = None
        self._audit: Audit | None = None
        self._result: RunResult | None = None
        self._last_ms = 0.0

    def __call__(self, entry: Entry) -> None:
        """Take in what the entry tells."""
        self._last_ms = entry.real_ms
        if entry.kind == "StoryStarted":
            self._lines, self._began_ms = [], entry.real_ms
            self._exchanges = Exchanges(entry.real_ms, hide=self._hide)
        for told in self._transcript.take(entry):
            self._tell(told)
        self._exchanges.take(entry)
        if entry.kind == "AttemptFinished":
            self._answers.add(entry.data["attempt"].duration_ms)
            self._counts["attempts"] += 1
        elif entry.kind == "CallAnswered":
            self._counts["calls"] += 1
        elif entry.kind == "VerdictReached" and entry.data.outcome == "passed" and entry.data.at.endswith("bot"):
            self._replies.add(entry.data.duration_ms)
        elif entry.kind == "StoryFinished":
            self._end(self._transcript.told(entry.data))
        elif entry.kind == "CoverageCounted":
            self._coverage = entry.data
        elif entry.kind == "AuditFinished":
            self._audit = entry.data
        elif entry.kind == "RunFinished":
            self._result = entry.data

    def close(self, *, error: str = "", exit_code: int = 0, problems: Sequence[Problem] = ()) -> None:
        """Write the page."""
        files = _files()
        result = self._result
        self._making.write(
            _templates()
            .get_template("page.html.j2")
            .render(
                css=files["page.css"],
                js=files["page.js"],
                policy=_policy(files["page.css"], files["page.js"]),
                outcome=self._outcome(error),
                error=self._hide(visible(error)),
                counts=self._counts,
                steps=self._steps,
                providers=list(self._providers),
                stories=self._stories,
                coverage=self._coverage,
                audit=self._audit,
                findings=[self._hide(text).strip() for _, text in findings_of(self._audit)] if self._audit else [],
                plots=[("Answers to deliveries", self._answers), ("Replies", self._replies)],
                slowest=sorted(self._slowest, reverse=True),
                start=iso8601(self._making.start_ms),
                took=show_ms(result.duration_ms if result is not None else self._last_ms),
                versions=dict(result.versions if result is not None else self._making.versions),
            )
        )

    def _outcome(self, error: str) -> str:
        if self._result is None or self._result.is_interrupted or error:
            return "interrupted"
        if self._audit is not None and self._audit.findings:
            return "failed"
        return next((word for word in ("error", "failed", "passed") if self._counts[word]), "skipped")

    def _tell(self, told: Line | Mark) -> None:
        if isinstance(told, Mark):
            if self._lines:
                self._lines[-1]["mark"] = shortened(told.text, LONGEST_LINE)
        elif told.level == TALK:
            side = "" if not told.speaker else "bot" if told.speaker == "bot" else "actor"
            text = shortened(told.text, LONGEST_LINE)
            line = {"speaker": told.speaker, "side": side, "text": text, "tone": told.tone}
            self._lines.append({**line, "mark": "", "at_ms": round(self._last_ms - self._began_ms, 1)})

    def _end(self, story: ToldStory) -> None:
        result = story.result
        exchanges = sorted(self._exchanges.kept, key=lambda each: each.begun_ms)
        self._counts[result.outcome] += 1
        self._counts["stories"] += 1
        self._counts["deliveries"] += result.deliveries
        self._counts["replies"] += result.replies
        self._steps.update(verdict.outcome for verdict in result.verdicts)
        self._providers[result.provider] = None
        number, title = len(self._stories) + 1, title_of(result)
        self._slowest = sorted([*self._slowest, (result.duration_ms, title, f"story-{number}")])[-5:]
        self._stories.append(
            _templates()
            .get_template("story.html.j2")
            .render(
                number=number,
                title=title,
                result=result,
                place=f"{visible(result.file)}:{result.line}",
                start=iso8601(result.start_ms),
                took=show_ms(result.duration_ms),
                steps=_in_words(result),
                failures=failures_of(story, has_talk=False) if story.failures else "",
                lines=self._lines[-MOST_LINES:],
                left_out=max(len(self._lines) - MOST_LINES, 0),
                timeline=_timeline(exchanges),
                exchanges=len(exchanges),
                exchanges_left_out=self._exchanges.left_out,
                packed=_packed(rows_of(exchanges)),
                output=[visible(line) for line in story.output],
            )
        )


def _in_words(result: StoryResult) -> str:
    found = Counter(verdict.outcome for verdict in result.verdicts)
    return ", ".join(f"{found[word]} {word}" for word in ("passed", "failed", "error", "skipped") if found[word])


def _packed(rows: Any) -> str:
    """Give the rows as the script unpacks them: JSON, deflated, in base64; what nobody opens costs little."""
    content = json.dumps(rows, ensure_ascii=True, separators=(",", ":")).encode("ascii")
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return base64.b64encode(packer.compress(content) + packer.flush()).decode("ascii")


def _timeline(exchanges: list[Exchange]) -> dict[str, Any]:
    """Give the lanes of the timeline as paths of an SVG 1000 units wide: deliveries, failed ones, calls."""
    whole_ms = max((each.begun_ms + each.took_ms for each in exchanges), default=0.0) or 1.0
    lanes: dict[str, list[str]] = {"delivery good": [], "delivery bad": [], "call good": [], "call bad": []}
    for each in exchanges:
        x, width = 1000 * each.begun_ms / whole_ms, max(1000 * each.took_ms / whole_ms, 2.0)
        y = 8 if each.direction == "delivery" else 24
        lanes[f"{each.direction} {'good' if each.is_good else 'bad'}"].append(f"M{x:.0f} {y}h{width:.0f}")
    return {"took": show_ms(whole_ms), "lanes": {name: "".join(parts) for name, parts in lanes.items() if parts}}


def _policy(*pieces: str) -> str:
    """Give the page's Content-Security-Policy: only these very pieces of style and script."""
    css, js = (base64.b64encode(hashlib.sha256(piece.encode("utf-8")).digest()).decode("ascii") for piece in pieces)
    return (
        f"default-src 'none'; style-src 'sha256-{css}'; script-src 'sha256-{js}'; base-uri 'none'; form-action 'none'"
    )


@functools.cache
def _files() -> dict[str, str]:
    return {name: (PAGE / name).read_text("utf-8") for name in ("page.css", "page.js")}


@functools.cache
def _templates() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(PAGE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters["ms"] = show_ms
    return made
