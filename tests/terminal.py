"""A shell in which whatever a page or a CI job shows can be typed: `simulator` is ours, and `pip` only takes note."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

NEEDS_A_SHELL = pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash on this machine")

STAND_INS = {
    "simulator": f'exec "{sys.executable}" -c "import sys; from simulator.cli import main; sys.exit(main())" "$@"',
    "python": f'exec "{sys.executable}" "$@"',
    "python3": f'exec "{sys.executable}" "$@"',
    # What it would install is there already, and no test may ask the network for it.
    "pip": 'echo "$@" >> "$PIP_ASKED"',
}


class Terminal:
    """A folder in which commands are typed, one block after another."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "work"
        self.folder.mkdir()
        self.asked = folder / "pip-asked.txt"
        self._programs = folder / "programs"
        self._programs.mkdir()
        for name, line in STAND_INS.items():
            path = self._programs / name
            path.write_text(f"#!/bin/sh\n{line}\n", "utf-8")
            path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def type(self, block: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Give what the lines led to; the first that fails ends them, as in a CI job."""
        # Nothing that surrounds the tests, such as the CI service that they run on, is seen inside.
        around = {name: os.environ[name] for name in ("HOME", "LANG", "SYSTEMROOT", "TMPDIR") if name in os.environ}
        environment = {
            **around,
            "PATH": f"{self._programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(Path(__file__).resolve().parent.parent),
            "PYTHONIOENCODING": "utf-8",
            "PIP_ASKED": str(self.asked),
            # The port that is taken otherwise belongs to whoever runs a simulator of his own.
            "SIMULATOR_RUN_LISTEN": ":0",
            **variables,
        }
        return subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", block],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            timeout=100,
            check=False,
        )
