"""What a bot writes: new conversations, messages, people who are added; and the events that come of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.providers.canvas import conversations as inbox
from simulator.providers.canvas import shapes
from simulator.providers.canvas.answers import answered, asked_for, missing
from simulator.providers.canvas.metadata import api_request
from simulator.providers.canvas.parameters import Parameters, is_true, listed, parameters, text
from simulator.providers.canvas.people import account_of, bot_id, known, local_id
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
    reached: list[dict[str, str]] = field(default_factory=list)

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
            self.reached += [{"to": each, "message_id": added["id"], "text": body} for each in others]
        return changed

    def add(self, row: Row, people: Sequence[str]) -> Row:
        """Add people to a conversation."""
        changed = {**row, "participants": (*row["participants"], *people), "updated_ms": self.call.at_ms}
        self._emit(inbox.forwarded(changed, self._request()), people)
        return changed

    def message(self, row: Row) -> Row:
        """Give the message that was last written into a conversation."""
        return self.rows[inbox.MESSAGES, inbox.last_id(row)].row

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
    is_group, is_forced = is_true(asked.get("group_conversation")), is_true(asked.get("force_new"))
    is_batch = (len(people) > 1 and not is_group) or is_forced
    is_job = is_batch and asked.get("mode") == "async"
    letters = Letters(call, world, ids, is_job=is_job)
    body = text(asked["body"])
    rows = [
        _sent(letters, each, body, asked, is_private=not is_group and not is_forced)
        for each in ([people] if is_group and not is_forced else [[one] for one in people])
    ]
    more = {"reached": letters.reached}
    if is_job:
        batch = (("X-Conversation-Batch-Id", str(ids.give("batch"))),)
        return answered(call, ids, [], *letters.effects(), status=202, headers=batch, more=more)
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
    seen = [each for each in row["participants"] if not people or each in people or each == bot_id(world)]
    row = letters.write(row, body, seen)
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


def _sent(letters: Letters, people: Sequence[str], body: str, asked: Parameters, *, is_private: bool) -> Row:
    """Write into the private conversation that there is, or into a new one."""
    running = inbox.private_with(letters.world, people[0]) if is_private else None
    row = running if running is not None else letters.begin(people, asked, is_private=is_private)
    return letters.write(row, body, row["participants"], is_first=True)


def _create_fault(call: ApiCall, asked: Parameters, people: Sequence[str], world: World) -> ApiResponse | None:
    written = listed(asked.get("recipients"))
    body, subject = text(asked.get("body")), text(asked.get("subject"))
    is_bulk = is_true(asked.get("force_new")) or (
        is_true(asked.get("group_conversation")) and is_true(asked.get("bulk_message"))
    )
    faults = {
        "recipients_blank": not written,
        "recipients_restricted": bool(written) and not people and any(each.startswith("course_") for each in written),
        "recipients_invalid": not people,
        "body_blank": not body.strip(),
        "context_code_invalid": not _is_context(text(asked.get("context_code")), world),
        "too_many_recipients": len(people) > world.limits["recipients"] and not is_bulk,
        "subject_too_long": len(subject) > world.limits["subject"],
        "body_too_long": len(body) > world.limits["body"],
    }
    return next((refuse(call, error, "") for error, is_so in faults.items() if is_so), None)


def _people(written: Any, world: World) -> list[str]:
    """Give the local ids of those who exist; the bot itself is none of them, unless it stands alone."""
    account, bot = account_of(world), bot_id(world)
    found = [local_id(each, account) for each in listed(written)]
    people = list(dict.fromkeys(each for each in found if each is not None and known(world, each) is not None))
    return [each for each in people if each != bot] or people


def _is_context(code: str, world: World) -> bool:
    account = account_of(world)
    return code in ("", f"course_{account['course']['id']}", f"account_{account['id']}")


def _after(letters: Letters) -> World:
    """Give the world as it is once the call is done; the real one is only read here."""
    return After(letters.world, letters.rows)
