"""What is written back to the bot."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from multidict import CIMultiDict

from simulator.mockapi.listening import PROGRAM
from simulator.records import Headers


@dataclass(frozen=True, kw_only=True, slots=True)
class HttpAnswer:
    """What is written back. Nothing is added but Content-Length, Date, Server, and a Content-Type where none is."""

    status: int
    headers: Headers = ()
    body: bytes = b""


def response_of(answer: HttpAnswer) -> web.Response:
    """Give the answer as aiohttp writes it."""
    headers = CIMultiDict(answer.headers)
    headers.setdefault("Server", PROGRAM)
    return web.Response(status=answer.status, headers=headers, body=answer.body)


def in_json(status: int, value: Mapping[str, Any]) -> web.Response:
    """Give an answer whose body is this value."""
    headers = (("Content-Type", "application/json"),)
    body = json.dumps(value, ensure_ascii=False).encode(errors="replace")
    return response_of(HttpAnswer(status=status, headers=headers, body=body))


def own_words(status: int, what: str, fix: str) -> web.Response:
    """Give an answer of the simulator itself, which no provider would give."""
    return in_json(status, {"error": what, "fix": fix, "from": PROGRAM})
