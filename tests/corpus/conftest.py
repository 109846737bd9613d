"""Small corpora, and what breaks them off."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from simulator import catalog as catalogs
from simulator.corpus import mix as mixes
from simulator.corpus.making import batches
from simulator.corpus.manifest import Manifest
from simulator.corpus.press import Batch
from simulator.corpus.recipe import Recipe
from simulator.corpus.write import to_place

START_MS = 1_767_603_600_000
"""Monday, 5 January 2026, 09:00 UTC."""


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "cluster: starts a Dask cluster on this machine; runs by `-m cluster`")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "cluster" in config.option.markexpr:
        return
    left_out = [item for item in items if item.get_closest_marker("cluster") is not None]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def recipe(count: int = 300, provider: str = "viber", **changes) -> Recipe:
    mix = mixes.usual(catalogs.load(provider))
    given = {"url": "https://bot.example/hook", **changes}
    return Recipe(**{"provider": provider, "mix": mix, "seed": 3, "start_ms": START_MS, "count": count, **given})


def manifest(asked: Recipe, **changes) -> Manifest:
    return Manifest(**{"recipe": asked, "first": 0, "end": asked.count, "versions": {}, **changes})


def silent(_: int) -> None:
    """Tell nobody."""


def made(asked: Recipe, first: int = 0, end: int | None = None) -> list[Batch]:
    return list(batches(asked, {}, first, asked.count if end is None else end))


def content(asked: Recipe, first: int = 0, end: int | None = None) -> bytes:
    return b"".join(piece for batch in made(asked, first, end) for piece in batch.pieces())


def written(asked: Recipe, path: Path, **changes) -> Manifest:
    return to_place(manifest(asked, **changes), {}, path, jobs=1, tell=silent)


def interrupting(count: int) -> Callable[[int], None]:
    """Give what presses Ctrl-C behind so many payloads."""
    told = 0

    def tell(step: int) -> None:
        nonlocal told
        told += step
        if told > count:
            raise KeyboardInterrupt

    return tell


@contextlib.contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """Let the system refuse to write more into any file, as a full disk would."""
    resource = pytest.importorskip("resource", reason="this system has no limits for a process")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
