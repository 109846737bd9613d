from __future__ import annotations

import gzip
import sys
from pathlib import Path

import pytest

from simulator.corpus import extras, packing
from simulator.errors import InputError


@pytest.mark.parametrize(("name", "way"), [("a.jsonl.gz", "gzip"), ("a.zst", "zstd"), ("a.jsonl", ""), ("gz", "")])
def test_end_of_a_name_tells_the_way(name, way):
    assert packing.way_of(Path(name)) == way


def test_gzip_member_holds_neither_time_nor_name_nor_system():
    header = packing.packer("gzip")(b"body")[:10]

    assert header[3:8] == bytes(5)
    assert header[9] == 255


def test_members_behind_each_other_are_read_as_one(tmp_path):
    path = tmp_path / "two.gz"
    path.write_bytes(packing.packer("gzip")(b"one ") + packing.packer("gzip")(b"two"))

    with packing.opened(path, "gzip") as stream:
        assert stream.read() == b"one two"
    assert gzip.decompress(path.read_bytes()) == b"one two"


def test_missing_library_is_named_with_the_line_that_installs_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "compression.zstd", None)
    monkeypatch.setitem(sys.modules, "backports.zstd", None)
    monkeypatch.setitem(sys.modules, "backports", None)

    with pytest.raises(InputError) as caught:
        packing.packer("zstd")
    assert caught.value.problems[0].code == "missing-extra"
    assert extras.EXTRAS["zstd"][0] in caught.value.problems[0].fix
