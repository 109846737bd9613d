from __future__ import annotations

from xml.etree import ElementTree as ET

from simulator.records import Entry
from tests.report.conftest import FILE, written


def case_of(entries: list[Entry], *secrets: str, **ending: object) -> ET.Element:
    document = ET.fromstring(written("junit", entries, *secrets, **ending))
    found = document.find("testsuite/testcase")
    assert found is not None
    return found


def test_failed_story_is_a_case_at_its_line_with_the_transcript(failed: list[Entry]) -> None:
    case = case_of(failed)
    failure = case.find("failure")

    assert (case.get("name"), case.get("file"), case.get("line")) == ("A late order (shop)", FILE, "1")
    assert failure is not None
    assert failure.get("type") == "wrong-reply"
    assert f"{FILE}:10:5" in (failure.text or "")
    assert "Welcome, Ana!" in (case.findtext("system-out") or "")


def test_passed_story_has_neither_failure_nor_error(passed: list[Entry]) -> None:
    assert {child.tag for child in case_of(passed)} <= {"system-out", "system-err"}


def test_run_that_broke_off_is_an_error_of_its_own(passed: list[Entry]) -> None:
    document = ET.fromstring(written("junit", passed, error="no room\nat all"))

    assert document.get("errors") == "1"
    assert document.find("testsuite[@name='the run']/testcase/error") is not None


def test_control_characters_leave_the_document_readable(failed: list[Entry]) -> None:
    assert "\\x1b" in (case_of(failed).findtext("system-err") or "")
