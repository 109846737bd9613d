"""All that the bytes of a corpus hang on, and what writes any part of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

import simulator
from simulator import catalog as catalogs
from simulator import providers
from simulator.catalog import Catalog
from simulator.corpus.mix import Mix
from simulator.corpus.plan import BLOCK, Plan
from simulator.corpus.selection import Selection
from simulator.corpus.studio import CROWD, Studio
from simulator.world import Put, World

SHAPES = ("jsonl", "requests", "json", "files", "har", "parquet")
SIGNED = ("requests", "har")
"""Those that hold whole requests."""
FOLDERS = ("files", "parquet")
"""Those that are folders of several files."""

_STEP = 2731
"""Odd, so that its multiples are all numbers of the crowd: people of one locale do not stand side by side."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """A corpus, but for the credentials: it can be sent to another process or written into a manifest."""

    provider: str
    mix: Mix
    seed: int
    start_ms: int
    count: int
    shape: str = "jsonl"
    """One of `SHAPES`."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """As given; the others have their defaults."""
    url: str = ""
    """Where requests are made out to."""
    is_marked: bool = True
    edge: float = 0.0
    """The share of valid payloads with something nasty in them."""
    invalid: float = 0.0
    """The share of payloads with exactly one fault."""
    compress: str = ""
    """gzip or zstd; empty: not at all."""
    selection: Selection = field(default_factory=Selection)

    def plan(self) -> Plan:
        """Give its plan."""
        return Plan(self.mix, seed=self.seed, start_ms=self.start_ms)


def studio_of(recipe: Recipe, credentials: Mapping[str, str]) -> Studio:
    """
    Give the studio of a corpus.

    Raises:
        InputError: there is no such provider, credential or option.
    """
    catalog = catalogs.load(recipe.provider)
    world = World(
        credentials=catalogs.credentials_with(catalog, credentials, "--credential"),
        options=catalogs.options_with(catalog, recipe.options, "--option"),
        limits=catalog.limits,
    )
    world.apply(Put(table="account", key="account", row=catalog.account))
    mix = recipe.mix
    locales, weights = list(mix.locales), list(mix.locales.values())
    return Studio(
        catalog=catalog,
        provider=providers.load(recipe.provider),
        world=world,
        seed=recipe.seed,
        start_ms=recipe.start_ms,
        kinds=tuple(mix.events),
        chances={name: _chances(catalog, name, mix) for name in mix.events},
        turn_ids=frozenset(mix.turn_ids),
        talk_ids=frozenset(mix.talk_ids),
        locale_at=lambda user: _weighted(locales, weights, user * _STEP % CROWD / CROWD),
        writing=mix.writing,
        counts=mix.counts,
    )


def _chances(catalog: Catalog, event: str, mix: Mix) -> dict[str, float]:
    usual = {path: fact.chance for path, fact in catalog.events[event].fields.items()}
    return {**usual, **mix.present.get(event, {})}


def _weighted(values: list[str], weights: list[float], place: float) -> str:
    """Give one of the values by a place from 0 up to 1, so that of all places each has its share."""
    left = place * sum(weights)
    for value, weight in zip(values, weights, strict=True):
        left -= weight
        if left < 0:
            return value
    return values[-1]


def shard(count: int, number: int, of: int) -> tuple[int, int]:
    """Give the first payload of a shard, counted from 1, and the one behind its last: it is a run of blocks."""
    blocks = -(-count // BLOCK)
    ends = (blocks * each // of * BLOCK for each in (number - 1, number))
    first, end = (min(each, count) for each in ends)
    return first, end


def versions(catalog: Catalog) -> dict[str, str]:
    """Give the versions that the bytes hang on; that of the catalog is a digest of its files."""
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(catalog.folder.rglob("*")):
        if path.is_file() and path.suffix in (".j2", ".yaml") and path.name != "proofs.yaml":
            digest.update(path.relative_to(catalog.folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return {"simulator": simulator.__version__, "faker": version("faker"), "catalog": digest.hexdigest()}
