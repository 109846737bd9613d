"""The server around the answering of calls, over real connections."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import itertools
import json
import time

import aiohttp
import pytest

from simulator.mockapi import TOO_LARGE, HttpAnswer, MockApi
from simulator.mockapi.server import LONGEST_HEADER
from simulator.records import ApiCall

PROVIDERS = {"siskin": "/pa"}


class Calls:
    """An answer that keeps the calls and says what it is told to say."""

    def __init__(self) -> None:
        self.seen: list[ApiCall] = []
        self.answer = HttpAnswer(status=200, headers=(("Content-Type", "application/json"),), body=b'{"status":0}')

    async def __call__(self, call: ApiCall) -> HttpAnswer:
        self.seen.append(call)
        return self.answer


@pytest.fixture
def calls():
    return Calls()


@pytest.fixture
async def api(calls):
    async with MockApi(calls, providers=PROVIDERS) as api:
        yield api


@pytest.fixture
async def bot():
    async with aiohttp.ClientSession() as session:
        yield session


async def spoken(api: MockApi, said: bytes) -> bytes:
    """Give all that comes back for these bytes until the connection ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", api.port)
    writer.write(said)
    try:
        return await asyncio.wait_for(reader.read(), 5)
    finally:
        writer.close()


# --- calls -----------------------------------------------------------------------------------------------------------


async def test_call_is_handed_on_whole(api, bot, calls):
    await bot.post(
        f"{api.base_url}/pa/send%20this/%C3%A9?a=1&b=x+y&a=2", data=b'{"a": 1}', headers={"X-Token": "T", "Accept": "x"}
    )

    (call,) = calls.seen
    assert (call.id, call.provider, call.method, call.path) == ("call-1", "siskin", "POST", "/pa/send this/é")
    assert call.query == {"a": ["1", "2"], "b": "x y"}
    assert call.headers["x-token"] == "T"
    assert call.body == b'{"a": 1}'
    assert (call.problem, call.operation, call.fields, call.source) == ("", "", None, "http")
    assert call.base_url == api.base_url


async def test_call_under_the_providers_name_has_the_real_path(api, bot, calls):
    await bot.get(f"{api.base_url}/siskin/pa/account")

    assert calls.seen[0].path == "/pa/account"
    assert calls.seen[0].base_url == f"{api.base_url}/siskin"


async def test_links_name_the_host_by_which_the_bot_called(api, bot, calls):
    await bot.get(f"http://localhost:{api.port}/pa/account")

    assert calls.seen[0].base_url == f"http://localhost:{api.port}"


async def test_ids_are_counted_from_the_numbers_that_were_given(bot, calls):
    async with MockApi(calls, providers=PROVIDERS, numbers=itertools.count(7)) as api:
        for _ in range(2):
            await bot.get(f"{api.base_url}/pa/x")

    assert [call.id for call in calls.seen] == ["call-7", "call-8"]


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"])
async def test_any_method_is_handed_on(api, bot, calls, method):
    async with bot.request(method, f"{api.base_url}/pa/x") as answer:
        assert answer.status == 200

    assert calls.seen[0].method == method


async def test_packed_body_is_unpacked(api, bot, calls):
    await bot.post(f"{api.base_url}/pa/x", data=gzip.compress(b"{}"), headers={"Content-Encoding": "gzip"})

    assert calls.seen[0].body == b"{}"


async def test_body_that_is_not_packed_as_it_says_is_a_call_with_a_problem(api, bot, calls):
    async with bot.post(f"{api.base_url}/pa/x", data=b"{}", headers={"Content-Encoding": "gzip"}) as answer:
        assert answer.status == 200

    assert calls.seen[0].problem.startswith("broken: ")
    assert calls.seen[0].body == b""


async def test_broken_chunk_is_a_bad_request(api, calls):
    said = await spoken(
        api,
        b"POST /pa/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"2\r\n{}\r\nzz\r\n",
    )

    assert b" 400 " in said.partition(b"\r\n")[0]
    assert calls.seen == []


async def test_body_that_is_too_large_is_a_call_with_a_problem(bot, calls):
    async with (
        MockApi(calls, providers=PROVIDERS, largest_body=1000) as api,
        bot.post(f"{api.base_url}/pa/x", data=bytes(100_000)) as answer,
    ):
        assert answer.status == 200

    (call,) = calls.seen
    assert call.problem.startswith(TOO_LARGE)
    assert call.body == b""


async def test_bomb_in_a_call_is_too_large(bot, calls):
    packed = gzip.compress(bytes(50_000_000))
    async with (
        MockApi(calls, providers=PROVIDERS, largest_body=100_000) as api,
        bot.post(f"{api.base_url}/pa/x", data=packed, headers={"Content-Encoding": "gzip"}) as answer,
    ):
        assert answer.status == 200

    assert calls.seen[0].problem.startswith(TOO_LARGE)


async def test_body_of_several_megabytes_is_no_problem(api, bot, calls):
    async with bot.post(f"{api.base_url}/pa/x", data=aiohttp.BytesPayload(bytes(1_000_000))) as answer:
        assert answer.status == 200
    async with bot.post(f"{api.base_url}/pa/x", data=_portions(bytes(100_000), 50)) as answer:
        assert answer.status == 200

    assert [len(call.body) for call in calls.seen] == [1_000_000, 5_000_000]


async def _portions(portion, times):
    for _ in range(times):
        yield portion


async def test_bot_that_waits_to_be_asked_for_its_body_is_asked(api, bot, calls):
    async with bot.post(f"{api.base_url}/pa/x", data=b"{}", expect100=True) as answer:
        assert answer.status == 200
        assert (await answer.read()) == b'{"status":0}'

    assert calls.seen[0].body == b"{}"


async def test_bot_that_leaves_within_its_body_made_no_call(api, bot, calls):
    _, writer = await asyncio.open_connection("127.0.0.1", api.port)
    writer.write(b"POST /pa/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{")
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    await bot.get(f"{api.base_url}/pa/next")

    assert [call.path for call in calls.seen] == ["/pa/next"]
    assert calls.seen[0].id == "call-1"


# --- answers ---------------------------------------------------------------------------------------------------------


async def test_answer_is_written_as_it_is(api, calls):
    calls.answer = HttpAnswer(
        status=299, headers=(("x-Odd", "1"), ("Content-Type", "text/x"), ("x-Odd", "é")), body=b'{"a":  1}\n'
    )

    said = await spoken(api, b"POST /pa/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")

    head, _, body = said.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 299 \r\nx-Odd: 1\r\nContent-Type: text/x\r\nx-Odd: \xc3\xa9\r\n")
    assert b"Server: webhook-simulator\r\n" in head
    assert b"Content-Length: 10" in head
    assert body == b'{"a":  1}\n'


@pytest.mark.parametrize("status", [204, 304])
async def test_answer_without_a_body_leaves_the_connection_in_order(api, bot, calls, status):
    calls.answer = HttpAnswer(status=status, body=b"ignored")
    async with bot.get(f"{api.base_url}/pa/x") as answer:
        assert answer.status == status
    async with bot.get(f"{api.base_url}/pa/x") as answer:
        assert answer.status == status
        assert await answer.read() == b""


async def test_head_has_headers_alone(api, bot):
    async with bot.head(f"{api.base_url}/pa/x") as answer:
        assert answer.headers["Content-Length"] == "12"
        assert await answer.read() == b""


async def test_fault_is_told_and_answered_with_500(bot):
    faults: list[Exception] = []

    async def fail(call):
        raise ZeroDivisionError("oh")

    async with (
        MockApi(fail, providers=PROVIDERS, on_fault=faults.append) as api,
        bot.post(f"{api.base_url}/pa/x", data=b"{}") as answer,
    ):
        assert answer.status == 500
        said = await answer.json()

    assert said["from"] == "webhook-simulator"
    assert [type(fault) for fault in faults] == [ZeroDivisionError]


async def test_fault_that_looks_like_a_lost_connection_is_told_too(bot):
    faults: list[Exception] = []

    async def fail(call):
        raise ConnectionRefusedError

    async with (
        MockApi(fail, providers=PROVIDERS, on_fault=faults.append) as api,
        bot.get(f"{api.base_url}/pa/x") as answer,
    ):
        assert answer.status == 500

    assert len(faults) == 1


async def test_answer_that_cannot_be_written_is_a_fault(bot, calls):
    faults: list[Exception] = []
    calls.answer = HttpAnswer(status=200, headers=(("X-Bad", "a\r\nb"),))

    async with (
        MockApi(calls, providers=PROVIDERS, on_fault=faults.append) as api,
        bot.get(f"{api.base_url}/pa/x") as answer,
    ):
        assert answer.status == 500

    assert len(faults) == 1


async def test_fault_that_nobody_listens_for_goes_to_the_loop(bot):
    told = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: told.append(context["exception"]))

    async def fail(call):
        raise ZeroDivisionError

    async with MockApi(fail, providers=PROVIDERS) as api, bot.get(f"{api.base_url}/pa/x") as answer:
        assert answer.status == 500

    assert [type(error) for error in told] == [ZeroDivisionError]


async def test_bot_that_does_not_wait_for_the_answer_harms_nothing(bot, calls, capfd):
    begun, goes_on = asyncio.Event(), asyncio.Event()
    ended = []

    async def slow(call):
        begun.set()
        await goes_on.wait()
        ended.append(call.path)
        return HttpAnswer(status=200, body=bytes(1_000_000))

    async with MockApi(slow, providers=PROVIDERS) as api:
        _, writer = await asyncio.open_connection("127.0.0.1", api.port)
        writer.write(b"GET /pa/x HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await begun.wait()
        writer.transport.abort()
        goes_on.set()
        async with bot.get(f"{api.base_url}/pa/y") as answer:
            assert answer.status == 200

    assert sorted(ended) == ["/pa/x", "/pa/y"]
    assert capfd.readouterr().err == ""


# --- what is nobody's call -------------------------------------------------------------------------------------------


async def test_path_of_no_provider_is_told_with_a_hint(bot, calls):
    strays = []
    async with (
        MockApi(calls, providers=PROVIDERS, on_stray=lambda *stray: strays.append(stray)) as api,
        bot.post(f"{api.base_url}/send_message", data=b"{}") as answer,
    ):
        assert answer.status == 404
        said = await answer.json()

    assert said["fix"] == "this simulator serves siskin under /pa and /siskin/pa"
    assert strays == [
        ("POST", "/send_message", "nothing lies there; this simulator serves siskin under /pa and /siskin/pa")
    ]
    assert calls.seen == []


@pytest.mark.parametrize(
    "said",
    [
        b"hello\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /pa/x HTTP/9.9\r\n\r\n",
        # Its last byte is the first too many: what nobody reads any more would take the answer with it.
        pytest.param(b"GET /pa/x HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * (LONGEST_HEADER + 1), id="huge header"),
        b"POST /pa/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
    ],
)
async def test_what_is_no_http_is_a_bad_request_without_a_traceback(api, calls, capfd, caplog, said):
    answer = await spoken(api, said)

    assert answer.startswith(b"HTTP/1.")
    assert b" 400 " in answer
    assert calls.seen == []
    assert capfd.readouterr().err == ""
    assert caplog.records == []


@pytest.mark.parametrize("host", ["evil.example", f"evil.example:{80}", "127.0.0.1.evil.example", "[::2]:80"])
async def test_call_by_a_foreign_name_is_forbidden(api, bot, calls, host):
    async with bot.get(f"{api.base_url}/pa/x", headers={"Host": host}) as answer:
        assert answer.status == 403
        said = await answer.json()

    assert "--allow-host" in said["fix"]
    assert calls.seen == []


async def test_call_by_a_name_that_is_allowed_is_answered(bot, calls):
    async with (
        MockApi(calls, providers=PROVIDERS, allowed_hosts=["Mock.Test"]) as api,
        bot.get(f"{api.base_url}/pa/x", headers={"Host": "mock.test:8080"}) as answer,
    ):
        assert answer.status == 200

    assert calls.seen[0].base_url == "http://mock.test:8080"


async def test_health_is_told(api, bot):
    async with bot.get(f"{api.base_url}/_simulator/health") as answer:
        assert answer.status == 200
        assert await answer.json() == {"status": "ok", "program": "webhook-simulator", "providers": ["siskin"]}


async def test_own_paths_are_no_providers_even_at_the_root(bot, calls):
    async with (
        MockApi(calls, providers={"plover": ""}) as api,
        bot.get(f"{api.base_url}/_simulator/nothing") as answer,
    ):
        assert answer.status == 404

    assert calls.seen == []


# --- files -----------------------------------------------------------------------------------------------------------


async def test_shared_file_can_be_fetched(api, bot, tmp_path):
    photo = tmp_path / "my photo é.jpg"
    photo.write_bytes(b"jpeg")

    shared = api.share(photo)

    assert (shared["name"], shared["size"], shared["content_type"]) == ("my photo é.jpg", 4, "image/jpeg")
    async with bot.get(shared["url"]) as answer:
        assert (answer.status, answer.headers["Content-Type"]) == (200, "image/jpeg")
        assert await answer.read() == b"jpeg"


async def test_part_of_a_shared_file_can_be_fetched(api, bot, tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"0123456789")
    shared = api.share(tmp_path / "a.mp4")

    async with bot.get(shared["url"], headers={"Range": "bytes=2-4"}) as answer:
        assert answer.status == 206
        assert await answer.read() == b"234"


async def test_shared_file_cannot_be_written(api, bot, tmp_path):
    (tmp_path / "a.txt").write_bytes(b"a")

    async with bot.post(api.share(tmp_path / "a.txt")["url"], data=b"b") as answer:
        assert answer.status == 405


async def test_file_that_is_gone_is_not_found(api, bot, tmp_path):
    (tmp_path / "a.txt").write_bytes(b"a")
    url = api.share(tmp_path / "a.txt")["url"]
    (tmp_path / "a.txt").unlink()

    async with bot.get(url) as answer:
        assert answer.status == 404


@pytest.mark.parametrize("name", ["b.txt", "../b.txt", "%2e%2e/b.txt", "..%2fb.txt"])
async def test_file_that_is_not_shared_is_not_found(api, tmp_path, name):
    (tmp_path / "a.txt").write_bytes(b"a")
    (tmp_path / "b.txt").write_bytes(b"secret")
    path = api.share(tmp_path / "a.txt")["url"].removeprefix(api.base_url).rpartition("/")[0]

    answer = await spoken(api, f"GET {path}/{name} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())

    assert answer.startswith(b"HTTP/1.1 404 ")


# --- the end ---------------------------------------------------------------------------------------------------------


async def test_stopping_ends_calls_in_work_and_idle_connections_at_once(bot):
    begun = asyncio.Event()
    was_cancelled = False

    async def hang(call):
        nonlocal was_cancelled
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            was_cancelled = True
            raise

    api = await MockApi(hang, providers=PROVIDERS).__aenter__()
    async with bot.get(f"{api.base_url}/_simulator/health") as answer:
        assert answer.status == 200
    waiting = asyncio.create_task(bot.get(f"{api.base_url}/pa/x"))
    await begun.wait()

    begun_s = time.perf_counter()
    await api.__aexit__(None, None, None)
    took_s = time.perf_counter() - begun_s

    with pytest.raises(aiohttp.ClientError):
        await waiting
    assert was_cancelled
    assert took_s < 10


async def test_port_is_free_again_after_the_end(bot, calls):
    async with MockApi(calls, providers=PROVIDERS) as first:
        port = first.port
        await bot.get(f"{first.base_url}/pa/x")

    async with MockApi(calls, providers=PROVIDERS, port=port) as second:
        assert second.port == port


async def test_exception_within_its_time_passes_through(calls):
    with contextlib.suppress(KeyError):
        async with MockApi(calls, providers=PROVIDERS):
            raise KeyError

    assert calls.seen == []


async def test_own_answers_are_json_for_people(api, bot):
    async with bot.get(f"{api.base_url}/nothing") as answer:
        assert answer.headers["Content-Type"] == "application/json"
        assert set(json.loads(await answer.text())) == {"error", "fix", "from"}
