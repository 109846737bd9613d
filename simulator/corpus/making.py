"""The payloads of a corpus, in order, whoever makes them: this process, several of them, or a cluster."""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor

from simulator.corpus.packing import packer
from simulator.corpus.plan import BLOCK
from simulator.corpus.press import Batch, Press, nothing
from simulator.corpus.recipe import FOLDERS, Recipe

Made = Callable[[Press, int, int, int], Iterator[Batch]]
"""Press, block, first number and the one behind the last → batches: one of the methods of `Press`."""

Workers = int | str
"""So many processes here, or the address of a Dask cluster."""


def batches(
    recipe: Recipe,
    credentials: Mapping[str, str],
    first: int,
    end: int,
    jobs: Workers = 1,
    *,
    what: Made = Press.batches,
) -> Iterator[Batch]:
    """
    Give the payloads from one number up to another, in order.

    Raises:
        InputError: a template, a credential or an option is wrong, or an extra is missing.
        EndpointError: the cluster cannot be reached, or is lost.
    """
    blocks = range(first // BLOCK, -(-end // BLOCK))
    is_packed = bool(recipe.compress) and recipe.shape not in FOLDERS
    pack = packer(recipe.compress) if is_packed else None
    has_any = False
    for batch in _nothing_or(recipe, _made(recipe, credentials, blocks, (first, end), jobs, what), pack):
        has_any = has_any or bool(batch.stored)
        yield batch
    if pack is not None and not has_any:
        # A file without a single member is none that a reader takes.
        yield Batch(count=0, stored=pack(b""))


def _nothing_or(recipe: Recipe, made: Iterator[Batch], pack: Callable[[bytes], bytes] | None) -> Iterator[Batch]:
    """Give what is made; where no payloads are wanted at all, what the format has for it."""
    content = nothing(recipe.shape) if not recipe.count else b""
    if content:
        yield Batch(count=0, content=content, stored=pack(content) if pack else None)
    yield from made


def _made(
    recipe: Recipe,
    credentials: Mapping[str, str],
    blocks: range,
    span: tuple[int, int],
    jobs: Workers,
    what: Made,
) -> Iterator[Batch]:
    if isinstance(jobs, str):
        from simulator.corpus.cluster import made_on

        return made_on(jobs, recipe, credentials, blocks, span, what)
    if jobs == 1 or len(blocks) <= 1:
        press = Press(recipe, credentials)
        return (batch for block in blocks for batch in what(press, block, *span))
    return _by_processes(recipe, credentials, blocks, span, jobs, what)


def _by_processes(
    recipe: Recipe,
    credentials: Mapping[str, str],
    blocks: range,
    span: tuple[int, int],
    jobs: int,
    what: Made,
) -> Iterator[Batch]:
    with ProcessPoolExecutor(min(jobs, len(blocks)), initializer=_begin, initargs=(recipe, credentials)) as pool:
        try:
            waiting: deque[Future[list[Batch]]] = deque()
            for block in blocks:
                waiting.append(pool.submit(_work, what, block, span))
                # No more are made than will soon be written, or the memory would fill.
                if len(waiting) > 2 * jobs:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


_PRESS: Press | None = None
"""That of a worker."""


def _begin(recipe: Recipe, credentials: Mapping[str, str]) -> None:
    global _PRESS  # noqa: PLW0603 - what a worker process keeps between two blocks
    # Ctrl-C reaches all processes of a terminal; the one that writes ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _PRESS = Press(recipe, credentials)


def _work(what: Made, block: int, span: tuple[int, int]) -> list[Batch]:
    assert _PRESS is not None
    return list(what(_PRESS, block, *span))
