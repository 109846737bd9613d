"""Every template on disk: all ways of writing its payloads give the same bytes."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator import catalog as catalogs
from simulator import providers, templates
from simulator.corpus.counts import lists_of
from simulator.corpus.draws import Place
from simulator.corpus.mix import Mix
from simulator.corpus.press import Press
from simulator.corpus.recipe import Recipe
from simulator.corpus.writing import Writing
from simulator.ids import Ids
from simulator.records import ScheduledEvent
from simulator.render import encode
from simulator.render.template import Scene, fill, program_of, write
from simulator.schema.event import event_schema
from simulator.seeds import stream
from simulator.world import Put, World

START_MS = 1_767_603_600_000
EVENTS = [(provider, event) for provider in catalogs.names() for event in catalogs.load(provider).events]

exploring = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)


def options_of(catalog):
    """Give a strategy for options that somebody may set."""
    choices = {
        option.name: st.sampled_from(option.values) for option in catalog.options.values() if option.values is not None
    }
    return st.fixed_dictionaries({}, optional=choices)


def world_of(catalog, options):
    world = World(
        credentials=catalogs.credentials_with(catalog, {}, ""),
        options={**catalogs.options_with(catalog, {}, ""), **options},
        limits=catalog.limits,
    )
    world.apply(Put(table="account", key="account", row=catalog.account))
    return world


@pytest.mark.parametrize("provider_id", catalogs.names())
@exploring
@given(data=st.data())
def test_compiled_template_gives_the_bytes_of_the_sandbox(provider_id, data):
    catalog, provider = catalogs.load(provider_id), providers.load(provider_id)
    name = data.draw(st.sampled_from(sorted(catalog.events)))
    seed, number = data.draw(st.integers(0, 2**32)), data.draw(st.integers(0, 10**6))
    world = world_of(catalog, data.draw(options_of(catalog)))
    event = ScheduledEvent(
        id=f"{name}/{number}", provider=provider_id, type=name, values={}, due_ms=START_MS + number, cause=""
    )
    scene = Scene(
        event=event,
        fact=catalog.events[name],
        templates=templates.of(catalog, provider),
        world=world,
        seed=seed,
        start_ms=START_MS,
        attempt=1,
    )
    style = catalog.body.under(world.options)

    def ids():
        return Ids(provider.ids, stream(seed, START_MS, "ids", event.id), event.due_ms)

    assert write(scene, ids(), style) == encode(fill(scene, ids()), style)


@pytest.mark.parametrize(("provider_id", "event"), EVENTS)
def test_template_is_compiled(provider_id, event):
    catalog, provider = catalogs.load(provider_id), providers.load(provider_id)
    style = catalog.body.under(catalogs.options_with(catalog, {}, ""))
    found = program_of(templates.of(catalog, provider), catalog.events[event], style)

    assert not isinstance(found, str), found


@pytest.mark.parametrize(("provider_id", "event"), EVENTS)
def test_payload_of_a_corpus_is_that_of_the_sandbox(provider_id, event):
    catalog = catalogs.load(provider_id)
    mix = replace(Mix(events={event: 1.0}), turn_ids=("message",), talk_ids=("conversation",))
    press = Press(Recipe(provider=provider_id, mix=mix, seed=5, start_ms=START_MS, count=100), {})
    ids = press.studio.provider.ids
    press.studio.turn_ids = frozenset(name for name in mix.turn_ids if name in ids)
    press.studio.talk_ids = frozenset(name for name in mix.talk_ids if name in ids)
    rows = press.rows(0)[:12]
    made = [press.body(number, row) for number, row in enumerate(rows)]

    assert catalog.events[event]
    assert made == [press.studio.sandboxed(Place(number, *row), {}) for number, row in enumerate(rows)]


@pytest.mark.parametrize(("provider_id", "event"), EVENTS)
def test_payload_of_a_mix_is_that_of_the_sandbox_and_fits_its_schema(provider_id, event):
    catalog = catalogs.load(provider_id)
    counts = {name: {1: 1.0, 2: 1.0, 3: 1.0} for name in lists_of(catalog.events[event])}
    writing = Writing(scripts=(("emoji", 0.25), ("right-to-left", 0.25), ("cjk", 0.25)))
    mix = Mix(events={event: 1.0}, writing=writing, counts={event: counts} if counts else {})
    press = Press(Recipe(provider=provider_id, mix=mix, seed=5, start_ms=START_MS, count=100), {})
    rows = press.rows(0)[:12]
    made = [press.body(number, row) for number, row in enumerate(rows)]
    validator = jsonschema_rs.validator_for(event_schema(catalog.events[event], catalog))

    assert made == [press.studio.sandboxed(Place(number, *row), {}) for number, row in enumerate(rows)]
    assert [error.message for body in made for error in validator.iter_errors(json.loads(body))] == []
