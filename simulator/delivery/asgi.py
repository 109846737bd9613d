"""Deliveries to an ASGI app in this process: it is called as a server would call it, without a socket."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import unquote, urlsplit

from simulator.clock import real_ms
from simulator.delivery.unpacking import unpacked
from simulator.delivery.wording import LONGEST_BODY, overdue
from simulator.errors import EndpointError, Problem
from simulator.records import Ack, Headers, Sent, SignedRequest
from simulator.threads import LoopThread

Message = MutableMapping[str, Any]
AsgiApp = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]

FAILED = b"Internal Server Error"
"""What a server answers for an app that raises, or that returns without an answer."""

CALLER = ("127.0.0.1", 0)
"""From where the request seems to come."""

_log = logging.getLogger("simulator.app")


class AsgiTransport:
    """Calls an ASGI app in a thread with an event loop of its own, so that one that blocks holds up only itself."""

    def __init__(self, app: AsgiApp) -> None:
        """Prepare; the app is not called before `start`."""
        self._app = app
        self._thread = LoopThread("simulator-app")
        self._lifespan = _Lifespan(app)
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """
        Start the thread and let the app start up, where it wants to.

        Raises:
            EndpointError: the app says that it cannot start; the thread has ended then.
        """
        self._thread.start()
        try:
            self._thread.submit(self._lifespan.start()).result()
        except BaseException:
            self._thread.stop()
            raise

    def stop(self) -> None:
        """Let the app shut down and end the thread."""
        if self._thread.loop.is_running():
            self._thread.submit(self._lifespan.stop()).result()
        self._thread.stop()

    async def send(self, request: SignedRequest, *, timeout_ms: float) -> Sent:
        """Call the app with a request and give what it answered; what it does after its answer goes on."""
        begun_ms = real_ms()
        exchange = _Exchange(request, dict(self._lifespan.state))
        try:
            async with asyncio.timeout(timeout_ms / 1000):
                ack = await asyncio.wrap_future(self._thread.submit(self._call(exchange)))
        except TimeoutError:
            detail = overdue(exchange.status, timeout_ms)
            return Sent(trouble="timeout", detail=detail, duration_ms=real_ms() - begun_ms)
        return Sent(ack=ack, detail=exchange.detail, duration_ms=real_ms() - begun_ms)

    async def _call(self, exchange: _Exchange) -> Ack:
        try:
            task = asyncio.ensure_future(self._run(exchange))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            await exchange.is_answered.wait()
            return exchange.ack()
        finally:
            exchange.is_gone.set()

    async def _run(self, exchange: _Exchange) -> None:
        try:
            await self._app(exchange.scope, exchange.receive, exchange.send)
            exchange.failed("the app returned without an answer")
        except (Exception, SystemExit) as error:  # noqa: BLE001 - an app may raise anything, as under a server
            if exchange.is_left:
                # Frameworks turn what ends a stream into an error of their own.
                _log.debug("the app was told that nobody reads its answer any more", exc_info=error)
                return
            _log.error("the app raised", exc_info=error)
            exchange.failed(f"the app raised {type(error).__name__}: {error}")


class _Exchange:
    """One request to the app, and its answer as it comes."""

    def __init__(self, request: SignedRequest, state: dict[str, Any]) -> None:
        self.scope = scope_of(request, state)
        self.is_answered = asyncio.Event()
        self.is_gone = asyncio.Event()
        self.is_left = False
        """The app went on with its answer when nobody read it any more."""
        self.detail = ""
        self.status = 0
        self._body: bytes | None = request.body
        self._headers: Headers = ()
        self._answer = bytearray()
        self._is_whole = False

    async def receive(self) -> Message:
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self.is_gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self._headers = tuple((_text(name), _text(value)) for name, value in message.get("headers", ()))
        elif message["type"] == "http.response.body":
            await self._take(message.get("body", b""), is_last=not message.get("more_body", False))

    async def _take(self, part: bytes, *, is_last: bool) -> None:
        """Keep a part of the answer; what is too long is as good as answered, as where a connection is closed then."""
        if self._is_whole:
            return
        if self.is_answered.is_set() or self.is_gone.is_set():
            self.is_left = True
            # Source: ASGI specification 3.0, HTTP, "Disconnected Client - send exception".
            raise ConnectionResetError("nobody reads the answer any more")
        self._answer += part[: LONGEST_BODY + 1]
        self._is_whole = is_last
        if is_last or len(self._answer) > LONGEST_BODY:
            self.is_answered.set()
        else:
            # An app that sends without end may wait for nothing else.
            await asyncio.sleep(0)

    def failed(self, why: str) -> None:
        """Answer as a server does whose app has ended; nothing where it has answered before."""
        if not self.is_answered.is_set():
            self.detail = why
            self.status, self._headers, self._answer = 500, (), bytearray(FAILED)
            self.is_answered.set()

    def ack(self) -> Ack:
        return ack_of(self.status, self._headers, bytes(self._answer))


class _Lifespan:
    """The app's start and end, which it may or may not want to be told of."""

    def __init__(self, app: AsgiApp) -> None:
        self._app = app
        self.state: dict[str, Any] = {}
        self._told: asyncio.Queue[Message] = asyncio.Queue()
        self._answers: asyncio.Queue[str] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.ensure_future(self._run())
        trouble = await self._tell("startup")
        if trouble:
            last = trouble.strip().splitlines()[-1]
            what = "the app says that it cannot start"
            raise EndpointError(Problem(code="app-not-started", what=what, why=last, fix="see its startup"))

    async def stop(self) -> None:
        trouble = await self._tell("shutdown")
        if trouble:
            _log.error("the app did not shut down: %s", trouble)

    async def _tell(self, what: str) -> str:
        """Give what the app says against it; empty where all is well, or the app wants no such thing."""
        if self._task is None or self._task.done():
            return ""
        await self._told.put({"type": f"lifespan.{what}"})
        answer = asyncio.ensure_future(self._answers.get())
        await asyncio.wait([answer, self._task], return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            answer.cancel()
            return ""
        return answer.result()

    async def _run(self) -> None:
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": self.state}
        try:
            await self._app(scope, self._told.get, self._send)
        except Exception as error:  # noqa: BLE001 - an app that knows no lifespan says so by raising whatever it likes
            _log.debug("the app takes no part in a lifespan", exc_info=error)
        except SystemExit as error:
            await self._answers.put(f"it called sys.exit({error.code!r})")

    async def _send(self, message: Message) -> None:
        is_well = message["type"].endswith(".complete")
        await self._answers.put("" if is_well else message.get("message") or "it did not say why")


def scope_of(request: SignedRequest, state: dict[str, Any]) -> Message:
    """Give the scope of a request as a server makes it; source: ASGI specification 3.0, HTTP connection scope."""
    parts = urlsplit(request.url)
    given = [("Host", parts.netloc), *request.headers, ("Content-Length", str(len(request.body)))]
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": parts.scheme,
        "path": unquote(parts.path) or "/",
        "raw_path": (parts.path or "/").encode("ascii"),
        "query_string": parts.query.encode("ascii"),
        "root_path": "",
        "headers": [(name.lower().encode("latin-1"), value.encode("utf-8")) for name, value in given],
        "client": CALLER,
        "server": (parts.hostname, parts.port),
        "state": state,
    }


def ack_of(status: int, headers: Headers, body: bytes) -> Ack:
    """Give the answer as it would have been read from a connection."""
    encoding = next((value for name, value in headers if name.lower() == "content-encoding"), "")
    text, is_cut = unpacked(body[:LONGEST_BODY], encoding, LONGEST_BODY)
    return Ack(status=status, headers=headers, body=text, is_cut=is_cut or len(body) > LONGEST_BODY)


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")
