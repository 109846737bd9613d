"""Endpoints that behave as badly as a test wants, on a free loopback port."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

Behaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Serve = Callable[..., Awaitable[str]]


async def read_request(reader: asyncio.StreamReader) -> bytes:
    """Give one request as it came over the wire."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
    return head + await reader.readexactly(int(length[1]) if length else 0)


def answering(answer: bytes, *, then_hangs: bool = False) -> Behaviour:
    """Give an endpoint that reads a request, writes these bytes, and closes or hangs."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(answer)
        await writer.drain()
        if then_hangs:
            await asyncio.Event().wait()

    return behave


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Give a function that starts such an endpoint and gives its address."""
    servers: list[asyncio.Server] = []
    open_tasks: set[asyncio.Task[None]] = set()

    async def start(behave: Behaviour, tls: ssl.SSLContext | None = None) -> str:
        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            open_tasks.add(task)
            try:
                await behave(reader, writer)
            except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                pass
            finally:
                open_tasks.discard(task)
                writer.close()

        server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
        servers.append(server)
        return f"{'https' if tls else 'http'}://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    yield start
    for server in servers:
        server.close()
    for task in open_tasks:
        task.cancel()
    await asyncio.gather(*open_tasks, return_exceptions=True)
