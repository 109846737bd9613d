"""Lists of the REST API, a page at a time."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any

from simulator.provider import ApiResponse
from simulator.providers.bird.refusals import Fault, refused
from simulator.records import ApiCall
from simulator.world import World

DEFAULT_SIZE = 10


def page(call: ApiCall, world: World, rows: Sequence[Any], template: str, *, most: int) -> ApiResponse:
    """Give one page of a list, whose rows come in the order in which they are told."""
    problems: list[str] = []
    size = _number(call.query.get("limit"), DEFAULT_SIZE)
    if size is None or not 1 <= size <= most:
        problems.append(f"limit must be between 1 and {most}")
    start = _start(call.query.get("pageToken"))
    if start is None or start > len(rows):
        problems.append("pageToken is invalid")
    if problems or size is None or start is None:
        return refused(call, Fault("invalid_payload", "; ".join(problems)))
    end = start + size
    token = base64.urlsafe_b64encode(f"from:{end}".encode()).decode("ascii") if end < len(rows) else None
    if token is None and world.options["last_page"] == "empty":
        token = ""
    return ApiResponse(template=template, values={"results": list(rows[start:end]), "token": token})


def _number(text: Any, otherwise: int) -> int | None:
    if text in (None, ""):
        return otherwise
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 7 else None


def _start(token: Any) -> int | None:
    if token in (None, ""):
        return 0
    try:
        text = base64.urlsafe_b64decode(str(token)).decode("ascii")
    except (binascii.Error, UnicodeError, ValueError):
        return None
    return _number(text.removeprefix("from:"), 0) if text.startswith("from:") else None
