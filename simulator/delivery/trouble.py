"""Why there was no answer: aiohttp's and the operating system's errors, as the few words that policies decide by."""

from __future__ import annotations

import errno
import os
import re
import ssl

import aiohttp

from simulator.delivery.wording import BEFORE_ANSWER, WITHIN_BODY, WITHIN_HEADERS, one_line
from simulator.errors import InternalError, Problem
from simulator.records import Trouble

OURS = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
"""What this machine, not the bot, has run out of."""


def trouble_of(error: Exception) -> tuple[Trouble, str]:
    """
    Give the trouble that an attempt ended with, and the words of who noticed it, in one line.

    Raises:
        InternalError: this machine has no more sockets or memory, of which the bot is innocent.
    """
    if isinstance(error, aiohttp.ClientConnectorError):
        return _unconnected(error)
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return "closed", BEFORE_ANSWER if gave_nothing_back(error) else WITHIN_HEADERS
    if isinstance(error, aiohttp.ClientPayloadError):
        return _broken_body(error)
    if isinstance(error, aiohttp.ClientResponseError):
        return "garbage", one_line(error.message)
    if isinstance(error, aiohttp.InvalidURL):
        return "dns", one_line(f"nothing can be sent to this address: {error}")
    cause = error.__cause__
    if isinstance(error, ssl.SSLError) or isinstance(cause, ssl.SSLError):
        return "tls", one_line(str(cause or error))
    return "closed", one_line(_words(error))


def gave_nothing_back(error: Exception) -> bool:
    """True where an established connection ended before anything came back on it."""
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return error.message == "Server disconnected"
    return isinstance(error, (aiohttp.ClientOSError, aiohttp.ClientConnectionResetError)) and not isinstance(
        error, aiohttp.ClientConnectorError
    )


def never_connected(error: Exception) -> bool:
    """True where no connection came about, so that nothing of the request was sent."""
    return isinstance(error, aiohttp.ClientConnectorError)


def _unconnected(error: aiohttp.ClientConnectorError) -> tuple[Trouble, str]:
    reason = error.certificate_error if isinstance(error, aiohttp.ClientConnectorCertificateError) else error.os_error
    if isinstance(error, aiohttp.ClientSSLError):
        return "tls", one_line(_without_origin(str(reason)))
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "dns", one_line(f"{error.host}: {_words(reason)}")
    if isinstance(reason, OSError) and reason.errno in OURS:
        raise InternalError(_no_sockets(reason)) from error
    if isinstance(reason, TimeoutError):
        return "timeout", one_line(_words(reason))
    if isinstance(reason, ConnectionError) and not isinstance(reason, ConnectionRefusedError):
        return "closed", BEFORE_ANSWER
    return "refused", f"{error.host}:{error.port}: {_errno_words(reason)}"


def _broken_body(error: aiohttp.ClientPayloadError) -> tuple[Trouble, str]:
    """The parser tells an early end from a wrong chunk by its words alone."""
    said = str(error.__cause__ or error)
    if "Not enough data" in said or isinstance(error.__cause__, OSError):
        return "closed", WITHIN_BODY
    return "garbage", one_line(said)


def _errno_words(reason: Exception) -> str:
    """asyncio puts a text of its own in place of the operating system's; the number tells what that would be."""
    number = reason.errno if isinstance(reason, OSError) else None
    return os.strerror(number).lower() if number else one_line(_words(reason))


def _words(error: BaseException) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _without_origin(text: str) -> str:
    """OpenSSL's words without the place in Python's source that they came from."""
    quoted = re.search(r"\[SSL[^]]*\] (.*?)(?: \(_ssl\.c:\d+\))?['\")]*$", text)
    return quoted[1] if quoted else text


def _no_sockets(reason: OSError) -> Problem:
    return Problem(
        code="out-of-sockets",
        what="this machine cannot open another connection",
        why=f"the operating system says: {_words(reason)}",
        fix="send fewer at once, or raise the limit of open files (ulimit -n)",
    )
