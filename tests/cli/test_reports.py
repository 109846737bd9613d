"""The reports that a person asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.cli.reports import open_reports, read_wanted
from simulator.codec import Redactor
from simulator.errors import InputError


def test_report_makes_the_folder_it_lies_in(tmp_path: Path) -> None:
    path = tmp_path / "reports" / "run.xml"
    reports = open_reports(
        [read_wanted(f"junit={path}")], secrets=Redactor([]), versions={}, reproduce=lambda result: ""
    )
    reports.close(error="nothing was played")

    assert path.read_text("utf-8").startswith("<testsuites")


def test_every_report_is_closed_where_one_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "run.tap"
    wanted = [read_wanted("json=/dev/full"), read_wanted(f"tap={path}")]
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full on this system")
    reports = open_reports(wanted, secrets=Redactor([]), versions={}, reproduce=lambda result: "")

    with pytest.raises(InputError, match="the report cannot be written"):
        reports.close()
    assert path.read_text("utf-8").startswith("TAP version 14")


@pytest.mark.parametrize("text", ["xml=f", "json", "json=", "github=", "html"])
def test_report_without_format_or_file_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"there are|needs a file"):
        read_wanted(text)


def test_annotations_need_no_file() -> None:
    assert read_wanted("github") == ("github", "")
