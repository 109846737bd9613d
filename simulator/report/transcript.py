"""One story as it is told: its talk, its failures, and what it takes to see them again."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from simulator.records import Entry, StoryResult, Verdict
from simulator.report.conversation import TALK, Conversation, Line, Mark
from simulator.report.failure import Failure, Spans, ToldStory, hidden, said_line, with_mark
from simulator.report.secrecy import without_secrets

OUTPUT_LINES = 12
"""So much of the bot's output stands under a failure."""

NAMES = 3
"""Columns for a speaker's name at least: `bot`."""


class Transcript:
    """Takes in a journal's entries, story after story."""

    def __init__(
        self,
        *,
        hide: Callable[[str], str] = lambda text: text,
        reproduce: Callable[[StoryResult], str] = lambda result: "",
        is_bot_ours: bool = False,
        most: int = TALK,
    ) -> None:
        """
        Begin before the first story; `hide` takes secrets out of a text, and lines above the level `most` are not made.

        `is_bot_ours` says that the bot was started before by who runs the story; what comes later, the entries tell.
        """
        self._hide = hide
        self._is_bot_ours = is_bot_ours
        self._reproduce = reproduce
        self.names = NAMES
        """Columns that the longest name of a speaker took so far."""
        self._most = most
        self._conversation = Conversation(hide=hide, most=most)
        self._talk: list[Spans] = []
        self._failures: list[Failure] = []
        self._output: deque[str] = deque(maxlen=OUTPUT_LINES)

    def take(self, entry: Entry) -> Iterator[Line | Mark]:
        """Give the lines that the entry adds, without secrets, and keep what belongs to the talk."""
        if entry.kind == "StoryStarted":
            self._begin()
        elif entry.kind == "BotStarted":
            self._is_bot_ours = True
        elif entry.kind == "BotWrote":
            self._output.append(self._hide(entry.data["line"]))
        for told in self._conversation.take(entry):
            self._keep(told)
            yield told
        if entry.kind == "VerdictReached" and entry.data.outcome in ("failed", "error"):
            self._failures.append(Failure(verdict=entry.data, talk=tuple(self._talk)))

    def of_story(self, number: int) -> Callable[[Entry], None]:
        """Give what listens to a journal for this story alone, and for the bot's program."""

        def take(entry: Entry) -> None:
            if entry.story in (0, number):
                for _ in self.take(entry):
                    pass

        return take

    def told(self, result: StoryResult, *, only: Sequence[Verdict] | None = None) -> ToldStory:
        """Give the story whose end is at hand; `only` these of its failures, where they are named."""
        wanted = None if only is None else {id(verdict) for verdict in only}
        failures = [each for each in self._failures if wanted is None or id(each.verdict) in wanted]
        return ToldStory(
            result=without_secrets(result, self._hide),
            talk=tuple(self._talk),
            failures=tuple(replace(each, verdict=without_secrets(each.verdict, self._hide)) for each in failures),
            request=without_secrets(self._conversation.last_request, self._hide),
            output=tuple(self._output),
            reproduce=self._hide(self._reproduce(result)),
            is_bot_gone=self._is_bot_ours,
        )

    def _begin(self) -> None:
        self._conversation = Conversation(hide=self._hide, most=self._most)
        self._talk, self._failures, self.names = [], [], NAMES
        self._output.clear()

    def _keep(self, told: Line | Mark) -> None:
        if isinstance(told, Mark):
            if self._talk:
                self._talk[-1] = hidden(with_mark(self._talk[-1], told), self._hide)
            return
        self.names = max(self.names, len(told.speaker))
        is_verdict = told.tone == "bad" and not told.speaker
        if told.level == TALK and not is_verdict:
            self._talk.append(hidden(said_line(told, self.names), self._hide))
