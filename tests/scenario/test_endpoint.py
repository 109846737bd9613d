"""Addresses as people write them, and the environment in texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.scenario.endpoint import endpoint_url, with_environment


@pytest.mark.parametrize(
    ("text", "url"),
    [
        (":3000/hook", "http://127.0.0.1:3000/hook"),
        ("localhost:3000", "http://localhost:3000/"),
        ("127.0.0.1:3000/a b".replace(" ", "%20"), "http://127.0.0.1:3000/a%20b"),
        ("https://bot.example.com/hook?key=ü", "https://bot.example.com/hook?key=%C3%BC"),
        (" http://[::1]:8080/x ", "http://[::1]:8080/x"),
    ],
)
def test_address_becomes_a_whole_url(text: str, url: str) -> None:
    assert endpoint_url(text) == url


@pytest.mark.parametrize(
    "text",
    [
        "",
        "bot.example.com/hook",
        "ftp://bot.example.com",
        "http://",
        "http://host:99999/",
        "http://host:0/",
        "http://user:word@host/",
        "http://host/#part",
        "http://ho st/",
        "3000",
    ],
)
def test_wrong_address_says_what_is_right(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w+"):
        endpoint_url(text)


@given(st.text(max_size=30))
def test_any_text_gives_a_url_or_a_reason(text: str) -> None:
    try:
        url = endpoint_url(text)
    except ValueError:
        return

    assert endpoint_url(url) == url


def test_variables_are_filled_in_inside_a_text() -> None:
    filled = with_environment("http://${HOST}:${PORT:-3000}/${EMPTY:-hook}", {"HOST": "h", "EMPTY": ""})

    assert filled == ("http://h:3000/hook", ())


def test_unset_variables_are_named_once() -> None:
    assert with_environment("${A}${B}${A}", {"B": "b"}) == ("b", ("A",))


def test_what_is_no_reference_stays() -> None:
    assert with_environment("$HOME ${1x} {a}", {}) == ("$HOME ${1x} {a}", ())
