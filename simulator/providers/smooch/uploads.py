"""Files that a bot sends to the service, and that anybody who has their address can get."""

from __future__ import annotations

import hashlib
import re
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from simulator.ids import Ids
from simulator.multipart import Part, parse
from simulator.provider import ApiResponse
from simulator.providers.smooch.messages import media_type
from simulator.providers.smooch.refusals import Fault, refused
from simulator.providers.smooch.rules import ROLES
from simulator.providers.smooch.sending import posted
from simulator.providers.smooch.users import find_user
from simulator.records import ApiCall
from simulator.world import Put, Remove, World

TABLE = "account"
"""Where files are kept: under their paths, since they belong to the app and to no conversation."""

OTHER_TYPE = "application/octet-stream"


def upload_attachment(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Keep a file and tell its address, for a message that is to show it."""
    if call.query.get("access") != "public":
        return refused(call, Fault("bad_request", "access is not public"))
    folder = ""
    if call.query.get("for") == "message":
        key = call.query.get("appUserId") or call.query.get("userId")
        user = find_user(world, str(key)) if key else None
        if user is None:
            return refused(call, Fault("user_not_found") if key else Fault("bad_request", "appUserId is missing"))
        folder = f"/conversation/{user['id']}"
    stored = _stored(call, world, ids, folder)
    if isinstance(stored, Fault):
        return refused(call, stored)
    values = {"mediaUrl": f"{call.base_url}{quote(stored.key)}", "mediaType": stored.row["type"]}
    return ApiResponse(status=201, template="upload_attachment", values=values, effects=(stored,))


def post_image(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Keep a picture and send it to a person."""
    user = find_user(world, call.params["user_id"])
    if user is None:
        return refused(call, Fault("user_not_found"))
    stored = _stored(call, world, ids, f"/conversation/{user['id']}")
    if isinstance(stored, Fault):
        return refused(call, stored)
    if not str(stored.row["type"]).startswith("image/"):
        return refused(call, Fault("bad_request", "source is no picture"))
    parts = _parts(call)
    given: dict[str, Any] = {name: _text(parts, name) for name in ("role", "name", "email", "avatarUrl", "text")}
    if given["role"] not in ROLES:
        return refused(call, Fault("bad_request", "role is neither appUser nor appMaker"))
    media = {"mediaUrl": f"{call.base_url}{quote(stored.key)}", "mediaType": stored.row["type"]}
    fields = {**given, "type": "image", **media, "mediaSize": len(stored.row["content"])}
    answer = posted(fields, user, call, world, ids)
    values = {**answer.values, "fields": fields}
    return ApiResponse(status=201, template="post_image", values=values, effects=(stored, *answer.effects))


def get_attachment(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give a file; nobody has to say who asks."""
    row = world.get(TABLE, call.path)
    if row is None:
        return refused(call, Fault("attachment_not_found"))
    return ApiResponse(body=row["content"], headers=(("Content-Type", str(row["type"])),))


def delete_attachment(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Take a file away; its address leads nowhere from then on."""
    url = call.fields.get("mediaUrl") if isinstance(call.fields, dict) else None
    if not isinstance(url, str):
        return refused(call, Fault("bad_request", "mediaUrl is missing" if url is None else "mediaUrl is no text"))
    path = _path_of(url, call)
    if path is None or world.get(TABLE, path) is None:
        return refused(call, Fault("attachment_not_found"))
    return ApiResponse(template="delete_attachment", effects=(Remove(table=TABLE, key=path),))


def _stored(call: ApiCall, world: World, ids: Ids, folder: str) -> Put | Fault:
    """Give the effect by which the file of a call is kept, or why it is not."""
    try:
        parts = parse(call.body, call.headers.get("content-type", ""))
    except ValueError as error:
        return Fault("bad_request", str(error))
    source = parts.get("source")
    if source is None or not source.content:
        return Fault("bad_request", "source is missing" if source is None else "source is empty")
    most = world.limits["attachment_bytes"]
    if len(source.content) > most:
        return Fault("too_large", f"the file has {len(source.content)} bytes; {most} are allowed")
    name = re.split(r"[/\\]", source.file_name)[-1] or "attachment"
    kind = _kind(_text(parts, "type"), source.content_type, media_type(f"https://media.example/{quote(name)}"))
    # Two stories may draw the same; what is in the file tells them apart.
    drawn = hashlib.sha256(str(ids.give("media")).encode("ascii") + source.content).hexdigest()[:32]
    path = f"/apps/{world.options['app_id']}{folder}/{drawn}/{name}"
    return Put(table=TABLE, key=path, row={"content": source.content, "type": kind})


def _kind(*candidates: str | None) -> str:
    """Give the first of these that is a media type; only such a one may stand in a header."""
    return next(
        (each for each in candidates if each and re.fullmatch(r"[\w.+-]+/[\w.+-]+", each, re.ASCII)), OTHER_TYPE
    )


def _parts(call: ApiCall) -> dict[str, Part]:
    return dict(parse(call.body, call.headers.get("content-type", "")))


def _text(parts: Any, name: str) -> str | None:
    return parts[name].content.decode("utf-8", "replace") if name in parts else None


def _path_of(url: str, call: ApiCall) -> str | None:
    """Give the path under which the file of an address is kept, None where the address is none."""
    try:
        path, base = unquote(urlsplit(url).path), urlsplit(call.base_url).path
    except ValueError:
        return None
    return path.removeprefix(base)
