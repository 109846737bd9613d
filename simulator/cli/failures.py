"""What failed the last time, kept in a small file beside the project for `--last-failed`."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from simulator.records import RunResult, StoryResult
from simulator.scenario.model import Scenario

FOLDER = ".simulator"
NAME = "last-failed.json"

Story = tuple[str, str, str]
"""File as seen from the project's folder, provider, case."""


class Failures:
    """The stories that failed when they were played last."""

    def __init__(self, folder: Path) -> None:
        """Look beside the project in that folder."""
        self._folder = folder
        self.file = folder / FOLDER / NAME
        self.trouble = ""
        """Why what the file holds cannot be read; empty where it can, or where there is none."""

    def among(self, scenarios: Sequence[Scenario]) -> list[Scenario]:
        """Give what of the scenarios failed the last time: only the providers and the rows of which that is so."""
        failed = self._read()
        found = []
        for scenario in scenarios:
            for provider in scenario.providers:
                cases = {case for file, name, case in failed if (file, name) == (self._name(scenario.file), provider)}
                rows = tuple(case for case in scenario.cases if case.name in cases)
                if rows or (cases and not scenario.cases):
                    found.append(replace(scenario, providers=(provider,), cases=rows))
        return found

    def keep(self, result: RunResult) -> str:
        """
        Keep what failed, and forget what was played and did not; give why that was not possible, or nothing.

        As long as nothing has failed, nothing is written.
        """
        before = self._read()
        played = {self._story(story) for story in result.stories}
        failed = {self._story(story) for story in result.stories if story.outcome in ("failed", "error")}
        now = (before - played) | failed
        if now == before:
            return ""
        try:
            self.file.parent.mkdir(exist_ok=True)
            # It belongs to this machine, and to no repository.
            (self.file.parent / ".gitignore").write_text("*\n", "utf-8")
            self.file.write_text(json.dumps({"failed": sorted(now)}, indent=1) + "\n", "utf-8")
        except OSError as error:
            return error.strerror or str(error)
        return ""

    def _read(self) -> set[Story]:
        """Give what the file holds; nothing, where there is none or somebody else wrote it."""
        self.trouble = ""
        try:
            rows = json.loads(self.file.read_text("utf-8"))["failed"]
            return {(str(file), str(provider), str(case)) for file, provider, case in rows}
        except FileNotFoundError:
            return set()
        except OSError as error:
            self.trouble = error.strerror or str(error)
        except (ValueError, KeyError, TypeError, RecursionError):
            self.trouble = "it is not what a run wrote"
        return set()

    def _story(self, story: StoryResult) -> Story:
        return self._name(story.file), story.provider, story.case

    def _name(self, file: str) -> str:
        return Path(os.path.relpath(file, self._folder)).as_posix()
