"""Files that people send: where the bot finds them, and the way to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from simulator import digests
from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.providers.birdplatform import messages
from simulator.providers.birdplatform.refusals import Fault, refused
from simulator.records import ApiCall
from simulator.units import iso8601
from simulator.world import Put, World

TABLE = "media"
"""The key is the id. A row says to which message the file belongs, where it really lies, and since when."""

KEPT_MS = 30 * messages.DAY_MS
"""So long a file can be fetched. Source: the SDK, on the media of a message."""

LINK_S = 900
"""So long a link to the storage says that it is good."""

HOST = "https://platform.bird.com"
LOCAL = "/birdplatform"
SHARED = "/_media/"
"""Where a file of a story lies at the mock API."""


def stored(message_id: str, media_id: str, source: str, at_ms: int) -> Put:
    """Give the effect by which a file is kept."""
    row = {"message_id": message_id, "source": source, "created_ms": at_ms}
    return Put(table=TABLE, key=media_id, row=row)


def url_of(message_id: str, media_id: str, source: str) -> str:
    """Give the address of a file as an event tells it: at the mock API where it lies there, else at the real one."""
    parts = urlsplit(source)
    root = f"{parts.scheme}://{parts.netloc}{LOCAL}" if parts.path.startswith(SHARED) else HOST
    return f"{root}/v1/whatsapp/messages/{message_id}/media/{media_id}"


def get_whatsapp_media(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Send the bot on to the storage, by a link that says until when it is good."""
    row = world.get(TABLE, call.params["mediaId"])
    if row is None or row["message_id"] != call.params["messageId"] or call.at_ms - row["created_ms"] >= KEPT_MS:
        return refused(call, Fault("not_found", "the media does not exist, or has expired"))
    return ApiResponse(status=302, headers=(("Location", _link(row, call)),))


def _link(row: Mapping[str, Any], call: ApiCall) -> str:
    stamp = iso8601(call.at_ms)[:19].replace("-", "").replace(":", "")
    signature = digests.sha256_hex(f"{row['source']} {call.at_ms}".encode("utf-8", "surrogatepass"))
    query = f"X-Amz-Date={quote(stamp)}Z&X-Amz-Expires={LINK_S}&X-Amz-Signature={signature}"
    return f"{row['source']}{'&' if '?' in row['source'] else '?'}{query}"
