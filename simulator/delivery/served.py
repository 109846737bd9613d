"""Deliveries to an aiohttp app in this process: aiohttp has no way to be called, so it is served on loopback."""

from __future__ import annotations

from aiohttp import web

from simulator.threads import LoopThread


class ServedApp:
    """Serves an aiohttp application in a thread with a loop of its own; what is sent to it goes over a socket."""

    def __init__(self, app: web.Application, port: int) -> None:
        """Prepare; nothing listens before `start`."""
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        self._thread = LoopThread("simulator-app")
        self._port = port

    def start(self) -> None:
        """
        Let the app start up and listen.

        Raises:
            OSError: the port is taken.
        """
        self._thread.start()
        self._thread.submit(self._start()).result()

    def stop(self) -> None:
        """Let the app clean up and end the thread."""
        if self._thread.loop.is_running():
            self._thread.submit(self._runner.cleanup()).result()
        self._thread.stop()

    async def _start(self) -> None:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
