from __future__ import annotations

import json

from simulator.records import Entry
from tests.report.conftest import written


def test_each_verdict_and_story_has_a_line_and_the_run_the_last(failed: list[Entry]) -> None:
    rows = [json.loads(line) for line in written("jsonl", failed, exit_code=1).splitlines()]

    assert [row["kind"] for row in rows] == ["verdict"] * 5 + ["story", "run"]
    assert rows[-1]["exit_code"] == 1
    assert rows[-1]["is_interrupted"] is False


def test_secret_is_hidden(failed: list[Entry]) -> None:
    assert "BR-1" not in written("jsonl", failed, "Order BR-1")
