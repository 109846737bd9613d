from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from simulator.provider import ApiResponse
from simulator.world import Put, Row, World

from .conftest import APP_ID, FACTS, SMOOCH, a_call, a_world, do, emitted, ids

PNG = b"\x89PNG\r\n\x1a\n"


def upload(
    world: World,
    operation: str = "upload_attachment",
    *,
    content: bytes = PNG,
    name: str = "box.png",
    kind: str = "image/png",
    query: Any = None,
    field: str = "source",
    more: str = "",
    **params: Any,
) -> ApiResponse:
    head = f'--x\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
    body = f"{more}{head}Content-Type: {kind}\r\n\r\n".encode() + content + b"\r\n--x--\r\n"
    call = a_call(operation, query={"access": "public"} if query is None else query, **params)
    call = replace(call, body=body, headers={"content-type": "multipart/form-data; boundary=x"})
    route = next(route for route in SMOOCH.routes if route.operation == operation)
    response = route.handler(call, world, ids())
    for effect in response.effects:
        if isinstance(effect, Put):
            world.apply(effect)
    return response


def part(name: str, value: str) -> str:
    return f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'


def path_of(response: ApiResponse) -> str:
    return str(response.values["mediaUrl"]).removeprefix("http://127.0.0.1:1/smooch")


def get(world: World, path: str) -> ApiResponse:
    route = next(route for route in SMOOCH.routes if route.operation == "get_attachment")
    return route.handler(replace(a_call("get_menu"), operation="get_attachment", path=path), world, ids())


def test_file_can_be_got_where_the_answer_says(world: World) -> None:
    made = upload(world)

    assert (made.status, made.values["mediaType"]) == (201, "image/png")
    assert path_of(made).startswith(f"/apps/{APP_ID}/")
    found = get(world, path_of(made))
    assert (found.body, found.headers) == (PNG, (("Content-Type", "image/png"),))


def test_file_of_a_message_lies_with_the_conversation(world: World, ana: Row) -> None:
    made = upload(world, query={"access": "public", "for": "message", "userId": ana["userId"]})

    assert f"/conversation/{ana['id']}/" in path_of(made)


def test_file_is_gone_once_it_was_taken_away(world: World) -> None:
    url = upload(world).values["mediaUrl"]

    assert do(world, "delete_attachment", {"mediaUrl": url}).error == ""
    assert do(world, "delete_attachment", {"mediaUrl": url}).error == "attachment_not_found"
    assert get(world, str(url).removeprefix("http://127.0.0.1:1/smooch")).error == "attachment_not_found"


@pytest.mark.parametrize("url", [None, 7, "http://[x", "https://x.example/a.png"])
def test_file_that_is_none_cannot_be_taken_away(world: World, url: Any) -> None:
    assert do(world, "delete_attachment", {"mediaUrl": url}).error in ("bad_request", "attachment_not_found")


@pytest.mark.parametrize(
    ("given", "media_type"),
    [
        ({"kind": "application/pdf"}, "application/pdf"),
        ({"kind": ""}, "image/png"),
        ({"kind": "x\ny", "name": "a"}, "application/octet-stream"),
        ({"more": part("type", "image/webp")}, "image/webp"),
    ],
)
def test_type_is_what_is_said_or_else_what_the_name_tells(world: World, given: Any, media_type: str) -> None:
    assert upload(world, **given).values["mediaType"] == media_type


@pytest.mark.parametrize("name", ["../../secret.png", "C:\\x\\secret.png"])
def test_name_holds_no_folders(world: World, name: str) -> None:
    made = upload(world, name=name.replace("\\", "\\\\"))

    assert path_of(made).count("/") == 4
    assert path_of(made).endswith("/secret.png")


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"query": {}}, "bad_request"),
        ({"query": {"access": "public", "for": "message"}}, "bad_request"),
        ({"query": {"access": "public", "for": "message", "appUserId": "nobody"}}, "user_not_found"),
        ({"field": "file"}, "bad_request"),
        ({"content": b""}, "bad_request"),
    ],
)
def test_wrong_upload_is_refused(world: World, given: Any, error: str) -> None:
    response = upload(world, **given)

    assert (response.error, response.effects) == (error, ())


def test_large_file_is_refused(ana: Row) -> None:
    world = a_world(ana, limits={**FACTS.limits, "attachment_bytes": 4})

    assert upload(world).error == "too_large"


def test_body_that_is_no_form_is_refused(world: World) -> None:
    assert do(world, "upload_attachment", {}, query={"access": "public"}).error == "bad_request"


def test_picture_is_sent_with_the_call_that_brings_it(world: World, ana: Row) -> None:
    sent = upload(world, "post_image", more=part("role", "appMaker"), user_id=ana["id"])

    message = sent.values["message"]
    assert (sent.status, message["type"], message["mediaType"]) == (201, "image", "image/png")
    assert emitted(sent)[0].type == "message:appMaker/image"
    (reply,) = SMOOCH.replies(a_call("post_image", user_id=ana["id"]), sent)
    assert (reply.kind, reply.media, reply.message_id) == ("image", message["mediaUrl"], message["_id"])
    assert get(world, str(message["mediaUrl"]).removeprefix("http://127.0.0.1:1/smooch")).body == PNG


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"user_id": "nobody"}, "user_not_found"),
        ({"more": ""}, "bad_request"),
        ({"kind": "text/plain"}, "bad_request"),
        ({"field": "file"}, "bad_request"),
    ],
)
def test_wrong_picture_is_refused(world: World, ana: Row, given: Any, error: str) -> None:
    given = {"user_id": ana["id"], "more": part("role", "appMaker"), **given}

    assert upload(world, "post_image", **given).error == error
