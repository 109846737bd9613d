"""What both transports keep of an answer, and their words for what went wrong. No HTTP library is known here."""

from __future__ import annotations

LONGEST_BODY = 1024 * 1024
"""Bytes of an answer's body that are kept, as sent and as unpacked."""

LONGEST_HEADER = 32 * 1024
"""Bytes of one header of an answer."""

MOST_HEADERS = 256

LARGE_BODY = 1024 * 1024
"""Bytes from which on a request's body is written in portions."""

SENT_AGAIN = "sent again, on a new connection: the kept one gave nothing back"

BEFORE_ANSWER = "the connection ended before any answer"
WITHIN_HEADERS = "the connection ended within the headers"
WITHIN_BODY = "the connection ended within the body"

LONGEST = 200
"""Characters of a detail; the parser quotes what it could not read."""


def one_line(text: str) -> str:
    """Give a text without line breaks and runs of spaces, shortened where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def overdue(status: int, timeout_ms: float) -> str:
    """Give the detail of a time-out; `status` is that of an answer whose headers had come, else 0."""
    if status:
        return f"{status} came, but not the whole body within {timeout_ms:g} ms"
    return f"no answer within {timeout_ms:g} ms"
