"""What a provider on a bad day does with the deliveries of a step: `deliver:`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from simulator import faults, forgery
from simulator.faults import Deliver
from simulator.scenario import vocabulary as words
from simulator.scenario.abilities import Abilities
from simulator.scenario.spots import Spot, entries, wanted
from simulator.scenario.values import share_of, span_of, whole_of, word_of

_MOST_COPIES = 1_000
_MOST_PASSED_BY = 1_000
_MOST_LOST = 100

_FORGERIES = ("tamper", "signature")
_CLASHES = {
    "drop": (*_FORGERIES, "retry", "copies", "latency", "late", "reorder"),
    "tamper": ("signature",),
    "retry": _FORGERIES,
}
"""Key → what cannot stand beside it; of `drop: <number>` only the forgeries."""

_WHY = {
    "drop": "what never arrives cannot arrive otherwise",
    "lost": "a forger makes one attempt, so none of his is repeated",
    "retry": "a forger makes one attempt, and a provider repeats only its own",
    "tamper": "a forged request differs from the right one in exactly one way",
}


def deliver_of(spot: Spot | None, abilities: Abilities | None = None) -> Deliver | None:
    """Give what happens to the deliveries of a step; None where nothing is said."""
    if spot is None:
        return None
    found = entries(spot, tuple(words.DELIVER), noun="deliver")
    read: dict[str, Any] = {
        "copies": whole_of(found.get("copies"), least=1, most=_MOST_COPIES),
        "latency": span_of(found.get("latency")),
        "late": span_of(found.get("late")),
        "reorder": _count(found.get("reorder"), most=_MOST_PASSED_BY, always=1),
        "drop": _count(found.get("drop"), most=_MOST_LOST, always=faults.EVERY),
        "retry": _count(found.get("retry"), most=_MOST_LOST, always=1),
        "tamper": _way(found.get("tamper")),
        "signature": word_of(found.get("signature"), get_args(faults.Signature), noun="signature"),
        "chance": share_of(found.get("chance"), above=0.0),
    }
    deliver = Deliver(**{name: value for name, value in read.items() if value is not None})
    _check_clashes(found, deliver)
    if abilities is not None:
        _check_forgeries(found, deliver, abilities)
    return deliver


def check_ack(spot: Spot | None, deliver: Deliver | None) -> None:
    """Tell of an answer that is wanted to what never arrives."""
    if spot is not None and deliver is not None and deliver.is_dropped and deliver.chance == 1:
        why = "what never arrives is not answered"
        spot.tell("clashing-keys", "`ack` cannot stand beside `drop: true`", why=why, fix="leave one of them out")


def _count(spot: Spot | None, *, most: int, always: int) -> int | None:
    """Give a number, or what `true` stands for; `false` is none."""
    if spot is None:
        return None
    if isinstance(spot.node.value, bool):
        return always if spot.node.value else 0
    if not isinstance(spot.node.value, int):
        wanted(spot, "true, or a whole number", "write it without quotes")
        return None
    return whole_of(spot, least=1, most=most)


def _way(spot: Spot | None) -> str | None:
    if spot is not None and isinstance(spot.node.value, bool):
        return faults.ANY_WAY if spot.node.value else ""
    return word_of(spot, tuple(forgery.WAYS), noun="way to tamper")


def _check_clashes(found: Mapping[str, Spot], deliver: Deliver) -> None:
    """Tell of what contradicts itself: of each pair at the key that comes second in the table."""
    for name, others in _CLASHES.items():
        if name not in found or not getattr(deliver, name):
            continue
        is_partial = name == "drop" and not deliver.is_dropped
        for other in _FORGERIES if is_partial else others:
            if other in found and _says_something(deliver, other):
                found[other].tell(
                    "clashing-keys",
                    f"`{other}` cannot stand beside `{name}`",
                    why=_WHY["lost" if is_partial else name],
                    fix="leave one of them out",
                )
    if found.keys() == {"chance"}:
        found["chance"].tell(
            "clashing-keys", "there is nothing that could happen by chance", fix="say what may go wrong"
        )


def _says_something(deliver: Deliver, name: str) -> bool:
    return bool(getattr(deliver, name) != getattr(Deliver(), name))


def _check_forgeries(found: Mapping[str, Spot], deliver: Deliver, abilities: Abilities) -> None:
    """Tell of each provider whose bots could not notice it."""
    if deliver.tamper and "tamper" in found:
        abilities.signed(found["tamper"], "body", "no bot can tell that a body was changed")
    if deliver.signature == "expired" and "signature" in found:
        abilities.signed(found["signature"], "time", "no bot can tell how old a request is")
