from __future__ import annotations

from simulator.records import Entry
from tests.report.conftest import FILE, written


def test_failed_story_is_not_ok_with_its_place(failed: list[Entry]) -> None:
    lines = written("tap", failed).splitlines()

    assert lines[0] == "TAP version 14"
    assert lines[1] == f"not ok 1 - {FILE}: A late order (shop)"
    assert "    line: 10" in lines
    assert lines[-1] == "1..1"


def test_passed_story_is_ok(passed: list[Entry]) -> None:
    assert "\nok 1 - " in written("tap", passed)


def test_run_that_broke_off_bails_out(passed: list[Entry]) -> None:
    assert written("tap", passed[:-1]).splitlines()[-1] == "Bail out! interrupted"
