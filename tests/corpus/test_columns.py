from __future__ import annotations

import json
from dataclasses import replace

import pytest

from simulator import catalog as catalogs
from simulator.corpus.columns import columns, values
from simulator.corpus.press import Placed


@pytest.fixture
def fact():
    return catalogs.load("viber").events["message/text"]


def taken(fact, body, path):
    found = columns(fact)
    row = Placed(0, fact.type, 0, body if isinstance(body, bytes) else json.dumps(body).encode())
    return dict(zip([column.path for column in found], values(found, [row]), strict=True))[path][0]


def test_fields_without_fields_inside_are_columns(fact):
    types = {column.path: column.type for column in columns(fact)}

    assert types["message_token"] == "integer"
    assert types["sender.name"] == "text"
    assert types["silent"] == "boolean"
    assert types["chat_id"] == "json"
    assert not {"sender", "message"} & types.keys()


@pytest.mark.parametrize(
    ("path", "body", "value"),
    [
        ("sender.name", {"sender": {"name": "Ana 🙂"}}, "Ana 🙂"),
        ("sender.name", {"sender": {"name": 5}}, None),
        ("sender.name", {"sender": {"name": "\ud83d"}}, None),
        ("sender.name", {"sender": None}, None),
        ("sender.name", [1], None),
        ("sender.name", b'{"sender": {"na', None),
        ("message_token", {"message_token": 4912661846655238145}, 4912661846655238145),
        ("message_token", {"message_token": 2**63}, None),
        ("message_token", {"message_token": True}, None),
        ("message_token", {"message_token": "5"}, None),
        ("silent", {"silent": False}, False),
        ("silent", {"silent": 0}, None),
        ("chat_id", {"chat_id": "a"}, '"a"'),
        ("chat_id", {"chat_id": 5}, "5"),
        ("chat_id", {"chat_id": None}, None),
    ],
)
def test_value_that_is_not_of_the_type_is_none(fact, path, body, value):
    assert taken(fact, body, path) == value


def test_whole_numbers_are_numbers_where_fractions_may_stand(fact):
    field = replace(fact.fields["timestamp"], type="integer|number|null")
    changed = replace(fact, fields={"timestamp": field})

    assert taken(changed, {"timestamp": 5}, "timestamp") == 5.0
    assert columns(changed)[0].type == "number"


def test_element_of_a_list_is_found_by_its_place(fact):
    field = replace(fact.fields["sender.name"], path="messages.0.text")
    changed = replace(fact, fields={"messages.0.text": field})

    assert taken(changed, {"messages": [{"text": "one"}]}, "messages.0.text") == "one"
    assert taken(changed, {"messages": []}, "messages.0.text") is None
