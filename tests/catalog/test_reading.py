from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from simulator import catalog as catalogs
from simulator import data
from simulator.catalog import Catalog, read
from simulator.catalog.reading import file_stem
from simulator.errors import InputError, Problem

from .conftest import FILES, Write

WithLine = Callable[[str, str], Path]


def problems_of(folder: Path) -> list[Problem]:
    with pytest.raises(InputError) as caught:
        read(folder)
    return list(caught.value.problems)


def only_problem(folder: Path) -> Problem:
    (problem,) = problems_of(folder)
    return problem


@pytest.fixture
def catalog(write: Write) -> Catalog:
    return read(write())


def test_whole_folder_gives_its_id_and_title(catalog: Catalog) -> None:
    assert (catalog.id, catalog.title, catalog.api_base) == ("acme", "Acme Chat", "/api")


def test_event_has_its_files_and_its_place_in_the_mix(catalog: Catalog) -> None:
    event = catalog.events["note:text"]

    assert event.template.name == "note-text.json.j2"
    assert event.weight == 3
    assert event.is_mandatory


def test_values_of_an_event_are_expressions_as_spelled(catalog: Catalog) -> None:
    assert catalog.events["note:text"].values == {"text": "fake.sentence()", "size": "3"}


def test_optional_field_has_its_chance(catalog: Catalog) -> None:
    fields = catalog.events["note:text"].fields

    assert fields["size"].chance == 0.4
    assert fields["text"].chance == 1.0
    assert fields["mood"].values == ("glad", "sad")


def test_durations_are_milliseconds(catalog: Catalog) -> None:
    assert catalog.policy.timeout_ms == 3_000
    assert catalog.policy.delays_ms == (1_000, 60_000)
    assert catalog.options["wait"].default == 5_000


def test_limits_are_their_values(catalog: Catalog) -> None:
    assert catalog.limits == {"text": 10}


def test_colon_of_an_event_type_is_a_hyphen_in_its_file() -> None:
    assert file_stem("message:appUser/image") == "message-appUser/image"


def place_of(text: str, piece: str) -> str:
    """Give line and column of the sign ‹ in a piece of a text that stands there without the sign."""
    at = text.index(piece.replace("‹", "")) + piece.index("‹")
    return f"{text.count(chr(10), 0, at) + 1}:{at - text.rfind(chr(10), 0, at)}"


@pytest.mark.parametrize(
    ("old", "new", "code", "fix"),
    [
        ("\nlimits:", "\n‹limit:", "unknown-key", 'did you mean "limits"?'),
        ("title: Acme Chat\n", "‹", "missing-key", "write `title:`"),
        ("default: s3cret, source: page", "default: s3cret", "missing-source", ""),
        ("s3cret, source: page", "s3cret, source: ‹pag", "unknown-source", '"page"'),
        ("text: {value: 10, source: page}", "text: ‹{value: 10}", "missing-source", ""),
        ("send: {summary: Sends., reply: true, routes: [POST /api/send]", "send: ‹{routes: []", "bad-route", "[POST /"),
        ("send: {summary: Sends., reply: true, routes: [POST /api/send]", "send: ‹{routes: [x]", "bad-route", ""),
        ("routes: [POST /api/send]", "routes: ‹POST", "wrong-type", ""),
        ("text: note:text", "text: ‹note:txt", "unknown-event-type", '"note:text"'),
        ("setting: wait", "setting: ‹wiat", "unknown-option", '"wait"'),
        ("option: shape, ", "option: ‹shpe, ", "unknown-option", '"shape"'),
        ("{ascii: false}", "{‹asci: false}", "unknown-key", '"ascii"'),
        ("timeout: 3s", "timeout: ‹soon", "bad-duration", "write it as `5s`"),
        ("status: 429", "status: ‹many", "wrong-type", ""),
        ("weight: 3", "weight: ‹much", "wrong-type", ""),
        ("mandatory: true", "mandatory: ‹maybe", "wrong-type", ""),
        ("weight: 3", "‹wieght: 3", "unknown-key", '"weight"'),
        ("default: round", "default: ‹oval", "bad-option", ""),
        ("kind: duration", "kind: ‹time", "unknown-kind", ""),
        ("gone: {}", "gone: {}\n  ‹went: {}", "missing-template", "write the file"),
    ],
)
def test_wrong_line_is_refused_with_its_place(with_line: WithLine, old: str, new: str, code: str, fix: str) -> None:
    folder = with_line(old, new.replace("‹", ""))
    piece = new if "‹" in new else "‹{about: the secret"
    place = place_of((folder / "provider.yaml").read_text(), piece)

    found = [problem for problem in problems_of(folder) if problem.code == code]

    assert [problem.where for problem in found] == [f"templates/acme/provider.yaml:{place}"]
    assert fix in found[0].fix


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("type: text, source: page}", "type: ‹txt, source: page}", "unknown-type"),
        ("integer|text", "‹integer|txt", "unknown-type"),
        ("optional 40%", "‹optional 400%", "unknown-presence"),
        ("optional 40%", "‹often", "unknown-presence"),
        ('"[a-z]+"', '‹"[a-z+"', "bad-pattern"),
        ("text: {type: text, source: page}", "text: ‹{type: text}", "missing-source"),
        ("fields:", "‹feilds:", "unknown-key"),
    ],
)
def test_wrong_line_of_an_event_is_refused_with_its_place(write: Write, old: str, new: str, code: str) -> None:
    text = FILES["events/note-text.yaml"]
    assert old in text
    wrong = text.replace(old, new.replace("‹", ""), 1)

    problems = problems_of(write({"events/note-text.yaml": wrong}))

    place = f"templates/acme/events/note-text.yaml:{place_of(wrong, new)}"
    assert (code, place) in [(problem.code, problem.where) for problem in problems]


def test_all_problems_of_all_files_come_together_in_order(write: Write) -> None:
    changes = {
        "provider.yaml": FILES["provider.yaml"].replace("limits:", "limit:").replace("title: Acme Chat\n", ""),
        "events/gone.yaml": "{summary: A person left., sorce: seen, fields: {}}",
    }

    problems = problems_of(write(changes))

    assert [problem.code for problem in problems] == [
        "missing-source",
        "unknown-key",
        "missing-key",
        "missing-key",
        "unknown-key",
    ]
    assert [problem.where for problem in problems] == sorted(problem.where for problem in problems)


@pytest.mark.parametrize("name", ["events/gone.json.j2", "api/send.json.j2", "api/error.json.j2"])
def test_missing_template_is_told_where_it_is_declared(write: Write, name: str) -> None:
    problem = only_problem(write({name: None}))

    assert problem.code == "missing-template"
    assert problem.where.startswith("templates/acme/provider.yaml:")
    assert name in problem.what


def test_missing_facts_of_an_event_are_told(write: Write) -> None:
    assert only_problem(write({"events/gone.yaml": None})).code == "unreadable-file"


@pytest.mark.parametrize("name", ["events/gonee.json.j2", "events/gonee.yaml"])
def test_file_of_an_undeclared_event_is_refused(write: Write, name: str) -> None:
    problem = only_problem(write({name: "{}"}))

    assert problem.code == "undeclared-event"
    assert problem.where == f"templates/acme/{name}"
    assert problem.fix == 'did you mean "gone"?'


def test_broken_yaml_of_an_event_is_told_beside_other_problems(write: Write) -> None:
    changes = {
        "provider.yaml": FILES["provider.yaml"].replace("limits:", "limit:"),
        "events/gone.yaml": "{summary: [}",
    }

    codes = {problem.code for problem in problems_of(write(changes))}

    assert {"broken-yaml", "unknown-key"} <= codes


def test_folder_without_provider_yaml_is_refused(write: Write) -> None:
    assert only_problem(write({"provider.yaml": None})).code == "unreadable-file"


@pytest.mark.parametrize("provider_id", catalogs.names())
def test_events_read_one_by_one_are_those_that_are_read_at_once(provider_id: str) -> None:
    at_once = catalogs.read(data.folder("templates") / provider_id)
    one_by_one = catalogs.load(provider_id)

    assert dict(one_by_one.events) == dict(at_once.events)
    assert "no such event" not in one_by_one.events
