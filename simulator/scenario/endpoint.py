"""What a person writes for the bot's address → its URL, and what stands in the environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
_SAFE = "%/:@!$&'()*+,;=~"
_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")


def endpoint_url(text: str) -> str:
    """
    Give the URL that a person means: `:3000/hook` is `http://127.0.0.1:3000/hook`, and a loopback name needs no `http://`.

    It is percent-encoded and has no fragment.

    Raises:
        ValueError: it is no such URL; the text says what would be right.
    """
    url = text.strip()
    if url.startswith(":"):
        url = "http://127.0.0.1" + url
    elif "://" not in url and url.startswith(LOOPBACK):
        url = "http://" + url
    if re.search(r"[\s\x00-\x1f\x7f]", url):
        raise ValueError("a URL holds no white space")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ValueError("the host or the port is not right; a port is a number from 1 to 65535") from error
    if parts.scheme not in ("http", "https") or "://" not in url:
        raise ValueError("it begins with http:// or https://, or with :PORT for this machine")
    if not parts.hostname:
        raise ValueError("the host is missing")
    if port == 0:
        raise ValueError("a port is a number from 1 to 65535")
    if "@" in parts.netloc:
        raise ValueError("a user name or a password cannot stand in it")
    if parts.fragment or url.endswith("#"):
        raise ValueError("what follows # is never sent; leave it out")
    path = quote(parts.path, safe=_SAFE) or "/"
    query = "?" + quote(parts.query, safe=_SAFE + "?[]") if parts.query else ""
    return f"{parts.scheme}://{parts.netloc}{path}{query}"


def with_environment(text: str, environment: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """
    Give the text with each `${NAME}` and `${NAME:-default}` filled in, and the names that are not set.

    A default is taken where the variable is not set or empty.
    """
    unset: list[str] = []

    def value(found: re.Match[str]) -> str:
        name, default = found[1], found[2]
        if default is not None:
            return environment.get(name) or default
        if name not in environment:
            unset.append(name)
        return environment.get(name, "")

    return _REFERENCE.sub(value, text), tuple(dict.fromkeys(unset))
