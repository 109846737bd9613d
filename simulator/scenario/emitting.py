"""Steps that begin a stream of events: which, how many, when, and by whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, cast

from simulator.scenario import vocabulary as words
from simulator.scenario.acts import event_type_of, overrides_of
from simulator.scenario.delivering import check_ack, deliver_of
from simulator.scenario.model import EmitStep
from simulator.scenario.modifiers import ack_of
from simulator.scenario.moments import cron_of, zone_of
from simulator.scenario.setting import Head, Setting
from simulator.scenario.spots import Spot, entries, wanted
from simulator.scenario.values import duration_of, rate_of, share_of, span_of, whole_of, word_of, words_of

Found = Mapping[str, Spot]

PACES = ("rate", "every", "cron")
"""What says when events come; one of them, or `after`."""

_COMPANIONS: Mapping[str, tuple[frozenset[str], str, str]] = {
    "lasting": (frozenset({*PACES, "after"}), "rate, every or cron", "for one moment leave it out"),
    "count": (frozenset({*PACES, "after"}), "rate, every or cron", "for so many at one moment write burst:"),
    "arrivals": (frozenset({"rate"}), "rate", "write rate:, such as 20/s"),
    "zone": (frozenset({"cron"}), "cron", "leave it out"),
    "lag": (frozenset({"after"}), "after", "write after:, the event that causes it"),
}
"""Key → beside which it means something, that in words, and what to do where none of them is there."""

_NOT_AFTER: Mapping[str, str] = {
    "actors": "each event has the actor of the one that causes it",
    "lasting": "it comes as long as its cause does",
}

MOST_EVENTS = 10_000_000
"""Events of one stream."""

_MOST_RATE_PER_S = 100_000
_MOST_ACTORS = 1_000_000
_MOST_BURST = 100_000


def emit_step(spot: Spot, beside: Found, head: Head, setting: Setting) -> EmitStep | None:
    """Give the step that begins a stream; None where its event cannot be read, which is told."""
    found = entries(
        spot,
        tuple(words.EMIT),
        noun="emit",
        required=("event",),
        elsewhere=dict.fromkeys(words.BESIDE["emit"], "write it beside emit, one level out"),
        meant=words.MEANT_EMIT,
    )
    event = event_type_of(found["event"], setting) if "event" in found else ""
    _check_pace(spot, found)
    _check_companions(found)
    read: dict[str, Any] = {
        "overrides": overrides_of(found["with"], event, setting) if "with" in found else None,
        "after": _after(found.get("after"), event, setting),
        "actors": _actors(found.get("actors"), setting),
        "deliver": deliver_of(beside.get("deliver"), setting.abilities),
        "ack": ack_of(beside.get("ack"), setting),
        **_schedule(found),
    }
    check_ack(beside.get("ack"), read["deliver"])
    step = EmitStep(**head, event=event, **{name: value for name, value in read.items() if value is not None})
    _check_number(spot, step)
    return step if event else None


def _schedule(found: Found) -> dict[str, Any]:
    every = span_of(found.get("every"))
    if every is not None and every[0] < 1:
        _tell_endless(found["every"], "no time lies between two moments")
    return {
        "rate_per_s": rate_of(found.get("rate"), most=_MOST_RATE_PER_S),
        "every": every,
        "cron": cron_of(found.get("cron")),
        "zone": zone_of(found["zone"]) if "zone" in found else None,
        "burst": whole_of(found.get("burst"), least=1, most=_MOST_BURST),
        "lasting_ms": duration_of(found.get("lasting"), least=1),
        "count": whole_of(found.get("count"), least=1, most=MOST_EVENTS),
        "arrivals": cast(
            'Literal["uniform", "poisson"] | None',
            word_of(found.get("arrivals"), ("uniform", "poisson"), noun="kind of arrivals"),
        ),
        "lag": span_of(found.get("lag")),
        "chance": share_of(found.get("chance"), above=0),
    }


def _actors(spot: Spot | None, setting: Setting) -> int | tuple[str, ...] | None:
    """So many people, or actors by name."""
    if spot is None:
        return None
    if spot.node.kind == "number":
        return whole_of(spot, least=1, most=_MOST_ACTORS)
    if spot.node.kind == "list" and not spot.node.elements:
        wanted(spot, "a number, or names of actors", "write how many people there are: `actors: 100`")
    names = [word_of(each, tuple(setting.actors), code="unknown-actor", noun="actor") for each in words_of(spot)]
    return tuple(dict.fromkeys(name for name in names if name is not None)) or None


def _after(spot: Spot | None, event: str, setting: Setting) -> str | None:
    if spot is None:
        return None
    after = event_type_of(spot, setting)
    if after and event and setting.tally.is_circle(after, event):
        spot.tell(
            "endless-stream",
            f"{event} comes after {after}, and {after} after {event}" if after != event else f"{event} causes itself",
            why="each would cause the next one, without an end",
            fix="take `after` out of one of them" if after != event else "name another event, or write rate: or every:",
        )
    return after or None


# --- what goes together ----------------------------------------------------------------------------------------------


def _check_pace(spot: Spot, found: Found) -> None:
    """One thing says when events come, and something says when they end."""
    paces = [name for name in (*PACES, "after") if name in found]
    if len(paces) > 1:
        found[paces[1]].tell(
            "clashing-keys",
            f"`{paces[1]}` cannot stand beside `{paces[0]}`",
            why="one of them says when the events come",
            fix="leave one of them out",
        )
    elif paces and paces != ["after"] and not found.keys() & {"lasting", "count"}:
        why = "it, or count, says when the stream ends"
        spot.tell("missing-key", '"lasting" is missing', why=why, fix="write such as lasting: 10m, or count: 100")


def _check_companions(found: Found) -> None:
    """Some keys mean something beside another one only, and some nothing beside `after`."""
    for name, (companions, words_for, fix) in _COMPANIONS.items():
        if name in found and not found.keys() & companions:
            why = f"it stands beside {words_for}"
            found[name].tell("misplaced-key", f'"{name}" means nothing here', why=why, fix=fix)
    for name, why in _NOT_AFTER.items():
        if name in found and "after" in found:
            found[name].tell("clashing-keys", f"`{name}` cannot stand beside `after`", why=why, fix="leave it out")


def _check_number(spot: Spot, step: EmitStep) -> None:
    """Tell where a stream would go on for days of work."""
    if step.lasting_ms is None or step.count is not None:
        return
    moments = 0.0
    if step.rate_per_s is not None:
        moments = step.rate_per_s * step.lasting_ms / 1000
    elif step.every is not None and step.every[0] > 0:
        moments = 2 * step.lasting_ms / sum(step.every)
    if moments * step.burst > MOST_EVENTS:
        what = f"that would be {moments * step.burst:,.0f} events"
        spot.tell("wrong-value", what, why=f"a stream has at most {MOST_EVENTS:,}", fix="write a lower rate, or count:")


def _tell_endless(spot: Spot, why: str) -> None:
    spot.tell("wrong-value", f'"{spot.node.spelling}" is too short', why=why, fix="write such as 10s")
