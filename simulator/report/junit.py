"""The run as JUnit XML: a suite for each file, a case for each story."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from junitparser import Attr, Error, Failure, IntAttr, JUnitXml, Skipped, TestCase, TestSuite

from simulator.errors import Problem
from simulator.records import Audit, Entry
from simulator.report.failure import ToldStory
from simulator.report.formats import Making
from simulator.report.measures import NOT_IDEMPOTENT, findings_of
from simulator.report.text import visible, xml_safe
from simulator.report.told import failures_of, headline_of, title_of, transcript_of, worst_of
from simulator.report.transcript import Transcript
from simulator.units import iso8601

RUN = "the run"
"""The case that fails where the run itself did not come to its end."""


class _Case(TestCase):
    """A case that knows where its scenario stands."""

    file = Attr()
    line = IntAttr()


class JunitReport:
    """Listens to a journal and keeps a case for each story that has ended."""

    def __init__(self, making: Making) -> None:
        """Begin with no case."""
        self._making = making
        self._hide = making.secrets.hide
        self._transcript = Transcript(hide=self._hide, reproduce=making.reproduce)
        self._suites: dict[str, TestSuite] = {}
        self._is_interrupted = True

    def __call__(self, entry: Entry) -> None:
        """Take in what the entry tells."""
        for _ in self._transcript.take(entry):
            pass
        if entry.kind == "StoryFinished":
            self._add(self._transcript.told(entry.data))
        elif entry.kind == "AuditFinished":
            self._add_audit(entry.data)
        elif entry.kind == "RunFinished":
            self._is_interrupted = entry.data.is_interrupted

    def close(self, *, error: str = "", exit_code: int = 0, problems: Sequence[Problem] = ()) -> None:
        """Write the document; where the run did not come to its end, a case of its own says why."""
        if error or self._is_interrupted:
            self._add_end(error or "interrupted")
        document = JUnitXml("simulator")
        for suite in self._suites.values():
            suite.update_statistics()
            document.append(suite)
        document.update_statistics()
        self._making.write(document.tostring().decode("utf-8") + "\n")

    def _add(self, story: ToldStory) -> None:
        result = story.result
        case = _Case(xml_safe(title_of(result)))
        case.classname = xml_safe(result.file)
        case.file, case.line = xml_safe(result.file), result.line
        case.time = round(result.duration_ms / 1000, 3)
        case.result = self._outcome(story)
        case.system_out = xml_safe(transcript_of(story))
        if story.output:
            case.system_err = xml_safe("\n".join(map(visible, story.output)))
        suite = self._suite(result.file)
        suite.timestamp = suite.timestamp or iso8601(self._making.start_ms).removesuffix("Z")
        suite.append(case)

    def _outcome(self, story: ToldStory) -> list[Any]:
        worst = worst_of(story)
        if worst is not None:
            kind = Error if worst.outcome == "error" else Failure
            made = kind(xml_safe(headline_of(worst)), worst.code)
            made.text = xml_safe(failures_of(story))
            return [made]
        if story.result.outcome == "skipped":
            why = next((each.observed for each in story.result.verdicts if each.outcome == "skipped"), "")
            return [Skipped(xml_safe(why or "nothing was judged"))]
        return []

    def _add_audit(self, audit: Audit) -> None:
        """Add a case for each story that went otherwise under a fault; where none did, one that says so."""
        name = f"audit {audit.kind}"
        for finding, text in findings_of(audit):
            case = _Case(self._safe(f"{audit.kind} of {finding.scenario} ({finding.provider})"))
            file, line, _ = finding.place.rsplit(":", 2)
            case.classname, case.file, case.line = name, self._safe(file), int(line)
            made = Failure(self._safe(f"with {finding.variant}: {finding.found}"), NOT_IDEMPOTENT)
            made.text = self._safe(text)
            case.result = [made]
            self._suite(name).append(case)
        if not audit.findings:
            case = _Case(f"{audit.stories} stories went the same in {len(audit.variants)} ways")
            case.classname = name
            self._suite(name).append(case)

    def _add_end(self, error: str) -> None:
        case = _Case(RUN)
        case.classname = RUN
        made = Error(self._safe(error.partition("\n")[0]), "interrupted" if error == "interrupted" else "run")
        made.text = self._safe(error)
        case.result = [made]
        self._suite(RUN).append(case)

    def _suite(self, name: str) -> TestSuite:
        if name not in self._suites:
            self._suites[name] = TestSuite(xml_safe(name))
        return self._suites[name]

    def _safe(self, text: str) -> str:
        return xml_safe(self._hide(text))
