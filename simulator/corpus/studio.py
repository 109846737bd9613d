"""One provider, one mix and one seed: the body of any payload of a corpus, by the ordinary ways of rendering."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simulator import templates
from simulator.catalog import Catalog, EventFact
from simulator.corpus.draws import Place, SharedIds, Texts, payload_key, presence, talk_key, turn_key
from simulator.fake import DEFAULT_LOCALE
from simulator.ids import Ids
from simulator.provider import Provider
from simulator.records import Payload
from simulator.render import encode
from simulator.render.encode import body_of, fragments
from simulator.render.person import person
from simulator.render.slots import FAULTS, Program
from simulator.render.template import Values, constants_of, in_order, locale_of, program_of
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
    ) -> None:
        """
        Begin.

        `kinds` are the event types by number, `chances` those of their optional fields; `turn_ids` and `talk_ids` are
        the names of the ids that all events of a turn, and of a conversation, share.
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

    def program(self, kind: int) -> Program | None:
        """Give the compiled template of an event type; None where there is none, or bodies are encoded otherwise."""
        found = program_of(self.templates, self.fact(kind), self.style)
        return found if isinstance(found, Program) and self.provider.encode is None else None

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
        program = self.program(place.kind)
        body = self.compiled(place, program, ids, chance) if program is not None else None
        body = self.sandboxed(place, ids, chance) if body is None else body
        event = f"{self.kinds[place.kind]}/{place.number}"
        return Payload(
            event_id=event, type=self.kinds[place.kind], body=body, content_type=self.style.content_type, ids=ids
        )

    def compiled(
        self, place: Place, program: Program, ids: dict[str, Any], chance: float | None = None
    ) -> bytes | None:
        """Give the body by its compiled template, and put its ids; None where only the sandbox can tell."""
        pieces: list[str] = []
        try:
            scope = self.scope(place, program, chance)
            program.body(*in_order(scope), fragments(self.style), pieces.append)
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
        scope = self.scope(place, None, chance)
        value = self.templates.json_of(self.fact(place.kind).template, scope)
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

    def scope(self, place: Place, program: Program | None, chance: float | None = None) -> dict[str, Any]:
        """Give what a template finds by name."""
        stream = Wide(payload_key(self.prefix, place.number))
        user = self.user(place.user)
        usual = self.chances[self.kinds[place.kind]]
        chances = usual if chance is None else {path: chance if each < 1 else each for path, each in usual.items()}
        return self.scope_of(
            place.kind,
            program,
            {
                "now": place.due_ms,
                "ids": self.ids_on(place, stream),
                "user": user,
                "present": presence(chances, stream),
                "fake": Texts(self.seed, self.locale(user), stream),
            },
        )

    def scope_of(self, kind: int, program: Program | None, drawn: Mapping[str, Any]) -> dict[str, Any]:
        """Give what a template finds by name: what is `drawn`, and what is the same for all payloads."""
        fact = self.fact(kind)
        scope = {**drawn, "options": self.world.options, "account": self.account, "attempt": 1}

        def draw(name: str) -> Any:
            if program is not None:
                return program.values[name](*in_order(scope))
            return self.templates.value_of(fact.values[name], scope, path=fact.template, name=name)

        scope["event"] = Values(constants_of(self.templates, fact.type), fact.values, draw)
        return scope
