"""The body of an event: which of its keys are there, and how ids, nulls and times are written in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from simulator.ids import Ids
from simulator.providers.canvas.campus import asset, course
from simulator.providers.canvas.metadata import local_time, ordered, utc_time
from simulator.providers.canvas.people import global_id
from simulator.world import Row

LONGEST, ELLIPSIS = 8192, "..."
FREE_TEXTS = frozenset(
    {
        *("body", "description", "lti_assignment_description", "message", "old_body", "old_syllabus_body"),
        *("old_title", "subject", "syllabus_body", "text", "title"),
    }
)
"""Keys of bodies behind which people may write as much as they like."""

NONE_LEFT_OUT: Mapping[str, bool] = MappingProxyType({})


def body(
    fields: Mapping[str, Any],
    ids: Ids,
    options: Mapping[str, Any],
    *,
    sometimes: Mapping[str, bool] = NONE_LEFT_OUT,
    has_old_ids: bool = False,
) -> dict[str, Any]:
    """
    Give the body of an event from all the fields that it may have.

    `sometimes` tells of those that are not always there whether they are now. With the option `compact_nulls` null
    ones are left out, as newer builds do; objects inside keep theirs. `has_old_ids`: samples of this event have
    numbers for ids, which the option `legacy_integer_ids` brings back. With `long_texts` free texts are cut.

    Source: canvas-lms, `lib/canvas/live_events.rb` and `gems/stringify_ids`; the samples of the documentation.
    """
    found = {name: value for name, value in fields.items() if sometimes.get(name, True)}
    if options["long_texts"]:
        found = {name: cut(grown(value)) if name in FREE_TEXTS and value else value for name, value in found.items()}
    if options["compact_nulls"]:
        found = {name: value for name, value in found.items() if value is not None}
    if has_old_ids and options["legacy_integer_ids"]:
        found = {name: int(value) if _is_id(name, value) else value for name, value in found.items()}
    return ordered(found, ids, options)


def grown(text: str) -> str:
    """Give a text so long that it is cut, made of what it says itself."""
    return " ".join([text] * (LONGEST // (len(text) + 1) + 2))


def cut(text: str) -> str:
    """
    Give a text as it is sent: of a long one 8192 characters at most, ending with a whole word and an ellipsis.

    Source: Live Events; instructure/canvas-lms, `lib/canvas/live_events.rb`.
    """
    if len(text) <= LONGEST:
        return text
    kept = text[: LONGEST - len(ELLIPSIS)]
    return (kept.rpartition(" ")[0] or kept) + ELLIPSIS


def body_time(ms: int | None) -> str | None:
    """Give a time as most bodies write it, null where there is none."""
    return None if ms is None else utc_time(ms)


def state_time(ms: int | None, account: Row, options: Mapping[str, Any]) -> str | None:
    """
    Give a time of an enrollment's state, null where there is none: in UTC, or with a blank and the zone of the account.

    Source: Live Events, the samples of the enrollment states.
    """
    if ms is None or options["state_time"] == "utc":
        return body_time(ms)
    written = local_time(ms, account["utc_offset"])
    return f"{written[:10]} {written[11:19]} {written[19:].replace(':', '')}"


def long_id(local: Any, account: Row) -> str | None:
    """Give a local id as a global one, null where there is none."""
    return None if local is None else global_id(local, account)


def _is_id(name: str, value: Any) -> bool:
    return (name == "id" or name.endswith("_id")) and isinstance(value, str) and value.isdigit()


FILTERS: Mapping[str, Callable[..., Any]] = {
    "asset": asset,
    "body": body,
    "body_time": body_time,
    "course": course,
    "long_id": long_id,
    "state_time": state_time,
}
