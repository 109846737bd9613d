"""What runs behind a simulator in the hands of code."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest

from simulator import EndpointError, InputError, Simulator, VerdictError
from simulator.bots import viber as bot

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


def test_closing_twice_is_closing_once() -> None:
    sim = Simulator("viber")
    with sim:
        pass

    sim.backstage.close(has_failed=False)

    with pytest.raises(InputError, match="not-open"):
        sim.viber.actor("ana")
