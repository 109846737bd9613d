"""An app in this process as a bot: which kind it is, and how what is sent reaches it."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any, Protocol

from simulator.delivery.asgi import AsgiTransport
from simulator.delivery.posting import Transport
from simulator.delivery.wsgi import WsgiTransport
from simulator.errors import InputError, Problem


class Startable(Protocol):
    """Something with a beginning and an end."""

    def start(self) -> None:
        """Let it start up."""

    def stop(self) -> None:
        """Let it shut down."""


@dataclass(frozen=True, slots=True)
class Hosted:
    """An app that is ready to be started."""

    app: Startable
    transport: Transport | None
    """What calls it; None where it listens at its port itself."""


def hosted(app: Any, port: int) -> Hosted:
    """
    Give an ASGI, WSGI or aiohttp app as it is to be hosted at a port; only the one of aiohttp listens there.

    Raises:
        InputError: it is none of them.
    """
    if any(each.__module__.partition(".")[0] == "aiohttp" for each in type(app).__mro__):
        from simulator.delivery.served import ServedApp

        return Hosted(ServedApp(app, port), None)
    if _is_asgi(app):
        asgi = AsgiTransport(app)
        return Hosted(asgi, asgi)
    if callable(app):
        wsgi = WsgiTransport(app)
        return Hosted(wsgi, wsgi)
    raise InputError(
        Problem(
            code="bad-app",
            what=f"a {type(app).__name__} is no bot to connect to",
            where="connect",
            why="a bot is an address, or an app: ASGI, WSGI or aiohttp",
            fix='give the app itself, or an address such as ":3000/hook"',
        )
    )


def _is_asgi(app: Any) -> bool:
    """True for what is called with `await`."""
    return inspect.iscoroutinefunction(app) or inspect.iscoroutinefunction(type(app).__call__)
