"""The payloads of a corpus, in order, whoever makes them: this process, several of them, or a cluster."""

from __future__ import annotations

import pickle
import signal
import traceback
from collections.abc import Callable, Iterator, Mapping
from multiprocessing import Pipe, Process
from multiprocessing.connection import Connection

from simulator.corpus.packing import packer
from simulator.corpus.plan import BLOCK
from simulator.corpus.press import Batch, Press, nothing
from simulator.corpus.recipe import FOLDERS, Recipe
from simulator.errors import InternalError, Problem

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
        InternalError: one of the processes was ended from outside.
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
    """Let processes make the blocks in turns; each waits with the one that it has made until it is read."""
    count = min(jobs, len(blocks))
    readers: list[Connection] = []
    workers: list[Process] = []
    try:
        for number in range(count):
            reader, writer = Pipe(duplex=False)
            readers.append(reader)
            given = ((reader, writer), recipe, credentials, blocks[number::count], span, what)
            worker = Process(target=_work, args=given, daemon=True)
            worker.start()
            workers.append(worker)
            # Only the worker holds this end now, so that its death is seen at the other one.
            writer.close()
        for place in range(len(blocks)):
            yield from _read(readers[place % count])
    finally:
        for worker in workers:
            worker.kill()
            worker.join()
        for reader in readers:
            reader.close()


def _read(reader: Connection) -> list[Batch]:
    try:
        made: list[Batch] | Exception = reader.recv()
    except (EOFError, OSError) as error:
        raise InternalError(_lost()) from error
    if isinstance(made, Exception):
        raise made
    return made


def _work(
    pipe: tuple[Connection, Connection],
    recipe: Recipe,
    credentials: Mapping[str, str],
    blocks: range,
    span: tuple[int, int],
    what: Made,
) -> None:
    """Write what is made of each block; it runs in a process of its own."""
    # Ctrl-C and a closed terminal reach all processes; the one that reads ends the others.
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    reader, writer = pipe
    # Only the one that reads holds this end now, so that its death is seen here.
    reader.close()
    try:
        press = Press(recipe, credentials)
        for block in blocks:
            writer.send(list(what(press, block, *span)))
    except BrokenPipeError:
        return
    except Exception as error:  # noqa: BLE001 - whatever it is, it is raised where the payloads are read
        error.add_note(traceback.format_exc())
        writer.send(_sendable(error))


def _sendable(error: Exception) -> Exception:
    """Give the error, or one that says the same where it would not come through to the other process."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # noqa: BLE001 - the code of its own class is run, which may raise anything
        found = RuntimeError(f"{type(error).__name__}: {error}")
        found.__notes__ = error.__notes__
        return found
    return error


def _lost() -> Problem:
    return Problem(
        code="worker-lost",
        what="a process that makes payloads was ended from outside",
        where="-j",
        why="somebody killed it, or the system did for want of memory",
        fix="go on by --resume, with fewer processes where memory is short",
    )
