"""People as a provider knows them, drawn whole from the seed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from simulator.fake import DEFAULT_LOCALE, profile
from simulator.ids import Ids
from simulator.provider import Provider
from simulator.seeds import stream
from simulator.world import Row


def person(
    provider: Provider,
    *,
    seed: int,
    start_ms: int,
    name: str,
    locale: str = DEFAULT_LOCALE,
    given: Mapping[str, Any] = MappingProxyType({}),
) -> Row:
    """
    Give the row of the table `users` for whom a run calls by that name; what is `given` stands as it is.

    Raises:
        InputError: there is no such locale.
    """
    ids = Ids(provider.ids, stream(seed, start_ms, "user", name), start_ms)
    return provider.person(profile(seed, start_ms, name, locale, given), ids)
