from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from simulator.answering import Answered
from simulator.world import Row

from .conftest import WHATSAPP, Desk, fields

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
UPLOAD = f"/channels/{WHATSAPP}/presigned-upload"


def a_form(form: dict[str, str], content: bytes = PNG, order: str = "last") -> bytes:
    parts = [(name, "", value.encode()) for name, value in form.items()]
    parts.insert(len(parts) if order == "last" else 0, ("file", '; filename="a.png"', content))
    lines = [
        b"--x\r\nContent-Disposition: form-data; " + f'name="{name}"{more}'.encode() + b"\r\n\r\n" + value + b"\r\n"
        for name, more, value in parts
    ]
    return b"".join([*lines, b"--x--\r\n"])


def put(desk: Desk, upload: Any, body: bytes) -> Answered:
    path = urlsplit(upload["uploadUrl"]).path.removeprefix("/bird")
    return desk.request("POST", path, body=body, headers={"content-type": "multipart/form-data; boundary=x"})


def follow(desk: Desk, answered: Answered) -> Answered:
    """Call a link without a key."""
    parts = urlsplit(dict(answered.headers)["Location"])
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return desk.request("GET", parts.path.removeprefix("/bird"), query=query, headers={})


@pytest.fixture
def upload(desk: Desk) -> Any:
    return fields(desk.call("POST", UPLOAD, {"contentType": "image/png"}))


def media_of(desk: Desk, upload: Any) -> Answered:
    return desk.request("GET", urlsplit(upload["mediaUrl"]).path.removeprefix("/bird"))


def test_uploaded_file_is_found_by_whoever_has_the_key(desk: Desk, upload: Any) -> None:
    taken = put(desk, upload, a_form(upload["uploadFormData"]))
    media = media_of(desk, upload)
    found = follow(desk, media)

    assert (taken.status, media.status, media.body) == (204, 302, b"")
    assert (found.status, found.body, dict(found.headers)["Content-Type"]) == (200, PNG, "image/png")


def test_file_may_be_put_for_a_channel_for_all_and_for_a_conversation(desk: Desk, ana: Row) -> None:
    conversation = desk.conversation_with(ana["id"])
    paths = [UPLOAD, "/channel-media/presigned-upload", f"/conversations/{conversation}/presigned-upload"]
    found = [fields(desk.call("POST", path, {"contentType": "image/png"})) for path in paths]

    assert [list(each) for each in found] == [["mediaUrl", "uploadUrl", "uploadMethod", "uploadFormData"]] * 3
    assert len({each["mediaUrl"] for each in found}) == 3


def test_link_is_good_for_fifteen_minutes(desk: Desk, upload: Any) -> None:
    put(desk, upload, a_form(upload["uploadFormData"]))
    media = media_of(desk, upload)
    desk.now_ms += 899_000 - 1_000
    in_time = follow(desk, media)
    too_late = follow(desk, media)

    assert (in_time.status, too_late.status) == (200, 403)
    assert fields(too_late)["code"] == "AccessDenied"


def test_link_that_somebody_made_up_leads_nowhere(desk: Desk, upload: Any) -> None:
    put(desk, upload, a_form(upload["uploadFormData"]))
    media_id = upload["mediaUrl"].rpartition("/")[2]
    query = {"made": str(desk.now_ms), "signature": "0" * 64}

    assert desk.request("GET", f"/downloads/{media_id}", query=query, headers={}).status == 403
    assert desk.request("GET", f"/downloads/{media_id}", headers={}).status == 403


def test_file_behind_the_key_is_not_given_without_it(desk: Desk, upload: Any) -> None:
    path = urlsplit(upload["mediaUrl"]).path.removeprefix("/bird")

    assert desk.request("GET", path, headers={}).status == 401


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({}, 422),
        ({"contentType": 7}, 422),
        ({"contentType": "image/png\r\nX: y"}, 422),
        ({"contentType": "image/png", "size": 3}, 422),
    ],
)
def test_upload_needs_a_media_type_and_nothing_else(desk: Desk, given: dict[str, Any], status: int) -> None:
    assert desk.call("POST", UPLOAD, given).status == status


@pytest.mark.parametrize(
    "path", ["/channels/no-channel/presigned-upload", "/conversations/no-conversation/presigned-upload"]
)
def test_upload_for_what_there_is_not_is_refused(desk: Desk, path: str) -> None:
    assert desk.call("POST", path, {"contentType": "image/png"}).status == 404


def test_form_must_be_as_it_was_given(desk: Desk, upload: Any) -> None:
    form = upload["uploadFormData"]

    assert put(desk, upload, a_form(form, order="first")).status == 422
    assert put(desk, upload, a_form({**form, "signature": "0"})).status == 403
    assert put(desk, upload, a_form({"key": form["key"]})).status == 403
    assert put(desk, upload, b"no form").status == 400
    assert put(desk, upload, a_form(form)).status == 204


def test_form_can_be_sent_for_fifteen_minutes(desk: Desk, upload: Any) -> None:
    desk.now_ms += 899_000

    assert put(desk, upload, a_form(upload["uploadFormData"])).status == 403


def test_file_of_a_person_is_found_beside_her_message_alone(desk: Desk, ana: Row) -> None:
    source = {"url": "http://127.0.0.1:1/_media/k/cat.png", "name": "cat.png", "content_type": "image/png"}
    inbound, _ = desk.act(ana["id"], "image", source) or ()
    url = inbound.values["body"]["image"]["images"][0]["mediaUrl"]
    path = urlsplit(url).path.removeprefix("/bird")
    found = desk.request("GET", path)

    assert found.status == 302
    assert dict(found.headers)["Location"].startswith(f"{source['url']}?made={desk.now_ms}")
    assert "expires=900" in dict(found.headers)["Location"]
    assert desk.request("GET", path.replace(inbound.values["id"], "another")).status == 404


def test_file_of_elsewhere_keeps_its_address(desk: Desk, ana: Row) -> None:
    inbound, _ = desk.act(ana["id"], "video", "https://example.com/garden.mp4") or ()

    assert inbound.values["body"]["file"]["files"][0]["mediaUrl"] == "https://example.com/garden.mp4"
