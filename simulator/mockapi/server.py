"""The server: it reads calls, hands them on, and writes what it is given."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import StreamReader, web

from simulator import forms
from simulator.errors import InputError
from simulator.mockapi.answers import HttpAnswer, in_json, own_words, response_of
from simulator.mockapi.listening import HEALTH, PROGRAM, problem_of, url_of
from simulator.mockapi.media import SharedFile, shared_file
from simulator.mockapi.routing import Found, Hosts, Routing
from simulator.records import ApiCall

LARGEST_BODY = 32 * 1024 * 1024
"""Bytes of a call's body; of a larger one nothing is kept."""

TOO_LARGE = "too large"
"""How `ApiCall.problem` begins where the body was larger than that."""

LONGEST_HEADER = 64 * 1024
MOST_HEADERS = 256

CANCEL_S = 1.0
"""Seconds that calls in work get to take note that the server stops."""

CLOSE_S = 0.05
"""Seconds that connections get to end by themselves then."""


# aiohttp would print a traceback for bytes that are no HTTP. Faults of our own are caught before they get there.
_silent = logging.getLogger("simulator.mockapi")
_silent.addHandler(logging.NullHandler())
_silent.setLevel(logging.CRITICAL)
_silent.propagate = False


Answer = Callable[[ApiCall], Awaitable[HttpAnswer]]
"""A call without operation, params and fields → what is answered."""


class MockApi:
    """The REST APIs of some providers on one port, from `async with` to its end."""

    def __init__(
        self,
        answer: Answer,
        *,
        providers: Mapping[str, str],
        host: str = "127.0.0.1",
        port: int = 0,
        allowed_hosts: Collection[str] = (),
        numbers: Iterator[int] | None = None,
        on_fault: Callable[[Exception], None] | None = None,
        on_stray: Callable[[str, str, str], None] = lambda method, path, why: None,
        largest_body: int = LARGEST_BODY,
    ) -> None:
        """
        Prepare; nothing listens before `async with`.

        `providers` gives the path under which each real API lies; see `Routing`. `allowed_hosts` are names, beside
        those of loopback, by which a bot may call. `numbers` makes the calls' ids, `call-1` from 1. `on_fault` is told
        what `answer` raised, else the loop's exception handler; `on_stray` method and path of a call that is nobody's,
        and why.
        """
        self._answer = answer
        self._providers = sorted(providers)
        self._routing = Routing(providers)
        self._host = host
        self._port = port
        self._hosts = Hosts([*allowed_hosts, host])
        self._numbers = numbers if numbers is not None else itertools.count(1)
        self._on_fault = on_fault if on_fault is not None else _tell_loop
        self._on_stray = on_stray
        self._largest_body = largest_body
        self._files: dict[str, SharedFile] = {}
        self._open: set[asyncio.Task[Any]] = set()
        self._server: web.Server | None = None
        self._listener: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """The port that it listens on; before it listens, the one that was asked for."""
        return self._port

    @property
    def base_url(self) -> str:
        """The address by which a program on this machine reaches it, without a slash at its end."""
        return url_of(self._host, self._port)

    def share(self, path: str | Path) -> dict[str, Any]:
        """
        Give `url`, `name`, `size` and `content_type` of a file that the bot can get from now on.

        Raises:
            InputError: it cannot be read.
        """
        shared = shared_file(path)
        self._files[shared.path] = shared
        url = f"{self.base_url}{shared.quoted_path}"
        return {"url": url, "name": shared.name, "size": shared.size, "content_type": shared.content_type}

    async def __aenter__(self) -> Self:
        """
        Listen.

        Raises:
            InputError: the port is taken, or the address is not one of this machine.
        """
        self._server = web.Server(
            self._handle,
            access_log=None,
            logger=_silent,
            lingering_time=2.0,
            max_line_size=LONGEST_HEADER,
            max_field_size=LONGEST_HEADER,
            max_headers=MOST_HEADERS,
        )
        loop = asyncio.get_running_loop()
        try:
            self._listener = await loop.create_server(self._server, self._host, self._port, backlog=1024)
        except (OSError, UnicodeError) as error:
            raise InputError(await problem_of(self._host, self._port, error)) from error
        self._port = self._listener.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening, end the calls in work without an answer, and close all connections."""
        if self._listener is None or self._server is None:
            return
        self._listener.close()
        self._server.pre_shutdown()
        for task in self._open:
            task.cancel()
        if self._open:
            await asyncio.wait(self._open, timeout=CANCEL_S)
        await self._server.shutdown(CLOSE_S)
        self._listener = self._server = None

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer whatever comes; what goes wrong here is told, and answered with 500."""
        task = asyncio.current_task()
        if task is not None:
            self._open.add(task)
        try:
            response = await self._respond(request)
            await response.prepare(request)
        except Exception as error:
            if isinstance(error, ConnectionError) and request.transport is None:
                raise  # the bot has gone; aiohttp takes it from here
            self._on_fault(error)
            return own_words(500, "the simulator failed to answer this call", "see what the simulator itself reports")
        finally:
            if task is not None:
                self._open.discard(task)
        return response

    async def _respond(self, request: web.BaseRequest) -> web.StreamResponse:
        host = request.headers.get("Host", "")
        if not self._hosts.allows(host):
            name = self._hosts.name_of(host)
            what, fix = f'"{name}" is no name of this machine', f"allow it with --allow-host {name}"
            self._on_stray(request.method, request.path, f"{what}; {fix}")
            return own_words(403, what, fix)
        found = self._routing.find(request.path)
        if request.path.startswith("/_"):
            return self._own(request) or self._stray(request)
        if found is None:
            return self._stray(request)
        answer = await self._answer(await self._read(request, host, found))
        return response_of(answer)

    async def _read(self, request: web.BaseRequest, host: str, found: Found) -> ApiCall:
        body, problem = await _body(request, self._largest_body)
        return ApiCall(
            id=f"call-{next(self._numbers)}",
            provider=found.provider,
            method=request.method,
            path=found.path,
            headers={name.lower(): value for name, value in request.headers.items()},
            body=body,
            query=forms.gather(request.query.items()) if request.query_string else {},
            problem=problem,
            base_url=f"http://{host}{found.alias}" if host else f"{self.base_url}{found.alias}",
        )

    def _own(self, request: web.BaseRequest) -> web.StreamResponse | None:
        """What is answered at paths that are the simulator's own."""
        if request.path == HEALTH:
            return in_json(200, {"status": "ok", "program": PROGRAM, "providers": self._providers})
        shared = self._files.get(request.path)
        if shared is None:
            return None
        if request.method not in ("GET", "HEAD"):
            return own_words(405, "a file can only be fetched", "use GET")
        return web.FileResponse(shared.file, headers={"Content-Type": shared.content_type, "Server": PROGRAM})

    def _stray(self, request: web.BaseRequest) -> web.StreamResponse:
        fix = f"this simulator serves {self._routing}"
        self._on_stray(request.method, request.path, f"nothing lies there; {fix}")
        return own_words(404, f"nothing lies at {request.path}", fix)


async def _body(request: web.BaseRequest, largest: int) -> tuple[bytes, str]:
    """Give the body, or nothing and the reason why."""
    if request.headers.get("Expect", "").casefold() == "100-continue":
        # A low-level server leaves this to its handler; without it curl waits a second before it sends a large body.
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0
    try:
        if request.content.is_eof():
            # It came together with the headers, as most do: no need to wait for its end.
            body = request.content.read_nowait()
        else:
            body = await _at_most(request.content, largest + 1)
    except web.RequestPayloadError as error:
        return b"", f"broken: {' '.join(str(error.__cause__ or error).split())}"
    return (body, "") if len(body) <= largest else (b"", f"{TOO_LARGE}: more than {largest} bytes")


async def _at_most(content: StreamReader, most: int) -> bytes:
    """Read to the end, or until there are that many bytes or more."""
    body = bytearray()
    async for part in content.iter_any():
        body += part
        if len(body) >= most:
            break
    return bytes(body)


def _tell_loop(error: Exception) -> None:
    asyncio.get_running_loop().call_exception_handler({"message": "a call was not answered", "exception": error})
