"""`generate`: many payloads, one a line."""

from __future__ import annotations

import bisect
import contextlib
import errno
import hashlib
import itertools
import json
import os
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from simulator.cli import form, names, options

if TYPE_CHECKING:
    from simulator.cli.sample import Sample
    from simulator.records import ScheduledEvent

GAP_MS = 1_000
"""Story time from one payload to the next."""

BATCH_LINES = 64

Line = Callable[["ScheduledEvent"], bytes]


@form.command("generate")
@names.provider
@click.argument("events", metavar="[EVENT]...", nargs=-1, shell_complete=names.complete_event)
@click.option("--count", type=options.whole(0), default=10, help="How many.")
@options.seed
@options.fixed_start
@click.option(
    "--format",
    "shape",
    type=click.Choice(["jsonl", "requests"]),
    default="jsonl",
    help="jsonl: a body a line. requests: an object a line with event, method, url, headers and body as text, signed.",
)
@click.option(
    "--out", type=options.FILE, default="-", help="The file, with a manifest beside it; - is standard output."
)
@click.option("--force", is_flag=True, help="Overwrite the file if it is there.")
@options.endpoint
@options.credential
@options.option
@options.no_mark
@options.env_file
@click.pass_context
def command(
    ctx: click.Context,
    *,
    provider: str,
    events: tuple[str, ...],
    count: int,
    seed: int,
    start_ms: int,
    shape: str,
    out: Path,
    force: bool,
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
    from simulator.cli.sample import ENDPOINT, Sample

    sample = Sample(
        provider,
        seed=seed,
        start_ms=start_ms,
        credentials=given.credentials_of(credentials, options.variables(ctx)),
        options=dict(switches),
    )
    mix = mix_of(sample, events)
    url = endpoints.parse(endpoint, where="--endpoint") if endpoint else ENDPOINT
    line = body_line(sample) if shape == "jsonl" else request_line(sample, url, is_marked=not no_mark)
    lines = (line(event) for event in itertools.islice(planned(sample, mix), count))
    if str(out) == "-":
        sys.stdout.flush()
        write(lines, sys.stdout.buffer)
    elif _is_device(out):
        with _told_for(out), out.open("wb") as device:
            write(lines, device)
    else:
        manifest = {
            "provider": provider,
            "mix": mix,
            "count": count,
            "seed": seed,
            "start_ms": start_ms,
            "format": shape,
            "options": dict(switches),
            "versions": versions(),
        }
        size = write_file(lines, out, manifest, is_forced=force)
        click.echo(f"{count} payloads, {size} bytes, seed {seed}: {out}, with its manifest beside it", err=True)


def mix_of(sample: Sample, events: Sequence[str]) -> dict[str, float]:
    """
    Give event type → weight: the catalog's mix, or the events that were named, each alike.

    Raises:
        InputError: an event is unknown; all such are in it.
    """
    from simulator.cli.sample import unknown_event
    from simulator.errors import InputError

    known = sample.catalog.events
    unknown = [unknown_event(name, sample.catalog) for name in events if name not in known]
    if unknown:
        raise InputError(*unknown)
    return dict.fromkeys(events, 1.0) or {name: fact.weight for name, fact in known.items() if fact.weight > 0}


def planned(sample: Sample, mix: dict[str, float]) -> Iterator[ScheduledEvent]:
    """Give the events of a corpus without end; each hangs on the seed, the mix and its number alone."""
    from simulator.seeds import derive

    types = list(mix)
    bounds = list(itertools.accumulate(mix.values()))
    for index in itertools.count():
        drawn = (derive(sample.seed, "mix", index) >> 75) / 2**53 * bounds[-1]
        event_type = types[bisect.bisect_right(bounds, drawn)]
        yield sample.event(event_type, number=index, due_ms=sample.start_ms + index * GAP_MS, is_anybody=True)


def body_line(sample: Sample) -> Line:
    """Give what makes an event's body one line; a body that has several is written as JSON text."""

    def line(event: ScheduledEvent) -> bytes:
        body = sample.payload(event).body.rstrip(b"\n")
        return body if b"\n" not in body else json.dumps(body.decode("utf-8", "replace")).encode("ascii")

    return line


def request_line(sample: Sample, url: str, *, is_marked: bool) -> Line:
    """Give what makes an event's whole request one line."""

    def line(event: ScheduledEvent) -> bytes:
        payload = sample.payload(event)
        request = sample.request(payload, url=url, due_ms=event.due_ms, stamp_ms=event.due_ms, is_marked=is_marked)
        shown = {
            "event": event.type,
            "method": request.method,
            "url": request.url,
            "headers": dict(request.headers),
            "body": request.body.decode("utf-8"),
        }
        return json.dumps(shown, ensure_ascii=True, separators=(",", ":")).encode("ascii")

    return line


def write(lines: Iterator[bytes], stream: BinaryIO) -> tuple[int, str]:
    """Write the lines in batches; give how many bytes that made, and their SHA-256."""
    digest, size = hashlib.sha256(), 0
    while batch := list(itertools.islice(lines, BATCH_LINES)):
        content = b"\n".join([*batch, b""])
        stream.write(content)
        digest.update(content)
        size += len(content)
    stream.flush()
    return size, digest.hexdigest()


def write_file(lines: Iterator[bytes], path: Path, manifest: dict[str, Any], *, is_forced: bool) -> int:
    """
    Write file and manifest, and give the file's size in bytes; a run that is broken off leaves neither.

    Raises:
        InputError: the file is there and may not be overwritten, or it cannot be written.
    """
    from simulator.cli.signals import ending_like_ctrl_c
    from simulator.errors import InputError, Problem

    with _told_for(path):
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        beside = path.with_name(f"{path.name}.manifest.json")
        there = None if is_forced else next((each for each in (path, beside) if each.exists()), None)
    if there is not None:
        why = "it would be overwritten"
        fix = "name another file, or overwrite it by --force"
        raise InputError(
            Problem(
                code="file-exists", what="the file is there already", where="--out", at=str(there), why=why, fix=fix
            )
        )
    part = path.with_name(f".{path.name}.part")
    try:
        with _told_for(path), ending_like_ctrl_c():
            with part.open("wb") as stream:
                size, digest = write(lines, stream)
            text = json.dumps({**manifest, "bytes": size, "sha256": digest}, indent=1) + "\n"
            part.replace(path)
            beside.write_bytes(text.encode("ascii"))
        return size
    finally:
        with contextlib.suppress(OSError, ValueError):
            part.unlink(missing_ok=True)


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
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise InputError(
            Problem(code="file-not-written", what="the file cannot be written", where="--out", at=str(path), why=why)
        ) from error


def versions() -> dict[str, str]:
    """Give the versions that the bytes hang on."""
    from importlib.metadata import version

    import simulator

    return {"simulator": simulator.__version__, "faker": version("faker")}
