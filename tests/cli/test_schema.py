from __future__ import annotations

from tests.cli.conftest import Simulate


def test_schema_of_a_scenario_is_json_schema(simulate: Simulate) -> None:
    done = simulate("schema", "scenario")

    assert done.code == 0
    assert done.json["$schema"].startswith("https://json-schema.org/")
    assert "steps" in done.json["properties"]


def test_scenario_is_what_is_meant_where_nothing_is_named(simulate: Simulate) -> None:
    assert simulate("schema").raw == simulate("schema", "scenario").raw


def test_schema_of_an_event_says_its_fields(simulate: Simulate) -> None:
    done = simulate("schema", "viber", "delivered")

    assert done.code == 0
    assert done.json["$schema"].startswith("https://json-schema.org/")
    assert done.json["properties"]["event"]["enum"] == ["delivered"]
    assert "chat_id" not in done.json["required"]


def test_schema_of_a_provider_has_all_its_events(simulate: Simulate) -> None:
    found = simulate("schema", "viber").json
    events = [each["event"] for each in simulate("list", "events", "viber", "--json").json]

    assert list(found["$defs"]) == events
    assert found["anyOf"][0] == {"$ref": "#/$defs/message~1text"}


def test_unknown_event_is_told_with_the_nearest(simulate: Simulate) -> None:
    done = simulate("schema", "viber", "delivred")

    assert done.code == 2
    assert 'did you mean "delivered"?' in done.err


def test_unknown_provider_is_wrong_input(simulate: Simulate) -> None:
    done = simulate("schema", "vibr")

    assert done.code == 2
    assert 'did you mean "viber"?' in done.err


def test_event_of_a_scenario_is_wrong_input(simulate: Simulate) -> None:
    assert simulate("schema", "scenario", "steps").code == 2
