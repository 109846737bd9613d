"""A file from the bot's disk into a message: told of, sent, confirmed, put beside the text, fetched."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.answering import Answered

from .conftest import ANA, BASE, MULTIPART, Instance, body_of, multipart

ATTACHMENTS = "conversation attachments"


def told(canvas: Instance, **more: Any) -> dict[str, Any]:
    """Let the bot tell of a file."""
    fields = {"name": "tulip.png", "size": 4, "parent_folder_path": ATTACHMENTS, **more}
    found: dict[str, Any] = body_of(canvas.ask("POST", "/users/self/files", fields))
    return found


def sent(canvas: Instance, start: dict[str, Any], content: bytes = b"\x89PNG", **changes: str) -> Answered:
    """Let the bot send it, without its token, as it was told."""
    path = start["upload_url"].removeprefix(BASE)
    parts = {**start["upload_params"], **changes}
    body = multipart(*((name, value) for name, value in parts.items() if value), ("file", content))
    return canvas.ask("POST", path, body, content_type=MULTIPART, authorization="")


def place(answered: Answered) -> str:
    return dict(answered.headers)["Location"].removeprefix(BASE)


def uploaded(canvas: Instance, **more: Any) -> dict[str, Any]:
    """Give a file that is there, as the API shows it."""
    found: dict[str, Any] = body_of(canvas.ask("GET", place(sent(canvas, told(canvas, **more)))))
    return found


def test_file_that_was_confirmed_can_be_looked_up_and_fetched(canvas: Instance) -> None:
    shown = uploaded(canvas)
    fetched = canvas.ask("GET", shown["url"].removeprefix(BASE), authorization="")

    assert (shown["display_name"], shown["content-type"], shown["size"]) == ("tulip.png", "image/png", 4)
    assert (shown["mime_class"], shown["folder_id"]) == ("image", 1)
    assert body_of(canvas.ask("GET", f"/files/{shown['id']}")) == shown
    assert (fetched.status, fetched.body) == (200, b"\x89PNG")
    assert dict(fetched.headers)["Content-Type"] == "image/png"


def test_file_leads_to_its_confirmation_by_a_redirect(canvas: Instance) -> None:
    answered = sent(canvas, told(canvas))

    assert (answered.status, answered.body) == (301, b"")
    assert "/create_success?uuid=" in place(answered)


def test_file_may_be_done_when_it_is_sent() -> None:
    canvas = Instance(upload_answer="created")
    answered = sent(canvas, told(canvas))

    assert answered.status == 201
    assert body_of(canvas.ask("GET", place(answered))) == body_of(answered)


def test_file_stands_beside_a_message(canvas: Instance) -> None:
    shown = uploaded(canvas)
    (conversation,) = body_of(
        canvas.ask(
            "POST", "/conversations", [("recipients", ANA), ("body", "Look"), ("attachment_ids[]", str(shown["id"]))]
        )
    )

    assert [each["id"] for each in conversation["messages"][0]["attachments"]] == [shown["id"]]
    assert conversation["properties"] == ["last_author", "attachments"]
    assert [(reply.kind, reply.text, reply.media) for reply in canvas.replies] == [("image", "Look", shown["url"])]


@pytest.mark.parametrize("kind", ["in another folder", "not confirmed", "unknown"])
def test_file_that_may_not_stand_there_is_passed_over(canvas: Instance, kind: str) -> None:
    key = 999
    if kind == "in another folder":
        key = uploaded(canvas, parent_folder_path="my files/holidays")["id"]
    elif kind == "not confirmed":
        start = told(canvas)
        sent(canvas, start)
        key = int(start["upload_params"]["attachment_id"])
    (conversation,) = body_of(
        canvas.ask("POST", "/conversations", {"recipients": [ANA], "body": "Look", "attachment_ids": [key]})
    )

    assert conversation["messages"][0]["attachments"] == []
    assert [reply.kind for reply in canvas.replies] == ["text"]


def test_recording_stands_beside_a_message(canvas: Instance) -> None:
    fields = {"recipients": [ANA], "body": "Hear", "media_comment_id": "m-1", "media_comment_type": "audio"}
    (conversation,) = body_of(canvas.ask("POST", "/conversations", fields))

    assert conversation["messages"][0]["media_comment"]["media_id"] == "m-1"
    assert [(reply.kind, reply.text) for reply in canvas.replies] == [("audio", "Hear")]


def test_file_of_a_person_can_be_looked_up(canvas: Instance) -> None:
    media = {"url": "http://127.0.0.1:1/_media/k/cat.jpg", "name": "cat.jpg", "size": 77, "content_type": "image/jpeg"}
    key = canvas.act(ANA, "image", media)[0].values["conversation_id"]
    (found,) = body_of(canvas.ask("GET", f"/conversations/{key}"))["messages"][0]["attachments"]

    assert (found["url"], found["size"], found["content-type"]) == (media["url"], 77, "image/jpeg")
    assert body_of(canvas.ask("GET", f"/files/{found['id']}")) == found


# --- what goes wrong


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"parent_folder_id": 7}, "two_folders"),
        ({"on_duplicate": "explode"}, "on_duplicate_invalid"),
        ({"size": 60_000_000}, "over_quota"),
        ({"url": "https://example.com/tulip.png"}, "upload_by_url"),
    ],
)
def test_file_that_cannot_come_is_refused_at_once(canvas: Instance, fields: dict[str, Any], error: str) -> None:
    answered = canvas.ask("POST", "/users/self/files", {"name": "x", "parent_folder_path": ATTACHMENTS, **fields})

    assert (answered.status, answered.response.error) == (400, error)


@pytest.mark.parametrize("changes", [{"Filename": "other.png"}, {"Signature": ""}, {"more": "x"}])
def test_upload_with_other_parameters_is_denied(canvas: Instance, changes: dict[str, str]) -> None:
    answered = sent(canvas, told(canvas), **changes)

    assert (answered.status, answered.body, answered.response.error) == (400, b"", "upload_denied")


def test_file_must_be_the_last_part(canvas: Instance) -> None:
    start = told(canvas)
    body = multipart(("file", b"x"), *start["upload_params"].items())
    answered = canvas.ask("POST", "/files_api", body, content_type=MULTIPART)

    assert answered.response.error == "upload_denied"


def test_upload_that_is_no_form_of_parts_is_denied(canvas: Instance) -> None:
    assert canvas.ask("POST", "/files_api", told(canvas)["upload_params"]).response.error == "upload_denied"


def test_file_is_confirmed_but_once_and_by_whom_has_its_uuid(canvas: Instance) -> None:
    path = place(sent(canvas, told(canvas)))

    assert canvas.ask("GET", path.partition("?")[0]).response.error == "upload_denied"
    assert canvas.ask("GET", path).status == 200
    assert canvas.ask("GET", path).response.error == "upload_denied"


def test_file_is_given_to_nobody_who_only_guesses(canvas: Instance) -> None:
    shown = uploaded(canvas)
    path = f"/files/{shown['id']}/download"

    assert canvas.ask("GET", f"{path}?verifier=guess", authorization="").response.error == "unauthenticated"
    assert canvas.ask("GET", path).body == b"\x89PNG"
    assert canvas.ask("GET", "/files/999/download").response.error == "not_found"


def test_files_of_other_people_are_not_the_bot_s(canvas: Instance) -> None:
    assert canvas.ask("POST", f"/users/{ANA}/files", {"name": "x"}).response.error == "unauthorized"
    assert canvas.ask("POST", "/users/900/files", {"name": "x"}).status == 200


@pytest.mark.parametrize("name", ["\ud800.png", "a\r\nb.png", "", "ä/🙂.png"])
def test_any_name_will_do(canvas: Instance, name: str) -> None:
    shown = uploaded(canvas, name=name, content_type="no\r\ntype")

    assert shown["content-type"] == ("image/png" if name else "application/octet-stream")
    assert canvas.ask("GET", shown["url"].removeprefix(BASE)).status == 200
