"""The transports, careful and fast, against endpoints that do all that an endpoint can do."""

from __future__ import annotations

import asyncio
import gzip
import re
import socket
from types import SimpleNamespace

import pytest

from simulator.delivery.wording import LONGEST_BODY, SENT_AGAIN
from simulator.errors import InputError
from simulator.ports import free_claim
from simulator.records import SignedRequest

from .conftest import ENOUGH_MS, LONG_MS, OK, SHORT_MS, answering, read_request, request_to, tick


@pytest.fixture
async def seen(serve):
    """An endpoint that answers 200 and keeps what came: `url` and `requests`."""
    requests: list[bytes] = []

    async def behave(reader, writer):
        requests.append(await read_request(reader))
        writer.write(OK)

    return SimpleNamespace(url=await serve(behave), requests=requests)


# --- what is sent ----------------------------------------------------------------------------------------------------


async def test_request_goes_out_byte_for_byte(seen, kind):
    headers = (("X-Zeta-Signature", "AbC"), ("content-type", "application/json"), ("X-Alpha", "é"), ("X-Alpha", "2"))
    body = b'{"text": "h\xc3\xa9 \\u00e9"}\n'

    async with kind(tick=tick) as transport:
        await transport.send(request_to(f"{seen.url}/a%7Eb/~c/../d?sig=%41+b&x", headers, body), timeout_ms=LONG_MS)

    port = seen.url.rpartition(":")[2]
    assert seen.requests == [
        b"POST /a%7Eb/~c/../d?sig=%41+b&x HTTP/1.1\r\n"
        b"Host: 127.0.0.1:" + port.encode() + b"\r\n"
        b"X-Zeta-Signature: AbC\r\ncontent-type: application/json\r\nX-Alpha: \xc3\xa9\r\nX-Alpha: 2\r\n"
        b"Content-Length: " + str(len(body)).encode() + b"\r\n"
        b"Connection: close\r\n\r\n" + body
    ]


async def test_get_without_a_body_has_no_headers_of_ours(seen, kind):
    async with kind(tick=tick) as transport:
        await transport.send(SignedRequest(method="GET", url=seen.url, headers=(), body=b""), timeout_ms=LONG_MS)

    (request,) = seen.requests
    assert re.fullmatch(rb"GET / HTTP/1.1\r\nHost: \S+\r\n(Content-Length: 0\r\n)?Connection: close\r\n\r\n", request)


async def test_proxy_of_the_environment_is_not_used(seen, monkeypatch, send):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")

    sent = await send(seen.url)

    assert sent.ack is not None


async def test_body_of_many_megabytes_arrives_whole(seen, kind):
    body = bytes(range(256)) * 20_000

    async with kind(tick=tick) as transport:
        sent = await transport.send(request_to(seen.url, body=body), timeout_ms=LONG_MS)

    assert sent.ack is not None, sent.detail
    assert seen.requests[0].endswith(b"\r\n\r\n" + body)
    assert b"content-disposition" not in seen.requests[0][:500].lower()


async def test_cookies_are_not_sent_back(serve, kind):
    requests = []

    async def behave(reader, writer):
        requests.append(await read_request(reader))
        writer.write(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b; Path=/\r\nSet-Cookie: \xff;=\r\nContent-Length: 0\r\n\r\n")

    url = await serve(behave)
    async with kind(tick=tick) as transport:
        for _ in range(2):
            await transport.send(request_to(url), timeout_ms=LONG_MS)

    assert len(requests) == 2
    assert b"cookie" not in requests[1].lower()


async def test_header_with_a_line_break_is_an_input_error(seen, kind):
    async with kind(tick=tick) as transport:
        with pytest.raises(InputError) as caught:
            await transport.send(request_to(seen.url, (("X-Key", "a\r\nX-Evil: 1"),)), timeout_ms=LONG_MS)

    assert caught.value.problems[0].code == "unsendable-request"
    assert seen.requests == []


# --- answers ---------------------------------------------------------------------------------------------------------


async def test_answer_is_read_with_headers_as_they_came(serve, send):
    url = await serve(
        answering(b"HTTP/1.1 201 Fine\r\nX-B: 1\r\nx-a: \xc3\xa9\r\nX-B: 2\r\nContent-Length: 2\r\n\r\nok")
    )

    sent = await send(url)

    assert sent.ack is not None
    assert sent.ack.status == 201
    assert sent.ack.headers == (("X-B", "1"), ("x-a", "é"), ("X-B", "2"), ("Content-Length", "2"))
    assert sent.ack.body == b"ok"
    assert not sent.ack.is_cut
    assert sent.trouble is None
    assert sent.duration_ms > 0


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        (b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", 302, b""),
        (b"HTTP/1.1 308 Moved\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", 308, b""),
        (b"HTTP/1.1 503 No\r\nContent-Length: 4\r\n\r\nbusy", 503, b"busy"),
        (b"HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n", 999, b""),
        (b"HTTP/1.1 204 Nothing\r\n\r\n", 204, b""),
        (b"HTTP/1.1 200 OK\r\n\r\nuntil the end", 200, b"until the end"),
        (b"HTTP/1.0 200 OK\r\n\r\nold", 200, b"old"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n1\r\n!\r\n0\r\n\r\n", 200, b"ok!"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK, 200, b"ok"),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + OK, 200, b"ok"),
        (b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n\x81\x02hi", 101, b""),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nX: " + b"a" * 20_000 + b"\r\nContent-Length: 2\r\n\r\nok", 200, b"ok", id="long"
        ),
    ],
)
async def test_answer_in_any_form_of_http_is_an_ack(serve, answer, status, body, send):
    sent = await send(await serve(answering(answer)))

    assert sent.ack is not None, sent.detail
    assert (sent.ack.status, sent.ack.body) == (status, body)


async def test_huge_body_is_cut_and_the_connection_with_it(serve, send):
    was_cut = asyncio.Event()

    async def behave(reader, writer):
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 52428800\r\n\r\n")
        try:
            for _ in range(50):
                writer.write(bytes(1024 * 1024))
                await writer.drain()
        except ConnectionError:
            was_cut.set()

    sent = await send(await serve(behave))
    await asyncio.wait_for(was_cut.wait(), 5)

    assert sent.ack is not None
    assert len(sent.ack.body) == LONGEST_BODY
    assert sent.ack.is_cut


async def test_packed_answer_is_unpacked_though_not_asked_for(serve, send):
    packed = gzip.compress(b'{"type":"text"}')
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " + str(len(packed)).encode() + b"\r\n\r\n"

    sent = await send(await serve(answering(head + packed)))

    assert sent.ack is not None
    assert sent.ack.body == b'{"type":"text"}'


async def test_gzip_bomb_is_cut(serve, send):
    packed = gzip.compress(bytes(100_000_000))
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " + str(len(packed)).encode() + b"\r\n\r\n"

    sent = await send(await serve(answering(head + packed)))

    assert sent.ack is not None
    assert len(sent.ack.body) == LONGEST_BODY
    assert sent.ack.is_cut


# --- trouble ---------------------------------------------------------------------------------------------------------


def free_port() -> int:
    with free_claim() as claim:
        return claim.port


async def test_nobody_listening_is_refused(send):
    port = free_port()

    sent = await send(f"http://127.0.0.1:{port}/")

    assert sent.trouble == "refused"
    assert sent.detail == f"127.0.0.1:{port}: connection refused"
    assert sent.ack is None


async def test_it_is_known_whether_anything_can_have_been_received(serve, send):
    async def hang_up(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    nobody = await send(f"http://127.0.0.1:{free_port()}/")
    silent = await send(await serve(hang_up))
    answered = await send(await serve(answering(b"HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n")))

    assert (nobody.is_unsent, nobody.is_unanswered) == (True, False)
    assert (silent.is_unsent, silent.is_unanswered) == (False, True)
    assert (answered.is_unsent, answered.is_unanswered) == (False, False)


async def test_unknown_host_is_dns(send):
    sent = await send("http://nobody.invalid/")

    assert sent.trouble == "dns"
    assert sent.detail.startswith("nobody.invalid: ")


@pytest.mark.parametrize(
    "url", ["http://" + "a" * 70 + ".example/", "http://a..b/", "http://[::1/", "http:///", "hook"]
)
async def test_address_of_no_right_form_is_dns(url, send):
    sent = await send(url)

    assert sent.trouble == "dns"


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"hello, this is no HTTP\r\n\r\n",
        b"\x15\x03\x01\x00\x02\x02\x46",
        b"HTTP/1.1 99 Low\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc",
        pytest.param(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000 + b"\r\n\r\n", id="huge header"),
        pytest.param(b"HTTP/1.1 200 OK\r\n" + b"X: a\r\n" * 1000 + b"\r\n", id="many headers"),
    ],
)
async def test_what_is_not_http_is_garbage(serve, answer, send):
    sent = await send(await serve(answering(answer)))

    assert sent.trouble == "garbage"
    assert sent.detail
    assert "\n" not in sent.detail
    assert len(sent.detail) <= 200


async def test_header_without_end_is_garbage_before_it_fills_the_memory(serve, send):
    async def behave(reader, writer):
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nX: ")
        while True:
            writer.write(b"a" * 65536)
            await writer.drain()

    sent = await send(await serve(behave))

    assert sent.trouble == "garbage"


async def test_broken_chunk_after_the_headers_is_garbage(serve, send):
    async def behave(reader, writer):
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
        await writer.drain()
        # The reader at the other end has the headers once a byte of ours can no longer be joined to them.
        for _ in range(20):
            await asyncio.sleep(0)
        writer.write(b"zz\r\n")
        await reader.read()

    sent = await send(await serve(behave), ENOUGH_MS)

    assert sent.trouble == "garbage"


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        (b"", "before any answer"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", "before any answer"),
        (b"HTTP/1.1 20", "within the headers"),
        (b"HTTP/1.1 200 OK\r\nContent-Le", "within the headers"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "within the body"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabc", "within the body"),
    ],
)
async def test_connection_that_ends_too_early_is_closed(serve, answer, detail, send):
    sent = await send(await serve(answering(answer)))

    assert sent.trouble == "closed"
    assert detail in sent.detail


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"])
async def test_reset_connection_is_closed(serve, answer, send):
    async def behave(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        # To close with lingering time 0 is to send a reset.
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        writer.transport.abort()

    sent = await send(await serve(behave))

    assert sent.trouble == "closed"


async def test_hanging_endpoint_is_a_timeout_after_just_that_time(serve, send):
    sent = await send(await serve(answering(b"", then_hangs=True)), SHORT_MS)

    assert sent.trouble == "timeout"
    assert sent.detail == "no answer within 150 ms"
    assert SHORT_MS <= sent.duration_ms < LONG_MS / 2


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"]
)
async def test_body_that_never_ends_is_a_timeout_that_tells_the_status(serve, answer, send):
    sent = await send(await serve(answering(answer, then_hangs=True)), ENOUGH_MS)

    assert sent.trouble == "timeout"
    assert sent.detail == "200 came, but not the whole body within 600 ms"


async def test_slow_trickle_does_not_hold_the_timeout_off(serve, send):
    async def behave(reader, writer):
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while True:
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(0.005)

    sent = await send(await serve(behave), SHORT_MS)

    assert sent.trouble == "timeout"


async def test_informational_answers_without_end_are_a_timeout(serve, send):
    async def behave(reader, writer):
        await read_request(reader)
        while True:
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            await writer.drain()
            await asyncio.sleep(0.005)

    sent = await send(await serve(behave), SHORT_MS)

    assert sent.trouble == "timeout"


async def test_endpoint_that_does_not_read_is_a_timeout(serve, kind):
    async def behave(reader, writer):
        await asyncio.Event().wait()

    url = await serve(behave)
    async with kind(tick=tick) as transport:
        sent = await transport.send(request_to(url, body=bytes(20_000_000)), timeout_ms=SHORT_MS)

    assert sent.trouble == "timeout"


async def test_many_attempts_at_once_do_not_wait_for_each_other(serve, kind):
    open_now = 0
    all_open = asyncio.Event()

    async def behave(reader, writer):
        nonlocal open_now
        await read_request(reader)
        open_now += 1
        if open_now == 150:
            all_open.set()
        await all_open.wait()
        writer.write(OK)

    url = await serve(behave)
    async with kind(tick=tick) as transport:
        sent = await asyncio.gather(*(transport.send(request_to(url), timeout_ms=LONG_MS) for _ in range(150)))

    assert all(each.ack is not None for each in sent)


async def test_cancellation_passes_through(serve, kind):
    url = await serve(answering(b"", then_hangs=True))
    async with kind(tick=tick) as transport:
        task = asyncio.create_task(transport.send(request_to(url), timeout_ms=LONG_MS))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_transport_that_is_not_open_says_so(kind):
    with pytest.raises(RuntimeError, match="not open"):
        await kind(tick=tick).send(request_to("http://127.0.0.1/"), timeout_ms=LONG_MS)


# --- kept connections ------------------------------------------------------------------------------------------------


async def test_kept_connection_carries_the_next_request(serve, kind):
    connections = 0

    async def behave(reader, writer):
        nonlocal connections
        connections += 1
        while True:
            assert b"Connection:" not in await read_request(reader)
            writer.write(OK)

    url = await serve(behave)
    async with kind(tick=tick, keep_alive=True) as transport:
        for _ in range(3):
            sent = await transport.send(request_to(url), timeout_ms=LONG_MS)

    assert sent.ack is not None
    assert connections == 1


async def test_kept_connection_that_gives_nothing_back_leads_to_one_more_sending(serve, kind):
    requests = []

    async def behave(reader, writer):
        requests.append(await read_request(reader))
        writer.write(OK)
        # It takes the next request and closes, as a server whose idle time is just over.
        await read_request(reader)

    url = await serve(behave)
    async with kind(tick=tick, keep_alive=True) as transport:
        first = await transport.send(request_to(url), timeout_ms=LONG_MS)
        second = await transport.send(request_to(url), timeout_ms=LONG_MS)

    assert first.detail == ""
    assert second.ack is not None
    assert second.detail == SENT_AGAIN
    assert len(requests) == 2


async def test_new_connection_that_gives_nothing_back_is_not_tried_again(serve, kind):
    requests = []

    async def behave(reader, writer):
        requests.append(await read_request(reader))

    url = await serve(behave)
    async with kind(tick=tick, keep_alive=True) as transport:
        sent = await transport.send(request_to(url), timeout_ms=LONG_MS)

    assert sent.trouble == "closed"
    assert len(requests) == 1


async def test_kept_connection_that_breaks_off_within_the_answer_is_closed(serve, kind):
    async def behave(reader, writer):
        await read_request(reader)
        writer.write(OK)
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Le")

    url = await serve(behave)
    async with kind(tick=tick, keep_alive=True) as transport:
        await transport.send(request_to(url), timeout_ms=LONG_MS)
        sent = await transport.send(request_to(url), timeout_ms=LONG_MS)

    assert sent.trouble == "closed"
    assert SENT_AGAIN not in sent.detail
