"""The reports that a person asked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.cli.reports import open_reports, read_wanted, with_folder
from simulator.codec import Redactor
from simulator.errors import InputError
from tests.cli.conftest import SHOP, WELCOME, Simulate
from tests.systems import NEEDS_FULL_DEVICE

Write = Callable[..., str]


def test_report_makes_the_folder_it_lies_in(tmp_path: Path) -> None:
    path = tmp_path / "reports" / "run.xml"
    reports = open_reports(
        [read_wanted(f"junit={path}")], secrets=Redactor([]), versions={}, reproduce=lambda result: ""
    )
    reports.close(error="nothing was played")

    assert path.read_text("utf-8").startswith("<testsuites")


@NEEDS_FULL_DEVICE
def test_every_report_is_closed_where_one_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "run.tap"
    wanted = [read_wanted("json=/dev/full"), read_wanted(f"tap={path}")]
    reports = open_reports(wanted, secrets=Redactor([]), versions={}, reproduce=lambda result: "")

    with pytest.raises(InputError, match="the report cannot be written"):
        reports.close()
    assert path.read_text("utf-8").startswith("TAP version 14")


def test_summary_of_a_job_that_cannot_be_written_is_told_before_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "nowhere" / "summary.md"))

    with pytest.raises(InputError, match=r"summary\.md") as caught:
        open_reports([read_wanted("github")], secrets=Redactor([]), versions={}, reproduce=lambda result: "")
    assert caught.value.problems[0].code == "report-not-written"


@NEEDS_FULL_DEVICE
def test_summary_of_a_job_for_which_there_is_no_room_is_told_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "/dev/full")
    reports = open_reports([read_wanted("github")], secrets=Redactor([]), versions={}, reproduce=lambda result: "")

    with pytest.raises(InputError) as caught:
        reports.close()

    assert [(each.code, each.at) for each in caught.value.problems] == [("report-not-written", "/dev/full")]


def test_every_report_is_closed_where_one_has_a_fault_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "run.json"
    wanted = [read_wanted(f"tap={tmp_path / 'run.tap'}"), read_wanted(f"json={path}")]
    reports = open_reports(wanted, secrets=Redactor([]), versions={}, reproduce=lambda result: "")
    monkeypatch.setattr("simulator.report.tap.TapReport.close", _fail)

    with pytest.raises(ZeroDivisionError):
        reports.close()
    assert json.loads(path.read_text("utf-8"))["run"]["outcome"] == "interrupted"


def test_file_in_the_place_of_a_folder_is_told_as_one(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("", "utf-8")

    with pytest.raises(InputError, match="is a file, not a folder"):
        open_reports(
            [read_wanted(f"json={tmp_path / 'taken' / 'run.json'}")],
            secrets=Redactor([]),
            versions={},
            reproduce=lambda result: "",
        )


def _fail(*given: object, **named: object) -> None:
    raise ZeroDivisionError


@pytest.mark.parametrize("text", ["xml=f", "json", "json=", "github=", "html"])
def test_report_without_format_or_file_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"there are|needs a file"):
        read_wanted(text)


def test_annotations_need_no_file() -> None:
    assert read_wanted("github") == ("github", "")


def test_folder_gets_the_reports_and_the_journal(tmp_path: Path) -> None:
    given = with_folder({"reports": (read_wanted("github"),), "folder": tmp_path / "reports", "journal": None})

    assert [each.format for each in given["reports"]] == ["github", "html", "junit", "json"]
    assert [Path(each.file).name for each in given["reports"][1:]] == ["run.html", "junit.xml", "run.json"]
    assert given["journal"] == tmp_path / "reports" / "journal.jsonl"


def test_journal_that_is_named_stays_where_it_is(tmp_path: Path) -> None:
    given = with_folder({"reports": (), "folder": tmp_path, "journal": Path("mine.jsonl")})

    assert given["journal"] == Path("mine.jsonl")


def test_without_a_folder_nothing_is_added() -> None:
    assert with_folder({"reports": (), "folder": None, "journal": None})["reports"] == ()


def test_annotations_do_not_stand_in_a_document_on_standard_output(
    simulate: Simulate, here: Path, story: Write
) -> None:
    failing = story(WELCOME.replace("~welcome", "{text: ~goodbye, within: 50ms}"))
    named = ["--report", "github", "--report", "json=-", "--report", "github"]

    done = simulate("run", failing, "--bot", SHOP, "--listen", ":0", *named)

    assert json.loads(done.out)["run"]["outcome"] == "failed"
    assert done.err.count("::error file=story.yaml") == 1


def test_run_leaves_its_reports_in_the_folder(simulate: Simulate, here: Path, story: Write) -> None:
    done = simulate("run", story(), "--bot", SHOP, "--listen", ":0", "--reports", "build/reports")
    folder = here / "build" / "reports"

    assert done.code == 0
    assert {path.name for path in folder.iterdir()} == {"run.html", "junit.xml", "run.json", "journal.jsonl"}
    assert json.loads((folder / "run.json").read_text("utf-8"))["run"]["outcome"] == "passed"
    assert '"kind": "RunFinished"' in (folder / "journal.jsonl").read_text("utf-8").splitlines()[-1].replace(
        '":"', '": "'
    )


def test_run_that_is_refused_leaves_no_report_of_an_earlier_one(simulate: Simulate, here: Path, story: Write) -> None:
    words = ["--bot", SHOP, "--listen", ":0", "--reports", "left", "--report", "github"]
    simulate("run", story(), *words)
    good = json.loads((here / "left" / "run.json").read_text("utf-8"))

    done = simulate("run", story("scenario: S\nprovider: viber\nsteps: [{anna: hi}]\n"), *words)
    refused = json.loads((here / "left" / "run.json").read_text("utf-8"))

    assert done.code == 2
    assert (good["run"]["outcome"], refused["run"]["outcome"]) == ("passed", "interrupted")
    assert "[unknown-step]" in (here / "left" / "junit.xml").read_text("utf-8")
    assert done.out.startswith("::error file=")
    assert (here / "left" / "journal.jsonl").read_text("utf-8") == ""


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--credential", "auth_token=env:NOT_SET_AT_ALL"], "[unset-variable]"),
        (["--target", "nowhere"], "[unknown-target]"),
        (["--fresh-bot", "--jobs", "2"], "[bad-usage]"),
        (["--endpoint", "vibr=:1"], "[unknown-endpoint]"),
    ],
)
def test_command_line_that_is_wrong_leaves_no_report_of_an_earlier_run(
    simulate: Simulate, here: Path, story: Write, words: list[str], told: str
) -> None:
    (here / "left").mkdir()
    for name in ("run.json", "journal.jsonl"):
        (here / "left" / name).write_text('{"run": {"error": "of an earlier run"}}', "utf-8")

    done = simulate("run", story(), "--listen", ":0", "--reports", "left", *words)
    document = json.loads((here / "left" / "run.json").read_text("utf-8"))

    assert done.code == 2
    assert (document["run"]["exit_code"], document["run"]["outcome"]) == (2, "interrupted")
    assert told in document["run"]["error"]
    assert told in done.err
    assert (here / "left" / "journal.jsonl").read_text("utf-8") == ""
