"""Lists of the REST API: a page at a time between two cursors, and the timeline of a message."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from simulator.provider import ApiResponse
from simulator.providers.birdplatform import messages
from simulator.providers.birdplatform.identifiers import DIGITS
from simulator.providers.birdplatform.refusals import Detail, Fault, invalid, refused
from simulator.records import ApiCall
from simulator.units import instant_ms

DEFAULT_SIZE = 20
MOST_ROWS = 100

BOUNDS: Mapping[str, int] = {"created_after": 1, "created_before": -1}
"""Name of a filter by time → which way it looks."""


def page(call: ApiCall, rows: Sequence[Mapping[str, Any]], template: str) -> ApiResponse:
    """Give one page of rows that come in the order in which they are told; each is known by its `id`."""
    size = _size(call.query.get("limit"))
    after, before = call.query.get("starting_after"), call.query.get("ending_before")
    places = {row["id"]: i for i, row in enumerate(rows)}
    wrong = [] if size is not None else [Detail("limit", f"limit must be between 1 and {MOST_ROWS}")]
    if after is not None and before is not None:
        wrong.append(Detail("ending_before", "starting_after and ending_before exclude each other"))
    for name, cursor in (("starting_after", after), ("ending_before", before)):
        if cursor is not None and id_at(cursor) not in places:
            wrong.append(Detail(name, f"{name} is no cursor of this list"))
    untimely = [name for name in BOUNDS if name in call.query and _bound(call.query[name]) is None]
    wrong += [Detail(name, f"{name} must be a time") for name in untimely]
    fault = invalid(wrong)
    if fault is not None or size is None:
        return refused(call, fault or Fault("validation"))
    start = places[id_at(after)] + 1 if after is not None else 0
    if before is not None:
        start = max(0, places[id_at(before)] - size)
        size = min(size, places[id_at(before)])
    shown = rows[start : start + size]
    values = {
        "data": list(shown),
        "next": cursor_of(shown[-1]["id"]) if shown and start + size < len(rows) else None,
        "prev": cursor_of(shown[0]["id"]) if shown and start > 0 else None,
        "refresh": cursor_of(shown[0]["id"]) if shown else None,
        "total": len(rows) if call.query.get("include_total") == "true" else None,
    }
    return ApiResponse(template=template, values=values)


def is_wanted(shown: Mapping[str, Any], call: ApiCall) -> bool:
    """Tell whether a message is of the direction, status, tag and time that are asked for."""
    query = call.query
    if query.get("direction", shown["direction"]) != shown["direction"]:
        return False
    if "status" in query and shown["status"] not in _several(query["status"]):
        return False
    tags = {each["name"] for each in shown.get("tags") or ()}
    if "tag" in query and not tags & set(_several(query["tag"])):
        return False
    for name, way in BOUNDS.items():
        bound_ms = _bound(query[name]) if name in query else None
        if bound_ms is not None and (instant_ms(shown["created_at"]) - bound_ms) * way < 0:
            return False
    return True


def timeline(
    row: Mapping[str, Any], happened: Iterable[tuple[int, str]], call: ApiCall, *, prefix: str
) -> list[dict[str, Any]]:
    """Give what happened to a message by now, oldest first; an event has the same id at each look."""
    found = []
    for i, (since_ms, status) in enumerate(happened):
        event: dict[str, Any] = {
            "id": f"{prefix}_{row['id'][-26:-1]}{DIGITS[i]}",
            "type": f"{row['channel']}.{status}",
            "occurred_at": messages.instant(since_ms),
        }
        error = messages.error_now(row, call.at_ms)
        if error is not None and status == messages.status_at(row, call.at_ms):
            event["error"] = error
        if since_ms <= call.at_ms and call.query.get("type", event["type"]) == event["type"]:
            found.append(event)
    return found


def cursor_of(row_id: str) -> str:
    """Give the cursor of a row, which says nothing to a person."""
    return base64.urlsafe_b64encode(f"v1:{row_id}".encode()).decode("ascii").rstrip("=")


def id_at(cursor: Any) -> str:
    """Give the id of the row at a cursor; empty where it is none."""
    text = str(cursor)
    try:
        found = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
    except (binascii.Error, UnicodeError, ValueError):
        return ""
    return found.removeprefix("v1:") if found.startswith("v1:") else ""


def _size(text: Any) -> int | None:
    if text is None:
        return DEFAULT_SIZE
    is_number = isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 5
    return int(text) if is_number and 1 <= int(text) <= MOST_ROWS else None


def _bound(text: Any) -> int | None:
    try:
        return instant_ms(str(text))
    except ValueError:
        return None


def _several(value: Any) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]
