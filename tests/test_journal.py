from __future__ import annotations

import io
import itertools
import json
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import journal
from simulator.codec import Redactor
from simulator.errors import InputError
from simulator.journal import Journal, LineWriter
from tests.systems import NEEDS_FULL_DEVICE


def a_journal(*, is_kept: bool = True, **options) -> Journal:
    ticks = itertools.count()
    return Journal(lambda: float(next(ticks)), is_kept=is_kept, **options)


def test_entries_are_numbered_and_stamped_in_order():
    kept = a_journal()
    kept.append("A", {"x": 1}, at_ms=100, scenario="s")
    kept.append("B", None, at_ms=200)

    assert [(e.seq, e.kind, e.at_ms, e.real_ms, e.scenario) for e in kept.entries] == [
        (1, "A", 100, 0.0, "s"),
        (2, "B", 200, 1.0, ""),
    ]


def test_listener_hears_what_comes_until_it_leaves():
    kept, heard = a_journal(), []
    kept.append("before", None, at_ms=0)
    leave = kept.subscribe(lambda entry: heard.append(entry.kind))
    kept.append("during", None, at_ms=0)
    leave()
    leave()
    kept.append("after", None, at_ms=0)

    assert heard == ["during"]


def test_listener_that_appends_does_not_mix_up_the_order_for_others():
    kept, heard = a_journal(), []

    def echo(entry):
        if entry.kind == "A":
            kept.append("B", None, at_ms=0)

    kept.subscribe(echo)
    kept.subscribe(lambda entry: heard.append(entry.kind))
    kept.append("A", None, at_ms=0)

    assert heard == ["A", "B"]


def test_entries_stay_in_memory_only_where_they_are_asked_for():
    passing = Journal(lambda: 0.0)
    passing.append("A", None, at_ms=0)

    assert passing.count == 1
    with pytest.raises(LookupError, match="is_kept=True"):
        _ = passing.entries


@given(st.lists(st.text(max_size=20), max_size=5), st.binary(max_size=20))
def test_file_gives_back_what_was_written(tmp_path_factory, texts, body):
    path = tmp_path_factory.mktemp("journal") / "run.jsonl"
    with a_journal(writer=LineWriter(path)) as kept:
        for text in texts:
            kept.append("Kind", {"text": text, "body": body}, at_ms=5, scenario=text)

    found = list(journal.read(path))

    assert [entry["data"]["text"] for entry in found] == texts
    assert [entry["seq"] for entry in found] == list(range(1, len(texts) + 1))
    assert path.read_bytes().isascii()


def test_line_is_on_disk_before_the_journal_is_closed(tmp_path: Path):
    path = tmp_path / "run.jsonl"
    with a_journal(writer=LineWriter(path)) as kept:
        kept.append("A", None, at_ms=0)
        line = path.read_bytes()

    assert line.endswith(b"\n")
    assert json.loads(line)["kind"] == "A"


def test_secrets_do_not_reach_the_file(tmp_path: Path):
    path = tmp_path / "run.jsonl"
    with a_journal(writer=LineWriter(path, Redactor(["hush-hush"]))) as kept:
        kept.append("A", {"token": "hush-hush"}, at_ms=0)

    assert b"hush-hush" not in path.read_bytes()
    assert kept.entries[0].data == {"token": "hush-hush"}


@NEEDS_FULL_DEVICE
def test_full_disk_is_told_once_and_the_run_goes_on():
    heard = []
    kept = a_journal(writer=LineWriter("/dev/full"))
    kept.subscribe(lambda entry: heard.append(entry.kind))
    with pytest.raises(InputError) as caught:
        kept.append("A", None, at_ms=0)
    kept.append("B", None, at_ms=0)
    kept.close()

    assert caught.value.problems[0].code == "journal-not-written"
    assert heard == ["A", "B"]
    assert [entry.kind for entry in kept.entries] == ["A", "B"]


def test_line_that_was_cut_by_a_full_disk_is_taken_back(tmp_path: Path, monkeypatch):
    path = tmp_path / "run.jsonl"
    writer = LineWriter(path)
    kept = a_journal(writer=writer)
    kept.append("A", None, at_ms=0)
    whole = path.read_bytes()

    class Full:
        def write(self, data):
            os.write(real.fileno(), data[:5])
            raise OSError(28, "No space left on device")

        def fileno(self):
            return real.fileno()

        def close(self):
            real.close()

    real = writer._file
    monkeypatch.setattr(writer, "_file", Full())
    with pytest.raises(InputError, match="No space left"):
        kept.append("B", None, at_ms=0)

    assert path.read_bytes() == whole


def test_folder_of_the_file_is_made(tmp_path: Path):
    LineWriter(tmp_path / "reports" / "run.jsonl").close()

    assert (tmp_path / "reports" / "run.jsonl").read_bytes() == b""


def test_file_where_no_folder_can_be_is_an_error(tmp_path: Path):
    (tmp_path / "no").write_text("a file", "utf-8")

    with pytest.raises(InputError) as caught:
        LineWriter(tmp_path / "no" / "run.jsonl")

    assert caught.value.problems[0].code == "journal-not-written"
    assert caught.value.problems[0].why == "a part of its path is a file, not a folder"


def test_closing_twice_is_the_same_as_once(tmp_path: Path):
    kept = a_journal(writer=LineWriter(tmp_path / "run.jsonl"))
    kept.close()
    kept.close()
    kept.append("A", None, at_ms=0)

    assert (tmp_path / "run.jsonl").read_bytes() == b""


def test_last_line_without_its_end_is_passed_over(tmp_path: Path):
    path = tmp_path / "run.jsonl"
    path.write_bytes(b'{"seq":1,"kind":"A"}\n{"seq":2,"ki')

    assert [entry["seq"] for entry in journal.read(path)] == [1]


@pytest.mark.parametrize(
    "line",
    [
        b"nonsense",
        b"[]",
        b'{"seq":1}',
        b'{"seq":1,"kind":NaN}',
        b"\xff",
        b"[" * 100_000,
        b'{"seq":1,"kind":[]}',
        b'{"seq":1,"kind":"A","story":"1"}',
        b'{"seq":1,"kind":"A","at_ms":1e300}',
        b'{"seq":1,"kind":"A","at_ms":999999999999999999}',
        b'{"seq":1,"kind":"A","scenario":3}',
    ],
)
def test_line_that_is_no_entry_is_named(tmp_path: Path, line):
    path = tmp_path / "run.jsonl"
    path.write_bytes(b'{"seq":1,"kind":"A"}\n' + line + b"\n")
    with pytest.raises(InputError) as caught:
        list(journal.read(path))

    assert caught.value.problems[0].code == "broken-journal"
    assert caught.value.problems[0].where == f"{path}:2:1"


def test_line_that_is_longer_than_any_entry_is_not_read_into_memory(monkeypatch):
    monkeypatch.setattr(journal, "LONGEST_LINE_BYTES", 100)
    short, long = b'{"seq":1,"kind":"A"}\n', b"x" * 1_000

    assert [len(line) for line in journal.whole_lines(io.BytesIO(short + long + b"\n" + short))] == [21, 102, 21]
    with pytest.raises(InputError, match="it is longer than 100 bytes"):
        list(journal.read_lines(journal.whole_lines(io.BytesIO(short + long + b"\n")), "run.jsonl"))


def test_long_line_without_an_end_is_passed_over_as_a_short_one_is(monkeypatch):
    monkeypatch.setattr(journal, "LONGEST_LINE_BYTES", 100)
    cut = io.BytesIO(b'{"seq":1,"kind":"A"}\n' + b"\0" * 1_000)

    assert [entry["seq"] for entry in journal.read_lines(journal.whole_lines(cut), "run.jsonl")] == [1]


@pytest.mark.parametrize("size", [99, 100, 101, 102, 200, 201, 202, 303])
def test_lines_of_any_length_keep_their_number(monkeypatch, size: int):
    monkeypatch.setattr(journal, "LONGEST_LINE_BYTES", 100)
    found = list(journal.whole_lines(io.BytesIO((b"x" * size + b"\n") * 3)))

    assert len(found) == 3
    assert all(line.endswith(b"\n") for line in found)
    assert {len(line) > 100 for line in found} == {size + 1 > 100}


def test_journal_that_is_not_there_is_an_error(tmp_path: Path):
    with pytest.raises(InputError) as caught:
        list(journal.read(tmp_path / "none.jsonl"))

    assert caught.value.problems[0].code == "unreadable-file"


@pytest.mark.skipif(sys.platform == "win32", reason="a lock would keep others from reading there")
def test_journal_of_a_run_that_goes_on_is_left_alone(tmp_path):
    path = tmp_path / "run.jsonl"
    with Journal(lambda: 0.0, writer=LineWriter(path)) as journal:
        journal.append("A", {}, at_ms=0)
        before = path.read_bytes()
        with pytest.raises(InputError, match=r"\[journal-taken\]"):
            LineWriter(path)
        between = path.read_bytes()
    LineWriter(path).close()

    assert between == before != b""
    assert path.read_bytes() == b""
