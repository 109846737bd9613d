"""Scenario files as tests: one for each provider and each row of a table."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator import suite
from simulator.cli import stories as files
from simulator.errors import InputError, SimulatorError
from simulator.pytest_plugin import stories_of
from simulator.pytest_plugin.asked import told_in_pytest
from simulator.report.failure import ToldStory
from simulator.report.text import visible
from simulator.report.told import failures_of, headline_of, worst_of
from simulator.suite import Play

MARK = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
"""Tags that can be the name of a mark; the others are found by -k alone."""


class StoryError(Exception):
    """A story failed."""

    def __init__(self, told: ToldStory) -> None:
        """Know the story as it was told."""
        super().__init__(failures_of(told))
        worst = worst_of(told)
        self.place = worst.place if worst is not None else None
        self.headline = headline_of(worst) if worst is not None else str(self)


class Failing:
    """A failure as pytest shows one: whole, and in one line where it has no room for more."""

    def __init__(self, error: StoryError, path: Path) -> None:
        """Tell the story's failure."""
        self.reprcrash = _Crash(error, path)
        self._text = str(error)

    def __str__(self) -> str:
        return self._text

    def toterminal(self, writer: Any) -> None:
        """Write it."""
        for line in self._text.split("\n"):
            writer.line(line)


class _Crash:
    """Where a story failed and how, in one line."""

    def __init__(self, error: StoryError, path: Path) -> None:
        self.path = error.place.file if error.place is not None else str(path)
        self.lineno = error.place.line if error.place is not None else 1
        self.message = error.headline

    def __str__(self) -> str:
        return f"{self.path}:{self.lineno}: {self.message}"


class ScenarioFile(pytest.File):
    """One file with a scenario."""

    def collect(self) -> Iterator[ScenarioItem]:
        """
        Give its tests.

        Raises:
            CollectError: the file is wrong, all its problems are told; or an option is.
        """
        try:
            asked = stories_of(self.config).asked
        except pytest.UsageError as error:
            raise self.CollectError(str(error)) from None
        try:
            [scenario] = files.read([_shown(self.path)], asked.variables)
        except InputError as error:
            raise self.CollectError(str(error)) from None
        left = tuple(each for each in scenario.providers if not asked.provider_ids or each in asked.provider_ids)
        once = dataclasses.replace(asked.settings, repeat=1, shuffle_seed=None)
        for play in suite.plan([dataclasses.replace(scenario, providers=left)], once):
            case = play.scenario.case
            row = f"-{_part(case.name)}" if case is not None else ""
            yield ScenarioItem.from_parent(self, name=f"{_part(scenario.name)}[{play.provider}{row}]", play=play)


class ScenarioItem(pytest.Item):
    """One story."""

    def __init__(self, *, play: Play, **named: Any) -> None:
        """Know the story; its tags are marks."""
        super().__init__(**named)
        self.play = play
        for tag in play.scenario.tags:
            self.extra_keyword_matches.add(tag)
            if MARK.fullmatch(tag):
                self.config.addinivalue_line("markers", f"{tag}: a tag of scenarios")
                self.add_marker(tag)

    def runtest(self) -> None:
        """Play it."""
        told = stories_of(self.config).play(self.play, self.nodeid)
        if told.result.outcome in ("failed", "error"):
            raise StoryError(told)
        if told.result.outcome == "skipped":
            pytest.skip(_why(told))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Give what is to be said about a failure, without a traceback of ours."""
        if isinstance(excinfo.value, StoryError):
            return Failing(excinfo.value, self.path)
        if isinstance(excinfo.value, SimulatorError):
            return stories_of(self.config).hiding(self.play.scenario)(told_in_pytest(excinfo.value))
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Give where the scenario stands, and its name."""
        return self.path, self.play.scenario.place.line - 1, self.name


def _part(text: str) -> str:
    """Give a text as a part of a test's name, in which two colons would part the names of a file and of a test."""
    return visible(text).replace("::", ":")


def _why(told: ToldStory) -> str:
    reasons = dict.fromkeys(each.observed for each in told.result.verdicts if each.outcome == "skipped")
    return "; ".join(reasons) or "nothing was judged"


def _shown(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
