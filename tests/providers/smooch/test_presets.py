from __future__ import annotations

from typing import Any

import pytest

from simulator.world import World

from .conftest import do

GREETING = {"name": "greeting", "message": {"role": "appMaker", "type": "text", "text": "Hello!"}}


def test_template_is_kept_changed_and_taken_away(world: World) -> None:
    made = do(world, "create_template", GREETING)
    key = made.values["template"]["_id"]
    message = {**GREETING["message"], "text": "Hi!"}  # type: ignore[dict-item]
    do(world, "update_template", {"message": message}, template_id=key)
    found = do(world, "get_template", template_id=key).values["template"]
    do(world, "delete_template", template_id=key)

    assert (made.status, made.values["template"]["message"]) == (201, GREETING["message"])
    assert (found["name"], found["message"]["text"]) == ("greeting", "Hi!")
    assert do(world, "get_template", template_id=key).error == "template_not_found"


def test_templates_come_in_pages(world: World) -> None:
    for number in range(3):
        do(world, "create_template", {**GREETING, "name": f"greeting {number}"})

    page = do(world, "list_templates", query={"limit": "2", "offset": "1"}).values
    assert [row["name"] for row in page["listed"]] == ["greeting 1", "greeting 2"]
    assert page["has_more"] is False
    assert do(world, "list_templates", query={"limit": "x"}).error == "bad_request"


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        (None, "bad_request"),
        ({"name": "x"}, "bad_request"),
        ({**GREETING, "name": ""}, "bad_request"),
        ({**GREETING, "name": "x", "message": "Hello"}, "bad_request"),
        ({**GREETING, "name": "x", "message": {"type": "text"}}, "bad_request"),
        (GREETING, "conflict"),
    ],
)
def test_template_that_cannot_be_is_refused(world: World, fields: Any, error: str) -> None:
    do(world, "create_template", GREETING)

    response = do(world, "create_template", fields)

    assert (response.error, response.effects) == (error, ())


def test_template_may_keep_its_own_name(world: World) -> None:
    key = do(world, "create_template", GREETING).values["template"]["_id"]

    assert do(world, "update_template", {"name": "greeting"}, template_id=key).error == ""


@pytest.mark.parametrize("operation", ["get_template", "update_template", "delete_template"])
def test_unknown_template_is_not_found(world: World, operation: str) -> None:
    assert do(world, operation, {}, template_id="0" * 24).error == "template_not_found"
