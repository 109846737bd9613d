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
_VISIBLE = re.compile(r"[\x21\x22\x24-\x7e]*")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


class Place(NamedTuple):
    """Where a connection leads."""

    host: str
    port: int


def written(request: SignedRequest, *, is_kept: bool) -> tuple[Place, bytes] | None:
    """
    Give where a request goes, and its bytes; None where it is one of a kind that is left to a whole HTTP library.

    The bytes are those that aiohttp writes for it.
    """
    address, _, query = request.url.partition("?")
    found = _begun(address)
    if found is None or request.method != "POST" or len(request.body) > LARGE_BODY or not _VISIBLE.fullmatch(query):
        return None
    place, path, host = found
    names = tuple([name for name, _ in request.headers])
    if not _is_simple(names) or _CONTROL.search("".join([value for _, value in request.headers])):
        return None
    target = f"{path}?{query}" if query else path
    lines = "".join([f"{name}: {value}\r\n" for name, value in request.headers])
    ends = "" if is_kept else "Connection: close\r\n"
    head = f"POST {target} HTTP/1.1\r\nHost: {host}\r\n{lines}Content-Length: {len(request.body)}\r\n{ends}\r\n"
    return place, head.encode("utf-8") + request.body


@functools.lru_cache(maxsize=256)
def _begun(address: str) -> tuple[Place, str, str] | None:
    """Give place, path and what the header Host says, of a URL without its query."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    begins = f"http://{host}" if port is None else f"http://{host}:{port}"
    path = address.removeprefix(begins) or "/"
    if not address.startswith(begins) or not path.startswith("/"):
        return None
    if not _HOST.fullmatch(host) or not _VISIBLE.fullmatch(path):
        return None
    return Place(host, port or 80), path, host if port in (None, 80) else f"{host}:{port}"


@functools.lru_cache(maxsize=256)
def _is_simple(names: tuple[str, ...]) -> bool:
    return all(re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name) and not CAREFUL.fullmatch(name) for name in names)
