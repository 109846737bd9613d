"""Payloads that are unusual on purpose: the valid ones fit the schema, the others do not, where their label says."""

from __future__ import annotations

import json

import jsonschema_rs
import pytest

from simulator import catalog as catalogs
from simulator import paths
from simulator.corpus import mix as mixes
from simulator.corpus.corners import EXTRA, LARGEST, TEXTS, TIMES
from simulator.corpus.press import Press
from simulator.corpus.recipe import Recipe
from simulator.corpus.recognition import time_ms
from simulator.schema.event import event_schema

START_MS = 1_767_603_600_000


def corners(provider, **shares):
    """Give event, label and body of the unusual payloads among four hundred."""
    catalog = catalogs.load(provider)
    recipe = Recipe(provider=provider, mix=mixes.usual(catalog), seed=2, start_ms=START_MS, count=400, **shares)
    press = Press(recipe, {})
    for number, row in enumerate(press.rows(0)[:400]):
        corner = press.corner(number, row)
        if corner is not None:
            yield recipe.plan().kinds[row[0]], corner, press.body(number, row)


def validator(provider, event):
    catalog = catalogs.load(provider)
    return jsonschema_rs.validator_for(event_schema(catalog.events[event], catalog))


@pytest.mark.parametrize("provider", catalogs.names())
def test_nasty_payload_is_valid(provider):
    found = list(corners(provider, edge=1.0))

    assert len({corner.kind for _, corner, _ in found}) >= 6
    for event, corner, body in found:
        errors = [error.message for error in validator(provider, event).iter_errors(json.loads(body))]
        # The schema tells what there is today; a field of tomorrow is all that it may find, and what a bot bears with.
        strangers = [error for error in errors if EXTRA[0] in error]
        assert len(strangers) == (corner.kind == "extra-field"), (event, corner)
        assert errors == strangers, (event, corner)


@pytest.mark.parametrize("provider", catalogs.names())
def test_nasty_payload_is_what_its_label_says(provider):
    for event, corner, body in corners(provider, edge=1.0):
        kind, _, name = corner.kind.partition("-")
        value = paths.get(json.loads(body), corner.path) if corner.path else None
        wanted = {"text": TEXTS.get(name), "largest": LARGEST, "extra": EXTRA[1]}
        if kind in wanted:
            assert value == wanted[kind], (event, corner)
        if kind == "time":
            assert time_ms(int(value) if str(value).isdecimal() else value) // 1000 == TIMES[name] // 1000, (
                event,
                corner,
            )


@pytest.mark.parametrize("provider", catalogs.names())
def test_faulty_payload_is_wrong_where_its_label_says(provider):
    found = list(corners(provider, invalid=1.0))

    assert {corner.kind for _, corner, _ in found} == {"wrong-type", "missing-field", "truncated"}
    for event, corner, body in found:
        if corner.kind == "truncated":
            with pytest.raises(ValueError, match=r"."):
                json.loads(body)
            continue
        errors = list(validator(provider, event).iter_errors(json.loads(body)))
        name = corner.path.rpartition(".")[2]
        assert any(name in error.message or name in map(str, error.instance_path) for error in errors), (event, corner)
