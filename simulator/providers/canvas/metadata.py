"""What stands beside the body of every event: who caused it, by which request or job; and how times are written."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from typing import Any

from simulator.ids import Ids
from simulator.providers.canvas.people import global_id
from simulator.units import iso8601
from simulator.world import Row

ROLE = "StudentEnrollment"
COURSE_ACCOUNT = "79"


def metadata(
    event: Mapping[str, Any], name: str, *, user: Row, account: Row, ids: Ids, now: int, options: Mapping[str, Any]
) -> dict[str, Any]:
    """
    Give the `metadata` of an event: that of a web request, or the eight keys of a background job.

    `event` has `path`, the path of the page or call behind it, `job_tag`, and `request`: None for a person at her
    browser, else what is different, see `api_request`.

    Source: Live Events, "Event metadata"; the order is that of the conversation events' examples.
    """
    request: Mapping[str, Any] = event["request"] or {}
    if options["trigger"] == "job" or request.get("is_job"):
        found = _of_job(event, name, account, ids, now, options)
    else:
        found = _of_request({**_by_browser(event, user, account, ids), **request}, name, account, ids, now, options)
    return ordered(found, ids, options)


def api_request(bot: Row, account: Row, *, path: str, method: str, user_agent: str | None, request_id: str) -> Row:
    """
    Give what is different about an event that a call of the bot causes.

    A call by token names the token's developer key, and has no referrer.

    Source: Live Events, "Event metadata".
    """
    return {
        "by": bot,
        "url": f"https://{account['hostname']}{path}",
        "http_method": method,
        "user_agent": user_agent,
        "referrer": None,
        "request_id": request_id,
        "developer_key_id": global_id(account["developer_key"], account),
    }


def _by_browser(event: Mapping[str, Any], user: Row, account: Row, ids: Ids) -> dict[str, Any]:
    # The examples of the documentation have http here, although nobody is served without https.
    page = f"http://{account['hostname']}"
    return {
        "by": user,
        "url": f"{page}{event['path']}",
        "http_method": "POST",
        "user_agent": user["user_agent"],
        "referrer": f"{page}/conversations",
        "request_id": ids.give("request"),
    }


def _of_request(
    request: Mapping[str, Any], name: str, account: Row, ids: Ids, now: int, options: Mapping[str, Any]
) -> dict[str, Any]:
    by: Row = request["by"]
    key = request.get("developer_key_id")
    return {
        "root_account_uuid": account["uuid"],
        "root_account_id": global_id(account["id"], account),
        "root_account_lti_guid": f"{account['uuid']}.{account['hostname']}",
        "user_account_id": global_id(account["id"], account),
        "user_agent": request["user_agent"],
        "user_id": global_id(by["id"], account),
        **({"real_user_id": global_id(account["admin"], account)} if options["masquerading"] else {}),
        "user_login": by["login"],
        "user_sis_id": by["sis_id"] if options["sis_ids"] == "given" else None,
        **({"developer_key_id": key} if key else {}),
        "time_zone": by["time_zone"],
        **(_context(account, options) if options["context"] == "course" else {}),
        "request_id": request["request_id"],
        "session_id": by["session_id"],
        "hostname": account["hostname"],
        "http_method": request["http_method"],
        "client_ip": by["client_ip"],
        "url": request["url"],
        "referrer": request["referrer"],
        "producer": "canvas",
        "event_name": name,
        "event_time": _event_time(now, options),
    }


def _of_job(
    event: Mapping[str, Any], name: str, account: Row, ids: Ids, now: int, options: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "event_name": name,
        "event_time": _event_time(now, options),
        "job_id": ids.give("job"),
        "job_tag": event["job_tag"],
        "producer": "canvas",
        "root_account_id": global_id(account["id"], account),
        "root_account_lti_guid": f"{account['uuid']}.{account['hostname']}",
        "root_account_uuid": account["uuid"],
    }


def _context(account: Row, options: Mapping[str, Any]) -> dict[str, Any]:
    course: Row = account["course"]
    return {
        "context_type": "Course",
        "context_id": global_id(course["id"], account),
        "context_account_id": global_id(COURSE_ACCOUNT, account),
        "context_sis_source_id": course["sis_id"] if options["sis_ids"] == "given" else None,
        "context_role": ROLE,
    }


# --- filters ---------------------------------------------------------------------------------------------------------


def ordered(fields: Mapping[str, Any], ids: Ids, options: Mapping[str, Any]) -> dict[str, Any]:
    """Give an object's keys in the order that the option `key_order` asks for; a shuffle is one for each event."""
    if options["key_order"] == "documented":
        return dict(fields)
    salt = ids.give("order") if options["key_order"] == "shuffled" else None
    names = sorted(fields, key=lambda name: name if salt is None else f"{zlib.crc32(f'{salt} {name}'.encode()):010d}")
    return {name: fields[name] for name in names}


def utc_time(ms: int) -> str:
    """Give a time as bodies and the REST API write it: `2026-01-05T09:00:00Z`."""
    return f"{iso8601(ms)[:19]}Z"


def local_time(ms: int, offset: str) -> str:
    """Give a time with the hours and minutes by which it differs from UTC: `2026-01-05T03:00:00-06:00`."""
    minutes = int(offset[1:3]) * 60 + int(offset[4:6])
    shift_ms = (-minutes if offset.startswith("-") else minutes) * 60_000
    return f"{iso8601(ms + shift_ms)[:19]}{offset}"


def _event_time(now: int, options: Mapping[str, Any]) -> str:
    return iso8601(now) if options["event_time"] == "milliseconds" else utc_time(now)


FILTERS: Mapping[str, Callable[..., Any]] = {
    "metadata": metadata,
    "ordered": ordered,
    "utc_time": utc_time,
    "local_time": local_time,
}
