"""What a bot writes: new conversations, messages, people who are added; and the events that come of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.providers.canvas import batches, shapes
from simulator.providers.canvas import conversations as inbox
from simulator.providers.canvas.answers import answered, asked_for, missing
from simulator.providers.canvas.files import attached, recording
from simulator.providers.canvas.metadata import api_request
from simulator.providers.canvas.parameters import Parameters, is_true, listed, parameters, text
from simulator.providers.canvas.people import account_of, bot_id, course_code, course_members, known, local_id
from simulator.providers.canvas.refusals import refuse
from simulator.records import ApiCall
from simulator.world import Effect, Emit, Put, Row, World

EVENT_AFTER_MS = (100, 600)
JOB_AFTER_MS = (1_000, 5_000)
"""How much later an event comes about what a call did, at once or in the background; chosen."""


@dataclass(slots=True)
class Letters:
    """What one call writes, as it grows: rows, events, and whom it reached."""

    call: ApiCall
    world: World
    ids: Ids
    is_job: bool = False
    rows: dict[tuple[str, str], Put] = field(default_factory=dict)
    events: list[Emit] = field(default_factory=list)
    reached: list[dict[str, Any]] = field(default_factory=list)

    def begin(self, people: Sequence[str], asked: Parameters, *, is_private: bool) -> Row:
        """Begin a conversation."""
        drawn = self.ids.give("conversation", str(len(self.rows)))
        row = inbox.new_conversation(
            self._unused(inbox.CONVERSATIONS, drawn),
            tuple(dict.fromkeys((bot_id(self.world), *people))),
            is_private=is_private,
            now_ms=self.call.at_ms,
            subject=text(asked.get("subject")) or None,
        )
        row = {**row, "context_code": text(asked.get("context_code")) or None}
        self._emit(inbox.created(row, self._request()), people)
        return row

    def write(self, row: Row, body: str, people: Sequence[str], *, is_first: bool = False, **more: Any) -> Row:
        """Add a message to a conversation that these people see, and give the conversation as it is then."""
        drawn = self.ids.give("message", str(len(self.rows)))
        added = inbox.new_message(
            self._unused(inbox.MESSAGES, drawn, after=inbox.last_id(row)),
            row["id"],
            author_id=bot_id(self.world),
            body=body,
            now_ms=self.call.at_ms,
            people=people,
            **more,
        )
        changed = inbox.with_message(row, added, bot_id(self.world), is_for_sender=not is_first)
        for effect in (inbox.put_message(added), inbox.put(changed)):
            self.rows[effect.table, effect.key] = effect
        others = [each for each in people if each != bot_id(self.world)]
        self._emit(inbox.message_created(added, self._request()), others)
        if not added["generated"]:
            self.reached += [{"to": each, "message": added} for each in others]
        return changed

    def add(self, row: Row, people: Sequence[str]) -> Row:
        """Add people to a conversation."""
        changed = {**row, "participants": (*row["participants"], *people), "updated_ms": self.call.at_ms}
        self._emit(inbox.forwarded(changed, self._request()), people)
        return changed

    def copy(self, message_id: str, people: Sequence[str]) -> None:
        """Let these people see an earlier message too."""
        found = inbox.message(self.world, message_id)
        if found is not None:
            effect = inbox.put_message({**found, "participants": (*found["participants"], *people)})
            self.rows[effect.table, effect.key] = effect

    def message(self, row: Row) -> Row:
        """Give the message that was last written into a conversation."""
        return self.rows[inbox.MESSAGES, inbox.last_id(row)].row

    def batch(self, row: Row, people: Sequence[str]) -> Put:
        """Give the effect by which the message that went into this conversation, and others, is on its way."""
        batch_id = inbox.unused(self.world, batches.BATCHES, self.ids.give("batch"))
        root, at_ms = self.message(row), self.call.at_ms
        until_ms = at_ms + JOB_AFTER_MS[1]
        return batches.begun(batch_id, root, len(people), row["subject"], at_ms=at_ms, until_ms=until_ms)

    def effects(self) -> Iterable[Effect]:
        """Give all that follows from the call."""
        return (*self.rows.values(), *self.events)

    def _emit(self, event: tuple[str, Any], people: Sequence[str]) -> None:
        event_type, values = event
        lag = JOB_AFTER_MS if self.is_job else EVENT_AFTER_MS
        self.events.append(Emit(type=event_type, values=values, user=people[0] if people else "", after_ms=lag))

    def _request(self) -> Row:
        account = account_of(self.world)
        query = urlencode(self.call.query, doseq=True)
        found = api_request(
            account["bot"],
            account,
            path=f"{self.call.path}?{query}" if query else self.call.path,
            method=self.call.method,
            user_agent=self.call.headers.get("user-agent"),
            request_id=self.ids.give("request"),
        )
        return {**found, "is_job": self.is_job}

    def _unused(self, table: str, drawn: str, *, after: str = "") -> str:
        found = inbox.unused(self.world, table, drawn, after=after)
        while (table, found) in self.rows:
            found = inbox.unused(self.world, table, drawn, after=found)
        return found


class After(World):
    """A world with some rows over it that are not in it yet."""

    def __init__(self, world: World, rows: Mapping[tuple[str, str], Put]) -> None:
        """Stand over that world."""
        super().__init__(credentials=world.credentials, options=world.options, limits=world.limits, beside=world)
        self._world = world
        self._rows = rows

    def get(self, table: str, key: str) -> Row | None:
        """Give the row of that key, or None."""
        found = self._rows.get((table, key))
        return found.row if found is not None else self._world.get(table, key)


def create_conversation(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """
    Write to people: to each alone, in the private conversation that there is or a new one; or to all together.

    Source: Canvas REST API, "Create a conversation"; canvas-lms, `app/controllers/conversations_controller.rb`.
    """
    asked = parameters(call)
    people = _people(asked.get("recipients"), world)
    refusal = _create_fault(call, asked, people, world)
    if refusal is not None:
        return refusal
    is_group, is_bulk = is_true(asked.get("group_conversation")), _is_bulk(asked)
    is_batch = (len(people) > 1 and not is_group) or is_bulk
    letters = Letters(call, world, ids, is_job=is_batch and asked.get("mode") == "async")
    rows = [
        _sent(letters, each, asked, is_private=not is_group and not is_bulk)
        for each in ([people] if is_group and not is_bulk else [[one] for one in people])
    ]
    more = {"reached": letters.reached}
    if letters.is_job:
        batch = letters.batch(rows[0], people)
        headers = (("X-Conversation-Batch-Id", batch.key),)
        return answered(call, ids, [], *letters.effects(), batch, status=202, headers=headers, more=more)
    after = _after(letters)
    shown = [
        shapes.conversation(
            row,
            after,
            messages=None if is_batch else [letters.message(row)],
            has_contexts=not is_batch,
            has_avatars=not is_batch,
        )
        for row in rows
    ]
    return answered(call, ids, shown, *letters.effects(), status=201, more=more)


def add_message(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Add a message to a conversation; with `recipients` for them alone, who join it where they were not in it."""
    row = asked_for(call, world)
    if row is None:
        return missing(call)
    asked = parameters(call)
    body = text(asked.get("body"))
    if not body.strip():
        return refuse(call, "message_empty", "")
    if len(body) > world.limits["body"]:
        return refuse(call, "body_too_long", "")
    included = [local_id(each, account_of(world)) or each for each in listed(asked.get("included_messages"))]
    if any(each not in row["message_ids"] for each in included):
        return refuse(call, "included_messages_invalid", "")
    letters = Letters(call, world, ids, is_job=len(row["participants"]) >= world.limits["immediate_participants"])
    people = _people(asked.get("recipients"), world)
    new = [each for each in people if each not in row["participants"]]
    if new and not row["private"]:
        row = letters.add(row, new)
        for each in included:
            letters.copy(each, new)
    seen = [each for each in row["participants"] if not people or each in people or each == bot_id(world)]
    row = letters.write(row, body, seen, **_beside(asked, world))
    more = {"reached": letters.reached}
    if letters.is_job:
        return answered(call, ids, [], *letters.effects(), status=202, more=more)
    shown = shapes.conversation(row, _after(letters), messages=[letters.message(row)])
    return answered(call, ids, shown, *letters.effects(), more=more)


def add_recipients(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Add people to a group conversation, which a generated message tells; nothing happens where all were in it."""
    row = asked_for(call, world)
    if row is None:
        return missing(call)
    people = _people(parameters(call).get("recipients"), world)
    if not people:
        return refuse(call, "recipients_empty", "")
    new = [each for each in people if each not in row["participants"]]
    if row["private"] or len(row["participants"]) + len(new) > world.limits["recipients"]:
        return refuse(call, "too_many_participants", "")
    letters = Letters(call, world, ids)
    if not new:
        shown = shapes.conversation(row, world, messages=inbox.visible(world, row)[:1])
        return answered(call, ids, shown)
    row = letters.add(row, new)
    names = " and ".join(str((known(world, each) or {}).get("name", each)) for each in new)
    were = "was" if len(new) == 1 else "were"
    told = f"{names} {were} added to the conversation by {account_of(world)['bot']['name']}"
    row = letters.write(row, told, row["participants"], generated=True)
    shown = shapes.conversation(row, _after(letters), messages=[letters.message(row)])
    return answered(call, ids, shown, *letters.effects())


# --- parts -----------------------------------------------------------------------------------------------------------


def _sent(letters: Letters, people: Sequence[str], asked: Parameters, *, is_private: bool) -> Row:
    """Write into the private conversation that there is, or into a new one."""
    running = inbox.private_with(letters.world, people[0]) if is_private else None
    row = running if running is not None else letters.begin(people, asked, is_private=is_private)
    beside = _beside(asked, letters.world)
    return letters.write(row, text(asked["body"]), row["participants"], is_first=True, **beside)


def _beside(asked: Parameters, world: World) -> dict[str, Any]:
    """Give what a call puts beside the text of its message."""
    return {"attachments": attached(asked, world), "media_comment": recording(asked, world)}


def _is_bulk(asked: Parameters) -> bool:
    """True where each gets a conversation of her own that is not private."""
    is_group = is_true(asked.get("group_conversation"))
    return is_true(asked.get("force_new")) or (is_group and is_true(asked.get("bulk_message")))


def _create_fault(call: ApiCall, asked: Parameters, people: Sequence[str], world: World) -> ApiResponse | None:
    written = listed(asked.get("recipients"))
    body, subject = text(asked.get("body")), text(asked.get("subject"))
    context = text(asked.get("context_code"))
    is_strange = not _is_context(context, world)
    is_course = any(re.fullmatch(r"course_\d+(_students|_observers)?", each) for each in written)
    faults = {
        "recipients_blank": not written and not isinstance(asked.get("recipients"), Mapping),
        "context_code_unknown": is_strange and bool(re.fullmatch(r"(course|group|section)_\d+", context)),
        "recipients_invalid": not people,
        "body_blank": not body.strip(),
        "context_code_invalid": is_strange,
        "recipients_restricted": is_course and not world.options["may_write_to_course"],
        "too_many_recipients": len(people) > world.limits["recipients"] and not _is_bulk(asked),
        "subject_too_long": len(subject) > world.limits["subject"],
        "body_too_long": len(body) > world.limits["body"],
    }
    return next((refuse(call, error, "") for error, is_so in faults.items() if is_so), None)


def _people(written: Any, world: World) -> list[str]:
    """Give the local ids of those who exist; the bot itself is none of them, unless it stands alone."""
    account, bot = account_of(world), bot_id(world)
    found: list[str | None] = []
    for each in listed(written):
        members = course_members(each, world)
        found += [local_id(each, account)] if members is None else members
    people = list(dict.fromkeys(each for each in found if each is not None and known(world, each) is not None))
    return [each for each in people if each != bot] or people


def _is_context(code: str, world: World) -> bool:
    return code in ("", course_code(world), f"account_{account_of(world)['id']}")


def _after(letters: Letters) -> World:
    """Give the world as it is once the call is done; the real one is only read here."""
    return After(letters.world, letters.rows)
