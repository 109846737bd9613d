"""Stories being played, as `run` and `demo` do it: listeners, the run itself, reports and exit code."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from simulator import addresses as endpoints
from simulator import audit, suite
from simulator.cli import options, targets
from simulator.cli.again import Command, again
from simulator.cli.defaults import told
from simulator.cli.ending import INTERRUPTED, OURS, problems_of
from simulator.cli.loops import runner
from simulator.cli.output import line_writer
from simulator.cli.progress import progress_over
from simulator.cli.reports import STDOUT, Reports, open_reports, with_folder
from simulator.cli.screens import standard_screen
from simulator.cli.settings import endpoints_of, idle, settings_of, with_endpoints_by_provider
from simulator.cli.signals import cancelling
from simulator.clock import real_ms
from simulator.codec import Redactor
from simulator.errors import InputError, Problem, SimulatorError, first_of, hidden
from simulator.journal import Journal
from simulator.order import InOrder
from simulator.ports import Claim, free_claim
from simulator.process import address_of, wait_for_port
from simulator.records import Entry, RunResult
from simulator.report.console import Console
from simulator.report.screen import Span
from simulator.scenario.files import ENDINGS
from simulator.scenario.model import Scenario
from simulator.settings import Settings, secrets_of


class Playing:
    """What one command line wants of its stories."""

    def __init__(self, ctx: click.Context, given: Mapping[str, Any]) -> None:
        """
        Read it.

        Raises:
            InputError: something of it is wrong.
        """
        self._ctx = ctx
        self._given = given = with_folder(given)
        self.variables = options.variables(ctx)
        written = [file for _, file in given["reports"] if file]
        written += [str(given["journal"])] if given.get("journal") else []
        _refuse_same_file(written)
        _refuse_scenario(written)
        self._verbosity: int = -1 if given["quiet"] else given["verbose"]
        self._is_error = STDOUT in written
        screen = standard_screen(ctx, is_error=self._is_error)
        self._screen = progress_over(screen, os.environ, is_quiet=given["quiet"])
        self.settings = self._settings()
        if given.get("bot") and not self.settings.bot:
            self.say("the bot is not started, since an endpoint is named at which it listens")
        self._claim: Claim | None = None

    def say(self, text: str) -> None:
        """Show a line for people, where they did not ask for silence."""
        if self._verbosity >= 0:
            self._screen.line((text, "faint"))

    def play(
        self,
        scenarios: Sequence[Scenario],
        *,
        command: Command,
        on_end: Callable[[RunResult], None] = lambda result: None,
    ) -> int:
        """
        Play the stories, write the reports however the run ends, and give the exit code.

        `on_end` is told how a run went that was not interrupted.

        Raises:
            SimulatorError: the run could not be made.
        """
        try:
            settings, scenarios = self._with_endpoints(scenarios)
        except InputError as refused:
            self.report_refusal(refused)
            raise
        secrets = Redactor(secrets_of(settings, scenarios))
        with self._journal(secrets) as journal:
            for text, tone in self._introduction(settings, scenarios):
                self._screen.line((secrets.hide(text), tone))
            console = Console(
                self._screen,
                verbosity=self._verbosity,
                hide=secrets.hide,
                reproduce=lambda result: again(self._ctx, result, command),
            )
            reports = self._reports(secrets, command)
            score = Score(self._given.get("fail_under"))
            in_order = InOrder(_both(console, reports))
            journal.subscribe(in_order)
            journal.subscribe(score)
            journal.subscribe(self._screen.counts)
            error, code = "", OURS
            problems: Sequence[Problem] = ()
            try:
                result = self._run(scenarios, settings, journal)
                code = score.exit_code_of(result)
                if not result.is_interrupted:
                    on_end(result)
            except SimulatorError as caught:
                shown = hidden(_placed(caught), secrets.hide)
                error, code = _said(shown)
                problems = shown.problems
                raise shown from caught
            except BaseException as caught:
                error, code = _said(caught)
                raise
            finally:
                in_order.finish()
                reports.close(error=error, exit_code=code, problems=problems)
        for text in score.shortfall():
            self._screen.line((text, "bad"))
        _refuse_lost_output(self._screen)
        return code

    def report_refusal(self, error: SimulatorError | click.UsageError) -> None:
        """
        Write the reports of a run that was refused before it began, so that none of an earlier run is taken for its.

        Raises:
            InputError: one of them cannot be written; what the run was refused for is in it too.
        """
        secrets = Redactor(secrets_of(self.settings))
        problems = problems_of(error)
        shown = hidden(InputError(*problems), secrets.hide)
        try:
            with self._journal(secrets):
                reports = self._reports(secrets, lambda result: ())
                reports.close(error=str(shown), exit_code=error.exit_code, problems=shown.problems)
        except InputError as caught:
            raise InputError(*problems, *caught.problems) from caught

    def _reports(self, secrets: Redactor, command: Command) -> Reports:
        return open_reports(
            self._given["reports"],
            secrets=secrets,
            versions=suite.versions(),
            reproduce=lambda result: again(self._ctx, result, command),
            is_error=self._is_error,
        )

    # --- what is wanted ----------------------------------------------------------------------------------------------

    def _settings(self) -> Settings:
        try:
            return settings_of(self._ctx, self._given)
        except (SimulatorError, click.UsageError) as error:
            # What the command line holds itself may be told in it; what files and variables hold was not read.
            self.settings = Settings(credentials=dict(self._given.get("credentials", ())))
            self.report_refusal(error)
            raise

    def _with_endpoints(self, scenarios: Sequence[Scenario]) -> tuple[Settings, Sequence[Scenario]]:
        """Give the endpoints by provider; a bot that we start is given a free port where nobody names an endpoint."""
        provider_ids = {name for scenario in scenarios for name in scenario.providers}
        named = with_endpoints_by_provider(self.settings.endpoints, sorted(provider_ids))
        settings = replace(self.settings, endpoints=named)
        if not settings.bot or settings.endpoint or provider_ids <= named.keys():
            return settings, scenarios
        # It is held until the program ends, so that no other run chooses the same.
        self._claim = self._claim or free_claim()
        free = f"http://127.0.0.1:{self._claim.port}/"
        return settings, [each if each.endpoint else replace(each, endpoint=free) for each in scenarios]

    def _introduction(self, settings: Settings, scenarios: Sequence[Scenario]) -> Iterator[Span]:
        """Give who is written to outside this machine, and in what order; with `-v`, where each setting comes from."""
        urls = dict.fromkeys(url for each in scenarios for url in endpoints_of(each, settings))
        for url in urls:
            if not endpoints.is_local(url):
                yield f"! this goes to {url}, which is not on this machine", "odd"
        for text in idle(self._ctx, self._given, {name for each in scenarios for name in each.providers}):
            yield f"! {text}", "odd"
        for scenario in scenarios:
            for problem in scenario.warnings:
                yield f"! {problem}", "odd"
        if settings.shuffle_seed is not None and self._verbosity >= 0:
            yield f"the order is drawn; for the same one again: --shuffle-seed {settings.shuffle_seed}", "faint"
        for text in self._told() if self._verbosity > 0 else ():
            yield text, "faint"

    def _told(self) -> Iterator[str]:
        """Give where each setting comes from."""
        yield from told(self._ctx)
        target = targets.target_of(self._ctx, self._given.get("target"))
        if target is not None:
            yield from targets.told(self._ctx, target)

    # --- the run -----------------------------------------------------------------------------------------------------

    def _run(self, scenarios: Sequence[Scenario], settings: Settings, journal: Journal) -> RunResult:
        async def play() -> RunResult:
            with cancelling():
                wait_ms = self._given.get("wait_for_endpoint")
                # A bot that the run starts itself is waited for when it has been started.
                if wait_ms and not settings.bot:
                    for url in dict.fromkeys(url for each in scenarios for url in endpoints_of(each, settings)):
                        await wait_for_port(*address_of(url), wait_ms=wait_ms)
                async with self._screen.told():
                    return await suite.run(
                        scenarios,
                        settings,
                        journal,
                        on_ready=self._tell_ready,
                        afterwards=audit.idempotency(journal) if self._given.get("audit") else None,
                    )

        try:
            with runner(self._given.get("loop", "auto")) as running:
                return running.run(play())
        except asyncio.CancelledError:
            # Before the run had begun there is nothing to report.
            raise KeyboardInterrupt from None
        except BaseExceptionGroup as group:
            # Whatever went wrong beside the first does not matter where all of it is to be told to a person.
            ours, rest = group.split(SimulatorError)
            if ours is None or rest is not None:
                raise
            raise first_of(ours) from group

    def _tell_ready(self, base_url: str) -> None:
        if self._verbosity > 0:
            self._screen.line((f"the mock API listens at {base_url}", "faint"))

    def _journal(self, secrets: Redactor) -> Journal:
        begun_ms = real_ms()
        return Journal(lambda: real_ms() - begun_ms, writer=line_writer(self._given.get("journal"), secrets))


class Score:
    """Listens to a journal for what a run is measured by beside its verdicts: its coverage and its audit."""

    def __init__(self, fail_under: float | None) -> None:
        """Take the share in percent that must be exercised; None: any."""
        self._fail_under = fail_under
        self._percent = 100.0
        self._has_finding = False

    def __call__(self, entry: Entry) -> None:
        """Take in what the entry tells."""
        if entry.kind == "CoverageCounted":
            self._percent = entry.data.percent
        elif entry.kind == "AuditFinished":
            self._has_finding = self._has_finding or bool(entry.data.findings)

    def exit_code_of(self, result: RunResult) -> int:
        """Give the exit code of a run that was made."""
        code = exit_code_of(result)
        return 1 if code == 0 and (self._has_finding or self._is_short) else code

    def shortfall(self) -> Iterator[str]:
        """Say so where too little was exercised."""
        if self._is_short:
            yield f"✗ failed  coverage is {self._percent:.1f} %, under {self._fail_under:g} %"

    @property
    def _is_short(self) -> bool:
        return self._fail_under is not None and self._percent < self._fail_under


def exit_code_of(result: RunResult) -> int:
    """Give the exit code of a run that was made, by its verdicts."""
    if result.is_interrupted:
        return INTERRUPTED
    if not result.was_reached and any(story.attempts for story in result.stories):
        return 4
    return 1 if any(story.outcome in ("failed", "error") for story in result.stories) else 0


def _both(*listeners: Callable[[Entry], None]) -> Callable[[Entry], None]:
    def tell(entry: Entry) -> None:
        for listener in listeners:
            listener(entry)

    return tell


def _refuse_same_file(names: Sequence[str]) -> None:
    """Raise InputError where two things would be written over each other."""
    seen: set[Path] = set()
    for path in (Path(name) if name == STDOUT else Path(name).absolute() for name in names):
        if path in seen and not path.is_char_device():
            raise InputError(
                Problem(
                    code="bad-value",
                    what="two things cannot be written to one file",
                    where="--report, --journal",
                    at="standard output" if str(path) == STDOUT else str(path),
                    fix="name a file for each",
                )
            )
        seen.add(path)


def _refuse_scenario(names: Sequence[str]) -> None:
    """Raise InputError where a file that is no report, and cannot be one, would be written over."""
    for path in map(Path, names):
        if path.suffix in ENDINGS and path.is_file():
            raise InputError(
                Problem(
                    code="bad-value",
                    what="a file that looks like a scenario would be written over",
                    where="--report, --journal",
                    at=str(path),
                    fix="name a file with another ending, or take that one away",
                )
            )


def _refuse_lost_output(screen: Any) -> None:
    """Raise the error that kept lines from being shown, where it was not that nobody reads them any more."""
    trouble = screen.trouble
    if trouble is not None and not isinstance(trouble, BrokenPipeError):
        raise trouble


def _said(error: BaseException) -> tuple[str, int]:
    """Give what the report tells of an error, and its exit code."""
    if isinstance(error, SimulatorError):
        return str(error), error.exit_code
    if isinstance(error, BaseExceptionGroup):
        said = [_said(each) for each in error.exceptions]
        return "\n".join(text for text, _ in said), max(code for _, code in said)
    if isinstance(error, KeyboardInterrupt):
        return "interrupted", INTERRUPTED
    return f"{type(error).__name__}: {error}", OURS


_PLACES = {
    "unknown-option": "--option",
    "bad-option": "--option",
    "unknown-credential": "--credential",
    "empty-credential": "--credential",
}
"""Where a person gave what the engine, which knows no command line, finds wrong."""


def _placed(error: SimulatorError) -> SimulatorError:
    return type(error)(*(replace(each, where=each.where or _PLACES.get(each.code, "")) for each in error.problems))
