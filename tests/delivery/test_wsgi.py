"""A WSGI app in this process, called without a socket."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from wsgiref.validate import validator

import pytest

from simulator.delivery.wording import LONGEST_BODY
from simulator.delivery.wsgi import WsgiTransport
from simulator.records import Ack, Sent, SignedRequest

REQUEST = SignedRequest(
    method="POST",
    url="http://127.0.0.1:3000/h%C3%A4?sig=a%2Fb",
    headers=(("X-Signature", "s1"), ("Content-Type", "application/json")),
    body=b'{"text":"hi"}',
)

Start = Callable[..., Any]


async def sent_to(app: Any, *, timeout_ms: float = 5_000) -> Sent:
    transport = WsgiTransport(app)
    transport.start()
    try:
        return await transport.send(REQUEST, timeout_ms=timeout_ms)
    finally:
        transport.stop()


async def test_the_app_sees_the_request_as_a_server_gives_it() -> None:
    seen: dict[str, Any] = {}

    def app(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        seen.update(environ, body=environ["wsgi.input"].read(13))
        start("201 Created", [("X-A", "b"), ("Content-Type", "text/plain")])
        return [b"do", b"ne"]

    # The validator of the standard library finds whatever breaks PEP 3333.
    sent = await sent_to(validator(app))

    assert sent.ack == Ack(status=201, headers=(("X-A", "b"), ("Content-Type", "text/plain")), body=b"done")
    assert (seen["body"], seen["QUERY_STRING"], seen["HTTP_X_SIGNATURE"]) == (REQUEST.body, "sig=a%2Fb", "s1")
    assert (seen["CONTENT_TYPE"], seen["CONTENT_LENGTH"]) == ("application/json", "13")
    assert seen["PATH_INFO"].encode("latin-1").decode() == "/hä"


async def test_an_app_that_raises_answers_500_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    def app(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        raise ValueError("broken")

    sent = await sent_to(app)

    assert sent.ack is not None
    assert (sent.ack.status, sent.detail) == (500, "the app raised ValueError: broken")
    assert "the app raised" in caplog.text


async def test_an_app_without_a_status_answers_500() -> None:
    sent = await sent_to(lambda environ, start: [])

    assert sent.ack is not None
    assert (sent.ack.status, sent.detail) == (500, "the app raised RuntimeError: the app returned without a status")


async def test_no_answer_in_time_is_a_timeout() -> None:
    release = threading.Event()

    def app(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        release.wait(10)
        start("200 OK", [])
        return []

    sent = await sent_to(app, timeout_ms=50)
    release.set()

    assert (sent.ack, sent.trouble) == (None, "timeout")


async def test_the_answer_of_the_app_is_closed() -> None:
    class Answer:
        is_closed = False

        def __iter__(self) -> Any:
            return iter([b"ok"])

        def close(self) -> None:
            self.is_closed = True

    answer = Answer()

    def app(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        start("200 OK", [])
        return answer

    await sent_to(app)

    assert answer.is_closed


async def test_an_app_that_exits_answers_500_and_says_so() -> None:
    def app(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        sys.exit(3)

    sent = await sent_to(app)

    assert sent.ack is not None
    assert (sent.ack.status, sent.detail) == (500, "the app raised SystemExit: 3")


async def test_an_answer_without_an_end_is_cut() -> None:
    closed = threading.Event()

    def endless() -> Iterator[bytes]:
        try:
            while True:
                yield b"x" * 100_000
        finally:
            closed.set()

    def app(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        start("200 OK", [])
        return endless()

    sent = await sent_to(app)

    assert sent.ack is not None
    assert (len(sent.ack.body), sent.ack.is_cut) == (LONGEST_BODY, True)
    assert closed.is_set()
