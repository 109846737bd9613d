from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import SHOP, WELCOME, Simulate

Write = Callable[..., str]


@pytest.fixture
def journal(simulate: Simulate, story: Write) -> str:
    story(WELCOME, "a.yaml")
    story(WELCOME.replace("A warm welcome", "A second one"), "b.yaml")
    done = simulate("run", ".", "--bot", SHOP, "--listen", ":0", "--journal", "run.jsonl", "-q", "-j", "2")

    assert done.code == 0
    return "run.jsonl"


def kinds(lines: list[str]) -> set[str]:
    return {json.loads(line)["kind"] for line in lines}


def test_all_entries_are_shown_without_a_filter(simulate: Simulate, journal: str, here: Path) -> None:
    done = simulate("journal", journal)

    assert done.code == 0
    assert len(done.lines) == len((here / journal).read_bytes().splitlines())
    assert all(len(line) < 400 for line in done.lines)


def test_entries_are_chosen_by_kind_story_and_scenario(simulate: Simulate, journal: str) -> None:
    kind = simulate("journal", journal, "--kind", "replyseen", "--json")
    story = simulate("journal", journal, "--story", "2", "--json")
    scenario = simulate("journal", journal, "--scenario", "second", "--json")

    assert kinds(kind.lines) == {"ReplySeen"}
    assert len(kind.lines) == 2
    assert {json.loads(line)["scenario"] for line in story.lines} == {"A second one"}
    assert scenario.lines == story.lines


def test_an_actor_is_found_by_name_and_by_id(simulate: Simulate, journal: str) -> None:
    by_name = simulate("journal", journal, "--story", "1", "--actor", "ana", "--json")
    reply = next(json.loads(line) for line in by_name.lines if json.loads(line)["kind"] == "ReplySeen")
    by_id = simulate("journal", journal, "--story", "1", "--actor", reply["data"]["reply"]["to"], "--json")

    assert {"ActorActed", "ReplySeen"} <= kinds(by_name.lines)
    assert {"CallReceived", "PayloadRendered"} <= kinds(by_id.lines) or "ReplySeen" in kinds(by_id.lines)


def test_canonical_journal_is_whole_or_that_of_one_story(simulate: Simulate, journal: str) -> None:
    whole = simulate("journal", journal, "--canonical")
    second = simulate("journal", journal, "--canonical", "--story", "2")
    wrong = simulate("journal", journal, "--canonical", "--kind", "ReplySeen")

    assert {json.loads(line)["story"] for line in whole.lines} == {1, 2}
    assert second.lines == [line for line in whole.lines if json.loads(line)["story"] == 2]
    assert wrong.code == 2


def test_standard_input_is_read(simulate: Simulate, journal: str, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO((here / journal).read_bytes()))
    monkeypatch.setattr(sys, "stdin", stream)

    assert simulate("journal", "-", "--canonical").lines == simulate("journal", journal, "--canonical").lines


def test_a_file_that_is_not_there_and_one_that_is_no_journal_are_wrong_input(simulate: Simulate, story: Write) -> None:
    missing, wrong = simulate("journal", "nowhere.jsonl"), simulate("journal", story())

    assert (missing.code, wrong.code) == (2, 2)
    assert "[unreadable-file]" in missing.err
    assert "[broken-journal]" in wrong.err


def test_a_line_that_was_cut_off_is_passed_over_and_told(simulate: Simulate, journal: str, here: Path) -> None:
    whole = Path(journal).read_bytes()
    Path("cut.jsonl").write_bytes(whole[:-20])

    done, all_of_it = simulate("journal", "cut.jsonl", "--json"), simulate("journal", journal, "--json")

    assert done.code == 0
    assert done.lines == all_of_it.lines[:-1]
    assert done.err.startswith("! the last line has no end")
    assert all_of_it.err == ""


def test_where_nothing_fits_that_is_told_with_what_there_is(simulate: Simulate, here: Path) -> None:
    (here / "j.jsonl").write_text('{"seq":1,"kind":"ReplySeen"}\n{"seq":2,"kind":"RunFinished"}\n')
    (here / "none.jsonl").touch()

    typo = simulate("journal", "j.jsonl", "--kind", "ReplySen")
    empty = simulate("journal", "none.jsonl")

    assert (typo.code, typo.out) == (0, "")
    assert typo.err == "none of 2 entries fits; their kinds are: ReplySeen, RunFinished\n"
    assert empty.err == "the journal holds no entry\n"


def test_an_actor_is_looked_for_in_whatever_an_entry_tells(simulate: Simulate, here: Path) -> None:
    lines = [{"seq": 1, "kind": "ReplySeen", "data": {"actor": "ana", "reply": reply}} for reply in (3, None, [], {})]
    Path("odd.jsonl").write_text("".join(json.dumps({**line, "at_ms": 0}) + "\n" for line in lines), "utf-8")

    assert simulate("journal", "odd.jsonl", "--actor", "ana").code == 0


def test_journal_goes_to_standard_output_alone(simulate: Simulate, story: Write) -> None:
    done = simulate("run", story(), "--bot", SHOP, "--listen", ":0", "--journal", "-")

    assert done.code == 0
    assert "RunFinished" in kinds(done.lines)
    assert "✓ passed  1 story" in done.err


def test_journal_and_report_do_not_share_standard_output(simulate: Simulate, story: Write) -> None:
    done = simulate("run", story(), "--bot", SHOP, "--listen", ":0", "--journal", "-", "--report", "json=-")

    assert done.code == 2
    assert "two things cannot be written to one file" in done.err
