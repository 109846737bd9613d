"""Deliveries to a WSGI app in this process: it is called in a thread as a server would call it, without a socket."""

from __future__ import annotations

import asyncio
import io
import logging
import sys
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from simulator.clock import real_ms
from simulator.delivery.asgi import CALLER, FAILED, ack_of
from simulator.delivery.wording import LONGEST_BODY, overdue
from simulator.records import Headers, Sent, SignedRequest

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

OWN_NAMES = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}
"""Headers that have names of their own in the environ."""

_log = logging.getLogger("simulator.app")


class WsgiTransport:
    """Calls a WSGI app, each time in a thread of its own: one that hangs holds up nothing, nor the program's end."""

    def __init__(self, app: WsgiApp) -> None:
        """Take the app."""
        self._app = app

    def start(self) -> None:
        """Begin; a WSGI app is told nothing of it."""

    def stop(self) -> None:
        """End; what the app still works at goes on without anybody who waits."""

    async def send(self, request: SignedRequest, *, timeout_ms: float) -> Sent:
        """Call the app with a request and give what it answered."""
        begun_ms = real_ms()
        answer: Future[Sent] = Future()
        threading.Thread(target=self._call, args=(request, answer, begun_ms), name="simulator-app", daemon=True).start()
        try:
            async with asyncio.timeout(timeout_ms / 1000):
                return await asyncio.wrap_future(answer)
        except TimeoutError:
            return Sent(trouble="timeout", detail=overdue(0, timeout_ms), duration_ms=real_ms() - begun_ms)

    def _call(self, request: SignedRequest, answer: Future[Sent], begun_ms: float) -> None:
        detail = ""
        try:
            status, headers, body = answered_by(self._app, request)
        except BaseException as error:  # noqa: BLE001 - an app may raise anything, as under a server; or sys.exit
            _log.error("the app raised", exc_info=error)
            status, headers, body = 500, (), FAILED
            detail = f"the app raised {type(error).__name__}: {error}"
        if answer.set_running_or_notify_cancel():
            ack = ack_of(status, headers, body)
            answer.set_result(Sent(ack=ack, detail=detail, duration_ms=real_ms() - begun_ms))


def answered_by(app: WsgiApp, request: SignedRequest) -> tuple[int, Headers, bytes]:
    """
    Give status, headers and body of what an app answers; of a body that is too long only the beginning.

    Whatever the app raises passes through; so does RuntimeError where it never gives a status.
    """
    begun: list[tuple[str, Headers]] = []
    body = bytearray()

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], None]:
        begun.append((status, tuple(headers)))
        return body.extend

    parts = app(environ_of(request), start_response)
    try:
        for part in parts:
            body += part[: LONGEST_BODY + 1]
            if len(body) > LONGEST_BODY:
                break
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()
    if not begun:
        raise RuntimeError("the app returned without a status")
    status, headers = begun[-1]
    return int(status.split(" ", 1)[0]), headers, bytes(body)


def environ_of(request: SignedRequest) -> dict[str, Any]:
    """Give the environ of a request as a server makes it; source: PEP 3333, "environ Variables"."""
    parts = urlsplit(request.url)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(parts.path or "/").decode("latin-1"),
        "QUERY_STRING": parts.query,
        "SERVER_NAME": parts.hostname or "",
        "SERVER_PORT": str(parts.port or 80),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": CALLER[0],
        "HTTP_HOST": parts.netloc,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in [*request.headers, ("Content-Length", str(len(request.body)))]:
        key = OWN_NAMES.get(name.lower(), "HTTP_" + name.upper().replace("-", "_"))
        text = value.encode("utf-8").decode("latin-1")
        environ[key] = f"{environ[key]},{text}" if key in environ else text
    return environ
