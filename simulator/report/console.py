"""The run as it happens, for people: the conversation, then each failure with all that led to it, then one line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from simulator.records import Entry, RunResult, StoryResult, Verdict
from simulator.report.conversation import TALK, TONES, WORDS, Line, Mark
from simulator.report.failure import Spans, ToldStory, counted, hidden, said_line, story_lines
from simulator.report.folding import folded
from simulator.report.measures import audit_lines, coverage_lines
from simulator.report.screen import Screen, Span
from simulator.report.text import shortened, visible
from simulator.report.transcript import Transcript
from simulator.units import iso8601, show_ms

QUIET = -1
"""Only failures, and the last line."""

MEASURES: Mapping[str, Callable[[Any], Iterator[Spans]]] = {
    "CoverageCounted": coverage_lines,
    "AuditFinished": audit_lines,
}

MOST_SEEDS = 3
"""Where there are more, each story has that of its file, which stands at its beginning and under a failure."""

INTERRUPTED = "interrupted"
"""What a skipped step observed where the run ended before it."""


class Console:
    """Listens to a journal and shows what happens."""

    def __init__(
        self,
        screen: Screen,
        *,
        verbosity: int = TALK,
        hide: Callable[[str], str] = lambda text: text,
        reproduce: Callable[[StoryResult], str] = lambda result: "",
    ) -> None:
        """
        Show on `screen`; `hide` takes secrets out of a text.

        `verbosity` is -1 for failures alone, 1 for what is sent and received, 2 for bodies too. `reproduce` gives the
        command that plays one story again.
        """
        self._screen = screen
        self._verbosity = verbosity
        self._hide = hide
        self._transcript = Transcript(hide=hide, reproduce=reproduce, most=max(verbosity, TALK))
        self._failed: list[ToldStory] = []
        self._slowest: dict[str, tuple[float, str]] = {}
        self._findings = 0
        """How much an audit found."""
        self._ended: set[int] = set()
        self._late = 0
        """The story that has ended and of which something was told last all the same."""

    def __call__(self, entry: Entry) -> None:
        """Show what the entry tells."""
        if entry.kind == "StoryStarted":
            self._begin(entry)
        elif entry.kind == "AttemptFinished" and entry.data["attempt"].ack is not None:
            self._note_slowest("answer", entry.data["attempt"].duration_ms, entry.data["type"])
        for told in self._transcript.take(entry):
            if entry.story in self._ended:
                self._tell_whose(entry, told)
            self._tell(told)
        if entry.kind == "VerdictReached":
            self._note_reply(entry.data)
        elif entry.kind == "StoryFinished":
            self._end(entry.data)
            self._ended |= {entry.story} - {0}
        elif entry.kind in MEASURES:
            self._findings += len(entry.data.findings) if entry.kind == "AuditFinished" else 0
            for spans in MEASURES[entry.kind](entry.data):
                self._show(*spans)
        elif entry.kind == "RunFinished":
            self._sum_up(entry.data)

    # --- the talk ----------------------------------------------------------------------------------------------------

    def _begin(self, entry: Entry) -> None:
        name, provider, seed = visible(entry.data["scenario"]), entry.data["provider"], entry.data["seed"]
        if self._verbosity > QUIET:
            case = f" [{visible(entry.data['case'])}]" if entry.data.get("case") else ""
            setting = f" · {provider} · seed {seed} · start {iso8601(entry.at_ms)}"
            self._show((name + case, "strong"), (setting, "faint"))

    def _tell(self, told: Line | Mark) -> None:
        if isinstance(told, Mark):
            if self._verbosity > QUIET:
                whole = said_line(Line(text=told.alone, tone=told.tone), self._transcript.names)
                self._screen.finish((told.text, told.tone), alone=hidden(whole, self._hide))
        elif told.level <= self._verbosity:
            spans = said_line(told, self._transcript.names)
            if told.speaker:
                self._screen.begin(*hidden(spans, self._hide))
            else:
                self._show(*spans)

    def _tell_whose(self, entry: Entry, told: Line | Mark) -> None:
        """Say to which story something belongs that came after its end, as what a bot does long after it was asked."""
        if isinstance(told, Line) and told.level <= self._verbosity and entry.story != self._late:
            self._late = entry.story
            self._show((visible(entry.scenario), "strong"), (f" · {entry.provider} · after its end", "faint"))

    def _end(self, result: StoryResult) -> None:
        told = self._transcript.told(result)
        if told.failures:
            self._failed.append(told)
        if self._verbosity > QUIET:
            steps = counted([(count, word) for word, count in _outcomes(result).items()]) or "nothing was judged"
            replies = "1 reply" if result.unclaimed == 1 else f"{result.unclaimed} replies"
            more = f"; {replies} that no step asked for" if result.unclaimed else ""
            is_cut = any(verdict.observed == INTERRUPTED for verdict in result.verdicts if verdict.outcome == "skipped")
            mark = _mark(result.outcome, is_interrupted=is_cut)
            self._show(mark, (f"  {steps} in {show_ms(result.duration_ms)}{more}", "plain"))
            self._show()

    # --- the end -----------------------------------------------------------------------------------------------------

    def _sum_up(self, result: RunResult) -> None:
        for story in self._failed:
            for spans in story_lines(story):
                for each in folded(hidden(spans, self._hide), self._screen.columns):
                    self._screen.line(*each)
        if self._slowest and self._verbosity > QUIET:
            said = [f"{what} {show_ms(took_ms)} ({where})" for what, (took_ms, where) in self._slowest.items()]
            self._show((f"slowest: {', '.join(said)}", "faint"))
        self._show(*last_line(result, findings=self._findings))

    def _note_reply(self, verdict: Verdict) -> None:
        if verdict.outcome == "passed" and verdict.at.endswith("bot"):
            self._note_slowest("reply", verdict.duration_ms, str(verdict.place))

    def _note_slowest(self, what: str, took_ms: float, where: str) -> None:
        if took_ms > self._slowest.get(what, (-1.0, ""))[0]:
            self._slowest[what] = (took_ms, visible(where))

    def _show(self, *spans: Span) -> None:
        self._screen.line(*(hidden(spans, self._hide) if spans else ()))


def last_line(result: RunResult, *, findings: int = 0) -> Spans:
    """Give the outcome of a run in one line: counts, time, seed and start, and what the network lost."""
    found = Counter(story.outcome for story in result.stories)
    outcome = next((word for word in ("error", "failed", "passed") if found[word]), "skipped")
    if findings and outcome == "passed":
        outcome = "failed"
    stories = counted([(found[word], word) for word in ("passed", "failed", "error", "skipped")])
    steps: Counter[str] = Counter()
    for story in result.stories:
        steps.update(_outcomes(story))
    seeds = sorted({story.seed for story in result.stories})
    parts = [
        f"{_played(result)}: {stories or 'none was played'}",
        f"{_number(sum(steps.values()), 'step')}: {counted([(steps[word], word) for word in WORDS])}" if steps else "",
        f"the audit found {findings}" if findings else "",
        show_ms(result.duration_ms),
        f"the network failed {_times(result.resends)}" if result.resends else "",
        f"start {iso8601(min(story.start_ms for story in result.stories))}" if result.stories else "",
        f"seed {', '.join(map(str, seeds))}" if 0 < len(seeds) <= MOST_SEEDS else "",
    ]
    mark = _mark(outcome, is_interrupted=result.is_interrupted)
    return (mark, (f"  {shortened(' · '.join(part for part in parts if part), 200)}", "plain"))


def _played(result: RunResult) -> str:
    """Give how many stories were played, and of how many, where some were not."""
    count = len(result.stories)
    if count < result.planned:
        return f"{count} of {_number(result.planned, 'story', 'stories')}"
    return _number(count, "story", "stories")


def _number(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"


def _times(count: int) -> str:
    """Give a count as a person says it: `once`, `3 times`."""
    return "once" if count == 1 else f"{count} times"


def _mark(outcome: str, *, is_interrupted: bool) -> Span:
    return ("! interrupted", "bad") if is_interrupted else (f"{WORDS[outcome]} {outcome}", TONES[outcome])


def _outcomes(story: StoryResult) -> dict[str, int]:
    found: Counter[Any] = Counter(verdict.outcome for verdict in story.verdicts)
    return {word: found[word] for word in WORDS if found[word]}
