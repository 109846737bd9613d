"""A request as it goes over the wire, where it is one that needs no care. Pure."""

from __future__ import annotations

import functools
import re
from typing import NamedTuple
from urllib.parse import urlsplit

from simulator.delivery.wording import LARGE_BODY
from simulator.records import SignedRequest

CAREFUL = re.compile(
    r"connection|content-encoding|content-length|cookie|expect|host|keep-alive|te|trailer|transfer-encoding|upgrade|"
    r"proxy-.*",
    re.IGNORECASE,
)
"""Names of headers that change how a request is written or answered."""

_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")
_TARGET = re.compile(r"/[\x21\x22\x24-\x7e]*")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


class Place(NamedTuple):
    """Where a connection leads."""

    host: str
    port: int


def place_of(url: str) -> Place | None:
    """Give where a URL leads to, of plain HTTP and in the form that most have; None for every other."""
    found = _written(url)
    return found[0] if found is not None else None


def written(request: SignedRequest, *, is_kept: bool) -> tuple[Place, bytes] | None:
    """
    Give where a request goes, and its bytes; None where it is one of a kind that is left to a whole HTTP library.

    The bytes are those that aiohttp writes for it.
    """
    found = _written(request.url)
    if found is None or request.method != "POST" or len(request.body) > LARGE_BODY:
        return None
    place, begins = found
    headers = request.headers
    if not _is_simple(tuple([name for name, _ in headers])) or _CONTROL.search(
        "".join([value for _, value in headers])
    ):
        return None
    lines = "".join([f"{name}: {value}\r\n" for name, value in headers])
    ends = "" if is_kept else "Connection: close\r\n"
    head = f"{begins}{lines}Content-Length: {len(request.body)}\r\n{ends}\r\n"
    return place, head.encode("utf-8") + request.body


@functools.lru_cache(maxsize=256)
def _written(url: str) -> tuple[Place, str] | None:
    """Give the place, and the first lines of a request to it."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    address = f"{host}:{port}" if port is not None else host
    target = url.removeprefix(f"http://{address}") or "/"
    if f"http://{address}" != url[: len(address) + 7] or not _HOST.fullmatch(host) or not _TARGET.fullmatch(target):
        return None
    named = host if port in (None, 80) else address
    return Place(host, port or 80), f"POST {target} HTTP/1.1\r\nHost: {named}\r\n"


@functools.lru_cache(maxsize=256)
def _is_simple(names: tuple[str, ...]) -> bool:
    return all(re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name) and not CAREFUL.fullmatch(name) for name in names)
