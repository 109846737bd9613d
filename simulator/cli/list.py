"""`list`: what there is, one a line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import click

from simulator.cli import form, names, options

KINDS = ("providers", "events", "operations", "scenarios")


@form.command("list")
@click.argument("kind", metavar=f"[{'|'.join(KINDS)}]", type=click.Choice(KINDS), default="providers")
@click.argument("wanted", metavar="[PROVIDER|PATH]...", nargs=-1, shell_complete=names.complete_provider)
@click.option("--fidelity", is_flag=True, help="Tell how sure each event or operation is, and by what.")
@options.env_file
@options.as_json
@click.pass_context
def command(ctx: click.Context, *, kind: str, wanted: tuple[str, ...], fidelity: bool, as_json: bool) -> None:
    """
    List providers, events, operations or scenarios.

    Events and operations are those of all providers, or of the ones that are named; scenarios are those of files and
    folders, or the ones that come with the simulator.

    With --fidelity each event and operation is proven (by an SDK that reads it, or an example of the real service),
    documented (with its source), or unknown; the fields that no source has are named.
    """
    from simulator.cli.output import say_json, table

    if fidelity and kind not in ("events", "operations"):
        raise click.UsageError(f"--fidelity is told of events and of operations, not of {kind}")
    rows = list(_sure(kind, wanted) if fidelity else _rows(kind, wanted, options.variables(ctx)))
    if as_json:
        say_json(rows)
        return
    columns = ("provider", kind[:-1], "fidelity", "how") if fidelity else _COLUMNS[kind]
    table([[_shown(row[column]) for column in columns] for row in rows])
    if fidelity:
        _say_totals(rows)


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


def _sure(kind: str, wanted: Sequence[str]) -> Iterator[dict[str, Any]]:
    from simulator import catalog
    from simulator.catalog import proofs

    for provider_id in wanted or catalog.names():
        facts = catalog.load(provider_id)
        shown = proofs.read_proofs(facts.folder)
        for each in proofs.fidelity(facts, shown, "events" if kind == "events" else "operations"):
            doubt = f"; no source has {', '.join(each.unknown)}" if each.unknown else ""
            yield {
                "provider": facts.id,
                kind[:-1]: each.name,
                "fidelity": each.level,
                "by": list(each.by),
                "source": each.source,
                "unknown_fields": list(each.unknown),
                "how": (", ".join(each.by) or each.source) + doubt,
            }


def _say_totals(rows: Sequence[dict[str, Any]]) -> None:
    from simulator.catalog.proofs import LEVELS
    from simulator.cli.output import say, table

    providers = list(dict.fromkeys(row["provider"] for row in rows))
    counts = {name: Counter(row["fidelity"] for row in rows if row["provider"] == name) for name in providers}
    counts["all"] = sum(counts.values(), Counter())
    say()
    lines = [[name, *(f"{count[level]} {level}" for level in LEVELS)] for name, count in counts.items()]
    table([[*line, f"of {counts[line[0]].total()}"] for line in lines if len(providers) > 1 or line[0] != "all"])


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
