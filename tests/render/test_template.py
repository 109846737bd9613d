from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.catalog import BodyStyle
from simulator.errors import InputError
from simulator.records import Payload, ScheduledEvent
from simulator.render import render
from simulator.world import Put
from tests import sample_provider as sample

START_MS = 1_767_603_600_000

EVENTS = st.lists(st.text(max_size=8), min_size=1, max_size=6, unique=True)


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    return sample.catalog(tmp_path_factory.mktemp("render"))


def event(name: str = "greeting", **changes) -> ScheduledEvent:
    given = {"provider": "sample", "type": "text", "values": {}, "due_ms": START_MS + 500, "cause": ""}
    return ScheduledEvent(id=name, **{**given, **changes})


def rendered(catalog, asked: ScheduledEvent, **changes) -> Payload:
    given = {"provider": sample.PROVIDER, "world": sample.world(), "seed": 42, "start_ms": START_MS}
    return render(asked, catalog=catalog, **{**given, **changes})


def body_of(catalog, asked: ScheduledEvent, **changes):
    return json.loads(rendered(catalog, asked, **changes).body)


def test_template_is_filled_from_event_user_account_time_and_options(catalog):
    world = sample.world()
    world.apply(Put(table="users", key="u-1", row={"id": "u-1", "name": "Ana"}))
    world.apply(Put(table="account", key="account", row={"name": "Other bot"}))
    body = body_of(catalog, event(actor="u-1", values={"text": "hi"}), world=world)

    assert body["user"] == {"id": "u-1", "name": "Ana"}
    assert body["account"] == "Other bot"
    assert (body["at"], body["at_s"], body["at_text"]) == (START_MS + 500, 1_767_603_600, "2026-01-05T09:00:00.500Z")
    assert (body["text"], body["option"], body["attempt"]) == ("hi", "plain", 1)


def test_account_of_the_catalog_stands_in_for_a_missing_one(catalog):
    assert body_of(catalog, event())["account"] == "Shop bot"


def test_payload_tells_its_type_and_the_ids_that_were_drawn(catalog):
    found = rendered(catalog, event())
    body = json.loads(found.body)

    assert (found.event_id, found.type, found.content_type) == ("greeting", "text", "application/json")
    assert found.ids == {"event": body["id"], "token": body["token"]}


def test_whole_numbers_keep_all_their_digits(catalog):
    found = rendered(catalog, event())

    assert str(found.ids["token"]).encode() in found.body
    assert found.ids["token"] > 2**53


@given(names=EVENTS, seed=st.integers(0, 2**64))
@settings(max_examples=20)
def test_payload_does_not_hang_on_what_was_rendered_before(catalog, names, seed):
    forwards = [rendered(catalog, event(name), seed=seed).body for name in names]
    backwards = [rendered(catalog, event(name), seed=seed).body for name in reversed(names)]

    assert forwards == backwards[::-1]


@given(name=st.text(max_size=8), text=st.text(st.characters(codec=None)), seed=st.integers())
@settings(max_examples=30)
def test_given_value_is_in_the_body_and_leaves_the_others_as_they_were(catalog, name, text, seed):
    drawn = body_of(catalog, event(name), seed=seed)
    given_text = body_of(catalog, event(name, values={"text": text}), seed=seed)
    given_words = body_of(catalog, event(name, values={"words": []}), seed=seed)

    assert given_text.pop("text") == text
    assert given_words["text"] == drawn["text"]
    for body in (drawn, given_text):
        body.pop("text", None)
        body.pop("twice")
    assert given_text == drawn


def test_start_changes_ids_and_leaves_names_and_texts(catalog):
    one, other = body_of(catalog, event()), body_of(catalog, event(due_ms=START_MS + 7), start_ms=START_MS + 7)

    assert one["id"] != other["id"]
    assert (one["text"], one["user"]["name"]) == (other["text"], other["user"]["name"])


def test_seed_changes_names_and_texts(catalog):
    one, other = body_of(catalog, event()), body_of(catalog, event(), seed=43)

    assert one["text"] != other["text"]


def test_value_that_hangs_on_another_sees_the_same(catalog):
    body = body_of(catalog, event())

    assert body["twice"] == f"{body['words']}/{body['text']}"


def test_optional_field_is_there_as_often_as_is_stated(catalog):
    bodies = [body_of(catalog, event(str(number))) for number in range(400)]
    maybe = [("maybe" in body, "likely" in body) for body in bodies]

    assert 160 < sum(one for one, _ in maybe) < 240
    assert len(set(maybe)) == 4


def test_attempt_is_seen_by_the_template_and_changes_nothing_else(catalog):
    first, third = body_of(catalog, event()), body_of(catalog, event(), attempt=3)

    assert third.pop("attempt") == 3
    assert first.pop("attempt") == 1
    assert first == third


def test_actor_whom_the_world_does_not_know_keeps_the_id(catalog):
    assert body_of(catalog, event(actor="u-unknown"))["user"]["id"] == "u-unknown"


def test_event_about_nobody_is_about_somebody_drawn(catalog):
    people = {body_of(catalog, event(str(number)))["user"]["id"] for number in range(20)}

    assert len(people) > 15


def test_texts_are_in_the_language_of_the_person(catalog):
    world = sample.world()
    world.apply(Put(table="users", key="u-1", row={"id": "u-1", "name": "花子", "language": "ja-JP"}))

    assert not body_of(catalog, event(actor="u-1"), world=world)["text"].isascii()


# --- overrides and raw bodies ----------------------------------------------------------------------------------------


def test_override_changes_a_field_by_its_path(catalog):
    body = body_of(catalog, event(overrides={"user.name": "Zoë", "words": [1], "+extra.deep": None}))

    assert body["user"]["name"] == "Zoë"
    assert body["words"] == [1]
    assert body["extra"] == {"deep": None}


def test_override_leaves_the_rest_as_it_was(catalog):
    drawn = body_of(catalog, event())
    body = body_of(catalog, event(overrides={"text": "changed"}))

    assert body == {**drawn, "text": "changed"}
    assert list(body) == list(drawn)


def test_all_unknown_paths_are_told_with_the_nearest(catalog):
    with pytest.raises(InputError) as caught:
        rendered(catalog, event(overrides={"user.nmae": 1, "zzz": 2, "+text.deep": 3}))

    problems = caught.value.problems
    assert [problem.code for problem in problems] == ["unknown-path"] * 3
    assert problems[0].fix == 'did you mean "user.name"?'
    assert '"+zzz"' in problems[1].fix
    assert "no object" in problems[2].why


@pytest.mark.parametrize(
    ("raw", "body"),
    [
        ("not json at all é", "not json at all é".encode()),
        ("", b""),
        (b"\xff\x00", b"\xff\x00"),
        ({"any": ["é", 1]}, '{"any":["é",1]}'.encode()),
        (7, b"7"),
        (False, b"false"),
    ],
)
def test_raw_body_is_sent_as_it_is(catalog, raw, body):
    found = rendered(catalog, event(raw=raw, type="raw"))

    assert found.body == body
    assert found.ids == {}


def test_raw_body_can_be_changed_by_path(catalog):
    assert rendered(catalog, event(raw={"a": 1}, overrides={"a": 2})).body == b'{"a":2}'


# --- styles ----------------------------------------------------------------------------------------------------------


def test_body_is_written_in_the_style_that_the_options_choose(catalog):
    style = BodyStyle(option="mode", styles={"old": {"ascii": True, "escapes": "upper"}}, content_type="application/x")
    styled = replace(catalog, body=style)
    found = rendered(styled, event(values={"text": "é"}), world=sample.world(options={"mode": "old"}))

    assert rb'"\u00E9"' in found.body
    assert found.content_type == "application/x"
    assert '"é"'.encode() in rendered(styled, event(values={"text": "é"})).body


def test_encode_of_the_provider_takes_the_place_of_the_style(catalog):
    own = replace(sample.PROVIDER, encode=lambda body, options: f"{options['mode']}:{body['type']}".encode())

    assert rendered(catalog, event(), provider=own).body == b"plain:text"


# --- what is wrong ---------------------------------------------------------------------------------------------------


def broken(tmp_path, text: str, **changes) -> InputError:
    wrong = sample.catalog(tmp_path, {"events/wrong.json.j2": text})
    facts = replace(wrong.events["wrong"], **changes)
    with pytest.raises(InputError) as caught:
        rendered(replace(wrong, events={**wrong.events, "wrong": facts}), event(type="wrong"))
    return caught.value


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ('{\n  "a": {{ nothing }}\n}', 2, "nothing"),
        ('{\n\n  "a": {{ event.nothing }}\n}', 3, "nothing"),
        ('{\n  "a": {{ ids.nothing() }}\n}', 2, "nothing"),
        ('{"a": {{ fake.nothing() }}}', 1, "nothing"),
        ('{\n"a": {% if %}\n}', 2, ""),
        ('{"a": {{ now | nothing }}}', 1, "nothing"),
        ('{"a": {{ present("nothing") }}}', 1, "nothing"),
        ('{"a": {{ user.__class__.__mro__ }}}', 1, ""),
    ],
)
def test_broken_template_is_told_by_file_and_line(tmp_path, text, line, why):
    problem = broken(tmp_path, text).problems[0]

    assert problem.code == "broken-template"
    assert problem.where == f"templates/sample/events/wrong.json.j2:{line}"
    assert why in problem.why
    assert "\n" not in problem.why


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"a": 1,}', "near"),
        ("", "near"),
        ('{"a": 1, "b": 2, "a": 3}', "'a' stands twice"),
        ('{"a": NaN}', "NaN"),
        ('{"a": {{ 1 / 3 }}0.0}', "near"),
    ],
)
def test_template_that_makes_no_json_is_told(tmp_path, text, why):
    problem = broken(tmp_path, text).problems[0]

    assert problem.code == "broken-template"
    assert problem.where == "templates/sample/events/wrong.json.j2"
    assert why in problem.why


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"a": "nothing"}, "nothing"),
        ({"a": "event.b", "b": "event.a"}, "circle"),
        ({"a": "fake.random_int(5, 1)"}, "fake.random_int"),
        ({"a": "1 +"}, ""),
    ],
)
def test_broken_expression_is_told_by_its_name(tmp_path, values, why):
    problem = broken(tmp_path, '{"a": {{ event.a | json }}}', values=values).problems[0]

    assert problem.code == "broken-template"
    assert problem.at in ("values.a", "values.b")
    assert why in problem.why


def test_unknown_event_type_names_the_nearest(catalog):
    with pytest.raises(InputError) as caught:
        rendered(catalog, event(type="txt"))

    assert caught.value.problems[0].code == "unknown-event-type"
    assert caught.value.problems[0].fix == 'did you mean "text"?'


# --- another process -------------------------------------------------------------------------------------------------

ANOTHER_PROCESS = """
import sys
from pathlib import Path
from simulator.records import ScheduledEvent
from simulator.render import render
from tests import sample_provider as sample
START_MS = 1767603600000
catalog = sample.catalog(Path(sys.argv[1]))
for name in sys.argv[2:]:
    event = ScheduledEvent(id=name, provider="sample", type="text", values={}, due_ms=START_MS + 500, cause="")
    payload = render(event, catalog=catalog, provider=sample.PROVIDER, world=sample.world(), seed=42, start_ms=START_MS)
    sys.stdout.buffer.write(payload.body + b"\\n")
"""


@pytest.mark.parametrize("hash_seed", ["0", "1"])
def test_other_process_makes_the_same_bytes(catalog, tmp_path, hash_seed):
    names = ["a", "b", "c"] if hash_seed == "0" else ["c", "b", "a"]
    found = subprocess.run(
        [sys.executable, "-c", ANOTHER_PROCESS, str(tmp_path), *names],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        check=True,
    ).stdout

    assert found.splitlines() == [rendered(catalog, event(name)).body for name in names]
