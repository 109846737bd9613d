"""`schema`: the JSON Schema of what people write, and of what their bots receive."""

from __future__ import annotations

import click

from simulator.cli import form, names


@form.command("schema")
@click.argument("provider", metavar="[scenario|PROVIDER]", default="scenario", shell_complete=names.complete_provider)
@click.argument("event", required=False, shell_complete=names.complete_event)
def command(*, provider: str, event: str | None) -> None:
    """
    Print the JSON Schema of a scenario file or of an event.

    Save that of a scenario file beside your scenarios and begin each with: # yaml-language-server:
    $schema=./scenario.schema.json

    That of an event says what its body holds, as far as it is known; without EVENT it is that of all events of the
    provider.
    """
    from simulator.cli.output import say_json

    say_json(_scenario(event) if provider == "scenario" else _event(provider, event))


def _scenario(event: str | None) -> dict[str, object]:
    from simulator.cli.stories import Catalogs
    from simulator.schema import scenario_schema

    if event is not None:
        raise click.UsageError("a scenario has no events of its own; name the provider in place of `scenario`")
    return scenario_schema(Catalogs())


def _event(provider: str, event: str | None) -> dict[str, object]:
    from simulator import catalog
    from simulator.cli.sample import unknown_event
    from simulator.errors import InputError
    from simulator.schema import event_schema, events_schema

    facts = catalog.load(provider)
    if event is None:
        return events_schema(facts)
    if event not in facts.events:
        raise InputError(unknown_event(event, facts))
    return event_schema(facts.events[event], facts)
