from __future__ import annotations

import gzip
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Simulate, started
from tests.systems import NEEDS_GZIP, NEEDS_SIGNALS


def test_end_of_the_name_compresses(simulate: Simulate, here: Path) -> None:
    plain = simulate("generate", "viber", "--count", "30").raw
    done = simulate("generate", "viber", "--count", "30", "--out", "corpus.jsonl.gz")

    assert gzip.decompress((here / "corpus.jsonl.gz").read_bytes()) == plain
    assert f"{len(plain)} bytes, {(here / 'corpus.jsonl.gz').stat().st_size} as gzip" in done.err


def test_standard_output_is_compressed(simulate: Simulate) -> None:
    plain = simulate("generate", "viber", "--count", "30").raw

    assert gzip.decompress(simulate("generate", "viber", "--count", "30", "--compress", "gzip").raw) == plain


@pytest.mark.parametrize(
    ("library", "words"),
    [("distributed", ["--cluster", "tcp://127.0.0.1:1"]), ("backports", ["--compress", "zstd"])],
)
def test_missing_library_leaves_no_file_behind(
    simulate: Simulate, here: Path, monkeypatch: pytest.MonkeyPatch, library: str, words: list[str]
) -> None:
    for name in (library, "backports.zstd", "compression.zstd"):
        monkeypatch.setitem(sys.modules, name, None)
    done = simulate("generate", "viber", "--out", "corpus.jsonl", *words)

    assert done.code == 2
    assert "[missing-extra]" in done.err
    assert not list(here.iterdir())


def test_each_file_of_a_folder_is_compressed(simulate: Simulate, here: Path) -> None:
    words = ("generate", "viber", "seen", "--count", "3", "--format", "files", "--compress", "gzip", "--out", "corpus")
    simulate(*words)
    files = sorted((here / "corpus" / "viber" / "seen").iterdir())

    assert [file.name for file in files] == [f"000000000{number}.json.gz" for number in range(3)]
    assert all(json.loads(gzip.decompress(file.read_bytes()))["event"] == "seen" for file in files)
    assert simulate("generate", "--verify", "corpus.manifest.json").code == 0


@NEEDS_GZIP
def test_compressed_file_is_read_by_the_tool_of_that_name(simulate: Simulate, here: Path) -> None:
    simulate("generate", "viber", "--count", "9000", "--out", "corpus.jsonl.gz")
    read = subprocess.run(["gzip", "-dc", "corpus.jsonl.gz"], cwd=here, capture_output=True, check=True).stdout

    assert read == simulate("generate", "viber", "--count", "9000").raw


def test_compressed_corpus_verifies_and_a_changed_one_does_not(simulate: Simulate, here: Path) -> None:
    simulate("generate", "viber", "--count", "30", "--out", "corpus.jsonl.gz")
    right = simulate("generate", "--verify", "corpus.jsonl.gz.manifest.json")
    (here / "corpus.jsonl.gz").write_bytes(gzip.compress(b"{}\n"))
    wrong = simulate("generate", "--verify", "corpus.jsonl.gz.manifest.json")

    assert (right.code, wrong.code) == (0, 2)
    assert "[corpus-differs]" in wrong.err


def test_split_makes_a_corpus_for_each_part(simulate: Simulate, here: Path) -> None:
    done = simulate("generate", "viber", "--count", "300", "--split", "train=80%,test=0.2", "--out", "corpus.jsonl")
    train, test = ((here / f"corpus.{name}.jsonl").read_bytes().splitlines() for name in ("train", "test"))
    whole = simulate("generate", "viber", "--count", "300").raw.splitlines()

    assert done.code == 0
    assert not (here / "corpus.jsonl").exists()
    assert sorted([*train, *test]) == sorted(whole)
    assert simulate("generate", "--verify", "corpus.train.jsonl.manifest.json").code == 0


def test_no_part_is_written_where_one_is_there(simulate: Simulate, here: Path) -> None:
    (here / "corpus.test.jsonl").write_text("mine", "utf-8")
    done = simulate("generate", "viber", "--split", "train=0.8,test=0.2", "--out", "corpus.jsonl")

    assert done.code == 2
    assert [path.name for path in here.iterdir()] == ["corpus.test.jsonl"]


def test_labels_of_a_part_tell_its_own_places(simulate: Simulate, here: Path) -> None:
    words = ("--split", "train=0.5,test=0.5", "--invalid", "30%", "--out", "corpus.jsonl")
    simulate("generate", "viber", "--count", "300", *words)
    lines = (here / "corpus.test.jsonl").read_text("utf-8").splitlines()
    labels = [json.loads(line) for line in (here / "corpus.test.jsonl.labels.jsonl").read_text("utf-8").splitlines()]
    cut = [label["place"] for label in labels if label["kind"] == "truncated"]

    assert len(cut) > 3
    for place in cut:
        with pytest.raises(ValueError, match=r"."):
            json.loads(lines[place])


def test_unique_tells_how_many_came_before(simulate: Simulate, here: Path) -> None:
    done = simulate("generate", "viber", "--count", "200", "--unique", "--out", "corpus.jsonl")

    assert "0 of 200 payloads came before and are left out" in done.err
    assert (here / "corpus.jsonl").read_bytes() == simulate("generate", "viber", "--count", "200").raw


def test_archive_is_read_by_verify(simulate: Simulate, here: Path) -> None:
    secret = ("--credential", "auth_token=secret", "--endpoint", "https://bot.example/hook")
    simulate("generate", "viber", "seen", "--count", "1", "--format", "har", "--out", "one.har", *secret)
    done = simulate("verify", "viber", "one.har", *secret[:2])

    assert done.code == 0, done.err


@pytest.mark.parametrize(
    "words",
    [
        ["--split", "a=0.5,b=0.5"],
        ["--format", "parquet"],
        ["--resume"],
        ["--compress", "zstd", "--out", "corpus.gz"],
        ["--compress", "gzip", "--format", "parquet", "--out", "corpus"],
        ["--cluster", "tcp://127.0.0.1:1", "-j", "2"],
    ],
    ids=" ".join,
)
def test_options_that_do_not_go_together_are_told(simulate: Simulate, here: Path, words: list[str]) -> None:
    done = simulate("generate", "viber", *words)

    assert done.code == 2
    assert "[options-clash]" in done.err
    assert not list(here.iterdir())


@pytest.mark.parametrize("split", ["train", "a=0.5,a=0.5", "a=0.5", "a/b=1"])
def test_split_that_is_none_is_wrong_input(simulate: Simulate, split: str) -> None:
    assert simulate("generate", "viber", "--split", split, "--out", "corpus.jsonl").code == 2


@NEEDS_SIGNALS
@pytest.mark.parametrize("name", ["corpus.har.gz", "corpus.jsonl"])
def test_ctrl_c_in_a_terminal_leaves_what_can_be_gone_on_with(simulate: Simulate, here: Path, name: str) -> None:
    shape = "har" if "har" in name else "jsonl"
    words = ("generate", "viber", "--count", "200000", "--format", shape, "--out", name, "-j", "2")
    # More than one member, so that the first is known to be counted.
    path = here / name
    with started(*words, folder=here) as process:
        while not path.exists() or path.stat().st_size < 1_000_000:
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        code = process.wait()
    manifest = json.loads((here / f"{name}.manifest.json").read_text("ascii"))
    verified = simulate("generate", "--verify", f"{name}.manifest.json")

    assert code == 130
    assert 0 < manifest["passed"] < 200_000
    assert manifest["stored"] == path.stat().st_size
    assert verified.code == 0, verified.err
