"""Calls that are wrong in some way, made to a mock API that is served for them; what it answers, and its journal."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """One call, and what must come of it."""

    name: str
    path: str
    method: str = "POST"
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int
    code: Any

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Told:
    """What came of one call."""

    status: int
    body: Any
    journal: Any
    """The entry of its answer."""


@dataclass(frozen=True)
class Api:
    """A mock API that is being served."""

    address: str
    actors: Mapping[str, str]
    variables: Mapping[str, str]

    def ask(self, call: Wrong) -> tuple[int, Any]:
        parts = urlsplit(self.address)
        with closing(http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)) as connection:
            connection.request(call.method, call.path, call.body or None, dict(call.headers))
            answer = connection.getresponse()
            text = answer.read()
        try:
            return answer.status, json.loads(text) if text else None
        except ValueError:
            return answer.status, text.decode("utf-8")


@contextmanager
def served(provider: str, journal: Path) -> Iterator[Api]:
    """Serve the API of a provider until the block ends; the journal is whole then."""
    command = [sys.executable, "-m", "simulator", "serve", provider, "--json", "--journal", str(journal)]
    # Nobody listens at the endpoint; it is there so that the bot has a webhook.
    places = ["--listen", "127.0.0.1:0", "--endpoint", "http://127.0.0.1:9/hook"]
    with subprocess.Popen([*command, *places], cwd=ROOT, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        ready = json.loads(program.stdout.readline())
        own = ready["providers"][provider]
        actors = {each["actor"]: each["id"] for each in own["actors"]}
        # It tells of each call; where nobody read that, it would have to wait.
        reader = threading.Thread(target=program.stdout.read)
        reader.start()
        try:
            yield Api(ready["address"], actors, own["variables"])
        finally:
            program.terminate()
            reader.join(10)


def made(provider: str, journal: Path, calls: Callable[[Api], Sequence[Wrong]]) -> dict[str, Told]:
    """Give by their names what came of calls that are made one after another."""
    with served(provider, journal) as api:
        answers = [(call.name, *api.ask(call)) for call in calls(api)]
    entries = [json.loads(line) for line in journal.read_text("utf-8").splitlines()]
    written = [entry["data"] for entry in entries if entry["kind"] == "CallAnswered"]
    return {name: Told(status, body, entry) for (name, status, body), entry in zip(answers, written, strict=True)}
