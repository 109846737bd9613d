"""What is left of a corpus that is broken off, in every format; that it can be gone on with."""

from __future__ import annotations

import errno
import hashlib
import json

import pytest

from simulator.corpus import manifest as manifests
from simulator.corpus import packing, proof, write
from simulator.corpus.manifest import Manifest
from simulator.corpus.plan import BLOCK
from simulator.corpus.selection import Part, Selection
from simulator.corpus.write import to_place
from simulator.errors import InputError
from tests.corpus.conftest import content, interrupting, manifest, no_file_larger_than, recipe, silent, written

FILES = ["jsonl", "requests", "json", "har"]
COUNT = 2 * BLOCK + 100
PACKED = [("jsonl", "gzip"), ("jsonl", "zstd"), ("har", "gzip")]
ALL = [*((shape, "") for shape in FILES), *PACKED]


def needs(compress):
    if compress == "zstd":
        try:
            packing.packer(compress)
        except InputError as error:
            pytest.skip(str(error))


def asked_for(shape, compress):
    needs(compress)
    # Compressed corpora are whole blocks; the others break off within one.
    return recipe(COUNT if compress else 400, shape=shape, compress=compress)


def readable(path, compress):
    with packing.opened(path, compress) as stream:
        return stream.read()


def left(path) -> Manifest:
    return manifests.read(manifests.beside(path))


@pytest.mark.parametrize(("shape", "compress"), ALL)
def test_ctrl_c_leaves_whole_payloads_and_a_manifest_that_says_how_many(tmp_path, shape, compress):
    asked, path = asked_for(shape, compress), tmp_path / "corpus"
    with pytest.raises(KeyboardInterrupt):
        to_place(manifest(asked), {}, path, jobs=1, tell=interrupting(asked.count // 3))
    found, there = left(path), readable(path, compress)

    assert 0 < found.passed < asked.count
    assert there == content(asked, 0, found.passed)
    assert (found.bytes, found.stored) == (len(there), path.stat().st_size)
    assert found.sha256 == hashlib.sha256(there).hexdigest()
    assert not found.is_complete


@pytest.mark.parametrize(("shape", "compress"), ALL)
def test_full_disk_leaves_whole_payloads_and_a_manifest_that_says_how_many(tmp_path, shape, compress):
    asked, path = asked_for(shape, compress), tmp_path / "corpus"
    room = len(content(asked)) // (10 if compress else 2)
    with no_file_larger_than(room), pytest.raises(OSError, match="too large"):
        to_place(manifest(asked), {}, path, jobs=1, tell=silent)
    found = left(path)

    assert 0 < found.passed < asked.count
    assert readable(path, compress) == content(asked, 0, found.passed)


@pytest.mark.parametrize(("shape", "compress"), ALL)
def test_corpus_that_was_broken_off_is_gone_on_with_to_the_same_bytes(tmp_path, shape, compress):
    asked, path = asked_for(shape, compress), tmp_path / "corpus"
    with pytest.raises(KeyboardInterrupt):
        to_place(manifest(asked), {}, path, jobs=1, tell=interrupting(asked.count // 3))
    with path.open("ab") as stream:
        stream.write(b"what a machine that lost its power has left behind")
    done = to_place(left(path), {}, path, jobs=1, tell=silent)
    whole = written(asked, tmp_path / "whole")

    assert path.read_bytes() == (tmp_path / "whole").read_bytes()
    assert done == whole
    assert not proof.prove(done, path, {}, tell=silent)


@pytest.mark.parametrize("compress", ["gzip", "zstd"])
def test_damaged_file_is_not_gone_on_with(tmp_path, compress):
    asked, path = asked_for("jsonl", compress), tmp_path / "corpus"
    with pytest.raises(KeyboardInterrupt):
        to_place(manifest(asked), {}, path, jobs=1, tell=interrupting(asked.count // 3))
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2 :] = bytes(len(damaged) - len(damaged) // 2)
    path.write_bytes(damaged)

    with pytest.raises(InputError, match=r"\[corpus-differs\]"):
        to_place(left(path), {}, path, jobs=1, tell=silent)
    with pytest.raises(InputError, match=r"\[corpus-differs\]"):
        proof.prove(left(path), path, {}, tell=silent)


@pytest.mark.parametrize("compress", ["", "gzip"])
def test_folder_that_was_broken_off_has_no_half_files(tmp_path, monkeypatch, compress):
    asked, path = recipe(600, shape="files", compress=compress), tmp_path / "corpus"
    put = type(path).write_bytes
    files = 0

    def fill(file, data):
        nonlocal files
        files += 1
        if files == 300:
            put(file, data[: len(data) // 2])
            raise OSError(errno.ENOSPC, "no space left")
        return put(file, data)

    monkeypatch.setattr(type(path), "write_bytes", fill)
    with pytest.raises(OSError, match="no space left"):
        to_place(manifest(asked), {}, path, jobs=1, tell=silent)
    monkeypatch.undo()

    assert left(path).written == sum(1 for each in path.rglob("*") if each.is_file()) == 256
    assert not proof.prove(left(path), path, {}, tell=silent)


def test_manifest_finds_room_on_a_disk_that_is_full_to_the_last_byte(tmp_path, monkeypatch):
    asked, path = recipe(1000), tmp_path / "corpus"
    save, room = write._save, len(content(asked, 0, 512))

    def save_where_there_is_room(told, beside):
        if path.exists() and path.stat().st_size > room - 2000:
            raise OSError(errno.ENOSPC, "no space left")
        save(told, beside)

    monkeypatch.setattr(write, "_save", save_where_there_is_room)
    with no_file_larger_than(room), pytest.raises(OSError, match="too large"):
        to_place(manifest(asked), {}, path, jobs=1, tell=silent)

    assert left(path).passed == 384
    assert path.read_bytes() == content(asked, 0, 384)


# --- compressed ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("compress", ["gzip", "zstd"])
@pytest.mark.parametrize("count", [0, 5, COUNT])
def test_compressed_corpus_is_the_corpus_and_has_its_hash(tmp_path, compress, count):
    needs(compress)
    done = written(recipe(count, compress=compress), tmp_path / "packed")
    plain = written(recipe(count), tmp_path / "plain")

    assert readable(tmp_path / "packed", compress) == (tmp_path / "plain").read_bytes()
    assert (done.sha256, done.bytes) == (plain.sha256, plain.bytes)
    assert done.stored == (tmp_path / "packed").stat().st_size
    assert count < BLOCK or done.stored < plain.stored / 4


def test_compressed_shards_one_after_another_are_the_compressed_corpus(tmp_path):
    asked = recipe(COUNT, compress="gzip")
    shards = [(BLOCK, COUNT), (0, BLOCK)]
    for first, end in shards:
        written(asked, tmp_path / f"{first}", first=first, end=end)
    written(asked, tmp_path / "whole")

    parts = b"".join((tmp_path / f"{first}").read_bytes() for first, _ in sorted(shards))

    assert parts == (tmp_path / "whole").read_bytes()


def test_processes_compress_to_the_same_bytes(tmp_path):
    asked = recipe(COUNT, compress="gzip")
    one = to_place(manifest(asked), {}, tmp_path / "one", jobs=1, tell=silent)
    two = to_place(manifest(asked), {}, tmp_path / "two", jobs=2, tell=silent)

    assert one == two
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


# --- parts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", ["json", "har"])
def test_part_of_a_corpus_is_whole_json(shape):
    parts = [Part(name="a", low=0, high=0.3), Part(name="b", low=0.3, high=1)]
    found = [json.loads(content(recipe(700, shape=shape, selection=Selection(part=part)))) for part in parts]
    entries = [each["log"]["entries"] if shape == "har" else each for each in found]

    assert sum(map(len, entries)) == 700
    assert min(map(len, entries)) > 100


@pytest.mark.parametrize("shape", ["json", "har"])
def test_part_with_nothing_in_it_is_what_a_corpus_of_nothing_is(shape):
    selection = Selection(part=Part(name="none", low=0, high=0))

    assert content(recipe(700, shape=shape, selection=selection)) == content(recipe(0, shape=shape))


def test_part_can_be_broken_off_and_gone_on_with(tmp_path):
    asked, path = (
        recipe(1000, selection=Selection(part=Part(name="a", low=0, high=0.4), repeated=(3, 7))),
        tmp_path / "a",
    )
    with pytest.raises(KeyboardInterrupt):
        to_place(manifest(asked), {}, path, jobs=1, tell=interrupting(500))
    begun = left(path)
    done = to_place(begun, {}, path, jobs=1, tell=silent)

    assert begun.written < begun.passed < 1000
    assert path.read_bytes() == content(asked)
    assert done.is_complete
    assert done.written == path.read_bytes().count(b"\n")
    assert manifests.read(manifests.beside(path)) == done
