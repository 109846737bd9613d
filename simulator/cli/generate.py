"""`generate`: a corpus of many payloads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.cli import form, names, options

if TYPE_CHECKING:
    from simulator.corpus.making import Workers
    from simulator.corpus.selection import Part

SHAPES = ("jsonl", "requests", "json", "har", "files", "parquet")


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


def read_split(text: str) -> tuple[Part, ...]:
    """
    Give the parts that `train=0.8,test=0.2` tells.

    Raises:
        ValueError: it is no such text.
    """
    from simulator.corpus import selection

    return selection.parts(text)


@form.command("generate", exits=(0, 2, 3, 4, 130))
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
    "json: one array of bodies. har: the requests as an HTTP archive. files: a folder with a file for each. "
    "parquet: a folder with a table for each event type.",
)
@click.option(
    "--compress", type=click.Choice(["gzip", "zstd"]), help="Also by the end of the file's name: .gz or .zst."
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
@click.option("--cluster", metavar="ADDRESS", help="Let a Dask cluster make it, such as tcp://host:8786.")
@click.option(
    "--split",
    "parts",
    type=options.Form("NAME=SHARE,...", read_split),
    help="A file for each part, such as train=0.8,test=0.2; conversations stay whole.",
)
@click.option("--unique", is_flag=True, help="Leave out bodies that came before; a pass of its own finds them.")
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
    compress: str | None,
    out: Path,
    force: bool,
    resume: bool,
    shard: tuple[int, int],
    jobs: int,
    cluster: str | None,
    parts: tuple[Part, ...] | None,
    unique: bool,
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
    from simulator.cli import corpora, given
    from simulator.cli.sample import ENDPOINT
    from simulator.corpus.recipe import Recipe

    secrets = given.credentials_of(credentials, options.variables(ctx))
    if manifest is not None:
        _verify(manifest, secrets, corpora.workers_of(jobs, cluster))
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
        compress=corpora.compress_of(out, shape, compress),
    )
    order = corpora.Order(
        recipe=recipe,
        credentials=secrets,
        out=out,
        shard=shard,
        parts=parts or (),
        jobs=corpora.workers_of(jobs, cluster),
        is_forced=force,
        is_resumed=resume,
        is_unique=unique,
    )
    corpora.write(order)


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


def _verify(path: Path, credentials: Mapping[str, str], jobs: Workers) -> None:
    from simulator.cli.corpora import told_for
    from simulator.cli.headway import headway
    from simulator.cli.signals import ending_like_ctrl_c
    from simulator.corpus import manifest as manifests
    from simulator.corpus import proof

    manifest = manifests.read(path)
    out = proof.corpus_beside(path)
    with told_for(out), ending_like_ctrl_c(), headway(manifest.passed, str(out)) as tell:
        was_lost = proof.prove(manifest, out, credentials, jobs=jobs, tell=tell)
    said = "was lost and is there again" if was_lost else "is what its manifest says"
    click.echo(f"{out} {said}: {manifest.written} payloads, SHA-256 {manifest.sha256}")
