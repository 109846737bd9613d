"""What runs behind a simulator in the hands of code."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from simulator import EndpointError, InputError, Simulator, VerdictError
from simulator.bots import viber as bot

from .echo import asgi, wsgi

BOT = (sys.executable, str(Path(str(bot.__file__))))


def test_a_bots_program_is_started_told_all_it_needs_and_ended() -> None:
    with Simulator("viber") as sim:
        endpoint = sim.launch(BOT)
        sim.viber.actor("ana").does(opens="chat")
        reply = sim.reply("~welcome", buttons=["Track order"])

    assert reply.buttons
    assert sim.endpoint == endpoint
    assert not [each.name for each in threading.enumerate() if each.name == "simulator"]


def test_a_program_that_ends_at_once_is_told() -> None:
    with Simulator("viber") as sim, pytest.raises(EndpointError):
        sim.launch([sys.executable, "-c", "raise SystemExit(3)"])


def test_a_failure_of_a_program_tells_how_to_send_the_event_again() -> None:
    with Simulator("viber") as sim:
        sim.launch(BOT)
        sim.viber.actor("ana").does(opens="chat")

        with pytest.raises(VerdictError, match="curl -sS"):
            sim.reply("nothing of the kind", within="50ms")


def test_a_journal_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="journal-not-written"):
        Simulator("viber", journal=tmp_path)


def test_secrets_are_hidden_in_failures() -> None:
    with Simulator("viber", credentials={"auth_token": "a-very-secret-token"}) as sim:
        sim.connect(lambda environ, start: (start("200 OK", []) and []) or [])
        sim.viber.actor("ana").says("my token is a-very-secret-token")

        with pytest.raises(VerdictError) as caught:
            sim.reply("any answer", within="50ms")

    assert "a-very-secret-token" not in str(caught.value)


def test_secrets_are_hidden_in_what_a_bot_wrote_that_does_not_start() -> None:
    bot = (sys.executable, "-c", "import os, sys; sys.exit(os.environ['VIBER_AUTH_TOKEN'])")
    hiding = Simulator("viber", credentials={"auth_token": "a-very-secret-token"})

    with hiding as sim, pytest.raises(EndpointError) as caught:
        sim.launch(bot)

    assert "| [redacted]" in str(caught.value)
    assert "a-very-secret-token" not in str(caught.value)


def test_secrets_are_hidden_in_what_was_wanted() -> None:
    with Simulator("viber", credentials={"auth_token": "a-very-secret-token"}) as sim:
        sim.connect(lambda environ, start: (start("200 OK", []) and []) or [])
        sim.viber.actor("ana").says("hello")

        with pytest.raises(VerdictError) as caught:
            sim.reply("my token is a-very-secret-token", within="50ms")

    assert "my token is [redacted]" in str(caught.value)
    assert "a-very-secret-token" not in str(caught.value)


def test_the_bot_that_is_connected_last_is_the_one_that_is_written_to() -> None:
    with Simulator("viber", endpoint=":9/nobody") as sim:
        sim.connect(wsgi(sim), "hook")
        sim.viber.actor("ana").says("hi")

        assert sim.reply("~hello").text == "hello hi"
        assert sim.endpoint.endswith("/hook")


def test_a_bot_that_is_replaced_is_ended() -> None:
    with Simulator("viber") as sim:
        first = sim.launch(BOT)
        sim.launch(BOT)

        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", urlsplit(first).port or 0), timeout=1)


async def failing(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "lifespan.startup.failed", "message": "no database"})


@pytest.mark.parametrize(
    "begin",
    [lambda sim: sim.connect(failing), lambda sim: sim.launch([sys.executable, "-c", "raise SystemExit(3)"])],
)
def test_a_bot_that_did_not_start_is_not_connected(begin: Callable[[Simulator], object]) -> None:
    with Simulator("viber") as sim:
        sim.connect(asgi(sim))
        with pytest.raises(EndpointError):
            begin(sim)

        with pytest.raises(InputError, match="no-endpoint"):
            sim.viber.actor("ana")


def test_nobody_to_write_to_is_told_in_the_words_of_code() -> None:
    with Simulator("viber") as sim, pytest.raises(InputError, match="no-endpoint") as caught:
        sim.viber.actor("ana")

    assert "connect(" in caught.value.problems[0].fix
    assert "--" not in caught.value.problems[0].fix


@pytest.mark.parametrize(
    "wrong",
    [
        lambda sim: sim.launch("there-is-no-such-program"),
        lambda sim: sim.connect(42),
        lambda sim: sim.launch([]),
        lambda sim: sim.launch("an 'open quote"),
    ],
)
def test_a_wrong_call_is_told_without_the_way_through_our_threads(wrong: Callable[[Simulator], object]) -> None:
    with Simulator("viber") as sim, pytest.raises(InputError) as caught:
        wrong(sim)

    ours = {"process.py", "threads.py", "hosting.py"}
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert not [frame for frame in caught.traceback if Path(frame.path).name in ours]


def test_closing_twice_is_closing_once() -> None:
    sim = Simulator("viber")
    with sim:
        pass

    sim.backstage.close(has_failed=False)

    with pytest.raises(InputError, match="not-open"):
        sim.viber.actor("ana")
