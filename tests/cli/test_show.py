from __future__ import annotations

from simulator import catalog
from tests.cli.conftest import Simulate


def test_provider_is_shown_with_what_it_does_not_imitate(simulate: Simulate) -> None:
    done = simulate("show", "viber")

    assert done.code == 0
    assert done.lines[0].startswith("Viber (viber)")
    for section in ("Credentials", "Options (--option NAME=VALUE)", "Events", "Operations", "Not imitated", "Sources"):
        assert section in done.lines


def test_provider_as_json_has_every_fact(simulate: Simulate) -> None:
    found, facts = simulate("show", "viber", "--json").json, catalog.load("viber")

    assert [each["event"] for each in found["events"]] == list(facts.events)
    assert [each["name"] for each in found["options"]] == list(facts.options)
    assert found["delivery"]["delays"] == ["5s", "30s", "2m", "10m", "30m"]
    assert found["sources"] == dict(facts.sources)


def test_what_can_be_done_in_a_named_conversation_is_shown_where_there_are_any(simulate: Simulate) -> None:
    lines = [line for line in simulate("show", "canvas").lines if "(in: NAME)" in line]

    assert lines == [
        "In a conversation that given: names (in: NAME) an actor can do text, image, video, audio, file, url, event."
    ]
    assert "(in: NAME)" not in simulate("show", "viber").out


def test_event_is_shown_with_its_fields(simulate: Simulate) -> None:
    done = simulate("show", "viber", "message/text")

    assert any(line.split()[:3] == ["message.text", "text", "required"] for line in done.lines)


def test_event_as_json_names_the_source_of_each_field(simulate: Simulate) -> None:
    found = simulate("show", "viber", "conversation_started", "--json").json

    assert found["event"] == "conversation_started"
    assert all(each["source"] for each in found["fields"])


def test_unknown_event_is_told_with_the_nearest(simulate: Simulate) -> None:
    done = simulate("show", "viber", "conversation_startd")

    assert done.code == 2
    assert 'did you mean "conversation_started"?' in done.err


def test_event_tells_which_way_its_template_takes(simulate: Simulate) -> None:
    assert "template: compiled" in simulate("show", "viber", "seen").lines
