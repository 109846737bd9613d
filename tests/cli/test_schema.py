from __future__ import annotations

from tests.cli.conftest import Simulate


def test_schema_of_a_scenario_is_json_schema(simulate: Simulate) -> None:
    done = simulate("schema", "scenario")

    assert done.code == 0
    assert done.json["$schema"].startswith("https://json-schema.org/")
    assert "steps" in done.json["properties"]


def test_unknown_kind_is_wrong_input(simulate: Simulate) -> None:
    assert simulate("schema", "provider").code == 2
