"""A journal → what of it hangs on seed and start alone: the same bytes side by side or one by one, fast bot or slow."""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any

from simulator import codec, journal
from simulator.errors import InputError, Problem

Record = dict[str, Any]

_Key = tuple[Any, ...]

_NUMBERS = re.compile(r"(\d+)")

CALLS = ("call-", "ack/")
"""So begin the ids of calls, over HTTP and in the answers to deliveries."""

HEAD, TIMED, JUDGED, END = range(4)
"""The parts of a story, in this order."""


def lines(file: IO[bytes], where: str) -> Iterator[str]:
    """
    Give the canonical journal as lines of JSON, one story after another in the order of the suite.

    Of each story it has what was due, by its due time: acts, events with their bodies and ids, attempts; then the
    verdicts by their steps, and the outcome. It has no real time, no wall clock, no signature, nothing that the bot
    said and no event that a call of the bot caused; where the mock API listened is written as `{api}`. The file is read
    twice and must allow it; only the order is held in memory.

    Raises:
        InputError: a line is no entry of a journal.
    """
    begins = 0

    def handed_out() -> Iterator[bytes]:
        nonlocal begins
        ends = 0
        for line in journal.whole_lines(file):
            begins, ends = ends, ends + len(line)
            yield line

    found: list[tuple[_Key, int]] = []
    addresses: dict[str, str] = {}
    caused: set[tuple[int, str]] = set()
    for entry in journal.read_lines(handed_out(), where):
        with _as_input(entry, where):
            if entry["kind"] == "RunStarted":
                addresses = _written(entry["data"]["api"])
            key = None if _is_of_a_call(entry, caused) else _key(entry)
        if key is not None:
            # The lines come one by one: the last one handed out is the one that was read.
            found.append((key, begins))
    for key, place in sorted(found):
        file.seek(place)
        entry = codec.from_json(file.readline())
        with _as_input(entry, where):
            line = codec.dumps({"story": key[0], **_RECORDS[entry["kind"]](entry)})
        for address, name in addresses.items():
            line = line.replace(address, name)
        yield line


def _written(address: str) -> dict[str, str]:
    """Give how an address may stand in a body inside of a line, slashes escaped or not, and what stands for it."""
    return {address.replace("/", "\\\\/"): "{api}", address: "{api}"}


@contextlib.contextmanager
def _as_input(entry: Mapping[str, Any], where: str) -> Iterator[None]:
    """Let what is wrong with the shape of an entry be wrong input."""
    try:
        yield
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise InputError(
            Problem(
                code="broken-journal",
                what=f"entry {entry['seq']} lacks what its kind has",
                where=where,
                why=f"{entry['kind']} was written by another version, or changed by hand",
                fix="write the journal anew: simulator run PATH --journal FILE",
            )
        ) from error


def _is_of_a_call(entry: Mapping[str, Any], caused: set[tuple[int, str]]) -> bool:
    """True for an event that a call of the bot caused, and for attempts to tell of it: they come when the call does."""
    story = entry.get("story", 0)
    data: Any = entry.get("data")
    if entry["kind"] == "PayloadRendered" and data.get("cause", "").startswith(CALLS):
        caused.add((story, data["event_id"]))
        return True
    return entry["kind"] == "AttemptStarted" and (story, data["delivery_id"].rpartition("/")[0]) in caused


def _key(entry: Mapping[str, Any]) -> _Key | None:
    """Give what an entry is sorted by; None where it hangs on more than seed and start."""
    story, kind = entry.get("story", 0), entry["kind"]
    if not story or entry.get("variant") or kind not in _RECORDS:
        return None
    if kind == "StoryStarted":
        return story, HEAD
    if kind == "StoryFinished":
        return story, END
    if kind == "VerdictReached":
        return story, JUDGED, *_natural(entry["data"]["at"]), (2, entry["seq"], "")
    record = _RECORDS[kind](entry)
    return story, TIMED, record["due_ms"], record["kind"], *_natural(record.get("id", "")), record.get("number", 0)


def _natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Give what a text with numbers in it is sorted by, so that the second step stands before the tenth."""
    parts = _NUMBERS.split(text)
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts)


def _story(entry: Mapping[str, Any]) -> Record:
    data = entry["data"]
    known = {name: data.get(name) for name in ("scenario", "case", "provider", "seed")}
    return {"kind": "story", **known, "start_ms": entry["at_ms"]}


def _act(entry: Mapping[str, Any]) -> Record:
    data = entry["data"]
    said = {name: data[name] for name in ("actor", "verb", "value")}
    return {"kind": "act", "due_ms": entry["at_ms"], "id": data["at"], **said}


def _event(entry: Mapping[str, Any]) -> Record:
    data = entry["data"]
    known = {name: data[name] for name in ("type", "body", "ids")}
    return {"kind": "event", "due_ms": entry["at_ms"], "id": data["event_id"], **known}


def _attempt(entry: Mapping[str, Any]) -> Record:
    data = entry["data"]
    known = {name: data[name] for name in ("type", "number", "why")}
    return {"kind": "attempt", "due_ms": entry["at_ms"], "id": data["delivery_id"], **known}


def _verdict(entry: Mapping[str, Any]) -> Record:
    data = entry["data"]
    return {"kind": "verdict", **{name: data[name] for name in ("at", "step", "outcome", "code")}}


def _end(entry: Mapping[str, Any]) -> Record:
    outcomes = Counter(verdict["outcome"] for verdict in entry["data"]["verdicts"])
    return {"kind": "end", **dict(sorted(outcomes.items()))}


_RECORDS: Mapping[str, Callable[[Mapping[str, Any]], Record]] = {
    "StoryStarted": _story,
    "ActorActed": _act,
    "PayloadRendered": _event,
    "AttemptStarted": _attempt,
    "VerdictReached": _verdict,
    "StoryFinished": _end,
}
"""Kind of an entry → what the canonical journal has of it."""
