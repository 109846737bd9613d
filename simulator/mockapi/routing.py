"""Which provider a path belongs to, and whether a Host header names this machine. Pure."""

from __future__ import annotations

import functools
import ipaddress
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Found:
    """A path that is a provider's."""

    provider: str
    alias: str
    """`/<provider id>` where the path began with it, else empty."""
    path: str
    """The path at the real API."""


class Routing:
    """The paths of some providers."""

    def __init__(self, providers: Mapping[str, str]) -> None:
        """
        Take provider id → the path under which its real API lies.

        Each is found there, unless two lie under the same, and always under `/<provider id>` before the real path. The
        longest path that fits decides.
        """
        self._bases = {provider: base.rstrip("/") for provider, base in providers.items()}
        bases = list(self._bases.values())
        self._shared = {base for base in bases if bases.count(base) > 1}
        prefixes = [(base, provider, "") for provider, base in self._bases.items() if base not in self._shared]
        prefixes += [(f"/{provider}", provider, f"/{provider}") for provider in providers]
        self._prefixes = sorted(prefixes, key=lambda each: -len(each[0]))

    def find(self, path: str) -> Found | None:
        """Give whose path it is, or None."""
        for prefix, provider, alias in self._prefixes:
            if path == prefix or path.startswith(f"{prefix}/"):
                return Found(provider, alias, path[len(alias) :] or "/")
        return None

    def __str__(self) -> str:
        return ", ".join(self._show(provider) for provider in sorted(self._bases)) or "no API"

    def _show(self, provider: str) -> str:
        base = self._bases[provider]
        alias = f"/{provider}{base}"
        return f"{provider} under {alias}" if base in self._shared else f"{provider} under {base or '/'} and {alias}"


class Hosts:
    """The names by which a program may call."""

    def __init__(self, names: Collection[str]) -> None:
        """Take names and addresses that are allowed beside those of loopback."""
        self._names = {name.casefold().strip("[]").rstrip(".") for name in names} | {"localhost"}
        # A bot calls by one name all the time.
        self._known = functools.lru_cache(maxsize=64)(self._allows)

    def allows(self, header: str) -> bool:
        """
        True where a Host header names this machine.

        A page in a browser can have its own host's name resolve to 127.0.0.1 and so reach what listens here, but it
        cannot change the header. A program that sends none is no browser.
        """
        return self._known(header)

    def _allows(self, header: str) -> bool:
        name = self.name_of(header)
        return not header or name in self._names or name.endswith(".localhost") or _is_loopback(name)

    @staticmethod
    def name_of(header: str) -> str:
        """Give the name or address in a Host header, in lower case and without its port."""
        found = re.fullmatch(r"(?:\[([^]]*)]|([^:]*))(?::\d*)?", header.strip())
        return (found[1] or found[2] or "").rstrip(".").casefold() if found else header


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
