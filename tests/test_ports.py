from __future__ import annotations

import socket
import subprocess
import sys

import pytest

from simulator import ports
from simulator.ports import Claim, free_claim

CLAIMING = "import sys; from simulator.ports import Claim; sys.exit(0 if Claim(int(sys.argv[1])).take() else 9)"


def elsewhere(port: int) -> bool:
    """Tell whether another process can claim the port."""
    return subprocess.run([sys.executable, "-c", CLAIMING, str(port)], check=False).returncode == 0


def test_claimed_port_is_not_to_be_had_elsewhere_until_it_is_released() -> None:
    with free_claim() as claim:
        while_held = elsewhere(claim.port)

    assert not while_held
    assert elsewhere(claim.port)


def test_free_port_is_one_at_which_nobody_listens() -> None:
    with free_claim() as claim, socket.create_server(("127.0.0.1", claim.port)) as server:
        assert server.getsockname()[1] == claim.port


def test_free_port_is_none_that_a_system_gives_away_unasked() -> None:
    with free_claim() as claim:
        assert claim.port in ports.OURS


def test_where_all_of_ours_are_taken_any_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    with free_claim() as taken, socket.create_server(("127.0.0.1", taken.port)):
        monkeypatch.setattr(ports, "OURS", range(taken.port, taken.port + 1))
        with free_claim() as claim:
            assert claim.port != taken.port


def test_free_ports_of_one_process_differ() -> None:
    claims = [free_claim() for _ in range(20)]
    ports = {claim.port for claim in claims}
    for claim in claims:
        claim.release()

    assert len(ports) == 20


def test_what_this_process_has_claimed_it_can_claim_again() -> None:
    with free_claim() as first:
        second = Claim(first.port)
        is_taken = second.take()
        second.release()
        second.release()

        assert is_taken
        assert not elsewhere(first.port)


def test_released_port_leaves_no_file_behind() -> None:
    with free_claim() as claim:
        path = claim._path
        is_there = path.exists()

    assert is_there
    assert not path.exists()


def test_file_that_was_taken_away_while_it_was_waited_for_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    with free_claim() as free:
        claim = Claim(free.port)
    real, tries = ports.is_locked, []

    def locked_and_gone(number: int) -> bool:
        tries.append(number)
        if len(tries) == 1:
            claim._path.unlink()
        return real(number)

    monkeypatch.setattr(ports, "is_locked", locked_and_gone)
    is_taken = claim.take()
    is_there = claim._path.exists()
    claim.release()

    assert is_taken
    assert is_there
    assert len(tries) == 2
