"""Events of one provider outside of any story: what `render`, `fire` and `generate` make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from simulator import catalog as catalogs
from simulator import providers, signing
from simulator.cli.given import told_at
from simulator.cli.options import START
from simulator.errors import InputError, Problem, did_you_mean
from simulator.ids import Ids
from simulator.provider import Act, Provider
from simulator.records import Payload, ScheduledEvent, SignedRequest
from simulator.render import render
from simulator.render.person import person
from simulator.seeds import stream
from simulator.units import instant_ms
from simulator.world import Put, Remove, Row, World

NAMES = ("ana", "ben")
"""Who writes to the bot where no story says it."""

ENDPOINT = "http://127.0.0.1:3000/hook"
"""Where requests are made out to if nothing is sent."""


class Sample:
    """Makes events of one provider, over a world in which there is the account and somebody who writes to it."""

    def __init__(
        self,
        provider_id: str,
        *,
        seed: int,
        start_ms: int,
        credentials: Mapping[str, str] | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        """
        Begin.

        Raises:
            InputError: there is no such provider, credential or option.
        """
        self.catalog = catalogs.load(provider_id)
        self.provider = providers.load(provider_id)
        self.seed = seed
        self.start_ms = start_ms
        self.world = World(
            credentials=catalogs.credentials_with(self.catalog, credentials or {}, "--credential"),
            options=catalogs.options_with(self.catalog, options or {}, "--option"),
            limits=self.catalog.limits,
        )
        self.world.apply(Put(table="account", key="account", row=self.catalog.account))
        self.user = introduce(self.world, self.provider, seed)[0]

    @property
    def secrets(self) -> Iterator[str]:
        """The credentials that everybody does not know."""
        return catalogs.secrets_in(self.world.credentials.values(), [self.catalog])

    def event(
        self, event_type: str, *, number: int = 0, due_ms: int | None = None, is_anybody: bool = False, **more: Any
    ) -> ScheduledEvent:
        """
        Give an event that is due at the start, unless said otherwise; the `number` tells several of one type apart.

        It is about the person of this sample, or about anybody. `more` are further fields of the record.

        Raises:
            InputError: the provider has no such event type.
        """
        if event_type not in self.catalog.events:
            raise InputError(unknown_event(event_type, self.catalog))
        return ScheduledEvent(
            id=f"{event_type}/{number}",
            provider=self.provider.id,
            type=event_type,
            values={},
            due_ms=self.start_ms if due_ms is None else due_ms,
            cause="",
            actor="" if is_anybody else str(self.user["id"]),
            **more,
        )

    def payload(self, event: ScheduledEvent) -> Payload:
        """
        Give the bytes of an event.

        Raises:
            InputError: an override names an unknown path.
        """
        try:
            return render(
                event,
                catalog=self.catalog,
                provider=self.provider,
                world=self.world,
                seed=self.seed,
                start_ms=self.start_ms,
            )
        except InputError as error:
            raise told_at(error, "--set" if event.overrides else "") from error

    def request(
        self,
        payload: Payload,
        *,
        url: str,
        due_ms: int,
        stamp_ms: int,
        is_marked: bool = True,
        signature: Literal["right", "wrong", "missing"] = "right",
    ) -> SignedRequest:
        """
        Give the request that carries a payload.

        Raises:
            CredentialError: a credential cannot be used for signing.
        """
        return signing.sign_request(
            payload,
            url=url,
            registered_url=url,
            provider=self.provider,
            credentials=self.world.credentials,
            options=self.world.options,
            stamp_ms=stamp_ms,
            due_ms=due_ms,
            marked=is_marked,
            signature=signature,
        )


def introduce(world: World, provider: Provider, seed: int, *, have_written: bool = False) -> tuple[Row, ...]:
    """
    Give the people of `NAMES` as this provider knows them; they are in the world now, as if they had written or not.

    They hang on the seed alone, so that a bot that `fire` writes to in their name can answer to a mock API of `serve`.
    """
    start_ms = instant_ms(START)
    rows = tuple(person(provider, seed=seed, start_ms=start_ms, name=name) for name in NAMES)
    for row in rows:
        world.apply(Put(table="users", key=str(row["id"]), row=row))
        ids = Ids(provider.ids, stream(seed, start_ms, "introduction", str(row["id"])), start_ms)
        text = Act(verb="text", value="", user=row)
        for occurrence in (provider.acts(text, world, ids) or ()) if have_written else ():
            for effect in occurrence.effects:
                if isinstance(effect, Put | Remove):
                    world.apply(effect)
    return rows


def unknown_event(event_type: str, catalog: catalogs.Catalog) -> Problem:
    """Give what is to be said about an event type that a provider does not have."""
    return Problem(
        code="unknown-event-type",
        what=f'unknown event type "{event_type}"',
        where="EVENT",
        why=f"{catalog.title} has: {', '.join(catalog.events)}",
        fix=did_you_mean(event_type, catalog.events, "use one of them"),
    )
