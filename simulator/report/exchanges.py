"""What went over the wire in one story: each delivery attempt and each call, with headers and bodies."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from simulator.records import Entry, Headers
from simulator.report.secrecy import hidden_bytes, without_secrets
from simulator.report.text import shortened

LONGEST_BODY = 20_000
"""So many characters of a body are kept."""

MOST_EXCHANGES = 500
"""So many exchanges of a story are kept whole; of the others it is said how many there were."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Exchange:
    """One request and what came back."""

    direction: Literal["delivery", "call"]
    title: str
    """The event type, or the operation."""
    begun_ms: float
    """Real time since the story began."""
    took_ms: float
    is_good: bool
    request: str
    """Method and URL."""
    request_headers: Headers
    request_body: str
    answer: str
    """The status, or why there was none."""
    answer_headers: Headers
    answer_body: str


class Exchanges:
    """Takes in the entries of one story."""

    def __init__(self, real_ms: float, *, hide: Callable[[str], str] = lambda text: text) -> None:
        """Begin when real time shows `real_ms`; `hide` takes secrets out of a text, before it is cut."""
        self._hide = hide
        self.kept: list[Exchange] = []
        self.left_out = 0
        self._began_ms = real_ms
        self._called_ms: dict[str, float] = {}

    def take(self, entry: Entry) -> None:
        """Keep the exchange that the entry ends."""
        if entry.kind == "CallReceived":
            self._called_ms[entry.data.id] = entry.real_ms
        elif entry.kind == "CallAnswered":
            self._keep(self._call(entry))
        elif entry.kind == "AttemptFinished":
            self._keep(self._attempt(entry, entry.data["attempt"], entry.data["type"]))
        elif entry.kind == "HandshakeFinished":
            self._keep(self._attempt(entry, entry.data, "handshake"))

    def _keep(self, exchange: Exchange) -> None:
        if len(self.kept) < MOST_EXCHANGES:
            self.kept.append(without_secrets(exchange, self._hide))
        else:
            self.left_out += 1

    def _attempt(self, entry: Entry, attempt: Any, event_type: str) -> Exchange:
        request, ack = attempt.request, attempt.ack
        again = f" (attempt {attempt.number}, after {attempt.why})" if attempt.number > 1 else ""
        return Exchange(
            direction="delivery",
            title=event_type + again,
            begun_ms=max(entry.real_ms - attempt.duration_ms - self._began_ms, 0.0),
            took_ms=attempt.duration_ms,
            is_good=ack is not None and ack.status < 400,
            request=f"{request.method} {request.url}",
            request_headers=request.headers,
            request_body=self._text(request.body),
            answer=str(ack.status) if ack is not None else f"{attempt.trouble}: {attempt.detail}",
            answer_headers=ack.headers if ack is not None else (),
            answer_body=self._text(ack.body) if ack is not None else "",
        )

    def _call(self, entry: Entry) -> Exchange:
        answered = entry.data
        call = answered.call
        begun_ms = self._called_ms.pop(call.id, entry.real_ms)
        return Exchange(
            direction="call",
            title=call.operation or "no such operation",
            begun_ms=max(begun_ms - self._began_ms, 0.0),
            took_ms=entry.real_ms - begun_ms,
            is_good=not answered.response.error,
            request=f"{call.method} {call.path}",
            request_headers=tuple(call.headers.items()),
            request_body=self._text(call.body),
            answer=str(answered.status),
            answer_headers=answered.headers,
            answer_body=self._text(answered.body),
        )

    def _text(self, body: bytes) -> str:
        """Give a body as text; what is no text as base64."""
        shown = hidden_bytes(body, self._hide)
        try:
            return shortened(shown.decode("utf-8"), LONGEST_BODY)
        except UnicodeDecodeError:
            return "base64: " + shortened(base64.b64encode(shown[:LONGEST_BODY]).decode("ascii"), LONGEST_BODY)


def rows_of(exchanges: Sequence[Exchange]) -> list[list[Any]]:
    """Give the exchanges as short lists, as the page takes them: in the order of the fields of `Exchange`."""
    return [
        [
            each.direction,
            each.title,
            round(each.begun_ms, 1),
            round(each.took_ms, 1),
            each.is_good,
            each.request,
            [list(pair) for pair in each.request_headers],
            each.request_body,
            each.answer,
            [list(pair) for pair in each.answer_headers],
            each.answer_body,
        ]
        for each in exchanges
    ]
