"""What a simulator in the hands of code is made of, whether it is waited for or awaited."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from simulator import arguments, catalog
from simulator.arguments import told_in_python
from simulator.backstage import Backstage
from simulator.errors import InputError, Problem, did_you_mean
from simulator.mockapi.listening import listen_address
from simulator.records import Place, Reply
from simulator.scenario.vocabulary import BESIDE
from simulator.session import Outcome
from simulator.settings import Settings

OURS = Path(__file__).parent


def caller() -> Place:
    """Give file and line of the code outside of this package that called."""
    frame = sys._getframe(1)
    while frame.f_back is not None and Path(frame.f_code.co_filename).is_relative_to(OURS):
        frame = frame.f_back
    file = Path(frame.f_code.co_filename)
    shown = file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file
    return Place(str(shown), frame.f_lineno, 1)


class Rig:
    """What both kinds of simulator are made of: the settings, and the backstage behind them."""

    @told_in_python()
    def __init__(
        self,
        *provider_ids: str,
        base: Settings | None = None,
        endpoint: str = "",
        listen: str = "",
        credentials: Mapping[str, str] | None = None,
        options: Mapping[str, Any] | None = None,
        seed: int | None = None,
        start: str | int | None = None,
        pace: str = "",
        policy: str = "",
        strict: bool | None = None,
        journal: str | Path | None = None,
        name: str = "driven by code",
        **story: Any,
    ) -> None:
        """
        Prepare; it listens inside of `with`.

        Without providers all are there. `base` holds what the other arguments do not say. `start` is an ISO 8601 time
        or Unix milliseconds, `listen` the mock API's address, any free port if not given, `name` what failures call the
        story. The rest is what a scenario file may say about its story: `given`, `vars`, `always`, `clock`.

        Raises:
            InputError: something of it is wrong.
        """
        known = catalog.names()
        self.provider_ids = provider_ids or known
        for each in self.provider_ids:
            catalog.load(each)
        base = base if base is not None else Settings(port=0)
        host, port = listen_address(listen) if listen else (base.host, base.port)
        given: dict[str, Any] = {
            "endpoint": endpoint,
            "credentials": {**base.credentials, **(credentials or {})},
            "options": {**base.options, **(options or {})},
            "seed": seed,
            "start_ms": arguments.start_ms(start) if isinstance(start, str) else start,
            "pace": arguments.pace(pace),
            "policy": policy,
            "is_strict": strict,
        }
        settings = replace(
            base, host=host, port=port, **{name: value for name, value in given.items() if value not in (None, "")}
        )
        path = Path(journal) if journal is not None else None
        self.backstage = Backstage(settings, self.provider_ids, story, path, name)
        self.used: list[str] = []
        """The providers that were asked for, in order."""

    @property
    def base_url(self) -> str:
        """Where the mock API is."""
        return self.backstage.engine.base_url

    @property
    def endpoint(self) -> str:
        """Where events go; empty where no bot is connected."""
        return self.backstage.endpoint

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which a bot finds the mock API and its credentials, as `env` and `run --bot` give them."""
        return self.backstage.engine.environment(self.endpoint)

    def only(self, what: str) -> str:
        """
        Give the provider that is meant where none is named.

        Raises:
            InputError: there are several.
        """
        __tracebackhide__ = True
        found = list(dict.fromkeys(self.used)) or list(self.provider_ids)
        if len(found) == 1:
            return found[0]
        raise InputError(
            Problem(
                code="which-provider",
                what="it is not clear which provider is meant",
                where=str(caller()),
                why=f"there are: {', '.join(found)}",
                fix=f"write .{found[0]}.{what}",
            )
        )

    def checked(self, provider_id: str) -> str:
        """
        Give the provider's id, which counts as asked for from now on.

        Raises:
            AttributeError: it is not here.
        """
        __tracebackhide__ = True
        if provider_id not in self.provider_ids:
            near = did_you_mean(provider_id, self.provider_ids, f"there are: {', '.join(self.provider_ids)}")
            raise AttributeError(f'no provider "{provider_id}" is here; {near}')
        self.used.append(provider_id)
        return provider_id


class Part:
    """One provider of a simulator: what is known of it, and what is asked of the session there."""

    def __init__(self, rig: Rig, provider_id: str) -> None:
        """Speak for that provider."""
        self.id = provider_id
        self._rig = rig
        self.backstage = rig.backstage
        self._stage = rig.backstage.engine.stages[provider_id]

    @property
    def api_url(self) -> str:
        """Where the provider's REST API is, in place of the real one."""
        return self._rig.base_url + self._stage.catalog.api_base

    @property
    def credentials(self) -> Mapping[str, str]:
        """The credentials by which the bot calls, and events are signed."""
        return self._stage.lobby.world.credentials

    def step(self, written: Mapping[str, Any]) -> Coroutine[Any, Any, Outcome]:
        """Give what plays a step."""
        return self.backstage.play(self.id, written, caller())

    def variables_now(self) -> Coroutine[Any, Any, dict[str, Any]]:
        """Give what gives the variables."""
        return self.backstage.variables(self.id, caller())

    def joined(self, name: str, profile: Mapping[str, Any]) -> Coroutine[Any, Any, Mapping[str, Any]]:
        """Give what brings an actor."""
        return self.backstage.join(self.id, name, profile, caller())


def act_of(actor: str, words: Mapping[str, Any]) -> dict[str, Any]:
    """Give the step in which an actor does what these words say; `with_` stands for `with`."""
    named = {name.rstrip("_"): value for name, value in words.items()}
    beside = {name: named.pop(name) for name in BESIDE["act"] if name in named}
    return {actor: named, **beside}


def bot_of(text: str | None, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Give the step by which the bot must say that; an actor may stand for her name."""
    named = {name.rstrip("_"): getattr(value, "name", value) for name, value in wanted.items()}
    return {"bot": {"text": text, **named} if text is not None else named or {"text": "any"}}


def first_of(outcome: Outcome) -> Reply:
    """Give the reply that was asked for."""
    __tracebackhide__ = True
    if not outcome.replies:
        raise LookupError("an optional reply did not come; ask for it by replies(…), which gives as many as there are")
    return outcome.replies[0]


def words_of(command: str | Sequence[str]) -> tuple[str, ...]:
    """
    Give the words of a command.

    Raises:
        InputError: a quotation in it is not closed.
    """
    __tracebackhide__ = True
    try:
        return tuple(shlex.split(command)) if isinstance(command, str) else tuple(command)
    except ValueError as error:
        raise InputError(
            Problem(
                code="bad-value",
                what="the command cannot be read",
                where=str(caller()),
                at=str(command),
                why=str(error),
                fix='close every quotation, or give the words as a list: ["python", "bot.py"]',
            )
        ) from None
