"""A failed step as a person reads it: the conversation up to it, wanted beside found, and how to see it again."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from simulator.records import Mismatch, SignedRequest, StoryResult, Verdict
from simulator.report.conversation import TONES, WORDS, Line, Mark
from simulator.report.curl import curl_line, verify_line
from simulator.report.screen import Span, Tone
from simulator.report.text import shortened, visible
from simulator.units import iso8601

LINES_OF_TALK = 40
"""So much of a conversation stands before a failure; of a longer one the end."""

LONGEST_OUTPUT = 500
"""So many characters of a line that the bot wrote stand under a failure; the journal has all."""

SHOWN_RETRIES = 2
"""Of several attempts that follow each other, the first and the last one stand in the talk of a failure."""

RETRIED = " again, attempt "
"""By this a line of the talk tells of a retry."""

NOT_TAKEN = frozenset({"ack", "no-ack", "unreachable"})
"""Codes of verdicts about deliveries that the bot did not take."""

ALIKE = 0.5
"""Two texts at least so alike are told apart letter by letter."""

FIELD = 13
"""Columns before the text of a field."""

REPRODUCE, CURL, VERIFY = "reproduce:", "curl:", "verify:"
COMMANDS = frozenset({REPRODUCE, CURL, VERIFY})
"""The fields that hold a command for a shell."""

Spans = tuple[Span, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """One failed verdict with what led to it."""

    verdict: Verdict
    talk: tuple[Spans, ...]
    """The conversation up to it, as it was shown."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ToldStory:
    """A story that has ended, as it was told, without secrets."""

    result: StoryResult
    talk: tuple[Spans, ...]
    failures: tuple[Failure, ...]
    request: SignedRequest | None
    """What was sent to the bot last."""
    output: tuple[str, ...]
    """The last lines that the bot wrote, where we started it."""
    reproduce: str
    """The command that plays just this story again."""
    is_bot_gone: bool = False
    """The bot that took the request ends with the run, which started it."""


def said_line(line: Line, names: int) -> Spans:
    """Give a line of the talk; speakers' names take so many columns."""
    if not line.speaker:
        return ((f"  {line.text}", line.tone),)
    arrow = "‹" if line.speaker == "bot" else "›"
    return ((f"  {line.speaker:<{names}} {arrow} ", line.tone), (line.text, "plain"))


def with_mark(spans: Spans, mark: Mark) -> Spans:
    """Give the line with its mark behind it."""
    return (*spans, (f"  {mark.text}", mark.tone))


def story_lines(story: ToldStory, *, has_talk: bool = True) -> Iterator[Spans]:
    """Give all that is to be said about a story that failed."""
    counts = Counter(_likeness(failure.verdict) for failure in story.failures)
    for index, failure in enumerate(story.failures):
        again = counts.pop(_likeness(failure.verdict), 0) - 1
        if again < 0:
            continue
        if _comes_of_another(failure.verdict, story.failures[:index]):
            verdict = failure.verdict
            yield _field("then", f"{visible(verdict.step)}: {visible(verdict.observed)}   [{verdict.code}]", "faint")
        else:
            yield from _failure_lines(failure, case=story.result.case, has_talk=has_talk and index == 0)
        if again:
            yield _field("then", f"the same {'once' if again == 1 else f'{again} times'} more", "faint")
    missed = sum(verdict.code == "not-reached" and verdict.outcome == "skipped" for verdict in story.result.verdicts)
    if missed:
        yield _field("then", f"{missed} {'step' if missed == 1 else 'steps'} not reached", "faint")
    for index, text in enumerate(story.output):
        shown = shortened(visible(text), LONGEST_OUTPUT)
        yield _field("bot wrote" if index == 0 else "", f"│ {shown}", "faint")
    yield _field("seed", f"{story.result.seed}, start {iso8601(story.result.start_ms)}")
    if story.reproduce:
        yield _field(REPRODUCE, visible(story.reproduce))
    if story.request is not None:
        yield _field(CURL, visible(curl_line(story.request)))
        if story.is_bot_gone:
            place = urlsplit(story.request.url).netloc
            yield _field("", f"once a bot listens at {visible(place)}: the one of this run has ended", "faint")
        refused = next((each.verdict for each in story.failures if is_refusal(each.verdict)), None)
        if refused is not None:
            yield _field(VERIFY, visible(verify_line(story.request, refused.provider)))
    yield ()


def is_refusal(verdict: Verdict) -> bool:
    """True where a bot answered a delivery as one does that does not believe a signature."""
    return any(each.path == "ack.status" and each.found in ("401", "403") for each in verdict.mismatches)


def _likeness(verdict: Verdict) -> tuple[str, str, str]:
    """Give what two failures of a step have in common that differ in nothing but the time, as in rounds of `repeat`."""
    differs = [(each.path, each.wanted, each.found) for each in verdict.mismatches]
    return str(verdict.place), verdict.code, str(differs or verdict.observed)


def _comes_of_another(verdict: Verdict, before: Sequence[Failure]) -> bool:
    """True where a reply did not come, and no wonder: the bot had not taken what it was to answer."""
    return verdict.code == "no-reply" and any(each.verdict.code in NOT_TAKEN for each in before)


def without_retries(talk: Sequence[Spans]) -> list[Spans]:
    """Give the talk with only the first and the last of several attempts that follow each other."""
    found: list[Spans] = []
    retries: list[list[Spans]] = []
    pause: list[Spans] = []
    for spans in (*talk, ()):
        text = "".join(piece for piece, _ in spans)
        if text.startswith("  … ") and text.endswith(" later"):
            pause.append(spans)
        elif text.startswith("  ! ") and RETRIED in text:
            retries.append([*pause, spans])
            pause = []
        else:
            found += [line for group in _ends_of(retries) for line in group] + pause + ([spans] if spans else [])
            retries, pause = [], []
    return found


def _ends_of(groups: list[list[Spans]]) -> list[list[Spans]]:
    if len(groups) <= SHOWN_RETRIES:
        return groups
    count = len(groups) - SHOWN_RETRIES
    more: Spans = ((f"  … {count} more {'attempt' if count == 1 else 'attempts'}", "faint"),)
    return [groups[0], [more], groups[-1]]


def _failure_lines(failure: Failure, *, case: str, has_talk: bool) -> Iterator[Spans]:
    verdict = failure.verdict
    row = f" [{visible(case)}]" if case else ""
    word = f"{WORDS[verdict.outcome]} {verdict.outcome}"
    yield (
        (f"{word}  ", TONES[verdict.outcome]),
        (f"{visible(verdict.scenario)}{row} · {verdict.provider}", "strong"),
        (f"   [{verdict.code}]", "plain"),
    )
    yield ((f"  {visible(str(verdict.place))}", "strong"), (f"   {visible(verdict.step)}", "plain"))
    if has_talk and failure.talk:
        yield ()
        talk = without_retries(failure.talk)
        left_out = len(talk) - LINES_OF_TALK
        if left_out > 0:
            yield ((f"    … {left_out} lines before", "faint"),)
        for spans in talk[-LINES_OF_TALK:]:
            yield (("  ", "plain"), *spans)
        yield ()
    yield _field("expected", visible(verdict.expected), "good")
    yield _field("nearest" if verdict.nearest is not None else "observed", visible(verdict.observed), "bad")
    for mismatch in verdict.mismatches:
        yield from _mismatch_lines(mismatch)
    if verdict.hint:
        yield _field("hint", visible(verdict.hint))


def _mismatch_lines(mismatch: Mismatch) -> Iterator[Spans]:
    wanted, found = visible(mismatch.wanted), visible(mismatch.found)
    yield _field("differs", f"{visible(mismatch.path)}: wanted {wanted}")
    lead = f"{visible(mismatch.path)}: "
    yield _field("", f"{' ' * len(lead)}found  {found}")
    pointers = _pointers(wanted, found)
    if pointers:
        yield _field("", f"{' ' * (len(lead) + len('found  '))}{pointers}", "bad")


def _pointers(wanted: str, found: str) -> str:
    """Give a line that points at what in `found` differs from `wanted`; nothing where they are not alike."""
    matcher = difflib.SequenceMatcher(None, wanted, found, autojunk=False)
    if max(len(wanted), len(found)) > 500 or matcher.ratio() < ALIKE:
        return ""
    marks = [" "] * (len(found) + 1)
    for tag, _, _, begin, end in matcher.get_opcodes():
        if tag != "equal":
            marks[begin : max(end, begin + 1)] = "^" * max(end - begin, 1)
    return "".join(marks).rstrip()


def _field(name: str, text: str, tone: Tone = "plain") -> Spans:
    return ((f"  {name:<{FIELD - 2}}", "faint"), (text, tone))


def hidden(spans: Spans, hide: Callable[[str], str]) -> Spans:
    """Give the line without secrets, also where one runs over several pieces of it."""
    shown = tuple((hide(text), tone) for text, tone in spans)
    whole = "".join(text for text, _ in shown)
    return shown if hide(whole) == whole else ((hide(whole), spans[0][1]),)


def counted(counts: Sequence[tuple[int, str]]) -> str:
    """Give `2 passed, 1 failed`, without what there is none of."""
    return ", ".join(f"{count} {word}" for count, word in counts if count)
