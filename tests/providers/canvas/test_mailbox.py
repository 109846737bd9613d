"""The bot looks into its mailbox and tidies up."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.world import Put

from .conftest import ANA, BEN, BOT, Instance, body_of


@pytest.fixture
def key(canvas: Instance) -> str:
    return str(canvas.act(ANA, "text", "hello")[0].values["conversation_id"])


def states(canvas: Instance, scope: str = "") -> list[tuple[int, str]]:
    query = {"scope": scope} if scope else {}
    return [(each["id"], each["workflow_state"]) for each in body_of(canvas.ask("GET", "/conversations", query=query))]


def test_message_makes_a_conversation_unread_and_a_look_reads_it(canvas: Instance, key: str) -> None:
    assert states(canvas) == [(int(key), "unread")]
    shown = body_of(canvas.ask("GET", f"/conversations/{key}"))
    assert shown["workflow_state"] == "read"
    assert states(canvas) == [(int(key), "read")]


def test_look_may_leave_it_unread(canvas: Instance, key: str) -> None:
    canvas.ask("GET", f"/conversations/{key}", query={"auto_mark_as_read": "false"})

    assert states(canvas) == [(int(key), "unread")]


def test_conversation_has_its_messages_newest_first(canvas: Instance, key: str) -> None:
    canvas.act(ANA, "text", "again")
    shown = body_of(canvas.ask("GET", f"/conversations/{key}"))

    assert [each["body"] for each in shown["messages"]] == ["again", "hello"]
    assert shown["submissions"] == []
    assert [(each["id"], each["name"]) for each in shown["participants"]] == [
        (int(ANA), "Ana Souza"),
        (int(BOT), "Flower shop"),
    ]


def test_conversation_has_the_keys_of_the_real_one_in_their_order(canvas: Instance, key: str) -> None:
    names = (
        "id subject workflow_state last_message last_message_at last_authored_message last_authored_message_at "
        "message_count subscribed private starred properties messages submissions audience audience_contexts "
        "avatar_url participants visible context_name context_code"
    )

    assert list(body_of(canvas.ask("GET", f"/conversations/{key}"))) == names.split()


def test_ids_are_text_for_who_wants_them_so(canvas: Instance, key: str) -> None:
    shown = body_of(canvas.ask("GET", f"/conversations/{key}", accept="application/json+canvas-string-ids"))

    assert (shown["id"], shown["audience"], shown["message_count"]) == (key, [ANA], 1)
    assert shown["messages"][0]["author_id"] == ANA
    assert shown["messages"][0]["participating_user_ids"] == [ANA, BOT]
    assert shown["participants"][0]["id"] == ANA


@pytest.mark.parametrize("state", ["read", "unread", "archived"])
def test_state_is_set_by_form_and_by_json(canvas: Instance, key: str, state: str) -> None:
    form = [("conversation[workflow_state]", state), ("conversation[starred]", "true")]
    shown = body_of(canvas.ask("PUT", f"/conversations/{key}", form))
    again = body_of(canvas.ask("PUT", f"/conversations/{key}", {"conversation": {"starred": False}}))

    assert (shown["workflow_state"], shown["starred"]) == (state, True)
    assert (again["workflow_state"], again["starred"]) == (state, False)


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        ([("workflow_state", "read")], {"errors": [{"message": "conversation is missing"}]}),
        (
            [("conversation[workflow_state]", "gone")],
            {"workflow_state": [{"attribute": "workflow_state", "type": "inclusion", "message": "inclusion"}]},
        ),
    ],
)
def test_wrong_change_is_refused(canvas: Instance, key: str, fields: Any, body: Any) -> None:
    answered = canvas.ask("PUT", f"/conversations/{key}", fields)

    assert (answered.status, body_of(answered)) == (400, body)


def test_only_a_group_can_be_left_unsubscribed(canvas: Instance, key: str) -> None:
    shown = body_of(canvas.ask("PUT", f"/conversations/{key}", [("conversation[subscribed]", "false")]))

    assert shown["subscribed"] is True


def test_deleted_conversation_is_gone_from_the_bot_s_view_alone(canvas: Instance, key: str) -> None:
    shown = body_of(canvas.ask("DELETE", f"/conversations/{key}"))

    assert (shown["last_message"], shown["message_count"], shown["visible"]) == (None, 0, False)
    assert states(canvas) == []
    assert canvas.events == []


def test_removed_message_is_gone(canvas: Instance, key: str) -> None:
    message = canvas.act(ANA, "text", "again")[0].values["message_id"]
    canvas.ask("POST", f"/conversations/{key}/remove_messages", [("remove[]", message)])

    assert [each["body"] for each in body_of(canvas.ask("GET", f"/conversations/{key}"))["messages"]] == ["hello"]


def test_unread_ones_are_counted_in_text_and_marked_all_at_once(canvas: Instance, key: str) -> None:
    canvas.act(BEN, "text", "hello")

    assert body_of(canvas.ask("GET", "/conversations/unread_count")) == {"unread_count": "2"}
    assert body_of(canvas.ask("POST", "/conversations/mark_all_as_read")) == {}
    assert body_of(canvas.ask("GET", "/conversations/unread_count")) == {"unread_count": "0"}


def test_folders_hold_what_belongs_there(canvas: Instance, key: str) -> None:
    (sent,) = body_of(canvas.ask("POST", "/conversations", [("recipients[]", BEN), ("body", "hi")]))
    canvas.ask("PUT", f"/conversations/{key}", [("conversation[starred]", "1")])

    assert [each for each, _ in states(canvas)] == [int(key)]
    assert [each for each, _ in states(canvas, "sent")] == [sent["id"]]
    assert [each for each, _ in states(canvas, "starred")] == [int(key)]
    assert states(canvas, "archived") == []


def test_people_and_modes_filter(canvas: Instance, key: str) -> None:
    canvas.act(BEN, "text", "hello")

    def found(*names: str, mode: str = "or") -> int:
        query = {"filter[]": [f"user_{name}" for name in names], "filter_mode": mode}
        return len(body_of(canvas.ask("GET", "/conversations", query=query)))

    assert (found(ANA), found(ANA, BEN), found(ANA, BEN, mode="and")) == (1, 2, 0)
    answered = canvas.ask("GET", "/conversations", query={"filter_mode": "xor"})
    assert body_of(answered) == [{"attribute": "filter_mode", "message": "invalid"}]


# --- pages


@pytest.fixture
def many(canvas: Instance) -> Instance:
    for number in range(25):
        user_id = str(600_000 + number)
        canvas.world.apply(Put(table="users", key=user_id, row={"id": user_id, "name": f"Number {number}"}))
        canvas.act(user_id, "text", f"hello {number}")
    return canvas


def links(answered: Any) -> dict[str, str]:
    parts = [part.split("; rel=") for part in dict(answered.headers)["Link"].split(",")]
    return {name.strip('"'): url.strip("<>") for url, name in parts}


def test_page_has_ten_and_leads_to_the_others(many: Instance) -> None:
    answered = many.ask("GET", "/conversations", query={"scope": "inbox", "page": "2"})
    base = "http://127.0.0.1:1/canvas/api/v1/conversations?scope=inbox"

    assert [each["last_message"] for each in body_of(answered)] == [f"hello {number}" for number in range(14, 4, -1)]
    assert links(answered) == {
        "current": f"{base}&page=2&per_page=10",
        "next": f"{base}&page=3&per_page=10",
        "prev": f"{base}&page=1&per_page=10",
        "first": f"{base}&page=1&per_page=10",
        "last": f"{base}&page=3&per_page=10",
    }


@pytest.mark.parametrize(("asked", "count"), [("0", 1), ("-4", 1), ("x", 1), ("20", 20), ("500", 25)])
def test_size_of_a_page_is_kept_within_its_bounds(many: Instance, asked: str, count: int) -> None:
    assert len(body_of(many.ask("GET", "/conversations", query={"per_page": asked}))) == count


def test_page_past_the_end_is_empty(many: Instance) -> None:
    answered = many.ask("GET", "/conversations", query={"page": "9"})

    assert (answered.status, body_of(answered)) == (200, [])
    assert "next" not in links(answered)


def test_token_of_the_query_is_in_no_link(many: Instance) -> None:
    assert "access_token" not in str(links(many.ask("GET", "/conversations", query={"access_token": "x"})))


def test_all_ids_may_stand_beside_the_page(many: Instance) -> None:
    shown = body_of(many.ask("GET", "/conversations", query={"include_all_conversation_ids": "true"}))

    assert (len(shown["conversations"]), len(shown["conversation_ids"])) == (10, 25)


# --- what a story gives


def test_given_conversation_has_what_is_not_said_about_it(canvas: Instance) -> None:
    canvas.world.apply(Put(table="conversations", key="53", row={"participants": [ANA, BEN], "subject": "Study group"}))
    row = {"conversation_id": "53", "author_id": ANA, "body": "Who has the notes?"}
    canvas.world.apply(Put(table="messages", key="145", row=row))
    shown = body_of(canvas.ask("GET", "/conversations/53"))

    assert (shown["subject"], shown["private"], shown["message_count"]) == ("Study group", False, 1)
    assert shown["messages"][0]["body"] == "Who has the notes?"
    assert shown["audience"] == [int(ANA), int(BEN)]
