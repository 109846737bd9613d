"""The SDK `canvasapi` holds a conversation with the mock API: pages, errors, patience."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from simulator import answering, forms
from simulator.ids import Ids
from simulator.provider import Act
from simulator.records import ApiCall
from simulator.seeds import stream
from simulator.world import Emit, Put, Register

from .conftest import NOW_MS, Bench, bench
from .proofs import Proofs

canvasapi = pytest.importorskip("canvasapi")
requests = pytest.importorskip("requests")
exceptions = pytest.importorskip("canvasapi.exceptions")

BASE = "http://127.0.0.1:1/canvas"


class Wire(requests.adapters.BaseAdapter):  # type: ignore[misc]
    """Hands the SDK's requests to the mock API, without a network."""

    def __init__(self, made: Bench) -> None:
        super().__init__()
        self.made = made
        self.count = 0
        self.error = ""
        self.operations: list[str] = []
        """Those that the SDK has called, where they were not refused."""

    def send(self, request: Any, **settings: Any) -> Any:
        self.count += 1
        url = urlsplit(request.url)
        call = ApiCall(
            id=f"call-{self.count}",
            provider="canvas",
            method=request.method,
            path=url.path.removeprefix("/canvas"),
            headers={name.lower(): str(value) for name, value in request.headers.items()},
            body=request.body.encode() if isinstance(request.body, str) else request.body or b"",
            query=forms.gather(parse_qsl(url.query)),
            at_ms=NOW_MS + 1000 * self.count,
            base_url=BASE,
        )
        made, ids = self.made, Ids(self.made.provider.ids, stream(1, self.count), NOW_MS)
        known = {"provider": made.provider, "catalog": made.catalog, "world": made.world, "ids": ids}
        if self.error:
            refused = answering.fault_response(call, provider=made.provider, catalog=made.catalog, error=self.error)
            status, headers, body = answering.render_response(refused, call=call, **known)
        else:
            answered = answering.answer(call, **known)
            for effect in answered.response.effects:
                if not isinstance(effect, Emit | Register):
                    made.world.apply(effect)
            status, headers, body = answered.status, answered.headers, answered.body
            if not answered.response.error and "canvasapi" in str(request.headers["User-Agent"]):
                self.operations.append(answered.call.operation)
        response = requests.Response()
        response.status_code, response._content, response.url = status, body, request.url
        response.headers.update(dict(headers))
        response.request = request
        return response

    def close(self) -> None:
        return


@pytest.fixture
def made() -> Bench:
    return bench("canvas")


@pytest.fixture
def wire(made: Bench) -> Wire:
    return Wire(made)


@pytest.fixture
def canvas(made: Bench, wire: Wire, proofs: Proofs) -> Any:
    with pytest.warns(UserWarning, match="HTTPS"):
        found = canvasapi.Canvas(BASE, made.world.credentials["access_token"])
    found._Canvas__requester._session.mount("http://", wire)
    yield found
    if wire.operations:
        proofs.record("canvas", "canvasapi", operations=wire.operations)


def write(made: Bench, user_id: str, text: str, now_ms: int = NOW_MS) -> str:
    """Let a person write; gives the conversation's id."""
    row = {**made.ana, "id": user_id}
    made.world.apply(Put(table="users", key=user_id, row=row))
    ids = Ids(made.provider.ids, stream(1, user_id, text), now_ms)
    occurrences = made.provider.acts(Act(verb="text", value=text, user=row), made.world, ids) or ()
    for occurrence in occurrences:
        for effect in occurrence.effects:
            made.world.apply(effect)  # type: ignore[arg-type]
    return str(occurrences[0].values["conversation_id"])


def test_conversation_is_held_from_reading_to_deleting(made: Bench, canvas: Any) -> None:
    key = write(made, "501001", "hello")
    conversation = canvas.get_conversation(key)

    assert [message["body"] for message in conversation.messages] == ["hello"]
    assert conversation.add_message("hi").messages[0]["author_id"] == canvas.get_current_user().id
    assert conversation.edit(conversation={"workflow_state": "archived", "starred": True})
    assert (conversation.workflow_state, conversation.starred) == ("archived", True)
    assert conversation.delete()
    assert conversation.message_count == 0


def test_sdk_follows_the_pages_to_their_end(made: Bench, canvas: Any, wire: Wire) -> None:
    for number in range(120):
        write(made, str(600_000 + number), f"hello {number}", NOW_MS + number * 1000)

    assert [each.last_message for each in canvas.get_conversations()] == [f"hello {n}" for n in range(119, -1, -1)]
    assert wire.count == 3


def test_sdk_creates_and_adds(made: Bench, canvas: Any) -> None:
    for user_id in ("501001", "501002"):
        made.world.apply(Put(table="users", key=user_id, row={**made.ana, "id": user_id}))
    (group,) = canvas.create_conversation(["501001"], "hi", subject="Tulips", group_conversation=True)
    found = group.add_recipients(["501002"])

    assert (group.subject, found.audience) == ("Tulips", [501001, 501002])
    assert found.messages[0]["generated"]


def test_sdk_counts_and_marks(made: Bench, canvas: Any) -> None:
    write(made, "501001", "hello")

    assert canvas.conversations_unread_count() == {"unread_count": "1"}
    assert canvas.conversations_mark_all_as_read()
    assert canvas.conversations_unread_count() == {"unread_count": "0"}


def test_sdk_changes_many_at_once_and_asks_how_far_that_is(made: Bench, canvas: Any) -> None:
    keys = [write(made, user_id, "hello") for user_id in ("501001", "501002")]
    progress = canvas.conversations_batch_update(keys, "archive")

    assert progress.query().workflow_state == "completed"
    assert {canvas.get_conversation(key).workflow_state for key in keys} == {"archived"}


def test_sdk_finds_people_and_sees_what_is_on_its_way_to_them(made: Bench, canvas: Any) -> None:
    for user_id, name in (("501001", "Ana"), ("501002", "Ben")):
        made.world.apply(Put(table="users", key=user_id, row={**made.ana, "id": user_id, "name": name}))
    found = canvas.search_recipients(search="be", type="user")
    canvas.create_conversation(["501001", "501002"], "Spring is here", mode="async")
    (batch,) = canvas.conversations_get_running_batches()

    assert [each["name"] for each in found] == ["Ben"]
    assert (batch["recipient_count"], batch["message"]["body"]) == (2, "Spring is here")


@pytest.mark.parametrize("answer", ["redirect", "created"])
def test_sdk_uploads_a_file_sends_it_and_reads_it_back(
    made: Bench, canvas: Any, wire: Wire, answer: str, tmp_path: Path
) -> None:
    wire.made = bench("canvas", upload_answer=answer)
    wire.made.world.apply(Put(table="users", key="501001", row={**made.ana, "id": "501001"}))
    (tmp_path / "tulip.png").write_bytes(b"\x89PNG\r\n--")
    is_there, told = canvas.get_current_user().upload(
        str(tmp_path / "tulip.png"), parent_folder_path="conversation attachments"
    )
    (conversation,) = canvas.create_conversation(["501001"], "Look", attachment_ids=[told["id"]])

    assert is_there
    assert canvas.get_file(told["id"]).get_contents(binary=True) == b"\x89PNG\r\n--"
    assert conversation.messages[0]["attachments"][0]["filename"] == "tulip.png"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("body_blank", "BadRequest"),
        ("invalid_token", "InvalidAccessToken"),
        ("unauthorized", "Unauthorized"),
        ("rate_limited", "Forbidden"),
        ("not_found", "ResourceDoesNotExist"),
        ("too_many_requests", "RateLimitExceeded"),
        ("server_error", "CanvasException"),
        ("internal_error", "CanvasException"),
    ],
)
def test_sdk_knows_each_refusal(canvas: Any, wire: Wire, error: str, kind: str) -> None:
    wire.error = error

    with pytest.raises(getattr(exceptions, kind)):
        canvas.get_conversation(1)


def test_sdk_finds_no_conversation_of_others(canvas: Any) -> None:
    with pytest.raises(exceptions.ResourceDoesNotExist):
        canvas.get_conversation(1)


def test_every_answer_is_json(made: Bench, canvas: Any, wire: Wire) -> None:
    key = write(made, "501001", "hello")
    response = requests.Session()
    response.mount("http://", wire)
    token = made.world.credentials["access_token"]
    found = response.get(f"{BASE}/api/v1/conversations/{key}", headers={"Authorization": f"Bearer {token}"})

    assert found.headers["Content-Type"] == "application/json; charset=utf-8"
    assert json.loads(found.content)["id"] == int(key)
