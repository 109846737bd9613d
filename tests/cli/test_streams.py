from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT
from tests.systems import NEEDS_FULL_DEVICE

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a shell that closes streams")


def in_shell(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the program as a shell does; it stands for `$@`."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SIMULATOR_NO_BOOTSTRAP": "1"}
    words = ["sh", "-c", line, "sh", sys.executable, "-m", "simulator"]
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("words", ["list", "--version", "--help", "render viber seen", "generate viber", "schema"])
def test_closed_standard_output_is_as_good_as_none(words: str, tmp_path: Path) -> None:
    done = in_shell(f'"$@" {words} >&-', tmp_path)

    assert (done.returncode, done.stderr) == (0, "")


def test_closed_standard_error_does_not_change_the_exit_code(tmp_path: Path) -> None:
    assert in_shell('"$@" bogus 2>&-', tmp_path).returncode == 2
    assert in_shell('"$@" bogus <&- >&- 2>&-', tmp_path).returncode == 2


def test_file_that_is_written_gets_nothing_of_a_closed_stream(tmp_path: Path) -> None:
    done = in_shell('"$@" generate viber --count 3 --out corpus.jsonl >&- 2>&-', tmp_path)

    assert done.returncode == 0
    assert len((tmp_path / "corpus.jsonl").read_text("utf-8").splitlines()) == 3


@NEEDS_FULL_DEVICE
@pytest.mark.parametrize("words", ["list", "--version", "--help", "render viber seen", "generate viber", "schema"])
def test_full_disk_behind_standard_output_is_told(words: str, tmp_path: Path) -> None:
    done = in_shell(f'"$@" {words} >/dev/full', tmp_path)

    assert done.returncode == 2
    assert done.stderr.startswith("standard output cannot be written   [output-not-written]\n")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("words", ["list", "--version", "--help"])
def test_closed_pipe_is_silent(words: str, tmp_path: Path) -> None:
    done = in_shell(f'(sleep 0.1; "$@" {words}; echo "code $?" >&2) | true', tmp_path)

    assert done.stderr == "code 0\n"
