"""Endpoints that behave as badly as a test wants, on a free loopback port, and the transports that meet them."""

from __future__ import annotations

import asyncio
import re
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from simulator.delivery import fast
from simulator.delivery.fast import FastTransport
from simulator.delivery.plain import PlainTransport
from simulator.records import Headers, Sent, SignedRequest

Behaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Serve = Callable[..., Awaitable[str]]

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
SHORT_MS = 150
"""Long enough for loopback on a busy machine to answer, short enough to wait for."""
ENOUGH_MS = 600
"""Long enough for the beginning of an answer to come for sure, where what is tested is how the rest does not."""
LONG_MS = 10_000


def tick() -> float:
    return time.perf_counter() * 1000


def request_to(url: str, headers: Headers = (), body: bytes = b"{}") -> SignedRequest:
    return SignedRequest(method="POST", url=url, headers=headers, body=body)


@pytest.fixture(params=[PlainTransport, FastTransport])
def kind(request):
    """Each kind of transport; what is said here of one holds for the other."""
    if request.param is FastTransport and not fast.IS_ABLE:
        pytest.skip("httptools is not installed")
    return request.param


@pytest.fixture
def send(kind):
    """Give a function that sends one request over a transport of its own."""

    async def once(url: str, timeout_ms: int = LONG_MS, **settings) -> Sent:
        async with kind(tick=tick, **settings) as transport:
            return await transport.send(request_to(url), timeout_ms=timeout_ms)

    return once


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
