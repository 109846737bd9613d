"""What is odd about the fast transport; all that it shares with the plain one is tested in test_plain."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest

from simulator.delivery import fast
from simulator.delivery.fast import FastTransport
from simulator.delivery.plain import PlainTransport
from simulator.delivery.wording import SENT_AGAIN
from simulator.records import SignedRequest

from .conftest import OK, answering, read_request, tick

LONG_MS = 10_000


def request_to(url: str, **more) -> SignedRequest:
    return SignedRequest(**{"method": "POST", "url": url, "headers": (("X-A", "1"),), "body": b"{}"} | more)


@pytest.fixture
def able():
    if not fast.IS_ABLE:
        pytest.skip("httptools is not installed")


@pytest.mark.parametrize("keep_alive", [True, False])
@pytest.mark.parametrize("path", ["", "/", "/hook?", "?sig=1", "/a%7Eb/~c/../d?sig=%41+b&x", "/a;b=c/'(!)*,@$[]?{}|^`"])
async def test_both_transports_write_the_same_bytes(able, serve, path, keep_alive):
    requests: list[bytes] = []

    async def behave(reader, writer):
        requests.append(await read_request(reader))
        writer.write(OK)

    url = await serve(behave) + path
    for kind in (PlainTransport, FastTransport):
        async with kind(tick=tick, keep_alive=keep_alive) as transport:
            sent = await transport.send(request_to(url, headers=(("X-A", "é ~"), ("x-b", ""))), timeout_ms=LONG_MS)
            assert sent.ack is not None, sent.detail

    assert requests[0] == requests[1]


async def test_simple_request_needs_no_other_transport(able, serve):
    async with FastTransport(tick=tick, keep_alive=True) as transport:
        sent = await transport.send(request_to(await serve(answering(OK))), timeout_ms=LONG_MS)

        assert sent.ack is not None
        assert transport._careful is None


@pytest.mark.parametrize("more", [{"method": "GET", "body": b""}, {"headers": (("Expect", "nothing"),)}])
async def test_what_it_does_not_know_the_plain_transport_sends(serve, more):
    async with FastTransport(tick=tick) as transport:
        sent = await transport.send(request_to(await serve(answering(OK)), **more), timeout_ms=LONG_MS)

        assert sent.ack is not None
        assert transport._careful is not None


async def test_without_httptools_the_plain_transport_sends_all(serve, monkeypatch):
    monkeypatch.setattr(fast, "IS_ABLE", False)

    async with FastTransport(tick=tick) as transport:
        sent = await transport.send(request_to(await serve(answering(OK))), timeout_ms=LONG_MS)

        assert sent.ack is not None
        assert transport._careful is not None


async def test_kept_connection_that_was_closed_meanwhile_is_not_used(able, serve):
    requests: list[bytes] = []

    async def behave(reader, writer):
        requests.append(await read_request(reader))
        writer.write(OK)

    url = await serve(behave)
    async with FastTransport(tick=tick, keep_alive=True) as transport:
        await transport.send(request_to(url), timeout_ms=LONG_MS)
        while transport._connections:  # noqa: ASYNC110 - nobody else is told when the end is noticed
            await asyncio.sleep(0)
        second = await transport.send(request_to(url), timeout_ms=LONG_MS)

    assert second.ack is not None
    assert second.detail == ""
    assert len(requests) == 2


async def test_sending_again_where_nobody_listens_any_more_says_both(able):
    connections: list[asyncio.StreamWriter] = []

    async def behave(reader, writer):
        connections.append(writer)
        await read_request(reader)
        writer.write(OK)
        await read_request(reader)
        server.close()
        writer.close()

    server = await asyncio.start_server(behave, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    async with FastTransport(tick=tick, keep_alive=True) as transport:
        await transport.send(request_to(url), timeout_ms=LONG_MS)
        sent = await transport.send(request_to(url), timeout_ms=LONG_MS)

    assert sent.trouble == "refused"
    assert sent.detail.endswith(f"connection refused; {SENT_AGAIN}")
    assert len(connections) == 1


async def test_idle_connections_are_shared_by_many_attempts(able, serve):
    connections = 0

    async def behave(reader, writer):
        nonlocal connections
        connections += 1
        while True:
            await read_request(reader)
            writer.write(OK)

    url = await serve(behave)
    async with FastTransport(tick=tick, keep_alive=True) as transport:
        for _ in range(5):
            await asyncio.gather(*(transport.send(request_to(url), timeout_ms=LONG_MS) for _ in range(8)))

    assert connections == 8


async def test_attempt_that_is_cancelled_leaves_no_connection_to_be_used(able, serve):
    asked = asyncio.Event()

    async def behave(reader, writer):
        await read_request(reader)
        asked.set()
        await asyncio.Event().wait()

    url = await serve(behave)
    async with FastTransport(tick=tick, keep_alive=True) as transport:
        task = asyncio.create_task(transport.send(request_to(url), timeout_ms=LONG_MS))
        await asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        assert not any(connection.is_open for connection in transport._connections)


@pytest.mark.skipif(sys.platform == "win32", reason="uvloop does not run there")
def test_it_runs_on_uvloop_as_well(able):
    uvloop = pytest.importorskip("uvloop")

    async def main() -> int:
        async def behave(reader, writer):
            while True:
                await read_request(reader)
                writer.write(OK)

        async def connected(reader, writer):
            try:
                await behave(reader, writer)
            except asyncio.IncompleteReadError:
                writer.close()

        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        async with FastTransport(tick=tick, keep_alive=True) as transport:
            sent = [await transport.send(request_to(url), timeout_ms=LONG_MS) for _ in range(3)]
        server.close()
        return sum(each.ack is not None for each in sent)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(main()) == 3


def test_without_httptools_it_can_be_imported_all_the_same():
    code = "import sys; sys.modules['httptools'] = None; from simulator.delivery import fast; print(fast.IS_ABLE)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"
