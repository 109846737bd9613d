from __future__ import annotations

import socket
import subprocess
import sys

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
