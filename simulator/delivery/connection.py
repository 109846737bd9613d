"""One HTTP/1.1 connection to an endpoint, read by the parser of httptools: one request after another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

import httptools

from simulator.delivery.unpacking import unpacked
from simulator.delivery.wording import (
    BEFORE_ANSWER,
    LONGEST_BODY,
    LONGEST_HEADER,
    MOST_HEADERS,
    WITHIN_BODY,
    WITHIN_HEADERS,
    one_line,
)
from simulator.records import Ack, Headers, Trouble

SWITCHING = 101


class Broken(Exception):  # noqa: N818 - it is what a connection is then
    """There is no answer: the trouble, the words of who noticed it, and whether anything at all came back."""

    def __init__(self, trouble: Trouble, detail: str, *, is_unanswered: bool = False) -> None:
        super().__init__(detail)
        self.trouble = trouble
        self.detail = detail
        self.is_unanswered = is_unanswered


class Connection(asyncio.Protocol):
    """One connection. It carries one request at a time, and tells when it is free for the next one."""

    status: int
    """That of the answer, once its headers are read."""
    _headers: list[tuple[bytes, bytes]]
    _body: bytearray
    _has_begun: bool
    """Something of this answer has come."""
    _is_in_body: bool
    _has_length: bool
    """It says how its body ends; else that ends with the connection."""
    _unread_bytes: int
    """Since the last header that was read to its end."""

    def __init__(self, *, on_free: Callable[[Connection], None], on_lost: Callable[[Connection], None]) -> None:
        """Prepare; `on_free` is told after each answer that leaves it open, `on_lost` when it has ended."""
        self.is_open = False
        self._on_free = on_free
        self._on_lost = on_lost
        self._waiting: asyncio.Future[Ack] | None = None
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        # As forgiving as the parser of the plain transport is.
        self._parser.set_dangerous_leniencies(
            lenient_headers=True, lenient_optional_cr_before_lf=True, lenient_spaces_after_chunk_size=True
        )
        self._begin()

    def ask(self, request: bytes) -> asyncio.Future[Ack]:
        """
        Write a request and give the answer to come.

        It fails with `Broken`. Who does not wait for it any more drops the connection.
        """
        if self._transport is None:
            raise RuntimeError("the connection is not open")
        self._begin()
        waiting = self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return waiting

    def fail(self, error: Broken) -> None:
        """End it now; whoever waits gets this error."""
        waiting, self._waiting = self._waiting, None
        if waiting is not None and not waiting.done():
            waiting.set_exception(error)
        self.drop()

    def drop(self) -> None:
        """End it now, whatever is under way."""
        self.is_open = False
        self._waiting = None
        if self._transport is not None:
            self._transport.abort()

    # --- what the loop tells -----------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin: it is open now."""
        self._transport = cast("asyncio.Transport", transport)
        self.is_open = True

    def data_received(self, data: bytes) -> None:
        """Read on."""
        if self._waiting is None:
            # Nobody asked for anything. Whatever it is, the next answer must not be taken from it.
            self.drop()
            return
        self._has_begun = True
        self._unread_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # The answer is complete, and what follows it is no HTTP.
            self.drop()
        except httptools.HttpParserError as error:
            self.fail(Broken("garbage", one_line(str(error.__context__ or error))))
        else:
            if not self._is_in_body and self._unread_bytes > LONGEST_HEADER:
                self.fail(Broken("garbage", f"a header of more than {LONGEST_HEADER} bytes"))

    def eof_received(self) -> None:
        """Take no further request; the loop closes it."""
        self.is_open = False

    def connection_lost(self, error: Exception | None) -> None:
        """End: the other side has closed it, or it was dropped."""
        self.is_open = False
        if self._waiting is not None:
            if self._is_in_body and not self._has_length and error is None:
                self._finish(is_kept=False)
            else:
                self.fail(self._cut_off(error))
        self._on_lost(self)

    # --- what the parser tells ---------------------------------------------------------------------------------------

    def on_message_begin(self) -> None:
        """Begin an answer."""
        if self._waiting is None:
            self.drop()
        unread_bytes = self._unread_bytes
        self._begin()
        self._has_begun, self._unread_bytes = True, unread_bytes

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take in a header; those that come after a body are passed over."""
        self._unread_bytes = 0
        if self._is_in_body:
            return
        if len(value) > LONGEST_HEADER:
            raise ValueError(f"a header of more than {LONGEST_HEADER} bytes")
        if len(self._headers) == MOST_HEADERS:
            raise ValueError(f"more than {MOST_HEADERS} headers")
        self._headers.append((name, value))
        folded = name.lower()
        if folded == b"content-length" or (folded == b"transfer-encoding" and value.lower().endswith(b"chunked")):
            self._has_length = True

    def on_headers_complete(self) -> None:
        """Take in the status."""
        self._is_in_body = True
        self.status = self._parser.get_status_code()

    def on_body(self, part: bytes) -> None:
        """Take in a part of the body; of a huge one the beginning is enough."""
        self._body += part
        if len(self._body) > LONGEST_BODY:
            self._finish(is_kept=False)

    def on_message_complete(self) -> None:
        """Give the answer, unless it only says that one is to come."""
        if 100 <= self.status < 200 and self.status != SWITCHING:
            self._begin()
        else:
            self._finish(is_kept=self._parser.should_keep_alive() and self.status != SWITCHING)

    # --- how it is done ----------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        self.status = 0
        self._headers = []
        self._body = bytearray()
        self._has_begun = self._is_in_body = self._has_length = False
        self._unread_bytes = 0

    def _finish(self, *, is_kept: bool) -> None:
        """Give the answer as far as it has come."""
        waiting, self._waiting = self._waiting, None
        if waiting is None or waiting.done():
            self.drop()
            return
        waiting.set_result(self._ack())
        if is_kept:
            self._on_free(self)
        else:
            self.drop()

    def _ack(self) -> Ack:
        body, is_cut = bytes(self._body[:LONGEST_BODY]), len(self._body) > LONGEST_BODY
        encoding = next((value for name, value in self._headers if name.lower() == b"content-encoding"), b"")
        if encoding:
            body, is_unpacked_cut = unpacked(body, encoding.decode("latin-1"), LONGEST_BODY)
            is_cut = is_cut or is_unpacked_cut
        return Ack(status=self.status, headers=_shown(self._headers), body=body, is_cut=is_cut)

    def _cut_off(self, error: Exception | None) -> Broken:
        if not self._has_begun:
            words = getattr(error, "strerror", None) or BEFORE_ANSWER
            return Broken("closed", one_line(words), is_unanswered=True)
        return Broken("closed", WITHIN_BODY if self._is_in_body else WITHIN_HEADERS)


def _shown(headers: list[tuple[bytes, bytes]]) -> Headers:
    return tuple(
        (name.decode("utf-8", "replace"), value.strip(b" \t").decode("utf-8", "replace")) for name, value in headers
    )
