"""Many conversations changed at once, and messages to many that are on their way."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import ANA, BASE, BEN, Instance, body_of


@pytest.fixture
def keys(canvas: Instance) -> list[str]:
    """Give the ids of two conversations, both unread."""
    return [canvas.act(who, "text", "hello")[0].values["conversation_id"] for who in (ANA, BEN)]


def change(canvas: Instance, keys: list[str], event: str) -> Any:
    return body_of(canvas.ask("PUT", "/conversations", {"conversation_ids": keys, "event": event}))


def shown(canvas: Instance, key: str) -> Any:
    return body_of(canvas.ask("GET", f"/conversations/{key}?auto_mark_as_read=false"))


@pytest.mark.parametrize(
    ("event", "name", "value"),
    [
        ("mark_as_read", "workflow_state", "read"),
        ("archive", "workflow_state", "archived"),
        ("star", "starred", True),
        ("destroy", "message_count", 0),
    ],
)
def test_all_that_are_named_are_changed(
    canvas: Instance, keys: list[str], event: str, name: str, value: object
) -> None:
    change(canvas, keys, event)

    assert [shown(canvas, key)[name] for key in keys] == [value, value]
    assert canvas.events == []


@pytest.mark.parametrize("events", [("mark_as_read", "mark_as_unread"), ("star", "unstar")])
def test_change_can_be_taken_back(canvas: Instance, keys: list[str], events: tuple[str, str]) -> None:
    before = shown(canvas, keys[0])
    for event in events:
        change(canvas, keys, event)

    assert shown(canvas, keys[0]) == before


def test_answer_tells_where_to_ask_how_far_it_has_come(canvas: Instance, keys: list[str]) -> None:
    queued = change(canvas, keys, "star")
    done = body_of(canvas.ask("GET", queued["url"].removeprefix(BASE)))

    assert (queued["workflow_state"], queued["completion"], queued["message"]) == ("queued", 0, None)
    assert (done["workflow_state"], done["completion"], done["message"]) == (
        "completed",
        100,
        "2 conversations processed",
    )
    assert (done["id"], done["tag"], done["context_type"]) == (queued["id"], "conversation_batch_update", "User")


def test_unknown_conversations_are_told_in_the_end(canvas: Instance, keys: list[str]) -> None:
    some = change(canvas, [keys[0], "999"], "star")
    none = change(canvas, ["999"], "star")

    assert "999" in body_of(canvas.ask("GET", f"/progress/{some['id']}"))["message"]
    assert body_of(canvas.ask("GET", f"/progress/{none['id']}"))["workflow_state"] == "failed"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"event": "star"}, "conversation_ids not specified"),
        ({"event": "star", "conversation_ids": "1"}, "conversation_ids not specified"),
        ({"event": "star", "conversation_ids": ["1"] * 501}, "conversation batch size limit (500) exceeded"),
        ({"conversation_ids": ["1"]}, "event not specified"),
        ({"event": "explode", "conversation_ids": ["1"]}, "invalid event"),
    ],
)
def test_change_that_cannot_be_is_refused(canvas: Instance, fields: Any, message: str) -> None:
    answered = canvas.ask("PUT", "/conversations", fields)

    assert (answered.status, body_of(answered)) == (400, {"message": message})


def test_progress_that_there_is_not_is_not_found(canvas: Instance) -> None:
    assert canvas.ask("GET", "/progress/1").response.error == "not_found"
    assert canvas.ask("GET", "/progress/x").response.error == "not_found"


def test_message_to_many_is_on_its_way_for_a_while(canvas: Instance) -> None:
    fields = {"recipients": [ANA, BEN], "body": "Spring is here", "subject": "News", "mode": "async"}
    batch_id = dict(canvas.ask("POST", "/conversations", fields).headers)["X-Conversation-Batch-Id"]
    (batch,) = body_of(canvas.ask("GET", "/conversations/batches"))
    canvas.now_ms += 10_000

    assert (str(batch["id"]), batch["subject"], batch["recipient_count"]) == (batch_id, "News", 2)
    assert batch["message"]["body"] == "Spring is here"
    assert 0 < batch["completion"] < 1
    assert body_of(canvas.ask("GET", "/conversations/batches")) == []
