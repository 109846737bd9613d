"""What Canvas does in the background with many conversations at once, and how far it has come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.providers.canvas import conversations as inbox
from simulator.providers.canvas import shapes
from simulator.providers.canvas.answers import answered, missing
from simulator.providers.canvas.mailbox import emptied
from simulator.providers.canvas.metadata import utc_time
from simulator.providers.canvas.pages import page
from simulator.providers.canvas.parameters import parameters, text
from simulator.providers.canvas.people import account_of, bot_id, local_id
from simulator.providers.canvas.refusals import refuse
from simulator.records import ApiCall
from simulator.world import Put, Row, World

PROGRESS = "progress"
BATCHES = "batches"

CHANGES: Mapping[str, Mapping[str, Any]] = {
    "mark_as_read": {"workflow_state": "read"},
    "mark_as_unread": {"workflow_state": "unread"},
    "archive": {"workflow_state": "archived"},
    "star": {"starred": True},
    "unstar": {"starred": False},
    "destroy": {},
}
"""What each of the events of a change makes of a conversation; `destroy` empties it."""

STARTS_AFTER = 20
"""The wait for a job is taken for as long as so many messages need."""


def update_conversations(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """
    Change many conversations at once; the answer tells where to ask how far it has come.

    It has come to its end with the answer: a story's time does not pass while nothing happens.

    Source: canvas-lms, `app/controllers/conversations_controller.rb` and `app/models/conversation_participant.rb`.
    """
    asked = parameters(call)
    wanted, event = asked.get("conversation_ids"), text(asked.get("event"))
    named = wanted if isinstance(wanted, list) else []
    faults = {
        "conversation_ids_missing": not isinstance(wanted, list),
        "batch_too_large": len(named) > world.limits["batch"],
        "event_missing": not event,
        "event_invalid": event not in CHANGES,
    }
    for error, is_so in faults.items():
        if is_so:
            return refuse(call, error, "")
    keys = [local_id(each, account_of(world)) for each in named]
    found = {key: row for key in keys if key and (row := inbox.conversation(world, key)) is not None}
    unknown = [str(each) for each, key in zip(named, keys, strict=True) if key not in found]
    job = _job(ids, world, call, done=len(named) - len(unknown), unknown=unknown)
    changed = [emptied(row) if event == "destroy" else {**row, **CHANGES[event]} for row in found.values()]
    queued = {**job, "completion": 0, "workflow_state": "queued", "message": None}
    return answered(call, ids, _shown_job(queued, call), *map(inbox.put, changed), _put(PROGRESS, job))


def get_progress(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Tell how far a change of many conversations has come: to its end."""
    key = local_id(call.params["id"], account_of(world))
    job = world.get(PROGRESS, key) if key is not None else None
    return answered(call, ids, _shown_job(job, call)) if job is not None else missing(call)


def begun(batch_id: str, message: Row, people: int, subject: str | None, *, at_ms: int, until_ms: int) -> Put:
    """Give the effect by which a message to many is on its way until some time."""
    about = {"subject": subject, "message": message, "people": people}
    return _put(BATCHES, {"id": batch_id, **about, "at_ms": at_ms, "until_ms": until_ms})


def list_batches(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give the messages to many that are still on their way, one page of them."""
    running = [row for _, row in world.rows(BATCHES) if call.at_ms < row["until_ms"]]
    some, headers = page(running, call, parameters(call), int(world.options["largest_page"]))
    shown = [
        {
            "id": int(row["id"]),
            "subject": row["subject"],
            "workflow_state": "created",
            "completion": _completion(row, call.at_ms),
            "recipient_count": row["people"],
            "tags": [],
            "message": shapes.message(row["message"], world),
        }
        for row in some
    ]
    return answered(call, ids, shown, headers=headers)


def _completion(row: Row, at_ms: int) -> float:
    """
    Give a guess how much of a job is done that waits to begin: half of the rest of its wait more each minute.

    Source: canvas-lms, `app/models/conversation_batch.rb`.
    """
    wait = STARTS_AFTER / (row["people"] + STARTS_AFTER)
    return float(round(wait * (1 - 0.5 ** ((at_ms - row["at_ms"]) / 60_000)), 6))


def _job(ids: Ids, world: World, call: ApiCall, *, done: int, unknown: list[str]) -> dict[str, Any]:
    told = f"{done} conversation{'' if done == 1 else 's'} processed"
    if unknown:
        told += f"\nThe user is not participating in this conversation: {', '.join(unknown)}"
    return {
        "id": inbox.unused(world, PROGRESS, ids.give("row")),
        "context_id": bot_id(world),
        "at_ms": call.at_ms,
        "completion": 100,
        "workflow_state": "completed" if done else "failed",
        "message": told,
    }


def _shown_job(job: Row, call: ApiCall) -> dict[str, Any]:
    """Source: canvas-lms, `lib/api/v1/progress.rb`."""
    time = utc_time(job["at_ms"])
    return {
        "id": int(job["id"]),
        "context_id": int(job["context_id"]),
        "context_type": "User",
        "user_id": int(job["context_id"]),
        "tag": "conversation_batch_update",
        "completion": job["completion"],
        "workflow_state": job["workflow_state"],
        "created_at": time,
        "updated_at": time,
        "message": job["message"],
        "url": f"{call.base_url}/api/v1/progress/{job['id']}",
    }


def _put(table: str, row: Row) -> Put:
    return Put(table=table, key=row["id"], row=row)
