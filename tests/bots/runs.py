"""Whole runs of stories with a bot that the simulator starts, for tests that ask what came of them."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Finished:
    """A run that has ended."""

    code: int
    out: str
    report: Any
    journal: tuple[Any, ...]
    """The entries."""

    @property
    def wrong(self) -> list[str]:
        """The codes of the verdicts that are not well."""
        return [each["code"] for each in self.report["verdicts"] if each["outcome"] in ("failed", "error")]

    def answers(self) -> list[tuple[str, int]]:
        """Operation and status of each call that was answered, in their order."""
        found = [each["data"] for each in self.journal if each["kind"] == "CallAnswered"]
        return [(each["call"]["operation"], each["status"]) for each in found]


def played(folder: Path, path: str, bot: Sequence[str], *more: str) -> Finished:
    """Play a story, or all of a folder, with a Python program as the bot; files go into `folder`."""
    words = [sys.executable, *bot]
    started = subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)
    report, journal = folder / "report.json", folder / "journal.jsonl"
    files = ("--report", f"json={report}", "--journal", str(journal))
    command = [sys.executable, "-m", "simulator", "run", path, "--bot", started, "--listen", "127.0.0.1:0"]
    done = subprocess.run(
        [*command, *files, *more],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=180,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    entries = tuple(json.loads(line) for line in journal.read_text("utf-8").splitlines()) if journal.is_file() else ()
    found = json.loads(report.read_text("utf-8")) if report.is_file() else {"stories": [], "verdicts": []}
    return Finished(done.returncode, done.stdout + done.stderr, found, entries)
