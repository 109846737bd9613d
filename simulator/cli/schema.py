"""`schema`: the JSON Schema of what people write, and of what their bots receive."""

from __future__ import annotations

import click

from simulator.cli import form, names


@form.command("schema")
@click.argument(
    "provider", metavar="[scenario|project|PROVIDER]", default="scenario", shell_complete=names.complete_provider
)
@click.argument("event", required=False, shell_complete=names.complete_event)
def command(*, provider: str, event: str | None) -> None:
    """
    Print the JSON Schema of a scenario file, of the project file or of an event.

    Save that of a scenario file beside your scenarios and begin each with: # yaml-language-server:
    $schema=./scenario.schema.json

    That of the project file is for simulator.toml: its first line may be: #:schema ./project.schema.json

    That of an event says what its body holds, as far as it is known; without EVENT it is that of all events of the
    provider.
    """
    from simulator.cli.output import say_json

    kinds = {"scenario": _scenario, "project": _project}
    say_json(kinds[provider](event) if provider in kinds else _event(provider, event))


def _scenario(event: str | None) -> dict[str, object]:
    from simulator.cli.stories import Catalogs
    from simulator.schema import scenario_schema

    if event is not None:
        raise click.UsageError("a scenario has no events of its own; name the provider in place of `scenario`")
    return scenario_schema(Catalogs())


def _project(event: str | None) -> dict[str, object]:
    from simulator.cli.projects import project_schema

    if event is not None:
        raise click.UsageError("a project file has no events; name the provider in place of `project`")
    return project_schema()


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
