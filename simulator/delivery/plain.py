"""The careful transport: one request over aiohttp, sent byte for byte, and whatever the endpoint did with it."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from weakref import WeakSet

import aiohttp
import yarl

from simulator.delivery.trouble import gave_nothing_back, never_connected, trouble_of
from simulator.delivery.trust import trusting
from simulator.delivery.unpacking import unpacked
from simulator.delivery.wording import (
    LARGE_BODY,
    LONGEST_BODY,
    LONGEST_HEADER,
    MOST_HEADERS,
    SENT_AGAIN,
    one_line,
    overdue,
)
from simulator.errors import InputError, Problem
from simulator.records import Ack, Headers, Sent, SignedRequest, Trouble

AUTOMATIC = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")
"""
What aiohttp would add to a request by itself.

Left out, so that it holds the provider's headers and, beside them, only Host, Content-Length and Connection.
"""


@dataclass(slots=True)
class _Progress:
    """How far an attempt has come."""

    status: int = 0
    """That of the answer, once its headers are read."""
    is_reused: bool = False
    """True where its connection has carried another request before."""
    is_sent_again: bool = False
    parser_error: BaseException | None = None
    """What the parser found in a body, where aiohttp keeps it from whoever reads that."""


_progress: ContextVar[_Progress] = ContextVar("progress")


class PlainTransport:
    """Sends requests over HTTP/1.1, each on a connection of its own unless connections are kept."""

    def __init__(
        self, *, tick: Callable[[], float], keep_alive: bool = False, ca: Path | None = None, insecure: bool = False
    ) -> None:
        """
        Prepare; nothing is opened before `async with`.

        `tick` gives real milliseconds that never run backwards. `ca` is a PEM file whose certificates are trusted
        beside the system's; `insecure` trusts every certificate.

        Raises:
            InputError: the file of `ca` cannot be read or holds no certificate.
        """
        self._tick = tick
        self._keep_alive = keep_alive
        trusted = trusting(ca) if ca is not None else True
        self._tls = trusted if not insecure else False
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Open it."""
        make = _RememberingConnector if self._keep_alive else aiohttp.TCPConnector
        self._session = aiohttp.ClientSession(
            # Without `limit=0` the 101st open attempt waits for a connection, and the bot is blamed for the time.
            connector=make(force_close=not self._keep_alive, limit=0, ssl=self._tls),
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=AUTOMATIC,
            auto_decompress=False,
            max_line_size=LONGEST_HEADER,
            max_field_size=LONGEST_HEADER,
            max_headers=MOST_HEADERS,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def send(self, request: SignedRequest, *, timeout_ms: float) -> Sent:
        """
        Send it and give what came of it; nothing that an endpoint can do raises.

        A redirect is an answer like any other. The timeout spans connection, headers and body.

        Raises:
            InputError: the request cannot be written as HTTP.
            InternalError: this machine has no more sockets.
        """
        begun_ms = self._tick()
        progress = _Progress()
        _progress.set(progress)
        is_unsent = is_unanswered = False
        try:
            ack = await self._exchange(request, progress, timeout_ms)
        except TimeoutError:
            trouble, detail = _overdue(progress, timeout_ms)
        except (aiohttp.ClientError, OSError) as error:
            trouble, detail = trouble_of(error)
            is_unsent, is_unanswered = never_connected(error), gave_nothing_back(error)
        else:
            note = SENT_AGAIN if progress.is_sent_again else ""
            return Sent(ack=ack, detail=note, duration_ms=self._tick() - begun_ms)
        if progress.is_sent_again:
            detail = f"{detail}; {SENT_AGAIN}"
        return Sent(
            trouble=trouble,
            detail=detail,
            duration_ms=self._tick() - begun_ms,
            is_unsent=is_unsent,
            is_unanswered=is_unanswered,
        )

    async def _exchange(self, request: SignedRequest, progress: _Progress, timeout_ms: float) -> Ack:
        """One request and its answer; on a kept connection that turns out to be dead, once more on a new one."""
        begun_ms = self._tick()
        try:
            return await self._once(request, progress, _span(timeout_ms))
        except aiohttp.ClientError as error:
            if not progress.is_reused or not gave_nothing_back(error):
                raise
        progress.is_sent_again = True
        left_ms = max(timeout_ms - (self._tick() - begun_ms), 1.0)
        return await self._once(request, progress, _span(left_ms))

    async def _once(self, request: SignedRequest, progress: _Progress, span: aiohttp.ClientTimeout) -> Ack:
        if self._session is None:
            raise RuntimeError("the transport is not open")
        url = _address(request.url)
        try:
            asked = self._session.request(
                request.method,
                url,
                headers=request.headers,
                data=_data(request.body),
                allow_redirects=False,
                timeout=span,
            )
            async with asked as response:
                progress.status = response.status
                body, is_cut = await _read(response, progress)
        except aiohttp.ClientError:
            raise
        except ValueError as error:
            raise InputError(_unsendable(request, error)) from error
        body, is_unpacked_cut = unpacked(body, response.headers.get("Content-Encoding", ""), LONGEST_BODY)
        headers = _headers(response)
        return Ack(status=response.status, headers=headers, body=body, is_cut=is_cut or is_unpacked_cut)


class _RememberingConnector(aiohttp.TCPConnector):
    """Tells an attempt whether its connection was used before."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._used: WeakSet[object] = WeakSet()

    async def connect(self, *given: Any, **named: Any) -> Any:
        """Give a connection, and note in the attempt's progress whether it is a kept one."""
        connection = await super().connect(*given, **named)
        _progress.get().is_reused = connection.protocol in self._used
        self._used.add(connection.protocol)
        return connection


async def _read(response: aiohttp.ClientResponse, progress: _Progress) -> tuple[bytes, bool]:
    """Give the body, and whether it is only the beginning of what the bot would have sent."""
    content = response.content
    if content.is_eof():
        # It came together with the headers, as most do: no need to wait for its end.
        body = content.read_nowait()
        return body[:LONGEST_BODY], len(body) > LONGEST_BODY
    protocol = response.connection.protocol if response.connection is not None else None
    parts = bytearray()
    try:
        async for part in content.iter_any():
            parts += part
            if len(parts) > LONGEST_BODY:
                response.close()
                return bytes(parts[:LONGEST_BODY]), True
    except TimeoutError:
        # A chunk that is no chunk closes the connection, but aiohttp lets the reader go on waiting.
        progress.parser_error = protocol.exception() if protocol is not None else None
        raise
    return bytes(parts), False


@functools.lru_cache(maxsize=64)
def _span(timeout_ms: float) -> aiohttp.ClientTimeout:
    """A timeout over the whole attempt, which aiohttp shall not round up to a whole second."""
    return aiohttp.ClientTimeout(total=max(timeout_ms, 1.0) / 1000, sock_connect=None, ceil_threshold=math.inf)


def _headers(response: aiohttp.ClientResponse) -> Headers:
    return tuple(
        (name.decode("utf-8", "replace"), value.decode("utf-8", "replace")) for name, value in response.raw_headers
    )


def _address(text: str) -> yarl.URL:
    """The URL as it stands; aiohttp would re-quote a plain text, and a signature over the URL would be wrong."""
    try:
        url = yarl.URL(text, encoded=True)
        _ = url.port
        (url.raw_host or "").encode("idna")
    except ValueError as error:
        raise aiohttp.InvalidURL(text, str(error)) from error
    return url


def _data(body: bytes) -> bytes | BytesIO:
    """The body as aiohttp wants it: one of many megabytes in portions, between which the loop goes on."""
    return body if len(body) <= LARGE_BODY else BytesIO(body)


def _overdue(progress: _Progress, timeout_ms: float) -> tuple[Trouble, str]:
    if progress.parser_error is not None:
        return "garbage", one_line(f"{progress.status} came, then a broken body: {progress.parser_error}")
    return "timeout", overdue(progress.status, timeout_ms)


def _unsendable(request: SignedRequest, error: ValueError) -> Problem:
    return Problem(
        code="unsendable-request",
        what=f"{request.method} {one_line(request.url)} cannot be written as an HTTP request",
        why=one_line(str(error)),
        fix="look for line breaks and control characters in credentials, options and the address",
    )
