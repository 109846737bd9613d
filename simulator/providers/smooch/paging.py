"""Lists that come in pages, by how many to leave out and how many to give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from simulator.providers.smooch.refusals import Fault

Found = Sequence[Mapping[str, Any]]


def page_of(found: Found, query: Mapping[str, Any], limits: Mapping[str, Any]) -> dict[str, Any] | Fault:
    """
    Give a page of a list: `listed`, with `has_more` and `offset` beside it; or why there is none.

    Source: curiouslychris/smooch-docs, "List Apps": 25 by default, 100 at most.
    """
    most = limits["listed"]
    limit, offset = _number(query.get("limit", limits["listed_unasked"])), _number(query.get("offset", 0))
    if limit is None or not 1 <= limit <= most:
        return Fault("bad_request", f"limit is no whole number from 1 to {most}")
    if offset is None:
        return Fault("bad_request", "offset is no whole number")
    return {"listed": list(found[offset : offset + limit]), "has_more": offset + limit < len(found), "offset": offset}


def _number(text: Any) -> int | None:
    return int(text) if isinstance(text, int | str) and str(text).isascii() and str(text).isdigit() else None
