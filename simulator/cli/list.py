"""`list`: what there is, one a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import click

from simulator.cli import form, names, options

KINDS = ("providers", "events", "operations", "scenarios")


@form.command("list")
@click.argument("kind", metavar=f"[{'|'.join(KINDS)}]", type=click.Choice(KINDS), default="providers")
@click.argument("wanted", metavar="[PROVIDER|PATH]...", nargs=-1, shell_complete=names.complete_provider)
@options.env_file
@options.as_json
@click.pass_context
def command(ctx: click.Context, *, kind: str, wanted: tuple[str, ...], as_json: bool) -> None:
    """
    List providers, events, operations or scenarios.

    Events and operations are those of all providers, or of the ones that are named; scenarios are those of files and
    folders, or the ones that come with the simulator.
    """
    from simulator.cli.output import say_json, table

    rows = list(_rows(kind, wanted, options.variables(ctx)))
    if as_json:
        say_json(rows)
    else:
        columns = _COLUMNS[kind]
        table([[_shown(row[column]) for column in columns] for row in rows])


_COLUMNS = {
    "providers": ("provider", "title", "api_version"),
    "events": ("provider", "event", "summary"),
    "operations": ("provider", "operation", "summary"),
    "scenarios": ("file", "scenario", "providers", "tags"),
}


def _rows(kind: str, wanted: Sequence[str], variables: dict[str, str]) -> Iterator[dict[str, Any]]:
    if kind == "scenarios":
        yield from _scenarios(wanted, variables)
        return
    from simulator import catalog

    for provider_id in wanted or catalog.names():
        facts = catalog.load(provider_id)
        if kind == "providers":
            yield {
                "provider": facts.id,
                "title": facts.title,
                "api_version": facts.api_version,
                "about": facts.about,
                "events": len(facts.events),
                "operations": len(facts.operations),
            }
        elif kind == "events":
            for event in facts.events.values():
                yield {
                    "provider": facts.id,
                    "event": event.type,
                    "summary": event.summary,
                    "source": sources(event.source, facts.sources),
                    "weight": event.weight,
                }
        else:
            for operation in facts.operations.values():
                yield {
                    "provider": facts.id,
                    "operation": operation.name,
                    "summary": operation.summary,
                    "source": sources(operation.source, facts.sources),
                    "routes": list(operation.routes),
                    "is_reply": operation.is_reply,
                }


def _scenarios(paths: Sequence[str], variables: dict[str, str]) -> Iterator[dict[str, Any]]:
    from simulator import data
    from simulator.cli.stories import read

    for scenario in read(paths or [str(data.folder("scenarios"))], variables):
        yield {
            "file": scenario.file,
            "scenario": scenario.name,
            "providers": list(scenario.providers),
            "tags": list(scenario.tags),
            "about": scenario.about,
        }


def sources(keys: str, known: Any) -> str:
    """Give where a fact was read, in words, for the keys that stand beside it."""
    return "; ".join(known.get(key.strip(), key.strip()) for key in keys.split(","))


def _shown(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)
