"""What was shown of a provider beside what is written about it: `proofs.yaml`, and how sure each event is by it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from simulator import documents
from simulator.catalog.facts import Catalog, EventFact, OperationFact
from simulator.catalog.forms import Form
from simulator.errors import InputError

FILE = "proofs.yaml"

OURS = "ours"
"""The source by which a folder says that no source says it."""

LEVELS = ("proven", "documented", "unknown")

Kind = Literal["events", "operations"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """What one test has shown by something that is not ours: an SDK, or an example of the real service."""

    by: str
    """The SDK with its version, or the example."""
    test: str
    """The test that shows it, as pytest names it."""
    events: tuple[str, ...] = ()
    """The event types that were read as they are meant."""
    operations: tuple[str, ...] = ()
    """The operations whose calls and answers were understood."""
    is_signature: bool = False
    """The signature was accepted, or is that of the example."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fidelity:
    """How sure it is that an event or an operation is as the real service has it."""

    name: str
    level: str
    """One of `LEVELS`: something that is not ours agrees with it, a source says it, or nothing does."""
    by: tuple[str, ...]
    """What has proven it."""
    source: str
    """Where it was read, in words."""
    unknown: tuple[str, ...]
    """The fields that no source has."""


def read_proofs(folder: Path) -> tuple[Proof, ...]:
    """
    Give the proofs of a provider's folder; none where the tests have shown nothing.

    Raises:
        InputError: the file has another form.
    """
    path = folder / FILE
    if not path.is_file():
        return ()
    form = Form()
    root = documents.read_file(path, f"templates/{folder.name}/{FILE}")
    proofs: tuple[Proof, ...] = form.listing(Proof, root.get("proofs") or root)
    if form.problems:
        raise InputError(*form.problems)
    return proofs


def fidelity(catalog: Catalog, proofs: Iterable[Proof], kind: Kind) -> tuple[Fidelity, ...]:
    """Give how sure each event or each operation is, in the order of the catalog."""
    facts: Mapping[str, EventFact | OperationFact] = catalog.events if kind == "events" else catalog.operations
    shown: dict[str, list[str]] = {}
    for proof in sorted(proofs, key=lambda each: each.by.casefold()):
        for name in proof.events if kind == "events" else proof.operations:
            shown.setdefault(name, []).append(proof.by)
    return tuple(_fidelity(name, fact, catalog, shown.get(name, ())) for name, fact in facts.items())


def signature_proofs(proofs: Iterable[Proof]) -> tuple[str, ...]:
    """Give what has shown that a provider's signature is right."""
    return tuple(dict.fromkeys(sorted((each.by for each in proofs if each.is_signature), key=str.casefold)))


def totals(rows: Sequence[Fidelity]) -> dict[str, int]:
    """Give how many there are of each level."""
    return {level: sum(row.level == level for row in rows) for level in LEVELS}


def _fidelity(name: str, fact: EventFact | OperationFact, catalog: Catalog, by: Sequence[str]) -> Fidelity:
    documented = "unknown" if _is_ours(fact.source) else "documented"
    return Fidelity(
        name=name,
        level="proven" if by else documented,
        by=tuple(dict.fromkeys(by)),
        source="; ".join(catalog.sources.get(key, key) for key in _keys(fact.source)),
        unknown=tuple(_unknown(fact)),
    )


def _unknown(fact: EventFact | OperationFact) -> Iterator[str]:
    fields = fact.fields if isinstance(fact, EventFact) else {}
    return (path for path, each in fields.items() if _is_ours(each.source))


def _is_ours(source: str) -> bool:
    return set(_keys(source)) == {OURS}


def _keys(source: str) -> list[str]:
    return [key.strip() for key in source.split(",")]
