"""A corpus as Parquet, read by the library that the format is known by."""

from __future__ import annotations

import json
import sys

import pytest

from simulator import catalog as catalogs
from simulator import paths
from simulator.corpus import manifest as manifests
from simulator.corpus import proof, tables
from simulator.corpus.columns import columns
from simulator.corpus.write import to_place
from simulator.errors import InputError
from tests.corpus.conftest import content, interrupting, manifest, no_file_larger_than, recipe, silent, written

parquet = pytest.importorskip("pyarrow.parquet", reason="the extra `parquet` is not installed")


def rows_of(path):
    """Give the rows of all tables by their numbers."""
    found = {}
    for file in path.rglob("*.parquet"):
        found.update({row["_number"]: row for row in parquet.read_table(file).to_pylist()})
    return found


@pytest.mark.parametrize("provider", catalogs.names())
def test_tables_hold_every_body_exactly_and_its_fields_beside_it(tmp_path, provider):
    asked = recipe(400, provider, shape="parquet")
    written(asked, tmp_path / "corpus")
    rows = rows_of(tmp_path / "corpus")
    lines = content(recipe(400, provider)).splitlines()

    assert sorted(rows) == list(range(400))
    for number, line in enumerate(lines):
        body, row = json.loads(line), rows[number]
        assert row["_body"] == line
        for path, value in row.items():
            if not path.startswith("_") and value is not None:
                exact = paths.get(body, path)
                assert value == exact or json.loads(value) == exact


@pytest.mark.parametrize("provider", catalogs.names())
def test_no_field_is_called_as_a_column_of_ours(provider):
    for fact in catalogs.load(provider).events.values():
        assert not {tables.NUMBER, tables.TIME, tables.BODY} & {column.path for column in columns(fact)}


def test_hash_is_that_of_the_bodies_as_lines(tmp_path):
    asked = written(recipe(700, shape="parquet"), tmp_path / "corpus")
    lines = written(recipe(700), tmp_path / "lines")

    assert (asked.sha256, asked.bytes, asked.written) == (lines.sha256, lines.bytes, 700)


def test_tables_are_the_same_with_two_processes(tmp_path):
    asked = recipe(5000, shape="parquet")
    to_place(manifest(asked), {}, tmp_path / "one", jobs=1, tell=silent)
    to_place(manifest(asked), {}, tmp_path / "two", jobs=2, tell=silent)
    one = {file.relative_to(tmp_path / "one"): file.read_bytes() for file in (tmp_path / "one").rglob("*.parquet")}
    two = {file.relative_to(tmp_path / "two"): file.read_bytes() for file in (tmp_path / "two").rglob("*.parquet")}

    assert one == two


def test_large_bodies_are_not_held_for_long(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "HELD_BYTES", 20_000)
    written(recipe(400, shape="parquet"), tmp_path / "corpus")
    groups = [parquet.read_metadata(file).num_row_groups for file in (tmp_path / "corpus").rglob("*.parquet")]

    assert max(groups) > 3
    assert sorted(rows_of(tmp_path / "corpus")) == list(range(400))


def test_ctrl_c_leaves_tables_of_what_the_manifest_says(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "HELD_BYTES", 20_000)
    with pytest.raises(KeyboardInterrupt):
        to_place(manifest(recipe(600, shape="parquet")), {}, tmp_path / "corpus", jobs=1, tell=interrupting(300))
    found = manifests.read(tmp_path / "corpus.manifest.json")

    assert found.passed == 384
    assert sorted(rows_of(tmp_path / "corpus")) == list(range(384))
    assert not list(tmp_path.rglob("*.part"))
    assert not proof.prove(found, tmp_path / "corpus", {}, tell=silent)


def test_ctrl_c_in_the_middle_of_writing_leaves_nothing_that_is_not_true(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "HELD_BYTES", 20_000)
    flush, count = tables._Tables._flush, 0

    def flush_twice(sink, event):
        nonlocal count
        count += 1
        shelf = sink._waiting[event]
        flush(sink, event)
        if count == 5:
            # As if the signal had come before the rows that are written were forgotten.
            sink._waiting[event] = shelf
            raise KeyboardInterrupt

    monkeypatch.setattr(tables._Tables, "_flush", flush_twice)
    with pytest.raises(KeyboardInterrupt):
        written(recipe(600, shape="parquet"), tmp_path / "corpus")

    assert manifests.read(tmp_path / "corpus.manifest.json").written == 0
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and "manifest" not in path.name]


def test_full_disk_leaves_no_table_that_cannot_be_read(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "HELD_BYTES", 20_000)
    with no_file_larger_than(12_000), pytest.raises(OSError, match="too large"):
        written(recipe(2000, shape="parquet"), tmp_path / "corpus")

    assert manifests.read(tmp_path / "corpus.manifest.json").written == len(rows_of(tmp_path / "corpus")) == 0
    assert not list(tmp_path.rglob("*.part"))


def test_tables_of_an_earlier_corpus_are_taken_away(tmp_path):
    written(recipe(300, shape="parquet"), tmp_path / "corpus")
    done = written(recipe(5, shape="parquet"), tmp_path / "corpus")

    assert len(rows_of(tmp_path / "corpus")) == 5
    assert not proof.prove(done, tmp_path / "corpus", {}, tell=silent)


def test_lost_tables_are_made_again(tmp_path):
    done = written(recipe(200, shape="parquet"), tmp_path / "corpus")
    (tmp_path / "corpus").rename(tmp_path / "lost")

    assert proof.prove(done, tmp_path / "corpus", {}, tell=silent)
    assert not proof.prove(done, tmp_path / "corpus", {}, tell=silent)


def changed(path, change):
    """Write a table anew, with its rows changed."""
    table = parquet.read_table(path)
    rows = table.to_pylist()
    change(rows)
    parquet.write_table(type(table).from_pylist(rows, schema=table.schema), path)


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows[3].update({"_body": rows[3]["_body"] + b" "}),
        lambda rows: rows[3].update({"sender.name": "Mallory"}),
        lambda rows: rows[3].update({"_number": 9}),
        lambda rows: rows.pop(3),
        lambda rows: rows.append(rows[-1]),
    ],
    ids=["body", "field", "number", "fewer", "more"],
)
def test_changed_table_does_not_pass(tmp_path, change):
    done = written(recipe(300, shape="parquet"), tmp_path / "corpus")
    changed(tables.file_of(tmp_path / "corpus", "viber", "message/text"), change)

    with pytest.raises(InputError, match=r"\[corpus-differs\]"):
        proof.prove(done, tmp_path / "corpus", {}, tell=silent)


@pytest.mark.parametrize(
    "spoil", [lambda file: file.unlink(), lambda file: file.write_bytes(b"PAR1")], ids=["no", "bad"]
)
def test_table_that_cannot_be_read_is_told(tmp_path, spoil):
    done = written(recipe(300, shape="parquet"), tmp_path / "corpus")
    spoil(tables.file_of(tmp_path / "corpus", "viber", "message/text"))

    with pytest.raises(InputError, match=r"\[corpus-differs\]"):
        proof.prove(done, tmp_path / "corpus", {}, tell=silent)


def test_missing_library_is_named_with_the_line_that_installs_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)

    with pytest.raises(InputError, match="pyarrow>=20"):
        written(recipe(10, shape="parquet"), tmp_path / "corpus")
    assert not list(tmp_path.iterdir())
