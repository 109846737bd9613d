"""What is written back; how it comes over the wire stands in test_server."""

from __future__ import annotations

import json

from simulator.mockapi.answers import HttpAnswer, own_words, response_of


def test_headers_of_an_answer_keep_their_order_and_the_server_comes_last():
    response = response_of(HttpAnswer(status=200, headers=(("X-B", "1"), ("x-a", "2"), ("X-B", "3"))))

    assert list(response.headers.items())[:4] == [
        ("X-B", "1"),
        ("x-a", "2"),
        ("X-B", "3"),
        ("Server", "webhook-simulator"),
    ]


def test_server_that_an_answer_names_is_kept():
    response = response_of(HttpAnswer(status=200, headers=(("Server", "nginx"),)))

    assert response.headers.getall("Server") == ["nginx"]


def test_own_words_hold_any_text():
    response = own_words(404, "nothing lies at /\udc80é", "use another")

    assert json.loads(response.body) == {
        "error": "nothing lies at /?é",
        "fix": "use another",
        "from": "webhook-simulator",
    }
