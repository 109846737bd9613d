"""What stands beside the body of every event: who caused it, by which request or job; and how times are written."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from typing import Any

from simulator.deferral import plainly_deferrable
from simulator.ids import Ids
from simulator.providers.canvas.people import global_id
from simulator.units import iso8601
from simulator.world import Row

ROLE = "StudentEnrollment"
COURSE_ACCOUNT = "79"
"""The account below the root one, to which the courses belong; a local id."""

CLIENT = "python-requests/2.32.3"
"""The user agent of programs that call in somebody's name; chosen."""


def metadata(
    event: Mapping[str, Any], name: str, *, user: Row, account: Row, ids: Ids, now: int, options: Mapping[str, Any]
) -> dict[str, Any]:
    """
    Give the `metadata` of an event: that of a web request, or the eight keys of a background job.

    `event` has `path`, the path of the page or call behind it, `job_tag`, and `request`: None for a person at her
    browser, else what is different, see `api_request`. It may have more:

    `cause`: `job` where a job is what mostly causes it; `method` of the request, `page` from which it came;
    `is_by_token`: a program calls in the user's name; `is_anonymous`: nobody is logged in; `has_time_zone`: false
    where the zone is not known yet; `course`, `is_in_context`, `has_own_context`, `context_type`, `context_role`: where
    it happens, see `_context`.

    Source: Live Events, "Event metadata"; the order is that of the conversation events' examples.
    """
    request: Mapping[str, Any] = event["request"] or {}
    told = _told(name, now, options)
    if _is_of_job(event, request, options):
        found = {**_of_job(event, told, account, ids, options), **_context(event, account, options, is_job=True)}
    else:
        by_whom = _by_token if event.get("is_by_token") else _by_browser
        whole = {**by_whom(event, name, user, account, ids), **request}
        found = {**_of_request(event, whole, account, options), **told}
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


def _is_of_job(event: Mapping[str, Any], request: Mapping[str, Any], options: Mapping[str, Any]) -> bool:
    is_mostly = options["trigger"] == "usual" and event.get("cause") == "job" and not request
    return bool(is_mostly or options["trigger"] == "job" or request.get("is_job"))


def _by_browser(event: Mapping[str, Any], name: str, user: Row, account: Row, ids: Ids) -> dict[str, Any]:
    # The examples of the conversation events have http, although nobody is served without https; the others have https.
    scheme = "http" if name.startswith("conversation_") else "https"
    page = f"{scheme}://{account['hostname']}"
    return {
        "by": user,
        "url": f"{page}{event['path']}",
        "http_method": event.get("method", "POST"),
        "user_agent": user["user_agent"],
        "referrer": f"{page}{event.get('page', '/conversations')}",
        "request_id": ids.give("request"),
    }


def _by_token(event: Mapping[str, Any], name: str, user: Row, account: Row, ids: Ids) -> dict[str, Any]:
    path = f"/api/v1{str(event['path']).removeprefix('/api/v1')}"
    method, request_id = str(event.get("method", "POST")), ids.give("request")
    return dict(api_request(user, account, path=path, method=method, user_agent=CLIENT, request_id=request_id))


def _of_request(
    event: Mapping[str, Any], request: Mapping[str, Any], account: Row, options: Mapping[str, Any]
) -> dict[str, Any]:
    by: Row = request["by"]
    key = request.get("developer_key_id")
    is_known = not event.get("is_anonymous")
    return {
        **_root(account, options),
        **({"user_account_id": global_id(account["id"], account)} if is_known else {}),
        "user_agent": request["user_agent"],
        **(_user(by, account, options) if is_known else {}),
        **({"developer_key_id": key} if key else {}),
        **({"time_zone": by["time_zone"]} if is_known and event.get("has_time_zone", True) else {}),
        **(_context(event, account, options) if is_known else {}),
        "request_id": request["request_id"],
        "session_id": by["session_id"],
        "hostname": account["hostname"],
        "http_method": request["http_method"],
        "client_ip": by["client_ip"],
        "url": request["url"],
        "referrer": request["referrer"],
        "producer": "canvas",
    }


def _of_job(
    event: Mapping[str, Any], told: Mapping[str, Any], account: Row, ids: Ids, options: Mapping[str, Any]
) -> dict[str, Any]:
    # The samples of jobs have their keys by the alphabet, those of requests have not.
    root = sorted(_root(account, options).items())
    return {**told, "job_id": ids.give("job"), "job_tag": event["job_tag"], "producer": "canvas", **dict(root)}


def _told(name: str, now: int, options: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "event_name": name,
        "event_time": iso8601(now) if options["event_time"] == "milliseconds" else utc_time(now),
    }


def _root(account: Row, options: Mapping[str, Any]) -> dict[str, Any]:
    if options["root_account"] == "missing":
        return {}
    return {
        "root_account_uuid": account["uuid"],
        "root_account_id": global_id(account["id"], account),
        "root_account_lti_guid": f"{account['uuid']}.{account['hostname']}",
    }


def _user(by: Row, account: Row, options: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "user_id": global_id(by["id"], account),
        **({"real_user_id": global_id(account["admin"], account)} if options["masquerading"] else {}),
        "user_login": by["login"],
        "user_sis_id": by["sis_id"] if options["sis_ids"] == "given" else None,
    }


def _context(
    event: Mapping[str, Any], account: Row, options: Mapping[str, Any], *, is_job: bool = False
) -> dict[str, Any]:
    """
    Give where it happened: in the course of the event, in that of the account where it has none, or in the account.

    Most events leave it to the request, and a job has none; some bring it themselves, in jobs too. `context_role` is
    that of the user, of whom a job knows nothing.

    Source: canvas-lms, `lib/canvas/live_events.rb`.
    """
    is_there = options["context"] == "course" or (options["context"] == "usual" and event.get("is_in_context"))
    if not event.get("has_own_context") and (is_job or not is_there):
        return {}
    course: Row = event.get("course") or account["course"]
    is_course = event.get("context_type", "Course") == "Course"
    sis_id = course["sis_id"] if is_course and options["sis_ids"] == "given" else None
    return {
        "context_type": "Course" if is_course else "Account",
        "context_id": global_id(course["id"] if is_course else account["id"], account),
        "context_account_id": global_id(COURSE_ACCOUNT if is_course else account["id"], account),
        "context_sis_source_id": sis_id,
        **({} if is_job else {"context_role": event.get("context_role", ROLE)}),
    }


# --- filters ---------------------------------------------------------------------------------------------------------


def ordered(fields: Mapping[str, Any], ids: Ids, options: Mapping[str, Any]) -> dict[str, Any]:
    """Give an object's keys in the order that the option `key_order` asks for; a shuffle is one for each event."""
    if options["key_order"] == "documented":
        return dict(fields)
    salt = ids.give("order") if options["key_order"] == "shuffled" else None
    names = sorted(fields, key=lambda name: name if salt is None else f"{zlib.crc32(f'{salt} {name}'.encode()):010d}")
    return {name: fields[name] for name in names}


@plainly_deferrable
def utc_time(ms: int) -> str:
    """Give a time as bodies and the REST API write it: `2026-01-05T09:00:00Z`."""
    return f"{iso8601(ms)[:19]}Z"


@plainly_deferrable
def local_time(ms: int, offset: str) -> str:
    """Give a time with the hours and minutes by which it differs from UTC: `2026-01-05T03:00:00-06:00`."""
    minutes = int(offset[1:3]) * 60 + int(offset[4:6])
    shift_ms = (-minutes if offset.startswith("-") else minutes) * 60_000
    return f"{iso8601(ms + shift_ms)[:19]}{offset}"


FILTERS: Mapping[str, Callable[..., Any]] = {
    "metadata": metadata,
    "ordered": ordered,
    "utc_time": utc_time,
    "local_time": local_time,
}
