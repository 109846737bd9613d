"""The program in this process, bots of a few lines, and scenario files to play."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from simulator.cli import main

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    code: int
    raw: bytes
    err: str

    @property
    def out(self) -> str:
        return self.raw.decode("utf-8")

    @property
    def json(self) -> Any:
        return json.loads(self.raw)

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


Simulate = Callable[..., Done]


@pytest.fixture
def simulate(capsysbinary: pytest.CaptureFixture[bytes]) -> Simulate:
    """Run one command line in this process."""

    def run(*words: str) -> Done:
        capsysbinary.readouterr()
        code = main(words)
        out, err = capsysbinary.readouterr()
        return Done(code, out, err.decode("utf-8"))

    return run


@dataclass
class TinyBot:
    """Answers each request as told, and keeps what came."""

    url: str = ""
    status: int = 200
    body: bytes = b""
    requests: list[tuple[Mapping[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def bot() -> Iterator[TinyBot]:
    tiny = TinyBot()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            tiny.requests.append((dict(self.headers), body))
            self.send_response(tiny.status)
            self.send_header("Content-Length", str(len(tiny.body)))
            self.end_headers()
            # Nobody has to read it to the end.
            with contextlib.suppress(ConnectionError):
                self.wfile.write(tiny.body)

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        tiny.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield tiny
        server.shutdown()
        thread.join()


SHOP = f'"{sys.executable}" -m simulator.bots.viber'
"""The command that starts the bot of the demo."""

WELCOME = """
scenario: A warm welcome
provider: viber
tags: [greeting]
actors: {ana: {name: Ana}}
steps:
  - ana: {opens: chat}
  - bot: ~welcome
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in which commands run, and from which the program can be started."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return tmp_path


@pytest.fixture
def story(here: Path) -> Callable[..., str]:
    """Write a scenario file and give its name."""

    def write(text: str = WELCOME, name: str = "story.yaml") -> str:
        (here / name).write_text(text, "utf-8")
        return name

    return write


@contextlib.contextmanager
def started(*words: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Run the program in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-c", "import sys; from simulator.cli import main; sys.exit(main())", *words]
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def imported_by(*words: str) -> set[str]:
    """Give the modules that a command line imports."""
    source = f"import sys; from simulator.cli import main; main({words!r}); sys.stderr.write(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stderr.split())
