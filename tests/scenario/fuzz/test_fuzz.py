"""Very many inputs: no traceback, no hang, no memory without an end."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.scenario.fuzz import mutations, worker

WORKERS = 2
SHARES = {"file": 1.0, "structure": 0.3, "expression": 0.1, "template": 0.1, "matcher": 0.02, "path": 0.3}
"""Kind of input → how many of it there are beside the files; a matcher may search for a quarter of a second."""


def tried(kind: str, seed: int, count: int, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.scenario.fuzz.worker", kind, str(seed), str(count)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        cwd=mutations.ROOT,
        env={**os.environ, "TMPDIR": str(folder), "PYTHONUTF8": "1"},
    )


def told(program: subprocess.Popen[str]) -> list[dict[str, Any]]:
    out, err = program.communicate()

    assert program.returncode == 0, err[-3_000:]
    return [json.loads(line) for line in out.splitlines()]


@pytest.mark.fuzz
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("kind", SHARES)
def test_no_input_ends_in_anything_but_a_result_or_an_error_for_people(
    kind: str, fuzz_count: int, tmp_path: Path
) -> None:
    count = max(1, round(fuzz_count * SHARES[kind] / WORKERS))
    programs = [tried(kind, seed, count, tmp_path) for seed in range(WORKERS)]
    lines = [line for program in programs for line in told(program)]

    assert [line for line in lines if "wrong" in line] == []
    assert sum(line["tried"] for line in lines) == count * WORKERS


@pytest.mark.parametrize("kind", SHARES)
def test_same_number_gives_the_same_input(kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    make = worker.MAKERS[kind]()

    first, second = (make(random.Random(5))[0] for _ in range(2))

    assert first == second


def test_what_goes_wrong_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(worker.MAKERS, "broken", lambda: lambda chance: ("input", lambda: 1 / 0))
    monkeypatch.setitem(worker.LONGEST_S, "broken", 1.0)
    # The tests before this one are nothing that an input took.
    monkeypatch.setattr(worker, "MOST_MB", 1e9)
    worker.main("broken", 1, 2)
    first, _, last = (json.loads(line) for line in capsys.readouterr().out.splitlines()[-3:])

    assert "ZeroDivisionError" in first["wrong"]
    assert last["tried"] == 2


def test_files_to_begin_with_are_many() -> None:
    assert len(mutations.corpus()) > 200
