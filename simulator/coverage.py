"""Journal × catalog → what a suite exercised of each provider, and the gaps by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator.catalog import Catalog, DeliveryPolicy
from simulator.match import status_matches
from simulator.records import Delivery, Entry
from simulator.world import Register

if TYPE_CHECKING:
    from simulator.answering import Answered

GIVEN_UP = "given up after the last retry"
BY_RETRY = "delivered by a retry"


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One kind of thing that a provider has: what of it was exercised, and what was not."""

    name: str
    """event types, variants, operations, errors or retry paths."""
    covered: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def total(self) -> int:
        """How many there are."""
        return len(self.covered) + len(self.missing)


@dataclass(frozen=True, kw_only=True, slots=True)
class ProviderCoverage:
    """What a suite exercised of one provider."""

    provider: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """What a suite exercised of the providers that it was played on."""

    providers: tuple[ProviderCoverage, ...]

    @property
    def covered(self) -> int:
        """How many things were exercised."""
        return sum(len(part.covered) for each in self.providers for part in each.parts)

    @property
    def total(self) -> int:
        """How many things there are."""
        return sum(part.total for each in self.providers for part in each.parts)

    @property
    def percent(self) -> float:
        """The share of all things that was exercised, 0 to 100."""
        return 100.0 * self.covered / self.total if self.total else 100.0


@dataclass(slots=True)
class _Seen:
    """What the journal told about one provider: a few names, however long the run is."""

    events: set[str] = field(default_factory=set)
    operations: set[str] = field(default_factory=set)
    errors: set[str] = field(default_factory=set)
    outcomes: set[str] = field(default_factory=set)
    """How attempts ended that were followed by another one."""
    endings: set[str] = field(default_factory=set)


class Tally:
    """Listens to a journal and remembers the names of what it tells."""

    def __init__(self) -> None:
        """Have heard nothing."""
        self._seen: defaultdict[str, _Seen] = defaultdict(_Seen)

    def __call__(self, entry: Entry) -> None:
        """Take in the entry; what an audit plays again does not count."""
        if not entry.provider or entry.variant:
            return
        if entry.kind == "DeliveryFinished":
            _take_delivery(self._seen[entry.provider], entry.data)
        elif entry.kind == "CallAnswered":
            _take_call(self._seen[entry.provider], entry.data)

    def coverage(self, catalogs: Mapping[str, Catalog]) -> Coverage:
        """Give what was exercised of these providers."""
        return Coverage(
            providers=tuple(
                ProviderCoverage(provider=name, parts=tuple(_parts(catalog, self._seen[name])))
                for name, catalog in sorted(catalogs.items())
            )
        )


def _take_delivery(seen: _Seen, delivery: Delivery) -> None:
    if not delivery.attempts:
        return
    seen.events.add(delivery.type)
    seen.outcomes.update(attempt.outcome for attempt in delivery.attempts[:-1])
    if len(delivery.attempts) > 1 and delivery.state == "delivered":
        seen.endings.add(BY_RETRY)
    if len(delivery.attempts) > 1 and delivery.state == "failed":
        seen.endings.add(GIVEN_UP)


def _take_call(seen: _Seen, answered: Answered) -> None:
    if answered.response.error:
        seen.errors.add(answered.response.error)
        return
    seen.operations.add(answered.call.operation)
    # A handshake is made before its call is answered, and is no delivery.
    seen.events.update(each.handshake for each in answered.response.effects if isinstance(each, Register))


def _parts(catalog: Catalog, seen: _Seen) -> Iterator[Part]:
    variants = [name for name in catalog.events if "/" in name]
    yield _part("event types", map(_type_of, catalog.events), set(map(_type_of, seen.events)))
    yield _part("variants", variants, seen.events)
    yield _part("operations", catalog.operations, seen.operations)
    yield _part("errors", catalog.errors, seen.errors)
    yield _part("retry paths", *_retry_paths(catalog.policy, seen))


def _part(name: str, there_are: Iterable[str], found: set[str]) -> Part:
    known = tuple(dict.fromkeys(there_are))
    return Part(
        name=name,
        covered=tuple(each for each in known if each in found),
        missing=tuple(each for each in known if each not in found),
    )


def _retry_paths(policy: DeliveryPolicy, seen: _Seen) -> tuple[Sequence[str], set[str]]:
    """Give the ways that a delivery can go beside being accepted at once, and those that it went."""
    if not policy.delays_ms:
        return (), set()
    after = {f"retried after {'any failure' if word == 'any' else word}": word for word in policy.retry_on}
    found = {path for path, word in after.items() if any(_is_meant(word, outcome) for outcome in seen.outcomes)}
    return (*after, BY_RETRY, GIVEN_UP), found | seen.endings


def _is_meant(word: str, outcome: str) -> bool:
    return word in ("any", outcome) or (outcome.isdigit() and status_matches(word, int(outcome)))


def _type_of(event: str) -> str:
    return event.partition("/")[0]
