"""The blocks of a corpus, made by a Dask cluster: what a worker that dies has not given is made by another one."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING, Any

from simulator import catalog as catalogs
from simulator.corpus import extras
from simulator.corpus.press import Batch, Press
from simulator.corpus.recipe import Recipe, versions
from simulator.errors import EndpointError, InputError, Problem

if TYPE_CHECKING:
    from simulator.corpus.making import Made

WHERE = "--cluster"

CONNECT_S = 10
"""So long a scheduler, and then a first worker, is waited for."""
LOOK_S = 30
"""After so long without a result it is looked whether there are workers at all."""
AHEAD = 4
"""So many blocks are asked for beyond those that are being made, for each thread of the cluster."""

_PRESSES = threading.local()
"""Of each thread of a worker: the press of the corpus that it worked on last."""


def made_on(
    address: str,
    recipe: Recipe,
    credentials: Mapping[str, str],
    blocks: range,
    span: tuple[int, int],
    what: Made,
) -> Iterator[Batch]:
    """
    Give the payloads of these blocks, in order, as far as they are within the span.

    Raises:
        InputError: the extra is missing, or the workers have other versions than this machine.
        EndpointError: there is no such cluster, it has no workers, or it was lost.
    """
    distributed = extras.load("distributed", "cluster", where=WHERE)
    wanted = versions(catalogs.load(recipe.provider))
    with _quiet(), _client(distributed, address) as client, _told(distributed, address):
        most = AHEAD * max(sum(client.nthreads().values()), 1)
        waiting: deque[Any] = deque()
        for block in blocks:
            waiting.append(client.submit(work, recipe, dict(credentials), wanted, what, block, span, pure=False))
            if len(waiting) > most:
                yield from _result(client, waiting.popleft(), address)
        while waiting:
            yield from _result(client, waiting.popleft(), address)


def work(
    recipe: Recipe,
    credentials: Mapping[str, str],
    wanted: Mapping[str, str],
    what: Made,
    block: int,
    span: tuple[int, int],
) -> list[Batch]:
    """
    Give the payloads of one block; it runs on a worker.

    Raises:
        InputError: the versions here are not the wanted ones.
    """
    known = getattr(_PRESSES, "known", None)
    if known is None or known[0] != (recipe, credentials):
        here = versions(catalogs.load(recipe.provider))
        if here != wanted:
            raise InputError(_differs(wanted, here))
        known = _PRESSES.known = ((recipe, credentials), Press(recipe, credentials))
    return list(what(known[1], block, *span))


def _result(client: Any, future: Any, address: str) -> list[Batch]:
    while True:
        try:
            found: list[Batch] = future.result(timeout=LOOK_S)
        except TimeoutError:
            if not client.nthreads():
                raise EndpointError(_lost(address, "it has no workers any more")) from None
        else:
            return found


@contextlib.contextmanager
def _client(distributed: Any, address: str) -> Iterator[Any]:
    try:
        client = distributed.Client(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, TimeoutError, ValueError, TypeError) as error:
        raise EndpointError(_unreachable(address, str(error))) from error
    try:
        try:
            client.wait_for_workers(1, timeout=CONNECT_S)
        except TimeoutError as error:
            raise EndpointError(_unreachable(address, "it has no workers")) from error
        yield client
    finally:
        # What nobody waits for any more is not made.
        client.close()


@contextlib.contextmanager
def _told(distributed: Any, address: str) -> Iterator[None]:
    """Turn what the cluster says into an EndpointError."""
    try:
        yield
    except distributed.KilledWorker as error:
        raise EndpointError(_lost(address, f"several workers ended over the same block: {error}")) from error
    except (CancelledError, distributed.comm.core.CommClosedError) as error:
        raise EndpointError(_lost(address, str(error) or type(error).__name__)) from error
    except ImportError as error:
        raise EndpointError(_lost(address, f"a worker lacks something: {error}")) from error


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Leave it to this program to say what happened to the cluster."""
    # Each of them has a level of its own.
    names = [name for name in logging.root.manager.loggerDict if name.partition(".")[0] == "distributed"]
    levels = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


def _unreachable(address: str, why: str) -> Problem:
    return Problem(
        code="cluster-unreachable",
        what=f"the cluster at {address} cannot be reached",
        where=WHERE,
        why=why,
        fix="start `dask scheduler` and, where the simulator is installed, `dask worker`; name the scheduler's address",
    )


def _lost(address: str, why: str) -> Problem:
    return Problem(
        code="cluster-lost",
        what=f"the cluster at {address} gives no more payloads",
        where=WHERE,
        why=why,
        fix="start its workers again, and go on by --resume",
    )


def _differs(wanted: Mapping[str, str], here: Mapping[str, str]) -> Problem:
    others = [f"{name} {here.get(name)}, and {wanted[name]} here" for name in wanted if wanted[name] != here.get(name)]
    return Problem(
        code="cluster-differs",
        what="the workers of the cluster would make other payloads",
        where=WHERE,
        why=f"they have {'; '.join(others)}",
        fix="install the same versions, with the same templates, on all machines",
    )
