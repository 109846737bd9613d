"""ScheduledEvent → Payload: the exact bytes of one event, the same in every process for the same seed and start."""

from __future__ import annotations

from functools import partial
from typing import Any

from simulator import paths, templates
from simulator.catalog import BodyStyle, Catalog, EventFact
from simulator.errors import InputError, Problem, did_you_mean
from simulator.ids import Ids
from simulator.paths import UnknownPath
from simulator.provider import Provider
from simulator.records import Payload, ScheduledEvent
from simulator.render.encode import encode
from simulator.render.template import Scene, fill, write
from simulator.seeds import stream
from simulator.world import World

__all__ = ["encode", "render"]


def render(
    event: ScheduledEvent,
    *,
    catalog: Catalog,
    provider: Provider,
    world: World,
    seed: int,
    start_ms: int,
    attempt: int = 1,
) -> Payload:
    """
    Give the payload of an event: its template filled, its overrides laid over it, written in the provider's style.

    It hangs on the seed, the start and the event alone, not on what was rendered before. A raw body is sent as it is: a
    text or bytes untouched, anything else in the provider's style.

    Raises:
        InputError: there is no such event type, an override names an unknown path, or the template is broken.
    """
    style = catalog.body.under(world.options)
    fresh = partial(_ids, event, provider, seed, start_ms)
    if event.raw is not None:
        return _payload(event, _raw(event, provider, style, world), style, fresh())
    scene = Scene(
        event=event,
        fact=_fact(event, catalog),
        templates=templates.of(catalog, provider),
        world=world,
        seed=seed,
        start_ms=start_ms,
        attempt=attempt,
    )
    if not event.overrides and provider.encode is None:
        ids = fresh()
        body = write(scene, ids, style)
        if body is not None:
            return _payload(event, body, style, ids)
    ids = fresh()
    value = _overridden(fill(scene, ids), event)
    return _payload(event, _encoded(value, provider, style, world), style, ids)


def _ids(event: ScheduledEvent, provider: Provider, seed: int, start_ms: int) -> Ids:
    return Ids(provider.ids, stream(seed, start_ms, "ids", event.id), event.due_ms)


def _payload(event: ScheduledEvent, body: bytes, style: BodyStyle, ids: Ids) -> Payload:
    return Payload(
        event_id=event.id,
        type=event.type,
        body=body,
        content_type=style.content_type,
        ids=ids.drawn,
        cause=event.cause,
    )


def _raw(event: ScheduledEvent, provider: Provider, style: BodyStyle, world: World) -> bytes:
    body = _overridden(event.raw, event)
    if isinstance(event.raw, str | bytes):
        return _as_it_is(body)
    return _encoded(body, provider, style, world)


def _fact(event: ScheduledEvent, catalog: Catalog) -> EventFact:
    fact = catalog.events.get(event.type)
    if fact is not None:
        return fact
    names = ", ".join(catalog.events)
    raise InputError(
        Problem(
            code="unknown-event-type",
            what=f'unknown event type "{event.type}"',
            why=f"{catalog.title} has: {names}",
            fix=did_you_mean(event.type, catalog.events, "use one of them"),
        )
    )


def _overridden(body: Any, event: ScheduledEvent) -> Any:
    """Give the body with the event's overrides laid over it in order; all that fit nowhere are told at once."""
    problems = []
    for path, value in event.overrides.items():
        may_be_new = path.startswith("+")
        try:
            body = paths.put(body, path.removeprefix("+"), value, may_be_new=may_be_new)
        except UnknownPath as error:
            problems.append(_unknown_path(error, event, may_be_new=may_be_new))
    if problems:
        raise InputError(*problems)
    return body


def _unknown_path(error: UnknownPath, event: ScheduledEvent, *, may_be_new: bool) -> Problem:
    near = error.nearest
    otherwise = (
        "something on the way to it is no object and no list" if may_be_new else f'mark it as new: "+{error.path}"'
    )
    return Problem(
        code="unknown-path",
        what=f'the body has no field "{error.path}"',
        at=event.type,
        why=otherwise if may_be_new else f'only fields that "{event.type}" has can be changed',
        fix=f'did you mean "{near}"?' if near else "" if may_be_new else otherwise,
    )


def _as_it_is(body: str | bytes) -> bytes:
    return body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")


def _encoded(body: Any, provider: Provider, style: BodyStyle, world: World) -> bytes:
    return provider.encode(body, world.options) if provider.encode is not None else encode(body, style)
