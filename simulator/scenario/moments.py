"""Steps about time, and the moments and zones that they name."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Mapping
from functools import cache, lru_cache

from simulator import units
from simulator.errors import did_you_mean, nearest
from simulator.scenario import vocabulary as words
from simulator.scenario.model import SilenceStep, WaitStep
from simulator.scenario.setting import Head, Setting
from simulator.scenario.spots import Spot, entries, shortened
from simulator.scenario.values import deadline_of, span_of, text_of
from simulator.schedule import CRON_ALIASES, cron_times

_LONGEST_CRON = 200
_SOME_TIME_MS = units.instant_ms("2000-01-01")
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_OWN_ZONE = re.compile(r".*[T ].*([Zz]|[+-][0-9:]+)\s*")
"""How a time ends that says itself where it is read."""


def silence_step(spot: Spot, _: Mapping[str, Spot], head: Head, __: Setting) -> SilenceStep | None:
    """Give the step in which the bot says nothing."""
    for_ms = deadline_of(spot)
    return None if for_ms is None else SilenceStep(**head, for_ms=for_ms)


def wait_step(spot: Spot, _: Mapping[str, Spot], head: Head, setting: Setting) -> WaitStep | None:
    """Give the step by which time passes: for a duration, or until a moment."""
    if spot.node.kind == "map":
        return _until_step(spot, head, setting)
    if spot.is_scalar and "{{" in spot.node.spelling:
        spot.tell(
            "wrong-duration",
            f'"{shortened(spot.node.spelling)}" is no duration',
            why="a duration is written out, without expressions",
            fix='for a moment that an expression gives write {until: "{{ … }}"}',
        )
        return None
    span = span_of(spot)
    return None if span is None else WaitStep(**head, span=span)


def _until_step(spot: Spot, head: Head, setting: Setting) -> WaitStep | None:
    found = entries(spot, tuple(words.WAIT), noun="wait", required=("until",))
    zone = zone_of(found.get("zone"))
    until = _until(found["until"], setting) if "until" in found else None
    if until is not None and "zone" in found and "{{" not in until and _OWN_ZONE.fullmatch(until):
        what, why = '"zone" means nothing here', "the time beside it has its zone already"
        found["zone"].tell("misplaced-key", what, why=why, fix="leave one of them out")
    return None if until is None else WaitStep(**head, until=until, zone=zone)


def _until(spot: Spot, setting: Setting) -> str | None:
    """A time or a cron line; what an expression gives is seen when it is filled in."""
    text = text_of(spot)
    if text is None:
        return None
    setting.names.read_all(spot)
    if "{{" in text:
        return text
    if text.strip().startswith("@") or len(text.split()) > 2:
        return cron_of(spot)
    try:
        units.instant_ms(text)
    except ValueError:
        spot.tell(
            "wrong-time",
            f'"{shortened(text)}" is neither a time nor a cron line',
            why='they are written as 2026-01-05T18:00:00Z, and as "0 9 * * mon-fri"',
            fix=_other_way(text),
        )
        return None
    return text


def _other_way(text: str) -> str:
    """What is meant by a time of the day, or by a length of time."""
    clock = _CLOCK.fullmatch(text.strip())
    if clock is not None:
        return f'for the next time that it is {text.strip()} write "{int(clock[2])} {int(clock[1])} * * *"'
    return f"for a length of time write `wait: {text.strip()}`" if _is_duration(text) else "write one of them"


def _is_duration(text: str) -> bool:
    try:
        units.span_ms(text)
    except ValueError:
        return False
    return True


def zone_of(spot: Spot | None) -> str:
    """Give the name of a time zone; UTC where none is given, or none of that name is there, which is told."""
    name = text_of(spot)
    if spot is None or name is None:
        return "UTC"
    if name in _zones():
        return name
    why = "zones are named as in Europe/London and America/New_York; and UTC"
    spot.tell("unknown-zone", f'unknown time zone "{shortened(name)}"', why=why, fix=_nearest_zone(name))
    return "UTC"


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


@lru_cache(maxsize=256)
def _nearest_zone(name: str) -> str:
    by_city = {each.rpartition("/")[2]: each for each in sorted(_zones())}
    city = nearest(name.rpartition("/")[2].replace(" ", "_"), by_city)
    otherwise = f'did you mean "{by_city[city]}"?' if city else "write one of these names"
    return did_you_mean(name, sorted(_zones()), otherwise)


def cron_of(spot: Spot | None) -> str | None:
    """Give a cron line; None where it is none, or stands for no moment at all, which is told."""
    text = text_of(spot)
    if spot is None or text is None:
        return None
    try:
        if len(text) > _LONGEST_CRON:
            raise ValueError(f"it is longer than {_LONGEST_CRON} characters")
        is_coming = next(cron_times(text, "UTC", _SOME_TIME_MS), None) is not None
    except ValueError as error:
        names = ", ".join(CRON_ALIASES) if text.startswith("@") else ""
        spot.tell(
            "wrong-cron",
            f'"{shortened(text)}" is no cron line',
            why=f"there are: {names}" if names else str(error).rpartition(": ")[2],
            fix='it has five fields, minute hour day month weekday: "30 9 * * mon-fri"',
        )
        return None
    if not is_coming:
        what, why = f'"{shortened(text)}" never comes', "no day of the calendar is like that"
        spot.tell("wrong-cron", what, why=why, fix="look at its day and its month")
        return None
    return text
