"""The formats of reports, and what each is given."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from simulator.codec import Redactor
from simulator.errors import Problem
from simulator.records import Entry, StoryResult


class Report(Protocol):
    """Listens to a journal, and is closed once, however the run ends."""

    def __call__(self, entry: Entry) -> None:
        """Take in what the entry tells."""

    def close(self, *, error: str = "", exit_code: int = 0, problems: Sequence[Problem] = ()) -> None:
        """Write what is left; `error` says why the run ended before its time, all its `problems` in one text."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Making:
    """What a report is made with."""

    write: Callable[[str], None]
    """Takes the text of the report, piece by piece."""
    secrets: Redactor = field(default_factory=lambda: Redactor([]))
    versions: Mapping[str, str] = field(default_factory=dict)
    start_ms: int = 0
    """The wall clock at the beginning of the run."""
    reproduce: Callable[[StoryResult], str] = lambda result: ""
    """The command that plays one story again."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables of the CI service that the run is part of."""


@dataclass(frozen=True, slots=True)
class Format:
    """One format."""

    about: str
    maker: str
    """Module and class, imported when a report is asked for."""
    is_beside: bool = False
    """True where, without a file, it goes to standard output beside what people read there."""


FORMATS: Mapping[str, Format] = {
    "json": Format("one document with all verdicts", "json:JsonReport"),
    "jsonl": Format("one line for each verdict and story, as they come", "jsonl:LineReport"),
    "junit": Format("JUnit XML, as CI services read it", "junit:JunitReport"),
    "tap": Format("Test Anything Protocol, version 14", "tap:TapReport"),
    "html": Format("a page for people, in one file", "html:HtmlReport"),
    "github": Format("annotations and the job's summary on GitHub", "github:GithubReport", is_beside=True),
}


def make(name: str, making: Making) -> Report:
    """Give a report of that format; it is one of `FORMATS`."""
    module, _, maker = FORMATS[name].maker.partition(":")
    report: Report = getattr(importlib.import_module(f"simulator.report.{module}"), maker)(making)
    return report
