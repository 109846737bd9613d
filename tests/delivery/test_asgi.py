"""An ASGI app in this process, called without a socket."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from simulator.delivery.asgi import AsgiTransport
from simulator.delivery.wording import LONGEST_BODY
from simulator.errors import EndpointError
from simulator.records import Ack, Sent, SignedRequest

REQUEST = SignedRequest(
    method="POST",
    url="http://127.0.0.1:3000/h%20k?sig=a%2Fb",
    headers=(("X-Signature", "s1"), ("Content-Type", "application/json")),
    body=b'{"text":"hi"}',
)


class Seen:
    def __init__(self, *answers: dict[str, Any]) -> None:
        self.scopes: list[Any] = []
        self.body = b""
        self.thread = ""
        self.answers = answers or (
            {"type": "http.response.start", "status": 201, "headers": [(b"X-A", b"b")]},
            {"type": "http.response.body", "body": b"do", "more_body": True},
            {"type": "http.response.body", "body": b"ne"},
        )

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            raise NotImplementedError
        self.scopes.append(scope)
        self.thread = threading.current_thread().name
        self.body = (await receive())["body"]
        for answer in self.answers:
            await send(answer)


async def sent_to(app: Any, *, timeout_ms: float = 5_000) -> Sent:
    transport = AsgiTransport(app)
    transport.start()
    try:
        return await transport.send(REQUEST, timeout_ms=timeout_ms)
    finally:
        transport.stop()


async def test_the_answer_is_what_the_app_sends() -> None:
    sent = await sent_to(Seen())

    assert sent.ack == Ack(status=201, headers=(("X-A", "b"),), body=b"done")
    assert (sent.trouble, sent.detail) == (None, "")


async def test_the_app_sees_the_request_as_a_server_gives_it() -> None:
    app = Seen()

    await sent_to(app)

    [scope] = app.scopes
    assert (scope["method"], scope["path"], scope["raw_path"]) == ("POST", "/h k", b"/h%20k")
    assert scope["query_string"] == b"sig=a%2Fb"
    assert (b"x-signature", b"s1") in scope["headers"]
    assert {(b"host", b"127.0.0.1:3000"), (b"content-length", b"13")} <= set(scope["headers"])
    assert app.body == REQUEST.body


async def test_the_app_runs_in_a_thread_of_its_own() -> None:
    app = Seen()

    await sent_to(app)

    assert app.thread == "simulator-app"


async def test_an_app_that_raises_answers_500_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise ValueError("broken")

    sent = await sent_to(app)

    assert sent.ack is not None
    assert (sent.ack.status, sent.detail) == (500, "the app raised ValueError: broken")
    assert "the app raised" in caplog.text


async def test_an_app_that_returns_without_an_answer_answers_500() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        return

    sent = await sent_to(app)

    assert sent.ack is not None
    assert (sent.ack.status, sent.detail) == (500, "the app returned without an answer")


async def test_what_the_app_does_after_its_answer_goes_on() -> None:
    done = threading.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body"})
            assert (await receive())["type"] == "http.request"
            assert (await receive())["type"] == "http.disconnect"
            done.set()

    transport = AsgiTransport(app)
    transport.start()
    sent = await transport.send(REQUEST, timeout_ms=5_000)

    assert sent.ack is not None
    assert done.wait(5)
    transport.stop()


async def test_no_answer_in_time_is_a_timeout() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        while scope["type"] == "http" and (await receive())["type"] != "http.disconnect":
            pass

    sent = await sent_to(app, timeout_ms=50)

    assert (sent.ack, sent.trouble) == (None, "timeout")


class Living:
    """An app with a lifespan."""

    def __init__(self, trouble: str = "") -> None:
        self.told: list[str] = []
        self.trouble = trouble
        self.state: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            self.state = scope["state"]["pool"]
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body"})
            return
        for what in ("startup", "shutdown"):
            self.told.append((await receive())["type"])
            if self.trouble:
                await send({"type": f"lifespan.{what}.failed", "message": self.trouble})
                return
            scope["state"]["pool"] = "a pool"
            await send({"type": f"lifespan.{what}.complete"})


async def test_an_app_is_told_of_its_start_and_its_end() -> None:
    app = Living()

    await sent_to(app)

    assert (app.told, app.state) == (["lifespan.startup", "lifespan.shutdown"], "a pool")


async def test_an_app_that_cannot_start_is_an_error() -> None:
    transport = AsgiTransport(Living("Traceback\nValueError: no database"))

    with pytest.raises(EndpointError) as caught:
        transport.start()

    transport.stop()
    assert caught.value.problems[0].why == "ValueError: no database"


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    yield
    assert not [each.name for each in threading.enumerate() if each.name == "simulator-app"]


async def test_an_answer_without_an_end_is_cut_and_its_app_is_told() -> None:
    told: list[BaseException] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        await send({"type": "http.response.start", "status": 200})
        try:
            while True:
                await send({"type": "http.response.body", "body": b"x" * 100_000, "more_body": True})
        except OSError as error:
            told.append(error)
            raise

    sent = await sent_to(app)

    assert sent.ack is not None
    assert (sent.ack.status, len(sent.ack.body), sent.ack.is_cut) == (200, LONGEST_BODY, True)
    assert (sent.trouble, sent.detail) == (None, "")
    assert len(told) == 1


async def test_an_answer_that_is_not_whole_in_time_is_a_timeout_that_says_so() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200})
            while True:
                await send({"type": "http.response.body", "body": b"", "more_body": True})

    sent = await sent_to(app, timeout_ms=50)

    assert (sent.trouble, sent.detail) == ("timeout", "200 came, but not the whole body within 50 ms")


async def test_an_app_that_exits_answers_500_and_the_next_request_is_taken() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            sys.exit(3)

    transport = AsgiTransport(app)
    transport.start()
    try:
        details = [(await transport.send(REQUEST, timeout_ms=5_000)).detail for _ in range(2)]
    finally:
        transport.stop()

    assert details == ["the app raised SystemExit: 3"] * 2


async def test_an_app_that_exits_while_it_starts_is_an_error() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        sys.exit(3)

    with pytest.raises(EndpointError, match=r"it called sys\.exit\(3\)"):
        await sent_to(app)
