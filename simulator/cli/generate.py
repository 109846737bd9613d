"""`generate`: a corpus of many payloads."""

from __future__ import annotations

import contextlib
import os
import re
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.cli import form, names, options

if TYPE_CHECKING:
    from simulator.corpus.manifest import Manifest
    from simulator.corpus.recipe import Recipe

SHAPES = ("jsonl", "requests", "json", "files")


def read_shard(text: str) -> tuple[int, int]:
    """
    Give `2/4` as two numbers.

    Raises:
        ValueError: it is none of the form, or there are not so many.
    """
    found = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text)
    if found is None or not 1 <= int(found[1]) <= int(found[2]):
        raise ValueError("a shard is written as 2/4, the second of four")
    return int(found[1]), int(found[2])


def read_share(text: str) -> float:
    """
    Give `10%` as a share.

    Raises:
        ValueError: it is none.
    """
    from simulator import units

    return units.share(text)


@form.command("generate")
@names.provider_if_any
@click.argument("events", metavar="[EVENT]...", nargs=-1, shell_complete=names.complete_event)
@click.option("--count", type=options.whole(0), default=10, help="How many, of all shards together.")
@options.seed
@options.fixed_start
@click.option("--mix", type=options.EXISTING, metavar="FILE", help="What it is made of; see docs/corpora.md.")
@click.option(
    "--format",
    "shape",
    type=click.Choice(SHAPES),
    default="jsonl",
    help="jsonl: a body a line. requests: an object a line with event, method, url, headers and body as text, signed. "
    "json: one array of bodies. files: a folder with a file for each.",
)
@click.option(
    "--out", type=options.FILE, default="-", help="File or folder, with a manifest beside it; - is standard output."
)
@click.option("--force", is_flag=True, help="Overwrite what is there.")
@click.option("--resume", is_flag=True, help="Go on with what was broken off.")
@click.option(
    "--shard",
    type=options.Form("K/N", read_shard),
    default="1/1",
    help="The K-th of N parts; all together are the corpus.",
)
@click.option("-j", "--jobs", type=options.whole(1), default=1, help="So many processes; the bytes are the same.")
@click.option(
    "--verify",
    "manifest",
    type=options.EXISTING,
    metavar="MANIFEST",
    help="Make the corpus of a manifest again: compare it with what is there, or put it there if it is lost.",
)
@click.option(
    "--edge",
    type=options.Form("N%", read_share),
    default="0%",
    help="So many are valid, but nasty; see the labels beside them.",
)
@click.option(
    "--invalid",
    type=options.Form("N%", read_share),
    default="0%",
    help="So many have exactly one fault; see the labels.",
)
@options.endpoint
@options.credential
@options.option
@options.no_mark
@options.env_file
@click.pass_context
def command(
    ctx: click.Context,
    *,
    provider: str | None,
    events: tuple[str, ...],
    count: int,
    seed: int,
    start_ms: int,
    mix: Path | None,
    shape: str,
    out: Path,
    force: bool,
    resume: bool,
    shard: tuple[int, int],
    jobs: int,
    manifest: Path | None,
    edge: float,
    invalid: float,
    endpoint: str | None,
    credentials: tuple[tuple[str, str], ...],
    switches: tuple[tuple[str, str], ...],
    no_mark: bool,
) -> None:
    """
    Write a corpus of many payloads.

    Without EVENT the mix is what a bot usually receives. Payload number i is the same whatever the count is.
    """
    from simulator import addresses as endpoints
    from simulator.cli import given
    from simulator.cli.sample import ENDPOINT
    from simulator.corpus.recipe import Recipe

    secrets = given.credentials_of(credentials, options.variables(ctx))
    if manifest is not None:
        _verify(manifest, secrets, jobs)
        return
    if provider is None:
        asked = next(each for each in ctx.command.params if each.name == "provider")
        raise click.MissingParameter(ctx=ctx, param=asked)
    recipe = Recipe(
        provider=provider,
        mix=_mix(provider, events, mix),
        seed=seed,
        start_ms=start_ms,
        count=count,
        shape=shape,
        options=dict(switches),
        url=endpoints.parse(endpoint, where="--endpoint") if endpoint else ENDPOINT,
        is_marked=not no_mark,
        edge=edge,
        invalid=invalid,
    )
    _write(recipe, secrets, out, shard=shard, jobs=jobs, is_forced=force, is_resumed=resume)


def _mix(provider: str, events: tuple[str, ...], path: Path | None) -> Any:
    from simulator import catalog as catalogs
    from simulator.corpus import mix as mixes
    from simulator.corpus import mixfile
    from simulator.errors import InputError, Problem

    catalog = catalogs.load(provider)
    if path is None:
        return mixes.only(catalog, events) if events else mixes.usual(catalog)
    if events:
        problem = Problem(
            code="options-clash",
            what="either EVENT or --mix says which events there are",
            where="--mix",
            fix="write the events into the file",
        )
        raise InputError(problem)
    return mixfile.read(path, catalog)


def _write(
    recipe: Recipe,
    credentials: Mapping[str, str],
    out: Path,
    *,
    shard: tuple[int, int],
    jobs: int,
    is_forced: bool,
    is_resumed: bool,
) -> None:
    from simulator import catalog as catalogs
    from simulator.corpus import recipe as recipes
    from simulator.corpus import write
    from simulator.corpus.manifest import Manifest

    first, end = recipes.shard(recipe.count, *shard)
    _refuse_shares(recipe, out)
    if str(out) == "-" or _is_device(out):
        _refuse_folder(recipe, out)
        # What is wrong is told before anything is opened.
        recipes.studio_of(recipe, credentials)
        made = write.batches(recipe, credentials, first, end, jobs)
        with _opened(out) as stream:
            write.to_stream(made, stream, lambda _: None)
        return
    manifest = Manifest(
        recipe=recipe,
        first=first,
        end=end,
        shard="{}/{}".format(*shard),
        versions=recipes.versions(catalogs.load(recipe.provider)),
    )
    recipes.studio_of(recipe, credentials)
    with _told_for(out):
        there = _begun(manifest, out) if is_resumed else manifest
        if there is None or not is_resumed:
            _refuse_overwriting(recipe, out, is_forced=is_forced)
        manifest = there or manifest
    try:
        done = _run(manifest, credentials, out, jobs)
    finally:
        _label(recipe, credentials, out)
    click.echo(
        f"{done.written} payloads, {done.bytes} bytes, seed {recipe.seed}: {out}, with its manifest beside it", err=True
    )


def _label(recipe: Recipe, credentials: Mapping[str, str], out: Path) -> None:
    """Write which payloads are unusual, as far as the corpus is."""
    from simulator.corpus import manifest as manifests
    from simulator.corpus.press import labels

    path = manifests.beside(out)
    if (recipe.edge or recipe.invalid) and path.exists():
        there = manifests.read(path)
        with _told_for(out), out.with_name(f"{out.name}.labels.jsonl").open("wb") as stream:
            stream.writelines(labels(recipe, credentials, there.first, there.first + there.written))


def _refuse_shares(recipe: Recipe, out: Path) -> None:
    from simulator.errors import InputError, Problem

    if (recipe.edge or recipe.invalid) and (str(out) == "-" or _is_device(out)):
        problem = Problem(
            code="options-clash",
            what="unusual payloads are told in a file beside the corpus",
            where="--edge, --invalid",
            why=f"--out is {'standard output' if str(out) == '-' else out}",
            fix="name a file by --out",
        )
        raise InputError(problem)
    if recipe.edge + recipe.invalid > 1:
        problem = Problem(
            code="options-clash",
            what="together they are more than all",
            where="--edge, --invalid",
            fix="make them 100 % at the most",
        )
        raise InputError(problem)


def _run(manifest: Manifest, credentials: Mapping[str, str], out: Path, jobs: int) -> Manifest:
    from simulator.cli.signals import ending_like_ctrl_c
    from simulator.corpus import write

    way = write.to_folder if manifest.recipe.shape == "files" else write.to_file
    with _told_for(out), ending_like_ctrl_c(), _progress(manifest.end - manifest.first - manifest.written) as tell:
        return way(manifest, credentials, out, jobs=jobs, tell=tell)


def _begun(manifest: Manifest, out: Path) -> Manifest | None:
    """Give the manifest of what is there of this corpus; None where there is nothing."""
    from simulator.corpus import manifest as manifests
    from simulator.errors import InputError, Problem

    path = manifests.beside(out)
    if not path.exists():
        return None
    there = manifests.read(path)
    if there.at(0, 0, "") != manifest or not out.exists():
        problem = Problem(
            code="corpus-differs",
            what="what is there is no beginning of this corpus",
            where="--resume",
            at=str(path),
            why="its manifest tells of another provider, mix, seed, start, count, format, shard or version",
            fix="give the options by which it was begun, or write it anew by --force",
        )
        raise InputError(problem)
    return there if there.recipe.shape != "files" else there.at(0, 0, "")


def _refuse_overwriting(recipe: Recipe, out: Path, *, is_forced: bool) -> None:
    from simulator.corpus.manifest import beside
    from simulator.errors import InputError, Problem

    if recipe.shape != "files" and out.is_dir():
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


def _refuse_folder(recipe: Recipe, out: Path) -> None:
    from simulator.errors import InputError, Problem

    if recipe.shape == "files":
        problem = Problem(
            code="options-clash",
            what="many files need a folder",
            where="--format",
            why=f"--out is {'standard output' if str(out) == '-' else out}",
            fix="name a folder by --out",
        )
        raise InputError(problem)


def _verify(path: Path, credentials: Mapping[str, str], jobs: int) -> None:
    from simulator.cli.signals import ending_like_ctrl_c
    from simulator.corpus import manifest as manifests
    from simulator.corpus import proof

    manifest = manifests.read(path)
    out = proof.corpus_beside(path)
    with _told_for(out), ending_like_ctrl_c(), _progress(manifest.written) as tell:
        was_lost = proof.prove(manifest, out, credentials, jobs=jobs, tell=tell)
    said = "was lost and is there again" if was_lost else "is what its manifest says"
    click.echo(f"{out} {said}: {manifest.written} payloads, SHA-256 {manifest.sha256}")


@contextlib.contextmanager
def _progress(count: int) -> Iterator[Callable[[int], None]]:
    """Show on a terminal how far the work is, and give what is to be told of each step."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=count)
        yield lambda step: bar.advance(task, step)


@contextlib.contextmanager
def _opened(out: Path) -> Iterator[Any]:
    if str(out) == "-":
        sys.stdout.flush()
        yield sys.stdout.buffer
    else:
        with _told_for(out), out.open("wb") as device:
            yield device


def _is_device(path: Path) -> bool:
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


@contextlib.contextmanager
def _told_for(path: Path) -> Iterator[None]:
    """Turn what the system says against writing there into an InputError; a closed pipe stays what it is."""
    from simulator.errors import InputError, Problem

    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        why = error.strerror or str(error)
        raise InputError(
            Problem(code="file-not-written", what="the file cannot be written", where="--out", at=str(path), why=why)
        ) from error
