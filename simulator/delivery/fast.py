"""The fast transport: kept connections and httptools' parser; what it does not know the plain one sends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from simulator.delivery.head import Place, written
from simulator.delivery.sweep import Sweep
from simulator.delivery.wording import SENT_AGAIN, overdue
from simulator.records import Ack, Sent, SignedRequest

try:
    from simulator.delivery.connection import Broken, Connection
except ImportError:
    IS_ABLE = False
else:
    IS_ABLE = True
    """False without httptools, which the extra `speed` brings: then the plain transport sends everything."""

if TYPE_CHECKING:
    from simulator.delivery.plain import PlainTransport

LEAST_MS = 1.0
"""A time-out is at least so long."""


class FastTransport:
    """Sends requests over HTTP/1.1, on connections that are kept unless each shall have its own."""

    def __init__(
        self, *, tick: Callable[[], float], keep_alive: bool = False, ca: Path | None = None, insecure: bool = False
    ) -> None:
        """
        Prepare; nothing is opened before `async with`. The arguments are those of the plain transport.

        Raises:
            InputError: the file of `ca` cannot be read or holds no certificate.
        """
        self._tick = tick
        self._keep_alive = keep_alive
        self._ca, self._insecure = ca, insecure
        self._idle: dict[Place, list[Connection]] = {}
        self._connections: set[Connection] = set()
        self._sweep = Sweep(tick)
        self._careful: PlainTransport | None = self._made() if ca is not None else None
        self._resources: AsyncExitStack | None = None

    async def __aenter__(self) -> Self:
        """Open it."""
        self._resources = AsyncExitStack()
        if self._careful is not None:
            await self._resources.enter_async_context(self._careful)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all connections."""
        self._sweep.close()
        for connection in tuple(self._connections):
            connection.drop()
        self._idle.clear()
        if self._resources is not None:
            await self._resources.aclose()
            self._resources = self._careful = None

    async def send(self, request: SignedRequest, *, timeout_ms: float) -> Sent:
        """
        Send it and give what came of it; nothing that an endpoint can do raises.

        Raises:
            InputError: the request cannot be written as HTTP.
            InternalError: this machine has no more sockets.
        """
        if self._resources is None:
            raise RuntimeError("the transport is not open")
        found = written(request, is_kept=self._keep_alive) if IS_ABLE else None
        if found is None:
            return await (await self._plain()).send(request, timeout_ms=timeout_ms)
        place, content = found
        begun_ms = self._tick()
        until_ms = begun_ms + max(timeout_ms, LEAST_MS)
        is_sent_again = False
        kept = self._kept(place)
        try:
            if kept is not None:
                try:
                    ack = await self._exchange(kept, content, timeout_ms, until_ms)
                    return Sent(ack=ack, duration_ms=self._tick() - begun_ms)
                except Broken as error:
                    if not error.is_unanswered:
                        raise
                    is_sent_again = True
            connection = await self._connected(place, timeout_ms, until_ms)
            if connection is None:
                return await self._unconnected(request, until_ms, begun_ms, is_sent_again=is_sent_again)
            ack = await self._exchange(connection, content, timeout_ms, until_ms)
        except Broken as error:
            return Sent(
                trouble=error.trouble,
                detail=f"{error.detail}; {SENT_AGAIN}" if is_sent_again else error.detail,
                duration_ms=self._tick() - begun_ms,
                is_unanswered=error.is_unanswered,
            )
        return Sent(ack=ack, detail=SENT_AGAIN if is_sent_again else "", duration_ms=self._tick() - begun_ms)

    # --- connections -------------------------------------------------------------------------------------------------

    async def _exchange(self, connection: Connection, content: bytes, timeout_ms: float, until_ms: float) -> Ack:
        """Give the answer to a request on this connection."""

        def expire() -> None:
            connection.fail(Broken("timeout", overdue(connection.status, timeout_ms)))

        answer = connection.ask(content)
        number = self._sweep.watch(until_ms, expire)
        try:
            return await answer
        except asyncio.CancelledError:
            connection.drop()
            raise
        finally:
            self._sweep.forget(number)

    def _kept(self, place: Place) -> Connection | None:
        """Give a connection that carried a request before and is still open."""
        idle = self._idle.get(place)
        while idle:
            connection = idle.pop()
            if connection.is_open:
                return connection
        return None

    async def _connected(self, place: Place, timeout_ms: float, until_ms: float) -> Connection | None:
        """Give a new connection; None where none comes about."""

        def free(connection: Connection) -> None:
            if self._keep_alive:
                self._idle.setdefault(place, []).append(connection)
            else:
                connection.drop()

        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(max(until_ms - self._tick(), LEAST_MS) / 1000):
                _, connection = await loop.create_connection(
                    lambda: Connection(on_free=free, on_lost=self._connections.discard), place.host, place.port
                )
        except TimeoutError as error:
            if self._tick() < until_ms:
                return None
            raise Broken("timeout", overdue(0, timeout_ms)) from error
        except (OSError, UnicodeError):
            return None
        self._connections.add(connection)
        return connection

    async def _unconnected(
        self, request: SignedRequest, until_ms: float, begun_ms: float, *, is_sent_again: bool
    ) -> Sent:
        """Let the plain transport find out why there is no connection; where it gets one, all the better."""
        left_ms = max(until_ms - self._tick(), LEAST_MS)
        sent = await (await self._plain()).send(request, timeout_ms=left_ms)
        notes = [sent.detail] * bool(sent.detail) + [SENT_AGAIN] * is_sent_again
        return replace(sent, detail="; ".join(notes), duration_ms=self._tick() - begun_ms)

    # --- the plain transport -----------------------------------------------------------------------------------------

    async def _plain(self) -> PlainTransport:
        """Give the plain transport, open."""
        if self._resources is None:
            raise RuntimeError("the transport is not open")
        if self._careful is None:
            self._careful = self._made()
            await self._resources.enter_async_context(self._careful)
        return self._careful

    def _made(self) -> PlainTransport:
        # aiohttp takes longer to import than everything else that sending one event needs.
        from simulator.delivery.plain import PlainTransport

        return PlainTransport(tick=self._tick, keep_alive=self._keep_alive, ca=self._ca, insecure=self._insecure)
