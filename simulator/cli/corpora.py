"""Where a corpus goes, as `generate` was told: what cannot be is refused before anything is written."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.errors import InputError, Problem

if TYPE_CHECKING:
    from simulator.corpus.making import Workers
    from simulator.corpus.manifest import Manifest
    from simulator.corpus.recipe import Recipe
    from simulator.corpus.selection import Part


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """What is to be written, and how."""

    recipe: Recipe
    credentials: Mapping[str, str]
    out: Path
    shard: tuple[int, int]
    parts: tuple[Part, ...] = ()
    """Of a split; empty where there is none."""
    jobs: Workers = 1
    is_forced: bool = False
    is_resumed: bool = False
    is_unique: bool = False


def compress_of(out: Path, shape: str, asked: str | None) -> str:
    """
    Give the way of compressing that an option or the end of a file's name asks for; empty: none.

    Raises:
        InputError: the two differ, or the format has one of its own.
    """
    from simulator.corpus.packing import ENDINGS, way_of
    from simulator.corpus.recipe import FOLDERS

    told = way_of(out) if shape not in FOLDERS else ""
    if shape == "parquet" and asked:
        raise _clash("--compress", "parquet is compressed within its tables", "leave --compress out")
    if asked and told and asked != told:
        raise _clash("--compress", f"a file that ends in {ENDINGS[told]} is {told}", "name another file")
    return asked or told


def workers_of(jobs: int, cluster: str | None) -> Workers:
    """
    Give who makes the payloads.

    Raises:
        InputError: processes here and a cluster are asked for.
    """
    if cluster and jobs != 1:
        raise _clash("--cluster", "the cluster has its own processes", "leave -j out")
    return cluster or jobs


def write(order: Order) -> None:
    """
    Write what is ordered.

    Raises:
        InputError: it cannot be, or there is something already.
        EndpointError: a cluster cannot be reached, or is lost.
    """
    from simulator.corpus import recipe as recipes

    _refuse(order)
    # What is wrong is told before anything is opened.
    recipes.studio_of(order.recipe, order.credentials)
    _refuse_missing(order)
    first, end = recipes.shard(order.recipe.count, *order.shard)
    if _is_stream(order.out):
        _write_stream(_without_repeats(order, end), first, end)
        return
    for each in _parts(order):
        # Nothing that lasts is begun before all is known to be possible.
        if not order.is_resumed:
            _refuse_overwriting(each.recipe, each.out, is_forced=order.is_forced)
    for each in _parts(_without_repeats(order, end)):
        _write_place(each, first, end)


def _parts(order: Order) -> Iterator[Order]:
    """Give an order for each part of a split."""
    if not order.parts:
        yield order
    for part in order.parts:
        selection = replace(order.recipe.selection, part=part)
        yield replace(order, recipe=replace(order.recipe, selection=selection), out=part.path(order.out), parts=())


def _without_repeats(order: Order, end: int) -> Order:
    """Give the order with the payloads left out whose bodies came before, if that is wanted."""
    if not order.is_unique:
        return order
    from simulator.cli.headway import headway
    from simulator.cli.signals import ending_like_ctrl_c
    from simulator.corpus.repeats import repeated

    with told_for(order.out), ending_like_ctrl_c(), headway(end, "looking for repeats") as tell:
        found = repeated(order.recipe, order.credentials, end, jobs=order.jobs, tell=tell)
    click.echo(f"{len(found)} of {end} payloads came before and are left out", err=True)
    return replace(order, recipe=replace(order.recipe, selection=replace(order.recipe.selection, repeated=found)))


def _write_stream(order: Order, first: int, end: int) -> None:
    from simulator.cli.headway import headway
    from simulator.corpus.making import batches
    from simulator.corpus.write import to_stream

    made = batches(order.recipe, order.credentials, first, end, order.jobs)
    with _opened(order.out) as stream, headway(end - first, str(order.out)) as tell:
        to_stream(made, stream, tell)


def _write_place(order: Order, first: int, end: int) -> None:
    from simulator import catalog as catalogs
    from simulator.corpus import recipe as recipes
    from simulator.corpus.manifest import Manifest

    recipe, out = order.recipe, order.out
    manifest = Manifest(
        recipe=recipe,
        first=first,
        end=end,
        shard="{}/{}".format(*order.shard),
        versions=recipes.versions(catalogs.load(recipe.provider)),
    )
    with told_for(out):
        there = _begun(manifest, out) if order.is_resumed else None
        if there is None and order.is_resumed:
            _refuse_overwriting(recipe, out, is_forced=order.is_forced)
    try:
        done = _run(order, there or manifest)
    finally:
        _label(order)
    stored = f", {done.stored} as {recipe.compress}" if recipe.compress and done.stored else ""
    click.echo(
        f"{done.written} payloads, {done.bytes} bytes{stored}, seed {recipe.seed}: {out}, with its manifest beside it",
        err=True,
    )


def _run(order: Order, manifest: Manifest) -> Manifest:
    from simulator.cli.headway import headway
    from simulator.cli.signals import ending_like_ctrl_c
    from simulator.corpus.write import to_place

    left = manifest.end - manifest.first - manifest.passed
    with told_for(order.out), ending_like_ctrl_c(), headway(left, str(order.out)) as tell:
        return to_place(manifest, order.credentials, order.out, jobs=order.jobs, tell=tell)


def _label(order: Order) -> None:
    """Write which payloads are unusual, as far as the corpus is; where none can be, there is no such file."""
    from simulator.corpus import manifest as manifests
    from simulator.corpus.press import labels

    recipe, out = order.recipe, order.out
    path, beside = manifests.beside(out), out.with_name(f"{out.name}.labels.jsonl")
    if not recipe.edge and not recipe.invalid:
        with told_for(out):
            # What is written over may have had some.
            beside.unlink(missing_ok=True)
    elif path.exists():
        there = manifests.read(path)
        with told_for(out), beside.open("wb") as stream:
            stream.writelines(labels(recipe, order.credentials, there.first, there.first + there.passed))


def _begun(manifest: Manifest, out: Path) -> Manifest | None:
    """Give the manifest of what is there of this corpus; None where there is nothing."""
    from simulator.corpus import manifest as manifests
    from simulator.corpus.recipe import FOLDERS

    path = manifests.beside(out)
    if not path.exists():
        return None
    there = manifests.read(path)
    if there.fresh() != manifest or not out.exists():
        problem = Problem(
            code="corpus-differs",
            what="what is there is no beginning of this corpus",
            where="--resume",
            at=str(path),
            why="its manifest tells of another provider, mix, seed, start, count, format, shard, split or version",
            fix="give the options by which it was begun, or write it anew by --force",
        )
        raise InputError(problem)
    return there.fresh() if there.recipe.shape in FOLDERS else there


# --- what cannot be --------------------------------------------------------------------------------------------------


def _refuse(order: Order) -> None:
    from simulator.corpus.recipe import FOLDERS

    recipe = order.recipe
    if recipe.edge + recipe.invalid > 1:
        raise _clash("--edge, --invalid", "together they are more than all", "make them 100 % at the most")
    if not _is_stream(order.out):
        return
    why = f"--out is {'standard output' if str(order.out) == '-' else order.out}"
    if recipe.edge or recipe.invalid:
        what = "unusual payloads are told in a file beside the corpus"
        raise _clash("--edge, --invalid", what, "name a file by --out", why=why)
    if recipe.shape in FOLDERS:
        raise _clash("--format", "many files need a folder", "name a folder by --out", why=why)
    if order.parts:
        raise _clash("--split", "each part is a file of its own", "name a file by --out", why=why)
    if order.is_resumed:
        raise _clash("--resume", "there is nothing to go on with", "name a file by --out", why=why)


def _refuse_missing(order: Order) -> None:
    """Refuse what needs a library that is not there, so that no empty file is left behind."""
    from simulator.corpus import cluster, extras, packing

    if isinstance(order.jobs, str):
        extras.load("distributed", "cluster", where=cluster.WHERE)
    if order.recipe.compress:
        packing.packer(order.recipe.compress)


def _refuse_overwriting(recipe: Recipe, out: Path, *, is_forced: bool) -> None:
    from simulator.corpus.manifest import beside
    from simulator.corpus.recipe import FOLDERS

    with told_for(out):
        if recipe.shape not in FOLDERS and out.is_dir():
            raise IsADirectoryError(21, os.strerror(21))
        there = None if is_forced else next((each for each in (out, beside(out)) if each.exists()), None)
    if there is not None:
        problem = Problem(
            code="file-exists",
            what="the file is there already",
            where="--out",
            at=str(there),
            why="it would be overwritten",
            fix="name another file, go on with it by --resume, or overwrite it by --force",
        )
        raise InputError(problem)


def _clash(where: str, what: str, fix: str, why: str = "") -> InputError:
    return InputError(Problem(code="options-clash", what=what, where=where, why=why, fix=fix))


# --- files -----------------------------------------------------------------------------------------------------------


def _is_stream(path: Path) -> bool:
    """True for standard output and devices, beside which nothing else is written."""
    if str(path) == "-":
        return True
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


@contextlib.contextmanager
def _opened(out: Path) -> Iterator[Any]:
    if str(out) == "-":
        sys.stdout.flush()
        yield sys.stdout.buffer
    else:
        with told_for(out), out.open("wb") as device:
            yield device


@contextlib.contextmanager
def told_for(path: Path) -> Iterator[None]:
    """
    Turn what the system says against writing there into an InputError; a closed pipe stays what it is.

    Raises:
        InputError: the system refused.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        problem = Problem(
            code="file-not-written",
            what="the file cannot be written",
            where="--out",
            at=str(path),
            why=error.strerror or str(error),
            fix="name a file in a folder that is there and may be written, on a disk that has room",
        )
        raise InputError(problem) from error
