from __future__ import annotations

import pytest

from simulator import catalog
from tests.cli.conftest import Simulate


def test_providers_are_the_default(simulate: Simulate) -> None:
    done = simulate("list")

    assert [line.split()[0] for line in done.lines] == list(catalog.names())


def test_events_as_json_have_what_other_programs_rely_on(simulate: Simulate) -> None:
    found = simulate("list", "events", "viber", "--json").json

    assert found
    for each in found:
        assert {"provider", "event", "summary", "source"} <= set(each)
        assert all(each[name] for name in ("provider", "event", "summary", "source"))


def test_every_listed_event_is_what_render_takes(simulate: Simulate) -> None:
    for each in simulate("list", "events", "--json").json:
        done = simulate("render", each["provider"], each["event"])

        assert done.code == 0, done.err
        assert done.raw


def test_operations_tell_their_routes(simulate: Simulate) -> None:
    found = {each["operation"]: each for each in simulate("list", "operations", "--json").json}

    assert found["send_message"]["routes"] == ["POST /pa/send_message"]
    assert found["send_message"]["is_reply"] is True


def test_scenarios_that_come_with_it_are_listed(simulate: Simulate) -> None:
    found = simulate("list", "scenarios", "--json").json

    assert any(each["file"].endswith("demo.yaml") and "viber" in each["providers"] for each in found)


@pytest.mark.parametrize("kind", ["providers", "events", "operations", "scenarios"])
def test_every_kind_is_a_table_for_people(simulate: Simulate, kind: str) -> None:
    done = simulate("list", kind)

    assert done.code == 0
    assert done.lines


def test_unknown_provider_is_told_with_the_nearest(simulate: Simulate) -> None:
    done = simulate("list", "events", "vibr")

    assert done.code == 2
    assert 'did you mean "viber"?' in done.err


def test_unknown_kind_is_wrong_input(simulate: Simulate) -> None:
    done = simulate("list", "evnts")

    assert done.code == 2
    assert "[bad-value]" in done.err


# --- fidelity


def test_fidelity_tells_what_has_proven_an_event(simulate: Simulate) -> None:
    found = {each["event"]: each for each in simulate("list", "events", "viber", "--fidelity", "--json").json}

    assert found["message/text"]["fidelity"] == "proven"
    assert any(by.startswith("viberbot ") for by in found["message/text"]["by"])
    assert (found["client_status"]["fidelity"], found["client_status"]["by"]) == ("documented", [])
    assert all({"source", "unknown_fields"} <= each.keys() for each in found.values())


def test_fidelity_is_a_table_that_ends_in_totals(simulate: Simulate) -> None:
    lines = simulate("list", "operations", "--fidelity").lines
    last = lines[-1].split()

    assert last[0] == "all"
    assert sum(int(word) for word in last if word.isdigit()) == 2 * int(last[-1])
    assert len(lines) == int(last[-1]) + 1 + len(catalog.names()) + 1


def test_fidelity_of_one_provider_has_one_total(simulate: Simulate) -> None:
    lines = simulate("list", "events", "viber", "--fidelity").lines

    assert lines[-2] == ""
    assert lines[-1].split()[0] == "viber"


@pytest.mark.parametrize("kind", ["providers", "scenarios"])
def test_fidelity_is_of_events_and_operations_alone(simulate: Simulate, kind: str) -> None:
    done = simulate("list", kind, "--fidelity")

    assert done.code == 2
    assert f"not of {kind}" in done.err
