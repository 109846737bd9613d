from __future__ import annotations

import pytest

from simulator.records import Entry
from simulator.report.formats import FORMATS
from tests.report.conftest import written


@pytest.mark.parametrize("name", FORMATS)
def test_report_of_a_run_without_a_story_can_be_written(name: str) -> None:
    assert written(name, [], error="nothing was played")


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("count", range(0, 31, 5))
def test_report_can_be_closed_at_any_moment(name: str, count: int, failed: list[Entry]) -> None:
    assert written(name, failed[:count], error="broken off", exit_code=3)


@pytest.mark.parametrize("name", FORMATS)
def test_secret_is_in_no_format(name: str, failed: list[Entry]) -> None:
    assert "Order BR-1 is lost" not in written(name, failed, "Order BR-1 is lost.")
