"""Endpoints in trouble: one clear message, the documented exit code, never a traceback."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Runner, Starter

HELLO = "tests/e2e/stories/hello.yaml"

ANSWERS = {
    "garbage": b"\x00\xff\x13 this is no HTTP \r\n\r\n\x80",
    "closing": b"",
    "cut": b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf of it",
    "redirecting": b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/elsewhere\r\nContent-Length: 0\r\n\r\n",
    "failing": b"HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\noops",
    "teapot": b"HTTP/1.1 418 I'm a teapot\r\nContent-Length: 0\r\n\r\n",
    "huge headers": b"HTTP/1.1 200 OK\r\nX-Much: " + b"x" * 200_000 + b"\r\n\r\n",
}
HUGE_BYTES = 50 * 1024 * 1024


@pytest.fixture
def endpoint() -> Iterator[Callable[[str], str]]:
    """Give the URL of an endpoint that behaves in the way named."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    kept: list[socket.socket] = []

    def serve(kind: str) -> None:
        with contextlib.suppress(OSError):
            while True:
                caller, _ = listener.accept()
                if kind == "hanging":
                    kept.append(caller)
                    continue
                with contextlib.suppress(OSError), caller:
                    caller.recv(65_536)
                    caller.sendall(ANSWERS.get(kind, b""))
                    if kind == "huge":
                        caller.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % HUGE_BYTES)
                        for _ in range(HUGE_BYTES // 65_536):
                            caller.sendall(b"x" * 65_536)
                    caller.shutdown(socket.SHUT_WR)
                    caller.recv(1)

    def begin(kind: str) -> str:
        threading.Thread(target=serve, args=(kind,), daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}/hook"

    yield begin
    with contextlib.suppress(OSError):
        listener.shutdown(socket.SHUT_RDWR)
    for each in [listener, *kept]:
        each.close()


@pytest.mark.parametrize("kind", ["hanging", "huge", *ANSWERS])
def test_endpoint_in_trouble_fails_the_run(kind: str, run: Runner, endpoint: Callable[[str], str]) -> None:
    done = run(HELLO, "--endpoint", endpoint(kind))

    assert done.code == 1
    assert "Traceback" not in done.out + done.err
    assert done.wrong[0]["code"] in {"ack", "no-ack", "no-reply"}
    assert done.wrong[0]["line"]


def test_endpoint_where_nobody_listens_ends_with_its_own_code(run: Runner, free_port: int) -> None:
    done = run(HELLO, "--endpoint", f"http://127.0.0.1:{free_port}/hook")

    assert done.code == 4
    assert "Traceback" not in done.out + done.err
    assert done.wrong[0]["code"] == "unreachable"
    assert str(free_port) in done.out + done.err


def test_journal_has_every_delivery_that_was_made(run: Runner, endpoint: Callable[[str], str], tmp_path: Path) -> None:
    journal = tmp_path / "run.journal.jsonl"

    done = run(HELLO, "--endpoint", endpoint("failing"), "--journal", str(journal))

    entries = [json.loads(line) for line in journal.read_text("utf-8").splitlines()]
    attempts = [entry for entry in entries if entry["kind"] == "AttemptFinished"]
    assert len(attempts) == done.report["stories"][0]["attempts"] == 2


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("no-such-program-anywhere", 2),
        ("'", 2),
        (f'"{sys.executable}" -c "raise SystemExit(7)"', 4),
        (f'"{sys.executable}" no_such_bot.py', 4),
    ],
)
def test_bot_that_does_not_start_ends_the_run_before_anything_is_sent(command: str, code: int, run: Runner) -> None:
    done = run(HELLO, "--bot", command)

    assert done.code == code
    assert "Traceback" not in done.err
    assert "--bot" in done.err
    assert "fix:" in done.err


def test_mock_api_whose_port_is_taken_is_wrong_input(run: Runner, endpoint: Callable[[str], str]) -> None:
    taken = endpoint("hanging").split("/")[2]

    done = run(HELLO, "--endpoint", "http://127.0.0.1:1/hook", listen=taken)

    assert done.code == 2
    assert "Traceback" not in done.err
    assert taken.split(":")[1] in done.err


@pytest.mark.skipif(os.name == "nt", reason="the signal is another one there")
def test_interrupted_run_reports_what_was_done(start: Starter, bot_command: Callable[..., str], tmp_path: Path) -> None:
    journal = tmp_path / "run.journal.jsonl"
    run = start("tests/e2e/stories/long-wait.yaml", "--bot", bot_command(), "--journal", str(journal))
    assert run.program.stdout is not None
    for line in run.program.stdout:
        if "Hello, Ana" in line:
            break

    run.interrupt()
    done = run.finish()

    assert done.code == 130
    assert "Traceback" not in done.out + done.err
    outcomes = [verdict["outcome"] for verdict in done.verdicts]
    assert outcomes[0] == "passed"
    assert outcomes[-1] == "skipped"
    assert set(outcomes) == {"passed", "skipped"}
    assert '"AttemptFinished"' in journal.read_text("utf-8")
