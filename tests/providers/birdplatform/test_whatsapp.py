from __future__ import annotations

from typing import Any

import pytest

from simulator.world import Row

from .conftest import Desk, a_person, fields

SEND = "/v1/whatsapp/messages"


def buttons(*labels: str) -> list[dict[str, Any]]:
    return [{"type": "quick_reply", "quick_reply": {"slug": label.lower(), "text": label}} for label in labels]


def rows(count: int) -> list[dict[str, str]]:
    return [{"slug": str(i), "text": f"Row {i}"} for i in range(count)]


def a_list(*sections: int) -> dict[str, Any]:
    groups = [
        {"title": f"Group {i}", "rows": [{"slug": f"{i}/{j}", "text": f"Row {i}/{j}"} for j in range(count)]}
        for i, count in enumerate(sections)
    ]
    return {"type": "list", "body_text": "Which?", "list": {"button_text": "Rows", "sections": groups}}


# --- what is sent


def test_message_has_an_event_of_each_status(desk: Desk, ana: Row) -> None:
    desk.written(ana["id"])
    desk.say(ana["id"], "Hello", tags=[{"name": "a", "value": "b"}], metadata={"order": 7})

    assert [each.type for each in desk.emitted] == ["whatsapp.accepted", "whatsapp.sent", "whatsapp.delivered"]
    lags = [each.after_ms[0] for each in desk.emitted]
    assert lags == sorted(lags)
    assert {each.values["metadata"]["order"] for each in desk.emitted} == {7}


@pytest.mark.parametrize(
    ("receipts", "events", "status", "code"),
    [
        ("sent", ["accepted", "sent"], "sent", None),
        ("nothing", ["accepted"], "accepted", None),
        ("failed", ["accepted", "sent", "failed"], "failed", "undeliverable"),
        ("rejected", ["rejected"], "rejected", "insufficient_balance"),
    ],
)
def test_option_says_what_becomes_of_a_message(
    ana: Row, receipts: str, events: list[str], status: str, code: str | None
) -> None:
    desk = Desk(ana, receipts=receipts)
    desk.written(ana["id"])
    message = desk.say(ana["id"], "Hello")

    assert [each.type for each in desk.emitted] == [f"whatsapp.{event}" for event in events]
    desk.now_ms += 60_000
    shown = fields(desk.call("GET", f"{SEND}/{message}"))
    assert shown["status"] == status
    assert shown.get("last_error", {}).get("code") == code


def test_nothing_but_templates_reaches_who_has_not_written_for_a_day(desk: Desk, ana: Row) -> None:
    desk.written(ana["id"])
    desk.now_ms += 86_400_000
    desk.say(ana["id"], "Hello")

    assert desk.emitted[-1].values["error"]["code"] == "service_window_expired"
    assert desk.replies() == ()
    said = {"to": ana["id"], "template": {"slug": "hello"}}
    assert desk.call("POST", SEND, said).status == 202
    assert [(reply.kind, reply.to) for reply in desk.replies()] == [("template", ana["id"])]


def test_window_may_be_switched_off() -> None:
    ana = a_person("ana")
    desk = Desk(ana, service_window=False)
    desk.say(ana["id"], "Hello")

    assert [reply.text for reply in desk.replies()] == ["Hello"]


def test_person_may_be_named_by_her_scoped_id(desk: Desk, ana: Row) -> None:
    desk.written(ana["id"])
    desk.say(ana["bsuid"], "Hello")

    assert [reply.to for reply in desk.replies()] == [ana["id"]]


def test_stranger_becomes_known(desk: Desk) -> None:
    said = {"to": "+31612345678", "template": {"slug": "hello"}}
    shown = fields(desk.call("POST", SEND, said))

    assert shown["to"]["phone_number"] == "+31612345678"
    assert desk.world.get("users", "+31612345678") is not None


CONTENTS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"text": {"body": "Hi", "preview_url": True}}, {"kind": "text", "text": "Hi"}),
    ({"image": {"url": "https://x.y/a", "caption": "A"}}, {"kind": "image", "text": "A", "media": "https://x.y/a"}),
    ({"document": {"url": "https://x.y/a", "filename": "a.pdf"}}, {"kind": "file", "media": "https://x.y/a"}),
    ({"sticker": {"url": "https://x.y/a"}}, {"kind": "sticker", "media": "https://x.y/a"}),
    ({"location": {"latitude": 1.5, "longitude": -2}}, {"kind": "location", "location": {"lat": 1.5, "lon": -2}}),
    ({"interactive": a_list(2, 1)}, {"kind": "text", "text": "Which?"}),
    ({"contact_cards": [{"name": {"formatted_name": "B", "first_name": "B"}}]}, {"kind": "contact"}),
]


@pytest.mark.parametrize(("content", "wanted"), CONTENTS, ids=lambda value: next(iter(value)))
def test_each_content_is_heard_as_what_it_is(
    desk: Desk, ana: Row, content: dict[str, Any], wanted: dict[str, Any]
) -> None:
    desk.written(ana["id"])
    answered = desk.call("POST", SEND, {"to": ana["id"], "from": desk.number, **content})

    assert answered.status == 202
    (reply,) = desk.replies()
    assert {name: getattr(reply, name) for name in wanted} == wanted


def test_buttons_of_lists_links_and_cards_are_heard_in_their_order(desk: Desk, ana: Row) -> None:
    desk.written(ana["id"])
    link = {"type": "cta_url", "cta_url": {"text": "See", "url": "https://x.y"}}
    header = {"type": "image", "url": "https://x.y/a"}
    cards = [{"header": header, "buttons": buttons("A")}, {"header": header, "buttons": [link]}]
    carousel = {"type": "carousel", "body_text": "Look", "cards": cards}
    found = {}
    for kind in (a_list(1, 1), {"type": "cta_url", "body_text": "Look", "cta_url": link["cta_url"]}, carousel):
        assert desk.call("POST", SEND, {"to": ana["id"], "from": desk.number, "interactive": kind}).status == 202
        (reply,) = desk.replies()
        found[kind["type"]] = [(each.label, each.payload, each.kind) for each in reply.buttons]

    assert found == {
        "list": [("Row 0/0", "0/0", "reply"), ("Row 1/0", "1/0", "reply")],
        "cta_url": [("See", "https://x.y", "url")],
        "carousel": [("A", "a", "reply"), ("See", "https://x.y", "url")],
    }


# --- what is refused

WRONG: list[tuple[dict[str, Any], str]] = [
    ({}, "text"),
    ({"text": {"body": "x"}, "image": {"url": "https://x.y"}}, "image"),
    ({"text": {"body": ""}}, "text.body"),
    ({"text": {"body": "x" * 4097}}, "text.body"),
    ({"text": "x"}, "text"),
    ({"image": {}}, "image.url"),
    ({"image": {"url": "tulip.png"}}, "image.url"),
    ({"image": {"url": "https://x.y", "caption": "x" * 1025}}, "image.caption"),
    ({"document": {"url": "https://x.y", "filename": "x" * 101}}, "document.filename"),
    ({"location": {"latitude": 91, "longitude": 0}}, "location.latitude"),
    ({"location": {"latitude": True, "longitude": 0}}, "location.latitude"),
    ({"template": {}}, "template"),
    ({"contact_cards": []}, "contact_cards"),
    ({"contact_cards": [{}] * 6}, "contact_cards"),
    ({"contact_cards": [{"name": {"formatted_name": "B"}}]}, "contact_cards[0].name"),
    ({"interactive": {"type": "poll"}}, "interactive.type"),
    ({"interactive": {"type": "button", "body_text": "x"}}, "interactive.buttons"),
    ({"interactive": {"type": "button", "body_text": "x", "buttons": buttons(*"ABCD")}}, "interactive.buttons"),
    (
        {"interactive": {"type": "button", "body_text": "x", "buttons": buttons("x" * 21)}},
        "interactive.buttons[0].quick_reply.text",
    ),
    ({"interactive": {"type": "list", "body_text": "x"}}, "interactive.list.button_text"),
    (
        {"interactive": {"type": "carousel", "body_text": "x", "cards": [{"buttons": buttons("A")}]}},
        "interactive.cards",
    ),
    ({"text": {"body": "x"}, "tags": [{"name": "a b", "value": "c"}]}, "tags[0].name"),
    ({"text": {"body": "x"}, "tags": [{"name": "a", "value": "c"}] * 21}, "tags"),
    ({"text": {"body": "x"}, "metadata": {"a": "x" * 2048}}, "metadata"),
    ({"text": {"body": "x"}, "from": None}, "from"),
    ({"text": {"body": "x"}, "to": "Ana"}, "to"),
]


@pytest.mark.parametrize(("content", "param"), WRONG, ids=lambda value: value if isinstance(value, str) else "")
def test_wrong_message_is_refused_by_its_field(desk: Desk, ana: Row, content: dict[str, Any], param: str) -> None:
    answered = desk.call("POST", SEND, {"to": ana["id"], "from": desk.number, **content})
    error = fields(answered)["error"]

    assert (answered.status, error["code"], error["type"]) == (422, "E01001", "validation_error")
    assert param in [each["param"] for each in error["details"]]
    assert answered.response.effects == ()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ({"from": "+31600000000", "text": {"body": "x"}}, "WhatsAppNumberNotConnected"),
        (
            {"interactive": {"type": "button", "body_text": "x", "buttons": buttons("A", "A")}},
            "WhatsAppInteractiveDuplicateLabel",
        ),
        ({"interactive": a_list(6, 5)}, "WhatsAppInteractiveLimitExceeded"),
        (
            {"text": {"body": "x"}, "in_reply_to_message_id": "wam_01krdgeqcxet5s7t44vh8rt9mg"},
            "WhatsAppQuotedMessageNotFound",
        ),
    ],
)
def test_what_the_whole_shows_has_an_error_of_its_own(desk: Desk, ana: Row, content: dict[str, Any], name: str) -> None:
    answered = desk.call("POST", SEND, {"to": ana["id"], "from": desk.number, **content})

    assert (answered.status, fields(answered)["error"]["name"]) == (422, name)


def test_message_can_be_answered_for_fifteen_days(desk: Desk, ana: Row) -> None:
    quoted = desk.written(ana["id"])
    desk.now_ms += 15 * 86_400_000 - 4_000
    said = {"to": ana["id"], "from": desk.number, "text": {"body": "x"}, "in_reply_to_message_id": quoted}
    in_time, too_late = desk.call("POST", SEND, said), desk.call("POST", SEND, said)

    assert (in_time.status, too_late.status) == (202, 422)


# --- what is read and reacted to


def test_read_receipt_says_something_where_it_shows_typing(desk: Desk, ana: Row) -> None:
    heard = desk.written(ana["id"])
    plain = desk.call("POST", f"{SEND}/{heard}/read")
    silent = desk.replies()
    typing = desk.call("POST", f"{SEND}/{heard}/read", {"typing_indicator": True})

    assert (plain.status, fields(plain)) == (202, {"typing_indicator": False})
    assert silent == ()
    assert fields(typing) == {"typing_indicator": True}
    assert [(reply.kind, reply.to) for reply in desk.replies()] == [("typing", ana["id"])]
    assert fields(desk.call("GET", f"{SEND}/{heard}"))["read_at"] is not None


@pytest.mark.parametrize(("method", "path"), [("POST", "read"), ("PUT", "reaction"), ("DELETE", "reaction")])
def test_own_message_can_neither_be_acknowledged_nor_reacted_to(desk: Desk, ana: Row, method: str, path: str) -> None:
    desk.written(ana["id"])
    own = desk.say(ana["id"], "Hello")
    answered = desk.call(method, f"{SEND}/{own}/{path}", {"emoji": "👍"} if method == "PUT" else None)

    assert (answered.status, fields(answered)["error"]["name"]) == (422, "WhatsAppMessageNotInbound")


def test_reaction_replaces_the_one_before_and_can_be_taken_back(desk: Desk, ana: Row) -> None:
    heard = desk.written(ana["id"])
    path = f"{SEND}/{heard}/reaction"
    placed = [fields(desk.call("PUT", path, {"emoji": emoji}))["id"] for emoji in ("👍", "💐")]

    assert len(set(placed)) == 2
    assert [(reply.kind, reply.text, reply.about) for reply in desk.replies()] == [("reacts", "💐", "Hello")]
    shown = fields(desk.call("GET", f"{SEND}/{heard}"))
    assert [each["emoji"] for each in shown["reactions"]] == ["💐"]
    assert [desk.call("DELETE", path).status for _ in range(2)] == [202, 202]
    assert "reactions" not in fields(desk.call("GET", f"{SEND}/{heard}"))


@pytest.mark.parametrize("path", ["", "/events", "/media/waf_1"])
def test_message_that_there_is_not_is_not_found(desk: Desk, path: str) -> None:
    answered = desk.call("GET", f"{SEND}/wam_01krdgeqcxet5s7t44vh8rt9mg{path}")

    assert (answered.status, fields(answered)["error"]["type"]) == (404, "not_found_error")


# --- lists


def test_list_is_filtered_by_all_that_is_asked_for(desk: Desk, ana: Row, ben: Row) -> None:
    heard = desk.written(ana["id"])
    said = desk.say(ana["id"], "Hello", tags=[{"name": "a", "value": "b"}])

    def listed(**query: Any) -> list[str]:
        named = {name.rstrip("_"): value for name, value in query.items()}
        return [each["id"] for each in fields(desk.call("GET", SEND, query=named))["data"]]

    assert listed() == [said, heard]
    assert listed(direction="outbound") == listed(tag="a") == listed(to=ana["id"]) == [said]
    assert listed(from_=ana["id"]) == listed(status=["received", "failed"]) == [heard]
    assert listed(phone_number=ana["id"]) == listed(bsuid=ana["bsuid"]) == [said, heard]
    assert listed(phone_number=ben["id"]) == listed(created_after="2027-01-01T00:00:00Z") == []
    assert listed(created_before="2027-01-01T00:00:00Z") == [said, heard]
