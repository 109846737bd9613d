"""What a person may say about a run beside the scenario files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from simulator import addresses
from simulator.errors import InputError, Problem
from simulator.scenario.model import Scenario

DEFAULT_PORT = 7716
"""Where the mock API listens unless told otherwise: the same from run to run, so that a bot's settings hold."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What a person may say about a run beside the scenario files; None and empty: not said."""

    endpoint: str = ""
    """Where events go."""
    credentials: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    seed: int | None = None
    start_ms: int | None = None
    pace: str = ""
    stamp: Literal["wall", "due"] = "wall"
    policy: str = "real"
    is_strict: bool = False
    is_fail_fast: bool = False
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    """0: any free one."""
    hosts: frozenset[str] = frozenset()
    """Hosts outside this machine that may be written to."""
    ca: Path | None = None
    is_insecure: bool = False
    is_marked: bool = True
    bot: tuple[str, ...] = ()
    """The command that starts the bot."""
    is_fresh_bot: bool = False
    """The bot is started anew for each story."""

    def endpoint_for(self, scenario: Scenario, provider_id: str) -> str:
        """
        Give where the events of a story go.

        Raises:
            InputError: no endpoint is named, here or in the file; or it is no address.
        """
        named = scenario.endpoint.get(provider_id) if isinstance(scenario.endpoint, Mapping) else scenario.endpoint
        endpoint = self.endpoint or named or ""
        if not endpoint:
            raise InputError(
                Problem(
                    code="no-endpoint",
                    what="no endpoint is named",
                    where=str(scenario.place),
                    why="events need the URL at which the bot listens",
                    fix='give --endpoint :3000/hook, or --bot "python bot.py", or endpoint: in the scenario',
                )
            )
        return addresses.parse(endpoint, where="--endpoint" if self.endpoint else str(scenario.place))
