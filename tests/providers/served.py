"""A provider's mock API on a port of its own, so that SDKs of any language can call it; no story around it."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from dataclasses import replace

from simulator import answering
from simulator.ids import Ids
from simulator.mockapi import HttpAnswer, MockApi
from simulator.provider import ApiResponse
from simulator.records import ApiCall
from simulator.seeds import stream
from simulator.world import Emit, Put, Register
from tests.providers.conftest import NOW_MS, Bench


class Served:
    """Answers calls as a story would, and keeps them; the handshake with a webhook is taken for done."""

    def __init__(self, made: Bench) -> None:
        self.made = made
        self.calls: list[ApiCall] = []
        self.refused: list[str] = []
        """What each call was refused for, empty where it was not."""
        self.operations: list[str] = []
        """The operations of the calls that were accepted."""
        self.faults: list[str] = []
        """Names of errors by which the next calls are answered, whatever they are."""
        self.base_url = ""

    async def answer(self, call: ApiCall) -> HttpAnswer:
        made, ids = self.made, Ids(self.made.provider.ids, stream(1, len(self.calls)), NOW_MS)
        known = {"provider": made.provider, "catalog": made.catalog, "world": made.world, "ids": ids}
        call = replace(call, at_ms=NOW_MS)
        if self.faults:
            error = self.faults.pop(0)
            fault = answering.fault_response(call, provider=made.provider, catalog=made.catalog, error=error)
            status, headers, body = answering.render_response(fault, call=call, **known)
            self.refused.append(error)
            return HttpAnswer(status=status, headers=headers, body=body)
        answered = answering.answer(call, **known)
        self._apply(answered.response)
        self.calls.append(answered.call)
        self.refused.append(answered.response.error)
        if not answered.response.error:
            self.operations.append(answered.call.operation)
        return HttpAnswer(status=answered.status, headers=answered.headers, body=answered.body)

    def _apply(self, response: ApiResponse) -> None:
        for effect in response.effects:
            if isinstance(effect, Register):
                self.made.world.apply(Put(table="subscriptions", key=effect.key, row=effect.row))
            elif not isinstance(effect, Emit):
                self.made.world.apply(effect)


@contextlib.contextmanager
def served(made: Bench) -> Iterator[Served]:
    """Serve a provider from a thread of its own."""
    found = Served(made)
    ready, done = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        async with MockApi(found.answer, providers={made.catalog.id: made.catalog.api_base}) as api:
            found.base_url = api.base_url
            ready.set()
            await done.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(10)
        yield found
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join(10)
        loop.close()
