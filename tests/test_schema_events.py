"""The JSON Schemas of events, made of the files of fields; that events keep to them is tested for every provider."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from simulator import catalog
from simulator.catalog import Catalog, EventFact, FieldFact
from simulator.schema import DRAFT, event_schema, events_schema


def catalog_with(*fields: FieldFact) -> Catalog:
    event = EventFact(type="a/b", summary="Something happened.", template=Path(), fields=by_path(fields), source="page")
    facts = {"title": "Acme", "api_version": "2", "sources": {"page": "the page", "seen": "what was seen"}}
    others = {name: {} for name in ("credentials", "endpoints", "operations", "errors", "verbs", "limits", "account")}
    return Catalog(
        id="acme",
        api_base="",
        folder=Path(),
        about="",
        events={"a/b": event},
        reply_fields=(),
        policy=None,  # type: ignore[arg-type]
        body=None,  # type: ignore[arg-type]
        **facts,  # type: ignore[arg-type]
        **others,  # type: ignore[arg-type]
    )


def by_path(fields: tuple[FieldFact, ...]) -> Mapping[str, FieldFact]:
    return {each.path: each for each in fields}


def field(path: str, type_: str = "text", **facts: Any) -> FieldFact:
    return FieldFact(path=path, type=type_, **{"source": "page", **facts})


def is_valid(value: Any, *fields: FieldFact) -> bool:
    facts = catalog_with(*fields)
    return jsonschema_rs.Draft202012Validator(event_schema(facts.events["a/b"], facts)).is_valid(value)


# --- facts → schema


def test_schema_says_its_draft_what_it_is_of_and_where_that_was_read() -> None:
    facts = catalog_with(field("text", about="what was said", source="page, seen"))
    schema = event_schema(facts.events["a/b"], facts)

    assert (schema["$schema"], schema["title"], schema["description"]) == (DRAFT, "Acme: a/b", "Something happened.")
    assert schema["properties"]["text"] == {
        "description": "what was said",
        "$comment": "source: the page; what was seen",
        "type": "string",
    }


def test_required_fields_are_asked_for_and_others_are_not() -> None:
    fields = (field("a"), field("b", presence="conditional"), field("c", presence="optional 40%"))

    assert is_valid({"a": ""}, *fields)
    assert is_valid({"a": "", "b": "", "c": ""}, *fields)
    assert not is_valid({"b": "", "c": ""}, *fields)


def test_what_is_required_inside_is_asked_for_only_where_the_outside_is_there() -> None:
    fields = (field("user", "object", presence="conditional"), field("user.id"))

    assert is_valid({}, *fields)
    assert not is_valid({"user": {}}, *fields)


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("text", "a", 1),
        ("integer", 2**62, 1.5),
        ("integer", 0, True),
        ("number", 1.5, "1"),
        ("boolean", False, 0),
        ("object", {"any": [1]}, []),
        ("list", [1, "a"], {}),
        ("text|integer", 7, None),
        ("text|null", None, 7),
        ("text|null", "a", {}),
        ("null", None, ""),
    ],
)
def test_values_are_of_the_type_that_is_written_down(kind: str, good: Any, bad: Any) -> None:
    assert is_valid({"a": good}, field("a", kind))
    assert not is_valid({"a": bad}, field("a", kind))


def test_anything_may_stand_where_the_type_is_any() -> None:
    assert all(is_valid({"a": value}, field("a", "any")) for value in (None, 1, "", [], {}))


def test_values_and_patterns_hold_for_the_whole_value() -> None:
    assert is_valid({"a": "x"}, field("a", values=("x", "y")))
    assert not is_valid({"a": "xy"}, field("a", values=("x", "y")))
    assert is_valid({"a": "ab"}, field("a", pattern="a|ab"))
    assert not is_valid({"a": "abc"}, field("a", pattern="a|ab"))


def test_pattern_says_nothing_of_null() -> None:
    assert is_valid({"a": None}, field("a", "text|null", pattern="[0-9]+"))
    assert not is_valid({"a": "x"}, field("a", "text|null", pattern="[0-9]+"))


def test_nothing_else_may_stand_where_the_insides_are_written_down() -> None:
    fields = (field("a", "object"), field("a.b"))

    assert not is_valid({"a": {"b": "", "c": ""}}, *fields)
    assert not is_valid({"a": {"b": ""}, "z": 1}, *fields)


def test_facts_about_the_first_element_hold_for_all() -> None:
    fields = (field("a", "list"), field("a.0", "object"), field("a.0.b"))

    assert is_valid({"a": [{"b": ""}, {"b": ""}]}, *fields)
    assert not is_valid({"a": [{"b": ""}, {}]}, *fields)
    assert not is_valid({"a": []}, *fields)


def test_list_may_be_empty_where_no_element_is_required() -> None:
    assert is_valid({"a": []}, field("a", "list"), field("a.0", presence="conditional"))


def test_dot_of_a_key_is_no_step_inside() -> None:
    assert is_valid({"a.b": ""}, field(r"a\.b"))


def test_schema_of_all_events_takes_each_of_them() -> None:
    facts = catalog_with(field("a"))
    validator = jsonschema_rs.Draft202012Validator(events_schema(facts))

    assert list(events_schema(facts)["$defs"]) == ["a/b"]
    assert validator.is_valid({"a": ""})
    assert not validator.is_valid({"b": ""})


# --- what is made


@pytest.mark.parametrize("provider_id", catalog.names())
def test_schema_of_a_whole_provider_is_valid(provider_id: str) -> None:
    schema = events_schema(catalog.load(provider_id))

    jsonschema_rs.meta.validate(schema)
    assert jsonschema_rs.Draft202012Validator(schema)
