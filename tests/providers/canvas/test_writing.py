"""What the bot writes, and which events come of it."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.world import Put

from .conftest import ANA, BEN, BOT, MULTIPART, Instance, body_of, multipart

CREATED, FORWARDED, MESSAGE = "conversation_created", "conversation_forwarded", "conversation_message_created"


def form(*people: str, **fields: str) -> list[tuple[str, str]]:
    return [*(("recipients[]", each) for each in people), *{"body": "hi", **fields}.items()]


def create(canvas: Instance, *people: str, **fields: str) -> Any:
    return body_of(canvas.ask("POST", "/conversations", form(*people, **fields)))


# --- create


def test_new_conversation_is_answered_as_a_list_and_causes_two_events(canvas: Instance) -> None:
    answered = canvas.ask("POST", "/conversations", form(ANA, subject="Tulips"))
    (shown,) = body_of(answered)

    assert answered.status == 201
    assert canvas.types() == [CREATED, MESSAGE]
    assert shown["subject"] == "Tulips"
    assert (shown["workflow_state"], shown["visible"]) == ("read", False)
    assert (shown["last_message"], shown["last_message_at"], shown["last_authored_message"]) == (None, None, "hi")
    assert [each["body"] for each in shown["messages"]] == ["hi"]
    assert shown["audience"] == [int(ANA)]
    assert isinstance(shown["id"], int)


def test_private_conversation_is_reused_and_its_subject_stays(canvas: Instance) -> None:
    first = create(canvas, ANA, subject="Tulips")
    second = create(canvas, ANA, subject="Roses")

    assert canvas.types() == [MESSAGE]
    assert (second[0]["id"], second[0]["subject"]) == (first[0]["id"], "Tulips")


def test_several_people_get_a_private_conversation_each(canvas: Instance) -> None:
    canvas.act(BEN, "text", "hello")
    shown = create(canvas, ANA, BEN)

    assert canvas.types() == [CREATED, MESSAGE, MESSAGE]
    assert len({each.values["request"]["request_id"] for each in canvas.events}) == 1
    assert [each["private"] for each in shown] == [True, True]
    assert all("messages" not in each for each in shown)
    assert [reply.to for reply in canvas.replies] == [ANA, BEN]
    assert len({reply.message_id for reply in canvas.replies}) == 2


def test_group_is_one_conversation(canvas: Instance) -> None:
    (shown,) = create(canvas, ANA, BEN, group_conversation="true")

    assert canvas.types() == [CREATED, MESSAGE]
    assert (shown["private"], shown["audience"]) == (False, [int(ANA), int(BEN)])
    assert [(reply.to, reply.text) for reply in canvas.replies] == [(ANA, "hi"), (BEN, "hi")]


def test_background_sending_answers_at_once_and_its_events_are_those_of_a_job(canvas: Instance) -> None:
    answered = canvas.ask("POST", "/conversations", form(ANA, BEN, mode="async"))

    assert (answered.status, body_of(answered)) == (202, [])
    assert dict(answered.headers)["X-Conversation-Batch-Id"].isdigit()
    assert canvas.types() == [CREATED, MESSAGE, CREATED, MESSAGE]
    assert all(event.values["request"]["is_job"] for event in canvas.events)


def test_forced_conversation_is_new(canvas: Instance) -> None:
    first = create(canvas, ANA)
    second = create(canvas, ANA, force_new="true")

    assert canvas.types() == [CREATED, MESSAGE]
    assert first[0]["id"] != second[0]["id"]


def test_events_of_a_call_tell_who_called_and_how(canvas: Instance) -> None:
    create(canvas, ANA)
    request = canvas.events[0].values["request"]

    assert request["url"] == "https://canvas.example.edu/api/v1/conversations"
    assert (request["user_agent"], request["referrer"]) == ("tests/1", None)
    assert request["developer_key_id"] == "21070000000000056"
    assert canvas.events[1].values["author_id"] == request["by"]["id"] == BOT


@pytest.mark.parametrize(
    "written", [f"{ANA},{BEN}", [ANA, BEN], [int(ANA), int(BEN)], [f"2107{int(ANA):013d}", f"2107~{BEN}"]]
)
def test_recipients_may_be_spelled_in_many_ways(canvas: Instance, written: Any) -> None:
    answered = canvas.ask("POST", "/conversations", {"recipients": written, "body": "hi", "group_conversation": True})

    assert body_of(answered)[0]["audience"] == [int(ANA), int(BEN)]


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ([("body", "hi")], "recipients_blank"),
        (form("999"), "recipients_invalid"),
        (form("3107~501001"), "recipients_invalid"),
        (form("course_1_students"), "recipients_invalid"),
        (form(ANA, body=" "), "body_blank"),
        (form(ANA, subject="x" * 256), "subject_too_long"),
        (form(ANA, body="x" * 65_536), "body_too_long"),
        (form(ANA, context_code="course_1"), "context_code_unknown"),
        (form(ANA, context_code="account_2"), "context_code_invalid"),
        (form(ANA, context_code="nonsense"), "context_code_invalid"),
    ],
)
def test_wrong_message_is_refused_in_the_provider_s_words(canvas: Instance, fields: Any, error: str) -> None:
    answered = canvas.ask("POST", "/conversations", fields)

    assert (answered.status, answered.response.error) == (400, error)
    assert canvas.events == []
    assert canvas.replies == ()


def test_whole_course_is_written_to(canvas: Instance) -> None:
    shown = create(canvas, "course_565_students", "course_565_teachers", ANA)

    assert [each["audience"] for each in shown] == [[int(ANA)], [int(BEN)]]
    assert [reply.to for reply in canvas.replies] == [ANA, BEN]


def test_whole_course_may_be_out_of_reach() -> None:
    answered = Instance(may_write_to_course=False).ask("POST", "/conversations", form("course_565"))

    assert body_of(answered) == [{"attribute": "recipients", "message": "restricted by role"}]


def test_bulk_message_gives_each_a_group_of_her_own(canvas: Instance) -> None:
    shown = create(canvas, ANA, BEN, group_conversation="true", bulk_message="true")

    assert [(each["audience"], each["private"]) for each in shown] == [([int(ANA)], False), ([int(BEN)], False)]


def test_form_of_several_parts_is_read_like_any_other(canvas: Instance) -> None:
    body = multipart(("recipients[]", ANA), ("recipients[]", BEN), ("body", "hi"), ("group_conversation", "true"))
    answered = canvas.ask("POST", "/conversations", body, content_type=MULTIPART)

    assert body_of(answered)[0]["audience"] == [int(ANA), int(BEN)]


def test_too_many_people_are_refused(canvas: Instance) -> None:
    many = [str(600_000 + number) for number in range(101)]
    for each in many:
        canvas.world.apply(Put(table="users", key=each, row={"id": each, "name": each}))
    answered = canvas.ask("POST", "/conversations", form(*many, group_conversation="1"))

    assert body_of(answered) == [{"attribute": "recipients", "message": "too many for group conversation"}]


# --- add a message


def test_message_is_answered_with_the_conversation_and_itself(canvas: Instance) -> None:
    key = canvas.act(ANA, "text", "hello")[0].values["conversation_id"]
    shown = body_of(canvas.ask("POST", f"/conversations/{key}/add_message", [("body", "hi")]))

    assert canvas.types() == [MESSAGE]
    assert [each["body"] for each in shown["messages"]] == ["hi"]
    assert (shown["message_count"], shown["last_message"], shown["properties"]) == (2, "hi", ["last_author"])
    assert [(reply.to, reply.message_id) for reply in canvas.replies] == [(ANA, str(shown["messages"][0]["id"]))]


def test_message_may_bring_people_into_a_group(canvas: Instance) -> None:
    (group,) = create(canvas, ANA, group_conversation="true")
    path = f"/conversations/{group['id']}/add_message"
    shown = body_of(canvas.ask("POST", path, form(ANA, BEN)))

    assert canvas.types() == [FORWARDED, MESSAGE]
    assert shown["audience"] == [int(ANA), int(BEN)]


def test_person_who_joins_sees_the_messages_that_are_included(canvas: Instance) -> None:
    (group,) = create(canvas, ANA, group_conversation="true")
    first = group["messages"][0]["id"]
    path = f"/conversations/{group['id']}"
    canvas.ask("POST", f"{path}/add_message", [*form(BEN), ("included_messages[]", str(first))])
    seen = {each["id"]: each["participating_user_ids"] for each in body_of(canvas.ask("GET", path))["messages"]}

    assert int(BEN) in seen[first]


def test_private_conversation_stays_private(canvas: Instance) -> None:
    (shown,) = create(canvas, ANA)
    canvas.ask("POST", f"/conversations/{shown['id']}/add_message", form(ANA, BEN))

    assert canvas.types() == [MESSAGE]
    assert [reply.to for reply in canvas.replies] == [ANA]


def test_message_to_some_reaches_them_alone(canvas: Instance) -> None:
    (group,) = create(canvas, ANA, BEN, group_conversation="true")
    canvas.ask("POST", f"/conversations/{group['id']}/add_message", form(BEN))

    assert [reply.to for reply in canvas.replies] == [BEN]


def test_message_into_a_large_group_goes_out_in_the_background(canvas: Instance) -> None:
    people = [str(600_000 + number) for number in range(100)]
    for each in people:
        canvas.world.apply(Put(table="users", key=each, row={"id": each, "name": each}))
    (group,) = create(canvas, *people, group_conversation="true")
    answered = canvas.ask("POST", f"/conversations/{group['id']}/add_message", [("body", "hi")])

    assert (answered.status, body_of(answered)) == (202, [])
    assert canvas.events[0].values["request"]["is_job"]


@pytest.mark.parametrize(
    ("fields", "status", "body"),
    [
        ([("body", "")], 400, {}),
        (
            [("body", "hi"), ("included_messages[]", "1")],
            400,
            [{"attribute": "included_messages", "message": "not for this conversation"}],
        ),
    ],
)
def test_wrong_further_message_is_refused(canvas: Instance, fields: Any, status: int, body: Any) -> None:
    key = canvas.act(ANA, "text", "hello")[0].values["conversation_id"]
    answered = canvas.ask("POST", f"/conversations/{key}/add_message", fields)

    assert (answered.status, body_of(answered)) == (status, body)


def test_unknown_conversation_is_not_found(canvas: Instance) -> None:
    answered = canvas.ask("POST", "/conversations/1/add_message", [("body", "hi")])

    assert (answered.status, answered.response.error) == (404, "not_found")


# --- add people


def test_added_person_is_told_by_a_generated_message(canvas: Instance) -> None:
    (group,) = create(canvas, ANA, group_conversation="true")
    shown = body_of(canvas.ask("POST", f"/conversations/{group['id']}/add_recipients", [("recipients[]", BEN)]))

    assert sorted(canvas.types()) == [FORWARDED, MESSAGE]
    assert shown["messages"][0]["body"] == "Ben Ward was added to the conversation by Flower shop"
    assert shown["messages"][0]["generated"] is True
    assert canvas.replies == ()


def test_nobody_new_causes_no_event(canvas: Instance) -> None:
    (group,) = create(canvas, ANA, BEN, group_conversation="true")
    answered = canvas.ask("POST", f"/conversations/{group['id']}/add_recipients", [("recipients[]", BEN)])

    assert answered.status == 200
    assert canvas.events == []


def test_nobody_can_be_added_to_a_private_conversation(canvas: Instance) -> None:
    (private,) = create(canvas, ANA)
    answered = canvas.ask("POST", f"/conversations/{private['id']}/add_recipients", [("recipients[]", BEN)])

    assert answered.response.error == "too_many_participants"


def test_long_conversation_is_still_answered(canvas: Instance) -> None:
    for _ in range(12):
        (shown,) = create(canvas, ANA, body="x" * 65_000)
    answered = canvas.ask("GET", f"/conversations/{shown['id']}")

    assert len(body_of(answered)["messages"]) == 12
