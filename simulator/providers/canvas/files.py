"""The files of the bot's person: what is known of them, how they are shown and fetched, and put beside a message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from mimetypes import MimeTypes
from typing import Any

from simulator import digests
from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.providers.canvas import conversations as inbox
from simulator.providers.canvas.answers import answered, missing
from simulator.providers.canvas.metadata import utc_time
from simulator.providers.canvas.parameters import Parameters, listed
from simulator.providers.canvas.people import account_of, local_id
from simulator.providers.canvas.refusals import is_token_right, refuse
from simulator.records import ApiCall
from simulator.world import Row, World

TABLE = "account"
"""Where files are kept, since they belong to the bot's person and to no conversation."""

FOLDER = "conversation attachments"
"""The folder whose files may stand beside a message; those of another one are passed over without a word."""

OTHER_TYPE = "application/octet-stream"

MIME_CLASSES = {"application/pdf": "pdf", "application/zip": "zip", "text/html": "html", "text/plain": "text"}
KINDS = ("image", "audio", "video")

_TYPES = MimeTypes()
"""What Python knows by itself: the same on every machine."""


def type_of(name: str) -> str:
    """Give the content type that a file's name speaks of."""
    return _TYPES.guess_type(name)[0] or OTHER_TYPE


def file_key(file_id: str) -> str:
    """Give the key of a file in its table."""
    return f"file {file_id}"


def file_of(world: World, file_id: Any) -> Row | None:
    """Give a file that was uploaded, at whatever step it stands; None where there is none."""
    key = local_id(file_id, account_of(world))
    return world.get(TABLE, file_key(key)) if key is not None else None


def shown_file(
    *,
    file_id: str,
    uuid: str,
    name: str,
    content_type: str,
    url: str,
    size: Any,
    created_ms: int,
    folder_id: Any = None,
) -> dict[str, Any]:
    """
    Give a file as the REST API shows it.

    Source: instructure/canvas-lms, `lib/api/v1/attachment.rb`.
    """
    time = utc_time(created_ms)
    kind = content_type.partition("/")[0]
    return {
        "id": int(file_id),
        "uuid": uuid,
        "folder_id": folder_id,
        "display_name": name,
        "filename": name,
        "upload_status": "success",
        "content-type": content_type,
        "url": url,
        "size": size,
        "created_at": time,
        "updated_at": time,
        "unlock_at": None,
        "locked": False,
        "hidden": False,
        "lock_at": None,
        "hidden_for_user": False,
        "thumbnail_url": None,
        "modified_at": time,
        "mime_class": kind if kind in KINDS else MIME_CLASSES.get(content_type, "file"),
        "media_entry_id": None,
        "locked_for_user": False,
    }


def shown_row(row: Row) -> dict[str, Any]:
    """Give an uploaded file as the REST API shows it."""
    return shown_file(
        file_id=row["id"],
        uuid=row["uuid"],
        name=row["name"],
        content_type=row["content_type"],
        url=row["url"],
        size=len(row["content"] or b""),
        created_ms=row["created_ms"],
        folder_id=row["folder_id"],
    )


def attached(asked: Parameters, world: World) -> tuple[Mapping[str, Any], ...]:
    """
    Give the files that a call puts beside its message, as the REST API shows them.

    Ids of what is not there, not confirmed or in another folder are passed over.

    Source: instructure/canvas-lms, `app/models/conversation_message.rb`.
    """
    rows = (file_of(world, each) for each in dict.fromkeys(listed(asked.get("attachment_ids"))))
    return tuple(shown_row(row) for row in rows if row and row["state"] == "available" and row["folder"] == FOLDER)


def recording(asked: Parameters, world: World) -> dict[str, Any] | None:
    """Give the recording that a call puts beside its message; there is no way to upload one, so any id is taken."""
    media_id, kind = asked.get("media_comment_id"), asked.get("media_comment_type")
    if not media_id or kind not in ("audio", "video"):
        return None
    account = account_of(world)
    place = f"https://{account['hostname']}/users/{account['bot']['id']}/media_download"
    return {
        "content-type": f"{kind}/mp4",
        "display_name": None,
        "media_id": str(media_id),
        "media_type": kind,
        "url": f"{place}?entryId={media_id}&redirect=1&type=mp4",
    }


def get_file(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give what is known of a file: one that the bot uploaded, or one that stands beside a message to it."""
    row = file_of(world, call.params["id"])
    if row is not None and row["state"] == "available":
        return answered(call, ids, shown_row(row))
    key = local_id(call.params["id"], account_of(world))
    found = next((each for each in _received(world) if str(each["id"]) == key), None)
    return answered(call, ids, dict(found)) if found is not None else missing(call)


def download_file(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give the content of a file to who has its address with the verifier in it, or the token."""
    row = file_of(world, call.params["id"])
    is_known = row is not None and digests.is_equal(str(call.query.get("verifier", "")), row["uuid"])
    if not is_known and not is_token_right(call, world):
        return refuse(call, "unauthenticated", "")
    if row is None or row["state"] != "available":
        return missing(call)
    return ApiResponse(body=row["content"], headers=(("Content-Type", row["content_type"]),))


def _received(world: World) -> Iterable[Mapping[str, Any]]:
    for key, _ in world.rows(inbox.MESSAGES):
        message = inbox.message(world, key)
        yield from message["attachments"] if message is not None else ()
