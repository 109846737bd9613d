"""Payloads that are unusual on purpose: the valid ones fit the schema, the others do not, where their label says."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema_rs
import pytest

from simulator import catalog as catalogs
from simulator import paths
from simulator.catalog import EventFact, FieldFact
from simulator.corpus import mix as mixes
from simulator.corpus.corners import EXTRA, LARGEST, TEXTS, TIMES, Corner, chances_of, changed, corner_of
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
def test_faulty_payload_is_wrong_where_its_label_says_and_nowhere_else(provider):
    found = list(corners(provider, invalid=1.0))

    assert {corner.kind for _, corner, _ in found} == {"wrong-type", "missing-field", "truncated"}
    for event, corner, body in found:
        if corner.kind == "truncated":
            with pytest.raises(ValueError, match=r"."):
                json.loads(body)
            continue
        errors = list(validator(provider, event).iter_errors(json.loads(body)))
        *above, name = paths.split(corner.path)
        place = [*above, name] if corner.kind == "wrong-type" else above
        assert [list(error.instance_path) for error in errors] == [place] * len(errors), (event, corner)
        assert errors, (event, corner)
        assert corner.kind == "wrong-type" or f'"{name}" is a required property' in errors[0].message


def field(path, type_, **more):
    return {path: FieldFact(path=path, type=type_, source="", **more)}


def event_with(fields):
    return EventFact(type="told", summary="", template=Path(), fields=fields, source="")


def test_list_that_is_none_today_gets_a_value_that_is_no_list():
    fact = event_with(field("tags", "list|null"))

    assert changed({"tags": None}, Corner(kind="wrong-type", path="tags"), fact) == {"tags": "not a list"}


def test_key_with_a_dot_can_be_missing():
    fact = event_with(field(r"meta.media\.type", "text"))
    corner = Corner(kind="missing-field", path=r"meta.media\.type")

    assert changed({"meta": {"media.type": "image", "id": 1}}, corner, fact) == {"meta": {"id": 1}}


def test_time_that_is_none_today_gets_one_in_the_form_of_its_field():
    fact = event_with(field("until", "text|null", pattern="[0-9-]{10}T[0-9:]{8}Z"))

    assert changed({"until": None}, Corner(kind="time-leap-day", path="until"), fact) == {
        "until": "2028-02-29T12:00:00Z"
    }


def test_field_that_may_not_be_empty_never_is():
    fact = event_with(field("name", "text", pattern=r"[\s\S]{1,20}"))
    chances = chances_of(fact)
    drawn = [corner_of(b"", number, chances, edge=1.0, invalid=0.0, has_signature=False) for number in range(400)]
    kinds = {corner.kind for corner in drawn if corner.path == "name"}

    assert {"text-one-character", "text-invisible"} <= kinds
    assert not kinds & {"text-empty", "text-long", "time-leap-day"}
