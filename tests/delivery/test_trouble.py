"""Errors of aiohttp and the operating system, in the words that policies decide by."""

from __future__ import annotations

import errno
import os

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey

from simulator.delivery.trouble import gave_nothing_back, trouble_of
from simulator.errors import InternalError

KEY = ConnectionKey("bot.example", 443, True, True, None, None, None)


def unconnected(number: int) -> aiohttp.ClientConnectorError:
    return aiohttp.ClientConnectorError(KEY, OSError(number, os.strerror(number)))


@pytest.mark.parametrize(
    ("number", "trouble"),
    [
        (errno.ECONNREFUSED, "refused"),
        (errno.EHOSTUNREACH, "refused"),
        (errno.ENETUNREACH, "refused"),
        (errno.EADDRNOTAVAIL, "refused"),
        (errno.ECONNRESET, "closed"),
        (errno.ECONNABORTED, "closed"),
        (errno.ETIMEDOUT, "timeout"),
    ],
)
def test_connection_that_does_not_come_about_is_told_by_its_reason(number, trouble):
    assert trouble_of(unconnected(number))[0] == trouble


def test_words_about_a_connection_name_the_address():
    assert trouble_of(unconnected(errno.EHOSTUNREACH))[1] == "bot.example:443: no route to host"


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE, errno.ENOBUFS])
def test_want_of_sockets_is_not_blamed_on_the_bot(number):
    with pytest.raises(InternalError) as caught:
        trouble_of(unconnected(number))

    assert caught.value.problems[0].code == "out-of-sockets"


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (aiohttp.ServerDisconnectedError(), True),
        (aiohttp.ServerDisconnectedError("HTTP/1.1 200"), False),
        (aiohttp.ClientOSError(errno.ECONNRESET, "reset"), True),
        (aiohttp.ClientConnectionResetError("closing"), True),
        (aiohttp.ClientPayloadError("short"), False),
        (unconnected(errno.ECONNREFUSED), False),
    ],
)
def test_only_a_connection_that_was_there_and_said_nothing_gave_nothing_back(error, answer):
    assert gave_nothing_back(error) is answer


def test_error_without_words_is_told_by_its_kind():
    assert trouble_of(aiohttp.ClientConnectionError()) == ("closed", "ClientConnectionError")
