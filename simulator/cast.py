"""The actors of one story: who they are to the provider, what the bot offered them, what their acts give rise to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from simulator.catalog import option_value
from simulator.errors import InputError, Problem
from simulator.expressions import ExpressionError, Sandbox
from simulator.fake import DEFAULT_LOCALE, Fake
from simulator.ids import Ids
from simulator.provider import Act
from simulator.records import Button, Reply, ScheduledEvent
from simulator.render.person import person
from simulator.scenario.model import ActStep, Scenario
from simulator.seeds import stream
from simulator.terms import Terms
from simulator.timeline import Speak
from simulator.world import Put, Remove, World

MEDIA_VERBS = frozenset({"image", "video", "audio", "file"})

SPEAKING_VERBS = MEDIA_VERBS | {"text", "location", "contact", "sticker", "url", "tap", "opens", "event", "raw"}
"""After these the bot is expected to say something new; what it said before can no longer be claimed."""

Share = Callable[[str], Mapping[str, Any]]
"""Absolute path of a media file → `{url, name, size, content_type}`, as the mock API serves it."""


class CannotAct(Exception):  # noqa: N818 - it is no mistake; the story tells it as a verdict
    """An actor cannot do this as the conversation stands."""

    def __init__(self, code: str, expected: str, observed: str) -> None:
        """Say it in the words of a verdict."""
        super().__init__(observed)
        self.code, self.expected, self.observed = code, expected, observed


class Cast:
    """The actors of one story, as rows of its world."""

    def __init__(self, scenario: Scenario, terms: Terms, world: World, share: Share) -> None:
        """Bring the actors, and what else the scenario says is `given`, into the world."""
        self._scenario = scenario
        self._terms = terms
        self._world = world
        self._share = share
        self._sandbox = Sandbox()
        self.user_ids: dict[str, str] = {}
        """Actor → the provider's id of the person."""
        self._offers: dict[str, list[tuple[Button, ...]]] = {}
        for name in scenario.actors:
            self.user_ids[name] = self._meet(name)
        self._names = {user_id: name for name, user_id in self.user_ids.items()}
        self.chat_ids: dict[str, str] = {}
        """Conversation of `given` → the provider's id of it: the `id` of its row, or else its name."""
        for table, rows in scenario.given.items():
            for name, written in rows.items() if table != "users" else ():
                row = self._filled(written, f"given.{table}.{name}")
                key = str(name)
                if table == "conversations" and "id" in row:
                    key = str(row["id"])
                    row |= {"id": key}
                elif table == "subscriptions":
                    row |= self._own(row, f"given.{table}.{name}")
                world.apply(Put(table=table, key=key, row=row))
                if table == "conversations":
                    self.chat_ids[str(name)] = key
        self._chats = {chat_id: name for name, chat_id in self.chat_ids.items()}

    def join(self, name: str) -> str:
        """Bring an actor of the scenario who was not there at the beginning; give the provider's id of the person."""
        user_id = self.user_ids[name] = self._meet(name)
        self._names[user_id] = name
        return user_id

    def name_of(self, user_id: str) -> str:
        """Give the actor whom the provider knows by that id; empty for nobody of this story."""
        return self._names.get(user_id, "")

    def chat_of(self, chat_id: str) -> str:
        """Give the name in `given` of the conversation that the provider knows by that id; empty for any other."""
        return self._chats.get(chat_id, "")

    def rows(self) -> dict[str, Mapping[str, Any]]:
        """Give each actor as she stands in the world."""
        return {name: self._world.get("users", user_id) or {} for name, user_id in self.user_ids.items()}

    def surroundings(self, key: str, now_ms: int) -> dict[str, Any]:
        """Give what the expressions of a step see beside the story's variables; values are drawn by the step's key."""
        terms, verbs = self._terms, tuple(self._terms.catalog.verbs)
        about = {"id": terms.provider.id, "title": terms.catalog.title, "can": verbs, "receipts": "reads" in verbs}
        return {
            "actors": self.rows(),
            "provider": {**self._world.options, **about},
            "fake": Fake(terms.seed, DEFAULT_LOCALE, stream(terms.seed, "fake", key)),
            "ids": Ids(terms.provider.ids, stream(terms.seed, terms.start_ms, "ids", key), now_ms),
            "now": now_ms,
        }

    def take(self, reply: Reply) -> None:
        """Put the buttons of a reply before whom it reached."""
        if reply.buttons:
            self._offers.setdefault(reply.to, []).append(reply.buttons)

    def events(self, speak: Speak) -> list[ScheduledEvent]:
        """
        Give the events of an act; what it changes in the world is changed.

        Raises:
            CannotAct: there is no such button, or the provider has no event for it as things stand.
        """
        step, terms = speak.step, self._terms
        user_id = self.user_ids[step.actor]
        event = ScheduledEvent(
            id=speak.key,
            provider=terms.provider.id,
            type=step.event,
            values={},
            due_ms=speak.due_ms,
            cause=speak.key,
            actor=user_id,
        )
        if step.verb == "raw":
            return [replace(event, raw=speak.value, overrides=speak.overrides)]
        act = Act(
            verb=step.verb,
            value=self._value(speak, user_id),
            user=self._world.get("users", user_id) or {},
            extra=self._extra(speak),
        )
        ids = Ids(terms.provider.ids, stream(terms.seed, terms.start_ms, "act", speak.key), speak.due_ms)
        occurrences = terms.provider.acts(act, self._world, ids)
        if occurrences is None and step.verb == "event":
            # A native event need not be one that an act leads to.
            return [replace(event, type=str(speak.value), overrides=speak.overrides)]
        if occurrences is None:
            raise CannotAct(
                "not-possible", f"{step.actor} can do this now", f"{terms.catalog.title} has no event for it now"
            )
        events = []
        for number, occurrence in enumerate(occurrences):
            for effect in occurrence.effects:
                if isinstance(effect, Put | Remove):
                    self._world.apply(effect)
            if occurrence.type:
                key = f"{speak.key}/{number}" if number else speak.key
                due_ms = speak.due_ms + occurrence.after_ms
                events.append(replace(event, id=key, type=occurrence.type, values=occurrence.values, due_ms=due_ms))
        subject = self.subject(step, events)
        return [replace(each, overrides=speak.overrides) if each is subject else each for each in events]

    def subject(self, step: ActStep, events: Sequence[ScheduledEvent]) -> ScheduledEvent | None:
        """Give the event that an act is about, of all that it causes: the one of its verb, or else the first."""
        of_verb = (event for event in events if event.type == self._terms.catalog.verbs.get(step.verb))
        return next(of_verb, events[0] if events else None)

    def _meet(self, name: str) -> str:
        actor, terms = self._scenario.actors[name], self._terms
        given = self._filled(self._scenario.given.get("users", {}).get(name) or {}, f"given.users.{name}")
        profile = self._filled(actor.profile, f"actors.{name}")
        try:
            drawn = person(
                terms.provider,
                seed=terms.seed,
                start_ms=terms.start_ms,
                name=name,
                locale=actor.locale,
                given=profile,
            )
        except InputError as error:
            # Whoever draws a person does not know in which file she stands.
            place = {"where": str(self._scenario.place), "at": f"actors.{name}"}
            raise InputError(*(replace(each, **place) for each in error.problems)) from error
        row = {**drawn, **given}
        self._world.apply(Put(table="users", key=str(row["id"]), row=row))
        return str(row["id"])

    def _filled(self, value: Mapping[str, Any], at: str) -> dict[str, Any]:
        """
        Give what the file says about the time before the story, with its expressions filled in.

        Raises:
            InputError: an expression has no value; variables and other actors are not there yet.
        """
        try:
            return dict(self._sandbox.fill(value, self.surroundings(at, self._terms.start_ms)))
        except ExpressionError as error:
            problem = Problem(
                code="expression",
                what="an expression has no value",
                where=str(self._scenario.place),
                at=at,
                why=error.reason,
                fix="before the story there are fake, ids, now and provider",
            )
            raise InputError(problem) from error

    def _own(self, row: Mapping[str, Any], at: str) -> dict[str, Any]:
        """
        Give the credentials, as texts, and the options that a subscription has of its own.

        Raises:
            InputError: an expression stands for them whose value is no map, or that an option cannot have.
        """
        found = {kind: row[kind] for kind in ("credentials", "options") if kind in row}
        for kind, values in found.items():
            if not isinstance(values, Mapping):
                # What it is instead may be a secret.
                what, fix = "a map of name → value is wanted here", "let the expression give one"
                place = str(self._scenario.place)
                raise InputError(Problem(code="wrong-type", what=what, where=place, at=f"{at}.{kind}", fix=fix))
        if "credentials" in found:
            found["credentials"] = {str(name): str(value) for name, value in found["credentials"].items()}
        if "options" in found:
            found["options"] = {name: self._option(name, value, at) for name, value in found["options"].items()}
        return found

    def _option(self, name: str, value: Any, at: str) -> Any:
        """Give the value of an option as the provider takes it; what is no option may mean something to it as it is."""
        catalog = self._terms.catalog
        if name not in catalog.options:
            return value
        try:
            return option_value(catalog.options[name], value)
        except ValueError as error:
            place, why = str(self._scenario.place), f"{catalog.title}: {catalog.options[name].about}"
            what, fix, at = f'option "{name}" cannot be "{value}"', str(error), f"{at}.options.{name}"
            raise InputError(Problem(code="bad-option", what=what, where=place, at=at, why=why, fix=fix)) from error

    def _value(self, speak: Speak, user_id: str) -> Any:
        """Give what stands behind the verb as the provider takes it: a button for a tap, a served file for media."""
        value = speak.value
        if speak.step.verb == "tap":
            return self._button(str(value), user_id)
        if speak.step.verb in MEDIA_VERBS and isinstance(value, str) and "://" not in value:
            return self._share(str(Path(self._scenario.folder, value)))
        return value

    def _extra(self, speak: Speak) -> Mapping[str, Any]:
        """Give what stands beside the verb as the provider takes it: a chat by the provider's id."""
        if "in" not in speak.extra:
            return speak.extra
        name = str(speak.extra["in"])
        if name not in self.chat_ids:
            known = ", ".join(self.chat_ids) or "none"
            raise CannotAct("no-such-chat", f"a conversation “{name}” in given", f"the file has: {known}")
        return {**speak.extra, "in": self.chat_ids[name]}

    def _button(self, label: str, user_id: str) -> Button:
        """Give the button that the bot put before this person; of several with that label the latest."""
        offers = self._offers.get(user_id, [])
        for buttons in reversed(offers):
            for button in buttons:
                if label.strip() in (button.label.strip(), button.payload):
                    return button
        offered = ", ".join(f"“{button.label}”" for button in (offers[-1] if offers else ()))
        raise CannotAct("no-such-button", f"a button “{label}” to tap", f"the bot offered {offered or 'no buttons'}")
