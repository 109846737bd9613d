"""One connection, fed byte by byte; what both transports do alike is tested in test_plain."""

from __future__ import annotations

import asyncio

import pytest

pytest.importorskip("httptools")

from simulator.delivery.connection import Broken, Connection
from simulator.delivery.wording import BEFORE_ANSWER, LONGEST_HEADER, WITHIN_BODY, WITHIN_HEADERS

from .conftest import OK


class Wire(asyncio.Transport):
    """What a connection writes to; it tells of its end as the loop would."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.is_aborted = False

    def write(self, data) -> None:
        self.written.append(bytes(data))

    def abort(self) -> None:
        self.is_aborted = True


class Bench:
    """A connection that is open, and who was told what of it."""

    def __init__(self) -> None:
        self.free: list[Connection] = []
        self.lost: list[Connection] = []
        self.wire = Wire()
        self.connection = Connection(on_free=self.free.append, on_lost=self.lost.append)
        self.connection.connection_made(self.wire)


@pytest.fixture
async def bench():
    return Bench()


async def test_answer_in_single_bytes_is_an_ack(bench):
    answer = bench.connection.ask(b"request")
    for byte in OK:
        bench.connection.data_received(bytes([byte]))

    assert bench.wire.written == [b"request"]
    assert (await answer).body == b"ok"
    assert bench.free == [bench.connection]


async def test_second_answer_has_nothing_of_the_first(bench):
    first = bench.connection.ask(b"1")
    bench.connection.data_received(b"HTTP/1.1 201 Made\r\nX-A: 1\r\nContent-Length: 3\r\n\r\none")
    second = bench.connection.ask(b"2")
    bench.connection.data_received(OK)

    assert (await first).status == 201
    assert (await second).status == 200
    assert [name for name, _ in (await second).headers] == ["Content-Length"]


async def test_answer_that_wants_to_close_leaves_no_connection(bench):
    answer = bench.connection.ask(b"request")
    bench.connection.data_received(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")

    assert (await answer).status == 200
    assert bench.free == []
    assert bench.wire.is_aborted


@pytest.mark.parametrize("more", [OK, b"HTTP/1.1 20", b"garbage"])
async def test_what_nobody_asked_for_ends_the_connection(bench, more):
    answer = bench.connection.ask(b"request")
    bench.connection.data_received(OK + more)

    assert (await answer).body == b"ok"
    assert not bench.connection.is_open


async def test_bytes_between_two_requests_end_the_connection(bench):
    await asyncio.wait_for(_answered(bench), 1)
    bench.connection.data_received(b"HTTP/1.1 408 Slow\r\nContent-Length: 0\r\n\r\n")

    assert not bench.connection.is_open
    assert bench.wire.is_aborted


async def test_end_that_was_announced_leaves_no_room_for_a_request(bench):
    await asyncio.wait_for(_answered(bench), 1)
    bench.connection.eof_received()

    assert not bench.connection.is_open


async def test_trailers_are_no_headers(bench):
    answer = bench.connection.ask(b"request")
    bench.connection.data_received(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Trailer: 1\r\n\r\n"
    )

    assert (await answer).headers == (("Transfer-Encoding", "chunked"),)


@pytest.mark.parametrize(
    ("came", "error", "detail", "is_unanswered"),
    [
        (b"", None, BEFORE_ANSWER, True),
        (b"", ConnectionResetError(104, "Connection reset by peer"), "Connection reset by peer", True),
        (b"HTTP/1.1 100 Continue\r\n\r\n", None, BEFORE_ANSWER, True),
        (b"HTTP/1.1 200", None, WITHIN_HEADERS, False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok", None, WITHIN_BODY, False),
        (b"HTTP/1.1 200 OK\r\n\r\nok", ConnectionResetError(104, "Connection reset by peer"), WITHIN_BODY, False),
    ],
)
async def test_connection_that_ends_too_early_tells_how_far_it_came(bench, came, error, detail, is_unanswered):
    answer = bench.connection.ask(b"request")
    if came:
        bench.connection.data_received(came)
    bench.connection.connection_lost(error)

    with pytest.raises(Broken) as caught:
        await answer
    assert caught.value.trouble == "closed"
    assert (caught.value.detail, caught.value.is_unanswered) == (detail, is_unanswered)
    assert bench.lost == [bench.connection]


async def test_body_without_a_length_ends_with_the_connection(bench):
    answer = bench.connection.ask(b"request")
    bench.connection.data_received(b"HTTP/1.1 200 OK\r\n\r\nall of it")
    bench.connection.connection_lost(None)

    assert (await answer).body == b"all of it"


async def test_second_request_on_a_connection_that_gave_nothing_back_is_unanswered(bench):
    await asyncio.wait_for(_answered(bench), 1)
    answer = bench.connection.ask(b"request")
    bench.connection.connection_lost(None)

    with pytest.raises(Broken) as caught:
        await answer
    assert caught.value.is_unanswered


async def test_header_without_an_end_is_garbage(bench):
    answer = bench.connection.ask(b"request")
    bench.connection.data_received(b"HTTP/1.1 200 OK\r\nX: " + b"a" * LONGEST_HEADER)

    with pytest.raises(Broken) as caught:
        await answer
    assert caught.value.trouble == "garbage"


async def test_connection_that_was_dropped_tells_nobody_anything(bench):
    answer = bench.connection.ask(b"request")
    bench.connection.drop()
    bench.connection.connection_lost(None)

    assert not answer.done()
    assert bench.lost == [bench.connection]


async def _answered(bench: Bench) -> None:
    answer = bench.connection.ask(b"request")
    bench.connection.data_received(OK)
    await answer
