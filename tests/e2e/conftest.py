"""Programs for whole runs: the simulator by its command line, and the tests' bot beside it."""

from __future__ import annotations

import itertools
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from simulator.ports import free_claim

ROOT = Path(__file__).resolve().parents[2]
BOT = "tests/bots/viberbot_bot.py"
LONGEST_S = 60


@dataclass(frozen=True, kw_only=True)
class Finished:
    """A run of the command line that has ended."""

    code: int
    out: str
    err: str
    report: Any
    """What `--report json=` has written; None where it has written nothing."""
    took_s: float

    @property
    def verdicts(self) -> list[dict[str, Any]]:
        return list(self.report["verdicts"])

    @property
    def wrong(self) -> list[dict[str, Any]]:
        """The verdicts that are not well, in the order of the file."""
        found = [verdict for verdict in self.verdicts if verdict["outcome"] in ("failed", "error")]
        return sorted(found, key=lambda verdict: (verdict["file"], verdict["line"]))


@dataclass(frozen=True, kw_only=True)
class Started:
    """A run of the command line that goes on."""

    program: subprocess.Popen[str]
    report: Path
    began_s: float

    def finish(self) -> Finished:
        out, err = self.program.communicate(timeout=LONGEST_S)
        text = self.report.read_text("utf-8") if self.report.is_file() else ""
        return Finished(
            code=self.program.returncode,
            out=out,
            err=err,
            report=json.loads(text) if text else None,
            took_s=time.monotonic() - self.began_s,
        )

    def interrupt(self) -> None:
        self.program.send_signal(signal.SIGINT)


Starter = Callable[..., Started]
Runner = Callable[..., Finished]
Golden = Callable[[str, str], None]


@pytest.fixture
def bot_command() -> Callable[..., str]:
    """Give the command that starts the tests' bot with these switches, as `--bot` takes it."""

    def command(*switches: str) -> str:
        words = [sys.executable, BOT, *switches]
        return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)

    return command


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Starter]:
    """Start `simulator run` with these arguments, its mock API on a free port."""
    programs: list[subprocess.Popen[str]] = []

    def started(*arguments: str, listen: str = "127.0.0.1:0") -> Started:
        report = tmp_path / f"report-{len(programs)}.json"
        command = [sys.executable, "-m", "simulator", "run", *arguments]
        command += ["--listen", listen, "--report", f"json={report}"]
        program = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONUNBUFFERED": "1"},
        )
        programs.append(program)
        return Started(program=program, report=report, began_s=time.monotonic())

    yield started
    for program in programs:
        if program.poll() is None:
            program.kill()
        program.communicate()


@pytest.fixture
def run(start: Starter) -> Runner:
    """Run `simulator run` with these arguments to its end."""
    return lambda *arguments, **settings: start(*arguments, **settings).finish()


@pytest.fixture
def free_port() -> int:
    with free_claim() as claim:
        return claim.port


@pytest.fixture
def standing_bot(free_port: int) -> Iterator[tuple[str, str]]:
    """The tests' bot, started by hand: its endpoint, and the address at which it calls the API."""
    with free_claim() as claim:
        api = f"127.0.0.1:{claim.port}"
    environment = {
        **os.environ,
        "PORT": str(free_port),
        "VIBER_API_URL": f"http://{api}/pa",
        "VIBER_AUTH_TOKEN": "50a1b2c3d4e5f607-18293a4b5c6d7e8f-90a1b2c3d4e5f607",
    }
    command = [sys.executable, BOT, "--tell"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        assert "listening" in program.stdout.readline()
        yield f"http://127.0.0.1:{free_port}/viber", api
        program.kill()


# --- golden texts ----------------------------------------------------------------------------------------------------

VOLATILE = (
    (r"dlid=[\w-]+", "dlid=‹picture›"),
    (r"sig=[0-9a-f]{64}", "sig=‹signature›"),
    (r"\b[0-9a-f]{64}\b", "‹signature›"),
    (r"127\.0\.0\.1:\d+", "127.0.0.1:‹port›"),
    (r"^( *)… \S+ later$", r"\1… ‹time› later"),
    (r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", "‹time›"),
    (r"\b(SN-[A-Z]*-?)\d+_", r"\1‹n›_"),
    (r"[A-Za-z0-9+/]{22}==", "‹person›"),
    (r"\b\d{19}\b", "‹token›"),
    (r"\b1[0-9]{12}\b", "‹ms since 1970›"),
    (r"\b\d+(\.\d+)? ?ms\b", "‹took›"),
    (r"\b\d+\.\d+ ?s\b", "‹took›"),
    (r"(?<= · )\d+s(?= · )|(?<= in )\d+s$", "‹took›"),
    (r"\b(\d+) (lines before|replies that no step)", r"‹n› \2"),
    (r"the bot gives no rest: .*?(?=   \[|$)", "‹what goes on›"),
    (r"\d+ (attempt|call)\(s\) .*?(?=   \[|$)", "‹what goes on›"),
    (r"\bBR-\d{4}\b", "BR-‹order›"),
)
"""What differs from run to run, and what stands for it in a golden file."""

SOMETIMES = (
    "the bot's program has ended by itself",  # seen between two lines or the next two
    "! delivered ",  # a receipt that was in work when the bot or the story ended
    " · after its end",  # the heading of what came too late to belong to the talk
    "And another thing…",  # the endless one goes on while its verdict is told
    "slowest: ",
    'was refused: 200 {"status":12',  # by how much the endless one goes on
)
"""Lines that are not at the same place in every run; of equal lines one after another, one is kept."""


def steady(text: str) -> str:
    """Give a text without what differs from run to run."""
    # The interpreter may lie below the root, so that it goes first.
    text = text.replace(sys.executable, "‹python›").replace(str(ROOT), "‹root›").replace("\\", "/")
    text = re.sub(r"\S*report-\d+\.json", "‹report›", text)
    for pattern, stand_in in VOLATILE:
        text = re.sub(pattern, stand_in, text, flags=re.MULTILINE)
    lines = [line.rstrip() for line in text.splitlines() if not any(each in line for each in SOMETIMES)]
    return "\n".join(line for line, _ in itertools.groupby(lines)).strip() + "\n"


@pytest.fixture
def golden() -> Golden:
    """Compare a text with the golden file of that name; with GOLDEN=write in the environment, write it."""

    def compare(name: str, text: str) -> None:
        path = Path(__file__).parent / "golden" / name
        if os.environ.get("GOLDEN") == "write":
            path.write_text(steady(text), "utf-8", newline="\n")

        assert steady(text) == path.read_text("utf-8")

    return compare
