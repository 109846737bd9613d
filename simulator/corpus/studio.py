"""One provider, one mix and one seed: the body of any payload of a corpus, by the ordinary ways of rendering."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from simulator import templates
from simulator.catalog import Catalog, EventFact
from simulator.corpus.draws import Place, SharedIds, Texts, payload_key, presence, talk_key, turn_key
from simulator.corpus.variants import Counts, Variant, Variants
from simulator.corpus.writing import Writing
from simulator.fake import DEFAULT_LOCALE
from simulator.ids import Ids
from simulator.provider import Provider
from simulator.records import Payload
from simulator.render import encode
from simulator.render.encode import body_of, fragments
from simulator.render.person import person
from simulator.render.slots import FAULTS, NotCompiledError, Program, compiled
from simulator.render.template import Values, constants_of, in_order, locale_of
from simulator.seeds import Wide, derive
from simulator.world import Row, World

CROWD = 4096
"""So many people are in a corpus."""


class Studio:
    """Renders payloads, each from its place alone."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        provider: Provider,
        world: World,
        seed: int,
        start_ms: int,
        kinds: tuple[str, ...],
        chances: Mapping[str, Mapping[str, float]],
        turn_ids: frozenset[str] = frozenset(),
        talk_ids: frozenset[str] = frozenset(),
        locale_at: Callable[[int], str] = lambda user: DEFAULT_LOCALE,
        writing: Writing | None = None,
        counts: Mapping[str, Counts] = MappingProxyType({}),
    ) -> None:
        """
        Begin.

        `kinds` are the event types by number, `chances` those of their optional fields; `turn_ids` and `talk_ids` are
        the names of the ids that all events of a turn, and of a conversation, share; `writing` says how messages are
        written, `counts` how many elements the lists of each event type have.
        """
        self.catalog = catalog
        self.provider = provider
        self.world = world
        self.seed = seed
        self.start_ms = start_ms
        self.kinds = kinds
        self.chances = chances
        self.turn_ids = turn_ids
        self.talk_ids = talk_ids
        self.prefix = derive(seed, start_ms, "corpus", provider.id).to_bytes(16, "big")
        self.style = catalog.body.under(world.options)
        self.templates = templates.of(catalog, provider)
        self.account = world.get("account", "account") or catalog.account
        self._locale_at = locale_at
        self._crowd: dict[int, Row] = {}
        self.writing = writing
        self._counts = counts
        self._variants: dict[int, Variants] = {}

    def fact(self, kind: int) -> EventFact:
        """Give the facts of an event type."""
        return self.catalog.events[self.kinds[kind]]

    def user(self, number: int) -> Row:
        """Give one of the crowd."""
        found = self._crowd.get(number)
        if found is None:
            found = self._crowd[number] = person(
                self.provider,
                seed=self.seed,
                start_ms=self.start_ms,
                name=f"crowd-{number}",
                locale=self._locale_at(number),
            )
        return found

    def locale(self, user: Mapping[str, Any]) -> str:
        """Give the locale in which somebody's texts are drawn."""
        return locale_of(str(user.get("locale", "")), str(user.get("language", "")))

    def variants(self, kind: int) -> Variants:
        """Give the variants of an event type."""
        if kind not in self._variants:
            fact = self.fact(kind)
            self._variants[kind] = Variants(fact, self._counts.get(fact.type, {}), self._variant)
        return self._variants[kind]

    def _variant(self, fact: EventFact) -> Variant:
        usual = self.catalog.events[fact.type].values
        constants = constants_of(self.templates, fact.type)
        kept = {name: value for name, value in constants.items() if fact.values[name] == usual[name]}
        return Variant(fact=fact, constants=kept, program=self._program(fact))

    def _program(self, fact: EventFact) -> Program | None:
        """Give the compiled template of an event; None where there is none, or bodies are encoded otherwise."""
        if self.provider.encode is not None or self.style.kind == "form":
            return None
        try:
            return compiled(fact, self.templates, fragments(self.style), self.style.separators)
        except NotCompiledError:
            return None

    def body(self, place: Place) -> bytes:
        """
        Give the body of a payload.

        Raises:
            InputError: the template is broken.
        """
        return self.payload(place).body

    def payload(self, place: Place, chance: float | None = None) -> Payload:
        """
        Give a payload whole, with the ids that were drawn for it; `chance` is that of all its optional fields.

        Raises:
            InputError: the template is broken.
        """
        ids: dict[str, Any] = {}
        body = self._filled(place, ids, chance)
        body = self.sandboxed(place, ids, chance) if body is None else body
        event = f"{self.kinds[place.kind]}/{place.number}"
        return Payload(
            event_id=event, type=self.kinds[place.kind], body=body, content_type=self.style.content_type, ids=ids
        )

    def _filled(self, place: Place, ids: dict[str, Any], chance: float | None) -> bytes | None:
        """Give the body by its compiled template, and put its ids; None where only the sandbox can tell."""
        stream = Wide(payload_key(self.prefix, place.number))
        variant = self.variants(place.kind).drawn(stream)
        if variant.program is None:
            return None
        pieces: list[str] = []
        try:
            scope = self.scope_of(variant, self._drawn(place, stream, chance))
            variant.program.body(*in_order(scope), fragments(self.style), pieces.append)
            ids |= scope["ids"].drawn
            return body_of("".join(pieces), self.style)
        except FAULTS:
            return None

    def sandboxed(self, place: Place, ids: dict[str, Any], chance: float | None = None) -> bytes:
        """
        Give the body as the sandbox makes it, and put its ids.

        Raises:
            InputError: the template is broken.
        """
        stream = Wide(payload_key(self.prefix, place.number))
        variant = replace(self.variants(place.kind).drawn(stream), program=None)
        scope = self.scope_of(variant, self._drawn(place, stream, chance))
        value = self.templates.json_of(variant.fact.template, scope)
        ids |= scope["ids"].drawn
        if self.provider.encode is not None:
            return self.provider.encode(value, self.world.options)
        return encode(value, self.style)

    def ids_on(self, place: Place, stream: Wide) -> Ids:
        """Give the ids of a payload on a stream that something else draws from, too."""

        def of_turn(name: str) -> tuple[Wide, int]:
            return Wide(turn_key(self.prefix, place.talk, place.turn, name)), place.turn_ms

        def of_talk(name: str) -> tuple[Wide, int]:
            return Wide(talk_key(self.prefix, place.talk, name)), place.talk_ms

        shared = {**dict.fromkeys(self.talk_ids, of_talk), **dict.fromkeys(self.turn_ids, of_turn)}
        return SharedIds(self.provider.ids, stream, place.due_ms, shared)

    def _drawn(self, place: Place, stream: Wide, chance: float | None) -> dict[str, Any]:
        user = self.user(place.user)
        usual = self.chances[self.kinds[place.kind]]
        chances = usual if chance is None else {path: chance if each < 1 else each for path, each in usual.items()}
        return {
            "now": place.due_ms,
            "ids": self.ids_on(place, stream),
            "user": user,
            "present": presence(chances, stream),
            "fake": Texts(self.seed, self.locale(user), stream, self.writing),
        }

    def scope_of(self, variant: Variant, drawn: Mapping[str, Any]) -> dict[str, Any]:
        """Give what a template finds by name: what is `drawn`, and what is the same for all payloads."""
        fact, program = variant.fact, variant.program
        scope = {**drawn, "options": self.world.options, "account": self.account, "attempt": 1}

        def draw(name: str) -> Any:
            if program is not None:
                return program.values[name](*in_order(scope))
            return self.templates.value_of(fact.values[name], scope, path=fact.template, name=name)

        scope["event"] = Values(variant.constants, fact.values, draw)
        return scope
