"""What a provider knows: users, conversations, messages, subscriptions. Nothing changes it but effects."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

Row = Mapping[str, Any]

ACCOUNT_TABLES = frozenset({"account", "subscriptions"})
"""What belongs to the bot's account rather than to one story: all worlds of a run see the same rows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Put:
    """A row is there, or replaced."""

    table: str
    key: str
    row: Row


@dataclass(frozen=True, kw_only=True, slots=True)
class Remove:
    """A row is gone; so it is if it never was there."""

    table: str
    key: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Emit:
    """An event follows, because of a call or an act."""

    type: str
    values: Mapping[str, Any] = field(default_factory=dict)
    user: str = ""
    """The provider's id of the person whom it is about."""
    after_ms: tuple[int, int] = (0, 0)
    """The lag is drawn between these two, both included, in story time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Register:
    """
    The bot wants its events at a URL.

    Where `handshake` names an event, that event is delivered first; the subscription stands if the bot accepts it,
    and else the call is answered with `otherwise`.
    """

    key: str
    """The subscription's key in the table `subscriptions`."""
    row: Row
    """
    `url` (without one: the endpoint that a person named), `events` (a list, or None for all), `credentials` and
    `options` that go before those of the account, and what the provider keeps beside them.
    """
    handshake: str = ""
    otherwise: Any = None
    """An `ApiResponse`."""


Effect = Put | Remove | Emit | Register


class World:
    """Tables of rows, to be read by everybody and changed by `apply` alone."""

    def __init__(
        self,
        *,
        credentials: Mapping[str, str],
        options: Mapping[str, Any],
        limits: Mapping[str, Any],
        beside: World | None = None,
        apart: Collection[str] = (),
    ) -> None:
        """
        Begin empty, but for the account's tables, which are those of the world that it stands `beside`.

        `apart`: those of which it has its own all the same.
        """
        self.credentials = MappingProxyType(dict(credentials))
        self.options = MappingProxyType(dict(options))
        self.limits = MappingProxyType(dict(limits))
        self._tables: dict[str, dict[str, Row]] = {}
        for name in ACCOUNT_TABLES:
            self._tables[name] = beside._tables[name] if beside is not None and name not in apart else {}

    def get(self, table: str, key: str) -> Row | None:
        """Give the row of that key, or None."""
        return self._tables.get(table, {}).get(key)

    def rows(self, table: str) -> Iterator[tuple[str, Row]]:
        """Give key and row of each row, oldest first."""
        yield from list(self._tables.get(table, {}).items())

    def count(self, table: str) -> int:
        """Give the number of rows."""
        return len(self._tables.get(table, {}))

    def holds(self, key: str) -> bool:
        """True where a row of that key stands in a table that is the story's own."""
        return any(key in rows for name, rows in self._tables.items() if name not in ACCOUNT_TABLES)

    def keys(self) -> frozenset[str]:
        """Give the keys of all rows in tables that are the story's own."""
        return frozenset(key for name, rows in self._tables.items() if name not in ACCOUNT_TABLES for key in rows)

    def apply(self, effect: Put | Remove) -> None:
        """Change one row."""
        rows = self._tables.setdefault(effect.table, {})
        if isinstance(effect, Put):
            rows[effect.key] = MappingProxyType(dict(effect.row))
        else:
            rows.pop(effect.key, None)
