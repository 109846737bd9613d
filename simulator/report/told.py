"""A story that has ended as plain text, for reports that hold text."""

from __future__ import annotations

from collections.abc import Iterable

from simulator.records import StoryResult, Verdict
from simulator.report.failure import Spans, ToldStory, story_lines
from simulator.report.text import visible
from simulator.units import iso8601


def title_of(result: StoryResult) -> str:
    """Give what tells a story from all others of a run: its name, its row, its provider."""
    case = f" [{visible(result.case)}]" if result.case else ""
    return f"{visible(result.scenario)}{case} ({result.provider})"


def headline_of(verdict: Verdict) -> str:
    """Give a failure in one line."""
    return visible(f"{verdict.step}: expected {verdict.expected}, observed {verdict.observed} [{verdict.code}]")


def transcript_of(story: ToldStory) -> str:
    """Give the whole conversation, line by line."""
    setting = f"seed {story.result.seed}, start {iso8601(story.result.start_ms)}"
    return text_of([((title_of(story.result), "strong"),), ((setting, "faint"),), *story.talk])


def failures_of(story: ToldStory, *, has_talk: bool = True) -> str:
    """Give all that is to be said about a story's failures; without its talk where that stands beside it."""
    return text_of(story_lines(story, has_talk=has_talk)).strip("\n")


def worst_of(story: ToldStory) -> Verdict | None:
    """Give the verdict that a story failed by: an error before a failure, else the first; None where it did not."""
    failed = [failure.verdict for failure in story.failures]
    return next((each for each in failed if each.outcome == "error"), failed[0] if failed else None)


def text_of(lines: Iterable[Spans]) -> str:
    """Give lines without their tones."""
    return "\n".join("".join(text for text, _ in spans).rstrip() for spans in lines)
