"""Which stories `run` plays, and what failed of them, for the next time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from simulator.cli.defaults import project_of
from simulator.cli.failures import Failures
from simulator.cli.playing import Playing
from simulator.cli.stories import chosen, read
from simulator.errors import SimulatorError
from simulator.records import RunResult, StoryResult
from simulator.scenario.model import Scenario


class Selection:
    """The stories that one command line means, read anew each time that they are played."""

    def __init__(self, ctx: click.Context, given: Mapping[str, Any]) -> None:
        """
        Read what is asked for.

        Raises:
            InputError: something of it is wrong.
        """
        project = project_of(ctx)
        self.paths: tuple[str, ...] = given["paths"]
        self.project_file = project.file if project is not None else None
        self.playing = Playing(ctx, given)
        self.scenarios: Sequence[Scenario] = ()
        """Those that were read last."""
        self._given = given
        self._failures = Failures(project.folder if project is not None else Path.cwd())

    def play(self) -> int:
        """
        Play the stories and give the exit code.

        Raises:
            SimulatorError: a file is wrong, nothing is selected, or the run could not be made.
        """
        try:
            self.scenarios = self._narrowed(self._chosen())
        except SimulatorError as error:
            self.playing.report_refusal(error)
            raise
        return self.playing.play(self.scenarios, command=_words, on_end=self._remember)

    def _chosen(self) -> list[Scenario]:
        given = self._given
        return chosen(
            read(given["paths"], self.playing.variables),
            tags=given["tags"],
            keyword=given["keyword"],
            provider_ids=given["providers"],
            cases=given["cases"],
        )

    def _narrowed(self, scenarios: list[Scenario]) -> list[Scenario]:
        """Give what failed the last time, where that is asked for; all, where nothing did."""
        if not self._given["last_failed"]:
            return scenarios
        found = self._failures.among(scenarios)
        what = "nothing of it failed the last time, so all is played"
        if self._failures.trouble:
            what = f"! {self._failures.file} cannot be read, so all is played: {self._failures.trouble}"
        elif found:
            what = f"only what failed the last time is played; it stands in {self._failures.file}"
        self.playing.say(what)
        return found or scenarios

    def _remember(self, result: RunResult) -> None:
        trouble = self._failures.keep(result)
        if trouble:
            self.playing.say(f"! what failed cannot be kept for --last-failed: {trouble}")


def _words(result: StoryResult) -> Sequence[str]:
    words = ["run", result.file, "--provider", result.provider]
    return [*words, "--case", result.case] if result.case else words
