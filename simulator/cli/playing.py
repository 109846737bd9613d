"""Stories being played, as `run` and `demo` do it: settings, listeners, the run itself, reports and exit code."""

from __future__ import annotations

import asyncio
import os
import shlex
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from simulator import addresses as endpoints
from simulator import suite
from simulator.cli import options
from simulator.cli.ending import INTERRUPTED, OURS
from simulator.cli.given import credentials_of
from simulator.cli.reports import STDOUT, open_reports
from simulator.cli.screens import standard_screen
from simulator.cli.signals import cancelling
from simulator.clock import real_ms
from simulator.codec import Redactor
from simulator.errors import InputError, Problem, SimulatorError
from simulator.journal import Journal, LineWriter
from simulator.process import address_of, wait_for_port
from simulator.records import RunResult, StoryResult
from simulator.report.console import Console
from simulator.report.curl import shell_line
from simulator.scenario.model import Scenario
from simulator.settings import Settings

NOT_AGAIN = frozenset(
    {
        "--fail-fast",
        "--journal",
        "--keyword",
        "--provider",
        "--quiet",
        "--report",
        "--seed",
        "--start",
        "--tag",
        "--verbose",
    }
)
"""Options that the command for playing one story again has in its own way, or not at all."""

Command = Callable[[StoryResult], Sequence[str]]
"""A story → the words after `simulator` that choose just this one."""


class Playing:
    """What one command line wants of its stories."""

    def __init__(self, ctx: click.Context, given: Mapping[str, Any]) -> None:
        """
        Read it.

        Raises:
            InputError: something of it is wrong.
        """
        self._ctx = ctx
        self._given = given
        self.variables = options.variables(ctx)
        self._files = [Path(file) for _, file in given["reports"] if file not in ("", STDOUT)]
        _refuse_same_file([*self._files, *([given["journal"]] if given.get("journal") else [])])
        self._has_report_on_stdout = any(file == STDOUT for _, file in given["reports"])
        self._verbosity: int = -1 if given["quiet"] else given["verbose"]
        self._screen = standard_screen(ctx, is_error=self._has_report_on_stdout)
        self.settings = self._settings()

    def say(self, text: str) -> None:
        """Show a line for people, where they did not ask for silence."""
        if self._verbosity >= 0:
            self._screen.line((text, "faint"))

    def play(self, scenarios: Sequence[Scenario], *, command: Command) -> int:
        """
        Play the stories, write the reports however the run ends, and give the exit code.

        Raises:
            SimulatorError: the run could not be made.
        """
        scenarios = self._with_endpoints(scenarios)
        secrets = Redactor(self._secrets(scenarios))
        journal = self._journal(secrets)
        journal.subscribe(
            Console(
                self._screen,
                verbosity=self._verbosity,
                hide=secrets.hide,
                reproduce=lambda result: self._again(result, command),
            )
        )
        self._introduce(scenarios)
        reports = open_reports(
            self._given["reports"],
            secrets=secrets,
            versions=suite.versions(),
            reproduce=lambda result: self._again(result, command),
        )
        journal.subscribe(reports)
        error, code = "", OURS
        try:
            with journal:
                try:
                    code = exit_code_of(self._run(scenarios, journal))
                except BaseException as caught:
                    error, code = _said(caught)
                    raise
                finally:
                    reports.close(error=error, exit_code=code)
        except SimulatorError as caught:
            raise type(caught)(*(_hidden(problem, secrets) for problem in caught.problems)) from caught
        return code

    # --- what is wanted ----------------------------------------------------------------------------------------------

    def _settings(self) -> Settings:
        given = self._given
        host, port = given["listen"]
        bot = given["bot"]
        named = given.get("endpoint")
        return Settings(
            endpoint=endpoints.parse(named, where="--endpoint") if named else "",
            credentials=credentials_of(given.get("credentials", ()), self.variables),
            options=dict(given.get("switches", ())),
            seed=given["seed"],
            start_ms=given["start_ms"],
            pace=given.get("pace") or "",
            stamp=given.get("stamp", "wall"),
            policy=given.get("policy", "real"),
            is_strict=given.get("strict", False),
            is_fail_fast=given.get("fail_fast", False),
            host=host,
            port=port,
            hosts=frozenset(given.get("hosts", ())),
            ca=given.get("ca"),
            is_insecure=given.get("insecure", False),
            is_marked=not given.get("no_mark", False),
            bot=tuple(words_of(bot)) if isinstance(bot, str) else tuple(bot or ()),
            is_fresh_bot=given.get("fresh_bot", False),
        )

    def _with_endpoints(self, scenarios: Sequence[Scenario]) -> Sequence[Scenario]:
        """Give the stories, a bot that we start being given a free port where nobody names an endpoint."""
        if not self.settings.bot or self.settings.endpoint:
            return scenarios
        free = f"http://127.0.0.1:{free_port()}/"
        return [each if each.endpoint else replace(each, endpoint=free) for each in scenarios]

    def _secrets(self, scenarios: Sequence[Scenario]) -> Iterator[str]:
        """Give what nobody may read: credentials, but for those that anybody can look up in the catalog."""
        from simulator import catalog

        provider_ids = {provider_id for scenario in scenarios for provider_id in scenario.providers}
        known = {each.default for name in provider_ids for each in catalog.load(name).credentials.values()}
        given = [*self.settings.credentials.values()]
        given += [value for each in scenarios for values in each.credentials.values() for value in values.values()]
        yield from (value for value in given if value not in known)

    def _introduce(self, scenarios: Sequence[Scenario]) -> None:
        """Say to whom is written outside this machine; with `-v`, where each setting comes from."""
        urls = dict.fromkeys(url for each in scenarios for url in endpoints_of(each, self.settings))
        for url in urls:
            if not endpoints.is_local(url):
                self._screen.line((f"! this goes to {url}, which is not on this machine", "odd"))
        for scenario in scenarios:
            for problem in scenario.warnings:
                self._screen.line((f"! {problem}", "odd"))
        for text in self._sources() if self._verbosity > 0 else ():
            self._screen.line((text, "faint"))

    def _sources(self) -> Iterator[str]:
        for param in self._ctx.command.params:
            source = self._ctx.get_parameter_source(str(param.name))
            if isinstance(param, click.Option) and param.expose_value and source in _SOURCES:
                value = self._ctx.params.get(str(param.name))
                shown = "…" if param.name == "credentials" else value
                place = param.envvar if source is ParameterSource.ENVIRONMENT else _SOURCES[source]
                yield f"{param.opts[-1]} {shown} ({place})"

    # --- the run -----------------------------------------------------------------------------------------------------

    def _run(self, scenarios: Sequence[Scenario], journal: Journal) -> RunResult:
        async def play() -> RunResult:
            with cancelling():
                wait_ms = self._given.get("wait_for_endpoint")
                # A bot that the run starts itself is waited for when it has been started.
                if wait_ms and not self.settings.bot:
                    for url in dict.fromkeys(url for each in scenarios for url in endpoints_of(each, self.settings)):
                        await wait_for_port(*address_of(url), wait_ms=wait_ms)
                return await suite.run(scenarios, self.settings, journal, on_ready=self._tell_ready)

        try:
            with asyncio.Runner() as runner:
                return runner.run(play())
        except asyncio.CancelledError:
            # Before the run had begun there is nothing to report.
            raise KeyboardInterrupt from None
        except BaseExceptionGroup as group:
            # Whatever went wrong beside the first does not matter where all of it is to be told to a person.
            told, rest = group.split(SimulatorError)
            if told is None or rest is not None:
                raise
            raise _first(told) from group

    def _tell_ready(self, base_url: str) -> None:
        if self._verbosity > 0:
            self._screen.line((f"the mock API listens at {base_url}", "faint"))

    def _journal(self, secrets: Redactor) -> Journal:
        path, begun_ms = self._given.get("journal"), real_ms()
        writer = LineWriter(path, secrets) if path is not None else None
        return Journal(lambda: real_ms() - begun_ms, writer=writer)

    def _again(self, result: StoryResult, command: Command) -> str:
        """Give the command line that plays just this story again."""
        from simulator.units import iso8601

        words = ["simulator", *command(result), "--seed", str(result.seed), "--start", iso8601(result.start_ms)]
        for param in self._ctx.command.params:
            source = self._ctx.get_parameter_source(str(param.name))
            given = source is not None and source is not ParameterSource.DEFAULT
            if isinstance(param, click.Option) and given and param.opts[-1] not in NOT_AGAIN:
                words += _words_of(param, self._ctx.params.get(str(param.name)))
        return shell_line(words)


_SOURCES = {
    ParameterSource.COMMANDLINE: "command line",
    ParameterSource.ENVIRONMENT: "environment",
    ParameterSource.DEFAULT_MAP: "--env-file",
}


def exit_code_of(result: RunResult) -> int:
    """Give the exit code of a run that was made."""
    if result.is_interrupted:
        return INTERRUPTED
    if not result.was_reached and any(story.attempts for story in result.stories):
        return 4
    return 1 if any(story.outcome in ("failed", "error") for story in result.stories) else 0


def endpoints_of(scenario: Scenario, settings: Settings) -> Iterator[str]:
    """Give where the events of a story go, as far as it is known before."""
    named = settings.endpoint or scenario.endpoint or ""
    if isinstance(named, str):
        yield from [named] if named else []
    else:
        yield from (url for name, url in named.items() if name in scenario.providers)


def words_of(command: str) -> list[str]:
    """
    Give the words of a command as a shell of this system takes it apart.

    Raises:
        InputError: a quote is not closed, or there is no word.
    """
    try:
        words = shlex.split(command, posix=os.name != "nt")
    except ValueError as error:
        raise InputError(
            Problem(
                code="bad-value",
                what="the command cannot be read",
                where="--bot",
                at=command,
                why=str(error),
                fix='close every quotation, such as --bot "python bot.py"',
            )
        ) from error
    if not words:
        raise InputError(
            Problem(code="bad-value", what="the command is empty", where="--bot", fix='write: --bot "python bot.py"')
        )
    return [word.strip('"') for word in words] if os.name == "nt" else words


def free_port() -> int:
    """Give a port of this machine at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _refuse_same_file(paths: Sequence[Path]) -> None:
    """Raise InputError where two things would be written over each other."""
    seen: set[Path] = set()
    for path in map(Path.absolute, paths):
        if path in seen and not path.is_char_device():
            raise InputError(
                Problem(
                    code="bad-value",
                    what="two things cannot be written to one file",
                    where="--report, --journal",
                    at=str(path),
                    fix="name a file for each",
                )
            )
        seen.add(path)


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


def _first(error: BaseException) -> BaseException:
    return _first(error.exceptions[0]) if isinstance(error, BaseExceptionGroup) else error


_PLACES = {"unknown-option": "--option", "bad-option": "--option", "unknown-credential": "--credential"}
"""Where a person gave what the engine, which knows no command line, finds wrong."""


def _hidden(problem: Problem, secrets: Redactor) -> Problem:
    placed = replace(problem, where=problem.where or _PLACES.get(problem.code, ""))
    parts = ("what", "where", "at", "why", "fix")
    return replace(placed, **{name: secrets.hide(getattr(placed, name)) for name in parts})


def _words_of(param: click.Option, value: Any) -> list[str]:
    name = param.opts[-1]
    if param.is_flag:
        return [name] if value else []
    values = value if param.multiple else [value]
    return [word for each in values for word in (name, _written(name, each))]


def _written(name: str, value: Any) -> str:
    if name == "--listen":
        return f"{value[0]}:{value[1]}"
    if name == "--wait-for-endpoint":
        return f"{value}ms"
    return "=".join(value) if isinstance(value, tuple) else str(value)
