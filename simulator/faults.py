"""A provider having a bad day, as pure transforms: what goes wrong with a delivery, and the words for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from simulator.records import ScheduledEvent
from simulator.seeds import stream
from simulator.units import show_ms

Signature = Literal["right", "wrong", "expired", "missing"]

EVERY = 1_000_000
"""So many attempts are lost of what never arrives: more than any provider makes."""

ANY_WAY = "any"
"""Tampered with in a way that the seed chooses."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Deliver:
    """A provider having a bad day with the deliveries of one step: what its `deliver:` says."""

    copies: int = 1
    latency: tuple[int, int] | None = None
    """How much later than due each copy goes out, drawn for each; None: all together, when due."""
    late: tuple[int, int] | None = None
    """How much later than due they all go out, drawn once."""
    reorder: int = 0
    """It goes out after so many later deliveries; of several copies all but the first do. 0: in order."""
    is_first_in_order: bool = True
    """With `reorder`, the first of several copies goes out when due; False: it too lets others pass."""
    drop: int = 0
    """So many attempts are lost on their way to the bot; `EVERY`: it never arrives."""
    retry: int = 0
    """So many of the bot's answers are lost on their way back, and it is sent again after each."""
    tamper: str = ""
    """The way of `forgery` in which the request differs from what was signed, or `ANY_WAY`; empty: it does not."""
    signature: Signature = "right"
    chance: float = 1.0
    """How likely all this is for each event, 0 to 1; drawn from the seed."""
    otherwise: Deliver | None = None
    """What is done to an event that `chance` spares; None: nothing."""

    @property
    def is_dropped(self) -> bool:
        """True where it never arrives."""
        return self.drop >= EVERY

    @property
    def is_forged(self) -> bool:
        """True where the bot must refuse it: no provider would send it."""
        return bool(self.tamper) or self.signature != "right"

    @property
    def in_words(self) -> str:
        """What a person reads beside the act: `3 copies, late, wrong signature`."""
        words = ", ".join(_words(self))
        return f"{words}, by a chance of {self.chance:.10g}" if words and self.chance < 1 else words


@dataclass(frozen=True, kw_only=True, slots=True)
class Fate:
    """What is done to one delivery: to one copy of an event on its way to one endpoint."""

    is_copy: bool = False
    """It is a further one of its event, beside the first."""
    offset_ms: int = 0
    """How much later than due it goes out."""
    behind: int = 0
    """After how many later deliveries to the same endpoint it goes out; 0: in order."""
    lost: int = 0
    """How many of its attempts never reach the bot."""
    unheard: int = 0
    """How many answers of the bot to those that do never reach the provider."""
    tamper: str = ""
    signature: Signature = "right"
    words: tuple[str, ...] = ()
    """What is done to it, each in a few exact words; empty where nothing is."""

    @property
    def is_dropped(self) -> bool:
        """True where it never arrives."""
        return self.lost >= EVERY

    @property
    def is_forged(self) -> bool:
        """True where the bot must refuse it."""
        return bool(self.tamper) or self.signature != "right"


UNHARMED = Fate()


def fates(event: ScheduledEvent, deliver: Deliver | None, seed: int) -> tuple[Fate, ...]:
    """
    Give what is done to each copy of an event, the first one first.

    All that chance decides hangs on the seed and the event's id; asking for one copy more leaves those before it as
    they were. Where `chance` spares the event, it is delivered as `otherwise` says.
    """
    if deliver is None:
        return (UNHARMED,)
    if not _strikes(event, deliver, seed):
        return fates(event, deliver.otherwise, seed)
    return tuple(
        Fate(
            is_copy=number > 0,
            offset_ms=offset_ms,
            behind=_behind(deliver, number),
            lost=deliver.drop,
            unheard=deliver.retry,
            tamper=deliver.tamper,
            signature=deliver.signature,
            words=tuple(_told(deliver, number, offset_ms)),
        )
        for number, offset_ms in enumerate(offsets(event, deliver, seed))
    )


def offsets(event: ScheduledEvent, deliver: Deliver, seed: int) -> tuple[int, ...]:
    """
    Give for each copy of the event how many milliseconds after its due time it goes out, in the order of drawing.

    Without `latency` and `late` all are 0. None goes out before Unix time began.
    """
    each, together = stream(seed, "latency", event.id), stream(seed, "late", event.id)
    late_ms = together.randint(*deliver.late) if deliver.late else 0
    drawn = (each.randint(*deliver.latency) if deliver.latency else 0 for _ in range(deliver.copies))
    return tuple(max(late_ms + latency_ms, -event.due_ms) for latency_ms in drawn)


def _strikes(event: ScheduledEvent, deliver: Deliver, seed: int) -> bool:
    return deliver.chance >= 1 or stream(seed, "chance", event.id).random() < deliver.chance


def _behind(deliver: Deliver, number: int) -> int:
    """Give after how many later deliveries a copy goes out."""
    is_leader = number == 0 and deliver.copies > 1 and deliver.is_first_in_order
    return 0 if is_leader else deliver.reorder


def _words(deliver: Deliver) -> Iterator[str]:
    """Give what a step wants, in words."""
    if deliver.copies > 1:
        yield f"{deliver.copies} copies"
    if deliver.latency or deliver.late:
        yield "late"
    yield from _harm(deliver, behind=deliver.reorder)


def _told(deliver: Deliver, number: int, offset_ms: int) -> Iterator[str]:
    """Give what is done to one copy, in words."""
    if deliver.copies > 1:
        yield f"copy {number + 1} of {deliver.copies}"
    if offset_ms:
        yield f"late by {show_ms(offset_ms)}"
    yield from _harm(deliver, behind=_behind(deliver, number))


def _harm(deliver: Deliver, *, behind: int) -> Iterator[str]:
    if behind:
        yield "out of order" if behind == 1 else f"out of order, behind {behind} others"
    if deliver.drop >= EVERY:
        yield "dropped"
    elif deliver.drop:
        yield "first attempt lost" if deliver.drop == 1 else f"first {deliver.drop} attempts lost"
    if deliver.retry:
        yield "sent again after a lost answer" if deliver.retry == 1 else f"{deliver.retry} answers lost"
    if deliver.tamper:
        yield "tampered with" if deliver.tamper == ANY_WAY else f"tampered with: {deliver.tamper}"
    if deliver.signature != "right":
        yield f"{deliver.signature} signature"
