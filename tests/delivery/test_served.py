"""An aiohttp app in this process, served on loopback."""

from __future__ import annotations

import threading
import urllib.request

import pytest
from aiohttp import web

from simulator.delivery.served import ServedApp
from simulator.ports import free_claim


def test_it_listens_between_start_and_stop_and_runs_in_a_thread_of_its_own() -> None:
    seen: list[str] = []

    async def hook(request: web.Request) -> web.Response:
        seen.append(threading.current_thread().name)
        return web.Response(text="ok")

    app = web.Application()
    app.router.add_get("/hook", hook)
    app.on_cleanup.append(_noting(seen))
    with free_claim() as claim:
        served = ServedApp(app, claim.port)
        served.start()
        with urllib.request.urlopen(f"http://127.0.0.1:{claim.port}/hook") as answer:
            text = answer.read()
        served.stop()

        assert (text, seen) == (b"ok", ["simulator-app", "cleaned up"])
        with pytest.raises(OSError, match="refused"):
            urllib.request.urlopen(f"http://127.0.0.1:{claim.port}/hook")


def _noting(seen: list[str]) -> object:
    async def note(app: web.Application) -> None:
        seen.append("cleaned up")

    return note
