"""How a file comes to Canvas, in three steps: the bot tells of it, sends it where it is told to, and confirms it."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlencode

from simulator import digests
from simulator.ids import Ids
from simulator.multipart import Part, is_multipart, parts
from simulator.provider import ApiResponse
from simulator.providers.canvas.answers import answered
from simulator.providers.canvas.files import OTHER_TYPE, TABLE, file_key, file_of, shown_row, type_of
from simulator.providers.canvas.parameters import parameters, text, whole
from simulator.providers.canvas.people import account_of, bot_id, local_id
from simulator.providers.canvas.refusals import refuse
from simulator.records import ApiCall
from simulator.world import Put, Row, World

TARGET = "/api/v1/files_api"
"""Where the file itself goes; a bot is told, and must not know it by heart."""

FILE = "file"
"""The part of the form that is the file; it stands last."""

DEFAULT_FOLDER = "unfiled"
_CONTENT_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)


def start_upload(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """
    Take note of a file that is to come, and tell where it goes and what has to go with it.

    Source: Canvas REST API, "Uploading Files", step 1; instructure/canvas-lms, `lib/api/v1/attachment.rb`.
    """
    whose = call.params["id"]
    if whose != "self" and local_id(whose, account_of(world)) != bot_id(world):
        return refuse(call, "unauthorized", "")
    asked = parameters(call)
    folder = text(asked.get("parent_folder_path") or asked.get("folder"))
    faults = {
        "two_folders": bool(folder) and bool(asked.get("parent_folder_id")),
        "on_duplicate_invalid": text(asked.get("on_duplicate") or "rename") not in ("rename", "overwrite"),
        "upload_by_url": bool(asked.get("url")),
        "over_quota": whole(asked.get("size"), 0) > int(world.limits["quota_bytes"]),
    }
    for error, is_so in faults.items():
        if is_so:
            return refuse(call, error, "")
    row = _begun(call, world, ids, folder)
    shown = {"upload_url": f"{call.base_url}{TARGET}", "upload_params": _ticket(row, world), "file_param": FILE}
    return answered(call, ids, shown, _put(row))


def upload_file(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """
    Keep the file, and lead to where the upload is confirmed; the parameters must come as they were given.

    With the option `upload_answer` as `created` there is nothing to confirm.

    Source: Canvas REST API, "Uploading Files", step 2.
    """
    sent = _sent(call)
    row = file_of(world, next((_text(part) for part in sent if part.name == "attachment_id"), ""))
    if row is None or row["state"] != "pending" or not _is_whole(sent, row, world):
        return refuse(call, "upload_denied", "")
    is_done = world.options["upload_answer"] == "created"
    changed = {**row, "content": sent[-1].content, "state": "available" if is_done else "uploaded"}
    place = f"{call.base_url}/api/v1/files/{row['id']}"
    if is_done:
        return answered(call, ids, shown_row(changed), _put(changed), status=201, headers=(("Location", place),))
    headers = (("Location", f"{place}/create_success?{urlencode({'uuid': row['uuid']})}"),)
    return ApiResponse(status=301, headers=headers, effects=(_put(changed),))


def confirm_upload(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """
    Make an uploaded file available, and give what is known of it; a second time there is nothing to confirm.

    Source: Canvas REST API, "Uploading Files", step 3. The code asks for the `uuid`, and for no token.
    """
    row = file_of(world, call.params["id"])
    if row is None or row["state"] != "uploaded" or call.query.get("uuid") != row["uuid"]:
        return refuse(call, "upload_denied", "")
    changed = {**row, "state": "available"}
    return answered(call, ids, shown_row(changed), _put(changed))


def _begun(call: ApiCall, world: World, ids: Ids, folder: str) -> dict[str, Any]:
    asked = parameters(call)
    number = int(ids.give("attachment"))
    while world.get(TABLE, file_key(str(number))) is not None:
        number += 1
    # Half a surrogate pair, which JSON may hold, could not be sent back.
    name = text(asked.get("name") or asked.get("filename")).encode("utf-8", "replace").decode() or "unnamed"
    uuid = ids.give("uuid")
    given = text(asked.get("content_type"))
    address = f"{call.base_url}/api/v1/files/{number}/download"
    return {
        "id": str(number),
        "uuid": uuid,
        "name": name,
        # Only what is a media type may stand in the header of the download.
        "content_type": given if _CONTENT_TYPE.fullmatch(given) else type_of(name) or OTHER_TYPE,
        "folder": folder.strip("/").removeprefix("my files/") or DEFAULT_FOLDER,
        "folder_id": whole(asked.get("parent_folder_id"), 1),
        "url": f"{address}?{urlencode({'download_frd': 1, 'verifier': uuid})}",
        "content": None,
        "state": "pending",
        "created_ms": call.at_ms,
    }


def _ticket(row: Row, world: World) -> dict[str, str]:
    """Give the parameters that go with the file; the signature is over all others."""
    policy = json.dumps({"attachment_id": row["id"], "name": row["name"]})
    folder = f"account_{account_of(world)['id']}/attachments/{row['id']}"
    fields = {
        "key": f"{folder}/{quote(row['name'], safe='')}",
        "Filename": row["name"],
        "content_type": row["content_type"],
        "attachment_id": row["id"],
        "Policy": base64.b64encode(policy.encode("ascii")).decode("ascii"),
    }
    signed = json.dumps(fields, sort_keys=True).encode("ascii")
    return {**fields, "Signature": digests.hmac_sha256_base64(world.credentials["access_token"], signed)}


def _is_whole(sent: Sequence[Part], row: Row, world: World) -> bool:
    """True where the file is the last of the parts, and before it stands what was given, nothing more or less."""
    given = {part.name: _text(part) for part in sent[:-1]}
    return sent[-1].name == FILE and len(given) == len(sent) - 1 and given == _ticket(row, world)


def _sent(call: ApiCall) -> tuple[Part, ...]:
    content_type = call.headers.get("content-type", "")
    return parts(call.body, content_type) if is_multipart(content_type) else ()


def _text(part: Part) -> str:
    return part.content.decode("utf-8", "replace")


def _put(row: Row) -> Put:
    return Put(table=TABLE, key=file_key(row["id"]), row=row)
