"""The address to listen on: as a person writes it, and what is wrong where nothing can listen there."""

from __future__ import annotations

import asyncio
import errno
import os
import re

from simulator.errors import InputError, Problem

HEALTH = "/_simulator/health"
PROGRAM = "webhook-simulator"

PROBE_S = 0.3
"""Seconds that whoever holds a taken port gets to say what it is."""

ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}
"""All addresses of a machine → the one by which a program on it reaches them."""


def listen_address(text: str) -> tuple[str, int]:
    """
    Give host and port of an address to listen on: `8080`, `:8080`, `127.0.0.1:8080`, `[::1]:0`; port 0 is any free one.

    Without a host, and for `localhost`, it is 127.0.0.1.

    Raises:
        InputError: it is none.
    """
    found = re.fullmatch(r"(?:(?:\[([0-9A-Fa-f:.]+)]|([A-Za-z0-9._-]*)):)?(\d{1,5})", text.strip(), re.ASCII)
    if found is None or int(found[3]) > 65535:
        raise InputError(
            Problem(
                code="bad-listen",
                what=f'"{text}" is no address to listen on',
                where="--listen",
                why="an address is a port from 0 to 65535, or host and port with a colon between",
                fix="write 127.0.0.1:8080, :8080, or :0 for any free port",
            )
        )
    host = found[1] or found[2] or "127.0.0.1"
    return ("127.0.0.1" if host.casefold() == "localhost" else host), int(found[3])


def url_of(host: str, port: int) -> str:
    """Give the address by which a program on this machine reaches what listens there, without a slash at its end."""
    host = ANYWHERE.get(host, host)
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


async def problem_of(host: str, port: int, error: Exception) -> Problem:
    """Give what is wrong where listening raised this error."""
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        return Problem(
            code="port-taken",
            what=f"port {port} is taken",
            where="--listen",
            why=await _holder(host, port),
            fix="end that program, or choose another port; --listen :0 takes any free one",
        )
    is_forbidden = number in (errno.EACCES, errno.EPERM)
    return Problem(
        code="bad-listen",
        what=f"nothing can listen on {host}, port {port}",
        where="--listen",
        why=os.strerror(number).lower() if number and number > 0 else str(getattr(error, "strerror", None) or error),
        fix="use a port from 1024 on" if is_forbidden else "use an address of this machine, such as 127.0.0.1",
    )


async def _holder(host: str, port: int) -> str:
    """Say who holds a taken port, as far as it says so itself."""
    said = b""
    try:
        async with asyncio.timeout(PROBE_S):
            reader, writer = await asyncio.open_connection(ANYWHERE.get(host, host), port)
            try:
                writer.write(f"GET {HEALTH} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
                said = await reader.read(4096)
            finally:
                writer.close()
    except (OSError, TimeoutError):
        pass
    return "another simulator listens there" if PROGRAM.encode() in said else "another program listens there"
