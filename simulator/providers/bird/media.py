"""Files: those that people send, behind the access key, and those that the bot puts there to show them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from simulator import digests, multipart
from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.providers.bird import people, threads
from simulator.providers.bird.refusals import Fault, fields_of, invalid, refused, unknown
from simulator.records import ApiCall
from simulator.units import iso8601
from simulator.world import Put, World

TABLE = "account"
"""Where files are kept, under `media/` and their ids: they belong to the workspace and to no conversation."""

LINK_MS = 900_000
"""So long a link to a file is good. Source: reports of integrations."""

LOCAL = "/bird"
SHARED = "/_media/"
"""Where a file of a story lies at the mock API."""

MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(; ?[\w=.-]+)?", re.ASCII)


def shared(given: Mapping[str, Any], message_id: str, world: World, ids: Ids) -> tuple[str, tuple[Put, ...]]:
    """Give the address of a file that a person sends, and the effects by which it is found there."""
    source = str(given["url"])
    parts = urlsplit(source)
    if world.options["media"] == "open" or not parts.path.startswith(SHARED):
        return source, ()
    media_id = ids.give("media")
    path = f"/workspaces/{world.options['workspace']}/messages/{message_id}/media/{media_id}"
    row = {"source": source, "message_id": message_id}
    return f"{parts.scheme}://{parts.netloc}{LOCAL}{path}", (Put(table=TABLE, key=_key(media_id), row=row),)


def get_media(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Send on to a file."""
    media_id = call.params["mediaId"]
    row = world.get(TABLE, _key(media_id))
    if row is None or call.params.get("messageId", "") != row["message_id"]:
        return refused(call, Fault("not_found", "media not found"))
    source = row["source"] or f"{call.base_url}/downloads/{quote(media_id)}"
    return ApiResponse(status=302, headers=(("Location", _link(source, media_id, call.at_ms, world)),))


def download_media(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give a file that the bot has put there, while the link to it is good."""
    media_id = call.params["mediaId"]
    row = world.get(TABLE, _key(media_id))
    if row is None or "content" not in row:
        return refused(call, Fault("not_found", "media not found"))
    made = str(call.query.get("made", ""))
    is_good = made.isascii() and made.isdigit() and 0 <= call.at_ms - int(made) < LINK_MS
    if not is_good or call.query.get("signature") != _signature(media_id, int(made), world):
        return refused(call, Fault("link_expired"))
    return ApiResponse(body=row["content"], headers=(("Content-Type", str(row["type"])),))


# --- uploads ---------------------------------------------------------------------------------------------------------


def create_upload(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give where the bot puts a file, by which form, and where it is found from then on."""
    if "channelId" in call.params and not people.platform_of(world, call.params["channelId"]):
        return refused(call, Fault("not_found", "channel not found"))
    if "conversationId" in call.params and threads.conversation(world, call.params["conversationId"]) is None:
        return refused(call, Fault("not_found", "conversation not found"))
    fields = fields_of(call)
    kind = fields.get("contentType")
    problems = unknown(fields, ("contentType",))
    if not isinstance(kind, str) or not MEDIA_TYPE.fullmatch(kind):
        problems.append("contentType must be a media type")
    fault = invalid(problems)
    if fault is not None:
        return refused(call, fault)
    media_id = ids.give("media")
    form = {"key": media_id, "Content-Type": kind, "signature": _signature(media_id, call.at_ms, world)}
    row = {"source": "", "message_id": "", "form": form, "made_ms": call.at_ms}
    values = {
        "media_url": f"{call.base_url}/workspaces/{world.options['workspace']}/media/{media_id}",
        "upload_url": f"{call.base_url}/uploads/{media_id}",
        "form": form,
    }
    effects = (Put(table=TABLE, key=_key(media_id), row=row),)
    return ApiResponse(template="create_upload", values=values, effects=effects)


def upload_media(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Keep a file that comes by the form that was given for it: all its fields, and the file after them."""
    row = world.get(TABLE, _key(call.params["mediaId"]))
    if row is None or "form" not in row:
        return refused(call, Fault("not_found", "media not found"))
    if call.at_ms - row["made_ms"] >= LINK_MS:
        return refused(call, Fault("link_expired"))
    try:
        parts = multipart.parts(call.body, call.headers.get("content-type", ""))
    except ValueError as error:
        return refused(call, Fault("bad_body", str(error)))
    fault = _form_fault(parts, row["form"], world)
    if fault is not None:
        return refused(call, fault)
    kept = {**row, "content": parts[-1].content, "type": row["form"]["Content-Type"]}
    effects = (Put(table=TABLE, key=_key(call.params["mediaId"]), row=kept),)
    return ApiResponse(status=204, template="upload_media", effects=effects)


def _form_fault(parts: tuple[multipart.Part, ...], form: Mapping[str, str], world: World) -> Fault | None:
    *_, last = [part.name for part in parts] or [""]
    if last != "file":
        return Fault("invalid_payload", "file must be the last field of the form")
    told = {part.name: part.content.decode("utf-8", "replace") for part in parts[:-1]}
    wrong = [name for name, value in form.items() if told.get(name) != value]
    if wrong:
        return Fault("link_expired", f"the form lacks {', '.join(wrong)}, or has it otherwise")
    most = world.limits["upload_bytes"]
    if len(parts[-1].content) > most:
        return Fault("too_large", f"the file has {len(parts[-1].content)} bytes; {most} are allowed")
    return None


def _link(source: str, media_id: str, at_ms: int, world: World) -> str:
    """Give a link that says until when it is good, as those of the storage do."""
    stamp = iso8601(at_ms)[:19].replace("-", "").replace(":", "")
    query = f"made={at_ms}&date={stamp}Z&expires={LINK_MS // 1000}&signature={_signature(media_id, at_ms, world)}"
    return f"{source}{'&' if '?' in source else '?'}{query}"


def _signature(media_id: str, at_ms: int, world: World) -> str:
    return digests.hmac_sha256_hex(world.credentials["access_key"], f"{media_id} {at_ms}".encode(), name="access_key")


def _key(media_id: str) -> str:
    return f"media/{media_id}"
