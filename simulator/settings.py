"""What a person may say about a run beside the scenario files."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from simulator import addresses, catalog
from simulator.errors import InputError, Problem
from simulator.scenario.model import Scenario

DEFAULT_PORT = 7716
"""Where the mock API listens unless told otherwise: the same from run to run, so that a bot's settings hold."""


STARTING_MS = 30_000
"""So long may a bot take until it listens, where nobody says otherwise."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What a person may say about a run beside the scenario files; None and empty: not said."""

    endpoint: str = ""
    """Where events go."""
    endpoints: Mapping[str, str] = field(default_factory=dict)
    """Provider → where its events go; it goes before `endpoint`."""
    credentials: Mapping[str, str] = field(default_factory=dict)
    """`NAME` → value for all providers that have it; `PROVIDER.NAME` for that one, which goes before."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """By names as those of credentials."""
    seed: int | None = None
    start_ms: int | None = None
    pace: str = ""
    stamp: Literal["wall", "due"] = "wall"
    policy: str = "real"
    is_strict: bool = False
    is_fail_fast: bool = False
    jobs: int = 1
    """How many stories are played side by side at most."""
    repeat: int = 1
    """How often the whole suite is played."""
    shuffle_seed: int | None = None
    """What the order of the stories is drawn from; None: as they stand in the suite."""
    is_covered: bool = False
    """What the suite exercised of the catalogs is counted, and told at the end."""
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    """0: any free one."""
    hosts: frozenset[str] = frozenset()
    """Hosts outside this machine that may be written to."""
    ca: Path | None = None
    is_insecure: bool = False
    is_marked: bool = True
    resends: int | None = None
    """
    How often a request is sent again that never came through; None: some times where no endpoint of this machine is
    meant, and else never.
    """
    bot: tuple[str, ...] = ()
    """The command that starts the bot."""
    bot_folder: str = ""
    """Where that command runs; empty: in the working directory."""
    bot_starting_ms: float = STARTING_MS
    """How long, in real time, it may take until it listens."""
    is_fresh_bot: bool = False
    """The bot is started anew for each story."""

    def endpoint_for(self, scenario: Scenario, provider_id: str) -> str:
        """
        Give where the events of a story go.

        Raises:
            InputError: no endpoint is named, here or in the file; or it is no address.
        """
        named = scenario.endpoint.get(provider_id) if isinstance(scenario.endpoint, Mapping) else scenario.endpoint
        given = self.endpoints.get(provider_id) or self.endpoint
        endpoint = given or named or ""
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
        return addresses.parse(endpoint, where="--endpoint" if given else str(scenario.place))


def secrets_of(
    settings: Settings, scenarios: Sequence[Scenario] = (), provider_ids: Collection[str] = ()
) -> Iterator[str]:
    """
    Give what nobody may read: credentials, but for those that anybody can look up in the catalog.

    `provider_ids` are those that run beside the ones of the scenarios.

    Raises:
        InputError: there is no such provider.
    """
    names = {*provider_ids, *(name for scenario in scenarios for name in scenario.providers)}
    said = [settings.credentials, *(values for each in scenarios for values in each.credentials.values())]
    rows = [row for each in scenarios for row in each.given.get("subscriptions", {}).values()]
    # Where an expression stands for all of them, their values are not there yet.
    said += [row["credentials"] for row in rows if isinstance(row.get("credentials"), Mapping)]
    yield from catalog.secrets_in((value for values in said for value in values.values()), map(catalog.load, names))
