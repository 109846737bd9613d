"""Long lists in pages, and the header that leads from one to the next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from simulator.providers.canvas.parameters import Parameters, whole
from simulator.records import ApiCall, Headers

SMALLEST = 10
"""How many stand on a page if nothing is asked for."""

SECRETS = ("access_token", "api_key")


def page(items: Sequence[Any], call: ApiCall, asked: Parameters, largest: int) -> tuple[list[Any], Headers]:
    """
    Give the page that is asked for, and its `Link` header: current, next, prev, first, last, those that there are.

    A page past the end is empty; numbers beyond the bounds are taken for the nearest that is inside.

    Source: Canvas REST API, "Pagination"; canvas-lms, `lib/api.rb`.
    """
    size = min(max(whole(asked.get("per_page"), SMALLEST), 1), largest)
    number = max(whole(asked.get("page"), 1), 1)
    last = max(-(-len(items) // size), 1)
    found = list(items[(number - 1) * size : number * size])
    places = {
        "current": number,
        "next": number + 1 if number < last else None,
        "prev": number - 1 if number > 1 else None,
        "first": 1,
        "last": last,
    }
    links = [f'<{_url(call, place, size)}>; rel="{name}"' for name, place in places.items() if place is not None]
    return found, (("Link", ",".join(links)),)


def _url(call: ApiCall, number: int, size: int) -> str:
    """Give the address of a page: that of the call, without what is secret in it."""
    kept = {name: value for name, value in call.query.items() if name not in (*SECRETS, "page", "per_page")}
    return f"{call.base_url}{call.path}?{urlencode({**kept, 'page': number, 'per_page': size}, doseq=True)}"
