"""`schema`: the JSON Schema of what people write, for editors."""

from __future__ import annotations

import click

from simulator.cli import form


@form.command("schema")
@click.argument("what", metavar="[scenario]", type=click.Choice(["scenario"]), default="scenario")
def command(*, what: str) -> None:
    """
    Print the JSON Schema of a scenario file, for editors.

    Save it beside your scenarios and begin each with: # yaml-language-server: $schema=./scenario.schema.json
    """
    from simulator.cli.output import say_json
    from simulator.cli.stories import Catalogs
    from simulator.schema import scenario_schema

    say_json(scenario_schema(Catalogs()))
