"""People, accounts and ids in Canvas's own form: short ones inside an instance, long ones across all instances."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from simulator import catalog
from simulator.deferral import plainly_deferrable
from simulator.errors import InputError, Problem
from simulator.ids import IdMaker, Ids, uuid_text
from simulator.world import Row, World

if TYPE_CHECKING:
    from random import Random

SHARD = 10_000_000_000_000
"""A global id is the shard's number times this, plus the local id."""

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
COURSE_GROUPS = ("students", "teachers", "tas", "observers", "designers")
"""What may stand behind a course's code."""

DAY_MS = 86_400_000
FIRST_DAY_MS = 1_577_836_800_000
"""The first of January 2020: rows of an instance are counted up, here by a million each day."""

TICK_MS = 1_000
IDS_A_TICK = 100_000
MOST_TICKS = SHARD // IDS_A_TICK
"""
Conversations and their messages are counted up faster, by a hundred thousand each second, and anew after three years.

A stream begins so many of them that some of a million would come twice, and the first of them be forgotten by then. Of
one tick all are still known, so that a number that is taken is not given again; and two stories that are played to one
bot within a second hardly ever have a message of the same number, of which it would take the second for a copy.
"""

_MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"
_CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"

USER_AGENTS = (
    f"{_MAC} {_CHROME}",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0",
    f"{_MAC} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
    f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {_CHROME}",
)


def person(profile: Mapping[str, Any], ids: Ids) -> Row:
    """
    Give a drawn profile as a row of `users`; `id` is the local one, as text.

    Raises:
        InputError: the id that the story gives is no number.
    """
    given = profile.get("id")
    if given and not re.fullmatch(r"[0-9]{1,18}", str(given)):
        what, fix = f'"{given}" is no id of a person on Canvas', "write such as 501, or leave it to be drawn"
        raise InputError(Problem(code="wrong-value", what=what, why="its ids are whole numbers", fix=fix))
    number = zlib.crc32(str(profile["username"]).encode("utf-8", "surrogatepass"))
    return {
        "id": str(given or ids.give("user")),
        "name": profile["name"],
        "login": profile["email"],
        "sis_id": f"{number % 900 + 100}-{LETTERS[number % 26]}{number // 900 % 90 + 10}",
        "time_zone": profile["time_zone"],
        "language": profile["language"],
        "locale": profile["locale"],
        "user_agent": USER_AGENTS[number % len(USER_AGENTS)],
        # Addresses that are kept for documentation, so that they belong to nobody.
        "client_ip": f"203.0.113.{number % 254 + 1}",
        "session_id": ids.give("session"),
    }


def account_of(world: World) -> Row:
    """Give the instance's root account; `bot` in it is the person to whom the bot's token belongs."""
    return world.get("account", "account") or catalog.load("canvas").account


def bot_id(world: World) -> str:
    """Give the local id of the person as whom the bot acts."""
    return str(account_of(world)["bot"]["id"])


def known(world: World, user_id: str) -> Row | None:
    """Give somebody of the instance: an actor, or the bot's own person."""
    bot: Row = account_of(world)["bot"]
    return bot if user_id == str(bot["id"]) else world.get("users", user_id)


def course_code(world: World) -> str:
    """Give the code of the course that the bot and all actors share."""
    return f"course_{account_of(world)['course']['id']}"


def course_members(code: str, world: World) -> list[str] | None:
    """
    Give the local ids of those whom a course's code stands for, the bot aside; None where it is no code of the course.

    `course_565` and `course_565_students` are all actors, since the bot is the teacher; there is nobody else.
    """
    own = course_code(world)
    if code not in (own, *(f"{own}_{group}" for group in COURSE_GROUPS)):
        return None
    is_everybody = code in (own, f"{own}_students")
    return [key for key, _ in world.rows("users") if key != bot_id(world)] if is_everybody else []


def global_id(local: Any, account: Row) -> str:
    """Give an id as it is known across all instances: `21070000000000123` for 123 on shard 2107."""
    return _global(account["shard"], local)


@plainly_deferrable
def _global(shard: Any, local: Any) -> str:
    return str(int(shard) * SHARD + int(local))


def local_id(written: Any, account: Row) -> str | None:
    """
    Give the local id that somebody wrote as `123`, `21070000000000123` or `2107~123`; None where it is none of them.

    That the API takes the long forms too is unconfirmed.
    """
    found = re.fullmatch(r"(?:(\d{1,6})~)?(\d{1,19})", str(written).strip())
    if found is None or isinstance(written, bool):
        return None
    shard, number = found[1], int(found[2])
    if shard is None and number >= SHARD:
        shard, number = str(number // SHARD), number % SHARD
    return str(number) if shard is None or int(shard) == int(account["shard"]) else None


# --- ids -------------------------------------------------------------------------------------------------------------


def _guid(stream: Random, now_ms: int) -> str:
    return uuid_text(stream)


def _counted(stream: Random, now_ms: int) -> str:
    return str(max(now_ms - FIRST_DAY_MS, DAY_MS) // DAY_MS * 1_000_000 + stream.randrange(1_000_000))


def _ticked(stream: Random, now_ms: int) -> str:
    ticks = max(now_ms - FIRST_DAY_MS, DAY_MS) // TICK_MS % MOST_TICKS
    return str(ticks * IDS_A_TICK + stream.randrange(1, IDS_A_TICK))


def _hex(digits: int) -> IdMaker:
    return lambda stream, now_ms: f"{stream.getrandbits(4 * digits):0{digits}x}"


IDS: Mapping[str, IdMaker] = {
    "user": lambda stream, now_ms: str(stream.randint(100_000, 999_999)),
    "event": _guid,
    "request": _guid,
    "session": _hex(32),
    "conversation": _ticked,
    "message": _ticked,
    "attachment": _counted,
    "batch": _counted,
    "row": _counted,
    "guid": _guid,
    "hex40": _hex(40),
    "course": lambda stream, now_ms: str(stream.randint(1_000, 9_999)),
    "job": lambda stream, now_ms: str(102 * SHARD + stream.randrange(10**9)),
    "uuid": lambda stream, now_ms: "".join(stream.choices(LETTERS, k=40)),
    "media": lambda stream, now_ms: "m-" + "".join(stream.choices(LETTERS, k=32)),
    "dice": lambda stream, now_ms: stream.getrandbits(32),
    "order": lambda stream, now_ms: stream.getrandbits(32),
    "now": lambda stream, now_ms: now_ms,
}
