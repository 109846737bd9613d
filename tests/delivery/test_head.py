"""The bytes of a request, where it needs no care."""

from __future__ import annotations

import pytest

from simulator.delivery.head import Place, written
from simulator.delivery.wording import LARGE_BODY
from simulator.records import SignedRequest


def request(url: str = "http://127.0.0.1:3000/hook", **more) -> SignedRequest:
    return SignedRequest(**{"method": "POST", "url": url, "headers": (), "body": b"{}"} | more)


def test_request_is_written_with_its_headers_between_ours():
    found = written(request(headers=(("X-B", "é"), ("x-a", "1"))), is_kept=False)

    assert found == (
        Place("127.0.0.1", 3000),
        "POST /hook HTTP/1.1\r\nHost: 127.0.0.1:3000\r\nX-B: é\r\nx-a: 1\r\n"
        "Content-Length: 2\r\nConnection: close\r\n\r\n{}".encode(),
    )


def test_connection_that_is_kept_needs_no_word():
    found = written(request(), is_kept=True)

    assert found is not None
    assert b"Connection" not in found[1]


@pytest.mark.parametrize(
    ("url", "place", "begins"),
    [
        ("http://bot/hook", Place("bot", 80), b"POST /hook HTTP/1.1\r\nHost: bot\r\n"),
        ("http://localhost:80/", Place("localhost", 80), b"POST / HTTP/1.1\r\nHost: localhost\r\n"),
        ("http://10.0.0.1:8080", Place("10.0.0.1", 8080), b"POST / HTTP/1.1\r\nHost: 10.0.0.1:8080\r\n"),
        ("http://bot?sig=%41+b", Place("bot", 80), b"POST /?sig=%41+b HTTP/1.1\r\n"),
        ("http://bot/a%7E/../b?x&y=?/", Place("bot", 80), b"POST /a%7E/../b?x&y=?/ HTTP/1.1\r\n"),
        ("http://bot/hook?", Place("bot", 80), b"POST /hook HTTP/1.1\r\n"),
    ],
)
def test_address_stands_as_it_is_spelled(url, place, begins):
    found = written(request(url), is_kept=True)

    assert found is not None
    assert found[0] == place
    assert found[1].startswith(begins)


@pytest.mark.parametrize(
    "url",
    [
        "https://bot/hook",
        "HTTP://bot/hook",
        "http://Bot/hook",
        "http://user:pass@bot/hook",
        "http://[::1]:3000/hook",
        "http://bot:/hook",
        "http://bot:080/hook",
        "http://bot:99999/hook",
        "http://bücher.example/",
        "http://a..b/",
        "http://" + "a" * 70 + ".example/",
        "http:///",
        "http://bot/a b",
        "http://bot/é",
        "http://bot/hook#part",
        "http://bot/?a#part",
        "hook",
        "",
    ],
)
def test_address_of_any_other_form_needs_care(url):
    assert written(request(url), is_kept=True) is None


@pytest.mark.parametrize(
    "more",
    [
        {"method": "GET"},
        {"body": bytes(LARGE_BODY + 1)},
        {"headers": (("Host", "other"),)},
        {"headers": (("content-LENGTH", "2"),)},
        {"headers": (("Transfer-Encoding", "chunked"),)},
        {"headers": (("Proxy-Anything", "1"),)},
        {"headers": (("X-A", "1\r\nX-Evil: 2"),)},
        {"headers": (("X-A", "\x00"),)},
        {"headers": (("X A", "1"),)},
        {"headers": (("X-A:", "1"),)},
    ],
)
def test_request_that_is_written_in_another_way_needs_care(more):
    assert written(request(**more), is_kept=True) is None
