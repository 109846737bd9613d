"""A call that is made twice by one key is done once, and answered as it was the first time."""

from __future__ import annotations

from dataclasses import replace
from functools import wraps

from simulator import digests
from simulator.ids import Ids
from simulator.provider import ApiResponse, Handler
from simulator.providers.birdplatform.refusals import Fault, refused
from simulator.records import ApiCall
from simulator.world import Put, World

TABLE = "idempotency"
"""The key is that of the call. A row holds the digest of what was asked, and the answer."""

LONGEST = 255


def once(handler: Handler) -> Handler:
    """Give the handler so that it does nothing a second time for the same `Idempotency-Key` and the same call."""

    @wraps(handler)
    def handle(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
        key = call.headers.get("idempotency-key", "")
        if not key:
            return handler(call, world, ids)
        if len(key) > LONGEST:
            return refused(call, Fault("validation", f"the key has more than {LONGEST} characters", "Idempotency-Key"))
        asked = digests.sha256_hex(f"{call.method} {call.path} ".encode() + call.body)
        before = world.get(TABLE, key)
        if before is not None:
            return before["answer"] if before["asked"] == asked else refused(call, Fault("key_reused"))
        answer = handler(call, world, ids)
        if answer.error:
            # What was refused may be asked again: nothing has been done.
            return answer
        # Told again, it says nothing to anybody, and changes nothing.
        again = replace(answer, effects=(), values={**answer.values, "reached": []})
        kept = Put(table=TABLE, key=key, row={"asked": asked, "answer": again})
        return replace(answer, effects=(*answer.effects, kept))

    return handle
