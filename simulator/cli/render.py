"""`render`: the payload of one event; sends nothing."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from simulator.cli import form, names, options

if TYPE_CHECKING:
    from simulator.records import SignedRequest


@form.command("render")
@names.provider
@names.event
@options.seed
@options.fixed_start
@options.overrides
@options.option
@click.option(
    "--as",
    "shape",
    type=click.Choice(["body", "http", "curl", "pretty"]),
    help="What to write: the body's bytes (default in a pipe), the whole signed request, a curl command, "
    "or the body for people (default on a terminal).",
)
@options.endpoint
@options.credential
@options.no_mark
@options.env_file
@click.pass_context
def command(
    ctx: click.Context,
    *,
    provider: str,
    event: str,
    seed: int,
    start_ms: int,
    settings: tuple[tuple[str, str], ...],
    merge: Path | None,
    switches: tuple[tuple[str, str], ...],
    shape: str | None,
    endpoint: str | None,
    credentials: tuple[tuple[str, str], ...],
    no_mark: bool,
) -> None:
    """
    Write the payload of one event, and send nothing.

    In a pipe it is exactly the body's bytes. PROVIDER and EVENT are names of `list events`. The same seed and start
    give the same bytes in every process.
    """
    from simulator.cli import given
    from simulator.cli.output import is_terminal, say, say_bytes
    from simulator.cli.sample import ENDPOINT, Sample

    sample = Sample(
        provider,
        seed=seed,
        start_ms=start_ms,
        credentials=given.credentials_of(credentials, options.variables(ctx)),
        options=dict(switches),
    )
    payload = sample.payload(sample.event(event, overrides=given.overrides_of(settings, merge)))
    shape = shape or ("pretty" if is_terminal(sys.stdout) else "body")
    if shape == "body":
        say_bytes(payload.body)
    elif shape == "pretty":
        say(_pretty(payload.body))
    else:
        url = _url(endpoint) if endpoint else ENDPOINT
        request = sample.request(payload, url=url, due_ms=start_ms, stamp_ms=start_ms, is_marked=not no_mark)
        if shape == "http":
            say_bytes(_http(request))
        else:
            from simulator.report.curl import curl_line

            say(curl_line(request))


def _url(text: str) -> str:
    from simulator import addresses as endpoint

    return endpoint.parse(text, where="--endpoint")


def _pretty(body: bytes) -> str:
    """Give the body for people: JSON with a field a line, anything else as it is."""
    from simulator.report.text import visible_lines

    try:
        return visible_lines(json.dumps(json.loads(body), ensure_ascii=False, indent=2))
    except ValueError:
        return visible_lines(body.decode("utf-8", "backslashreplace"))


def _http(request: SignedRequest) -> bytes:
    """Give the request as it goes over the wire."""
    parts = urlsplit(request.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = [("Host", parts.netloc), *request.headers, ("Content-Length", str(len(request.body)))]
    head = [f"{request.method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*head, "", ""]).encode("latin-1") + request.body
