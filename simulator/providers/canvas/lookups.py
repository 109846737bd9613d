"""Who the bot is, whom it can write to, and the public keys by which it verifies what is signed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.providers.canvas.answers import answered, missing
from simulator.providers.canvas.keys import published
from simulator.providers.canvas.pages import page
from simulator.providers.canvas.parameters import Parameters, listed, parameters, text
from simulator.providers.canvas.people import account_of, course_code, course_members, known, local_id
from simulator.providers.canvas.refusals import refuse
from simulator.providers.canvas.shapes import participant
from simulator.records import ApiCall
from simulator.world import World

STAGE = "main"
"""The part of the real key set's address that does not change; of another one its gateway knows nothing."""


def get_self(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give the person to whom the token belongs."""
    account = account_of(world)
    bot = account["bot"]
    shown = {
        "id": int(bot["id"]),
        "name": bot["name"],
        "created_at": "2024-01-15T08:00:00Z",
        "sortable_name": bot["name"],
        "short_name": bot["name"],
        "avatar_url": f"https://{account['hostname']}/images/messages/avatar-50.png",
        "locale": None,
        "effective_locale": "en",
    }
    return answered(call, ids, shown)


def find_recipients(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """
    Give a page of those who can be written to, the course first; nobody where neither a name nor a course is asked for.

    Source: Canvas REST API, "Find recipients"; canvas-lms, `app/controllers/search_controller.rb`.
    """
    asked = parameters(call)
    if asked.get("user_id"):
        key = local_id(asked["user_id"], account_of(world))
        if key is None or known(world, key) is None:
            return missing(call)
        return answered(call, ids, [_person(key, world)])
    some, headers = page(_searched(asked, world), call, asked, int(world.options["largest_page"]))
    return answered(call, ids, some, headers=headers)


def _searched(asked: Parameters, world: World) -> list[Any]:
    words = text(asked.get("search")).casefold().split()
    excluded = {_plain(each, world) for each in listed(asked.get("exclude"))}
    kinds = {*listed(asked.get("type")), *listed(asked.get("types"))}
    within = course_members(text(asked.get("context")), world)
    if within is None and not text(asked.get("search")):
        return []
    people = course_members(course_code(world), world) if within is None else within
    courses = [_course(asked, world)] if within is None and _has(kinds, "context", "course") else []
    persons = [_person(key, world) for key in people or ()] if _has(kinds, "user") else []
    return [each for each in (*courses, *persons) if str(each["id"]) not in excluded and _fits(each["name"], words)]


def _course(asked: Parameters, world: World) -> dict[str, Any]:
    account = account_of(world)
    permissions = listed(asked.get("permissions"))
    return {
        "id": course_code(world),
        "name": account["course"]["name"],
        "avatar_url": f"https://{account['hostname']}/images/messages/avatar-group-50.png",
        "type": "context",
        "user_count": len(course_members(course_code(world), world) or ()),
        **({"permissions": {name: True for name in permissions if name == "send_messages"}} if permissions else {}),
    }


def _person(key: str, world: World) -> dict[str, Any]:
    return participant(key, world, has_contexts=True, has_avatars=True)


def _has(kinds: set[str], *wanted: str) -> bool:
    return not kinds or bool(kinds & set(wanted))


def _fits(name: str, words: Sequence[str]) -> bool:
    return all(word in name.casefold() for word in words)


def _plain(written: str, world: World) -> str:
    return local_id(written, account_of(world)) or written


def get_jwks(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give the three public keys of the time of the call."""
    if call.params.get("stage") != STAGE:
        return refuse(call, "unknown_stage", "")
    keys = published(call.at_ms, int(world.options["rotation"]))
    return ApiResponse(template="get_jwks", values={"keys": keys})
