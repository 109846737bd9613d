from __future__ import annotations

from typing import Any

import pytest

from simulator.providers.smooch.rules import flat_fault, is_url, message_fault

from .conftest import FACTS

POSTBACK = {"type": "postback", "text": "Go", "payload": "GO"}
REPLY = {"type": "reply", "text": "Go", "payload": "GO"}
ITEM = {"title": "Mug", "actions": [POSTBACK]}
FIELD = {"type": "text", "name": "name", "label": "Name"}


def told(version: str = "v1.1", **fields: Any) -> str:
    fault = message_fault({"role": "appMaker", "type": "text", "text": "hi", **fields}, version, FACTS.limits)
    return "" if fault is None else fault.detail


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"text": None, "actions": [REPLY]},
        {"actions": [REPLY, {"type": "locationRequest", "text": "Where?"}]},
        {"actions": [POSTBACK, {"type": "link", "text": "a", "uri": "https://x.example"}]},
        {"actions": [{"type": "buy", "text": "Buy", "amount": 1250}]},
        {"actions": [{"type": "webview", "text": "a", "uri": "https://x.example", "fallback": "https://x.example"}]},
        {"actions": []},
        {"metadata": {"a": 1, "b": "x", "c": True}},
        {"metadata": {"a": "x" * 4088}},
        {"type": "image", "mediaUrl": "https://x.example/a.png", "text": ""},
        {"type": "file", "mediaUrl": "https://x.example/a.pdf", "mediaType": "application/pdf"},
        {"type": "carousel", "items": [ITEM] * 10},
        {"type": "list", "items": [ITEM], "actions": [POSTBACK]},
        {"type": "location", "coordinates": {"lat": 51.5, "long": 0}},
        {"type": "form", "fields": [FIELD, {**FIELD, "name": "size", "type": "select", "options": [{"name": "l"}]}]},
        {"role": "appUser"},
    ],
)
def test_message_is_taken(fields: dict[str, Any]) -> None:
    assert told(**fields) == ""


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"role": None}, "role"),
        ({"role": "whisper"}, "role"),
        ({"type": None}, "type"),
        ({"type": ["text"]}, "type"),
        ({"type": "video"}, "type"),
        ({"text": None}, "text is missing"),
        ({"text": ""}, "text is empty"),
        ({"text": 7}, "text is no text"),
        ({"text": "x" * 4097}, "longer than 4096"),
        ({"name": 7}, "name"),
        ({"metadata": {"a": {}}}, "metadata.a"),
        ({"metadata": "x"}, "metadata"),
        ({"metadata": {"a": "é" * 2045}}, "longer than 4096 bytes"),
        ({"actions": "x"}, "actions"),
        ({"actions": [POSTBACK, REPLY]}, "reply goes with"),
        ({"actions": [{"type": "dance"}]}, "actions.0.type"),
        ({"actions": [{"type": "postback", "text": "Go"}]}, "actions.0.payload"),
        ({"actions": [{"type": "buy", "text": "Buy", "amount": 12.5}]}, "amount"),
        ({"actions": [{**REPLY, "metadata": {"a": []}}]}, "metadata.a"),
        ({"role": "appUser", "actions": [REPLY]}, "only the business"),
        ({"role": "appUser", "type": "carousel", "items": [ITEM]}, "a person cannot"),
        ({"type": "image"}, "mediaUrl is missing"),
        ({"type": "image", "mediaUrl": "a.png"}, "mediaUrl is no URL"),
        ({"type": "carousel"}, "items"),
        ({"type": "carousel", "items": []}, "items"),
        ({"type": "carousel", "items": [ITEM] * 11}, "items"),
        ({"type": "carousel", "items": ["x"]}, "items.0"),
        ({"type": "carousel", "items": [{"actions": [POSTBACK]}]}, "items.0.title"),
        ({"type": "list", "items": [{"title": "x"}]}, "items.0.actions"),
        ({"type": "list", "items": [{"title": "x", "actions": [REPLY]}]}, "items.0.actions.0.type"),
        ({"type": "list", "items": [{**ITEM, "mediaUrl": "x"}]}, "items.0.mediaUrl"),
        ({"type": "location"}, "coordinates is missing"),
        ({"type": "location", "coordinates": [1, 2]}, "coordinates is no object"),
        ({"type": "location", "coordinates": {"lat": 1, "lng": 2}}, "coordinates.long"),
        ({"type": "location", "coordinates": {"lat": 91, "long": True}}, "coordinates.lat"),
        ({"type": "form"}, "fields"),
        ({"type": "form", "fields": [FIELD, FIELD]}, "name of its own"),
        ({"type": "form", "fields": [{**FIELD, "type": "x"}]}, "type and a label"),
        ({"type": "form", "fields": [{**FIELD, "type": "select"}]}, "options"),
    ],
)
def test_message_is_refused_for_what_is_wrong(fields: dict[str, Any], word: str) -> None:
    assert word in told(**fields)


def test_v1_has_no_forms() -> None:
    assert "type" in told("v1", type="form", fields=[FIELD])


@pytest.mark.parametrize("body", [None, [], "x"])
def test_body_that_is_no_message_is_refused(body: Any) -> None:
    assert message_fault(body, "v1", FACTS.limits) is not None


@pytest.mark.parametrize("text", [None, 7, "", "x", "ftp://x.example", "https://", "http://[x"])
def test_what_is_no_url_is_none(text: Any) -> None:
    assert not is_url(text)


def test_nothing_stands_inside_of_properties() -> None:
    assert flat_fault("properties", {"a": [1]}) == "properties.a is no text, number or boolean"
