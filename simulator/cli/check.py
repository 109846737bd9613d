"""`check`: all problems of scenario files at once; sends nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from simulator.cli import form, options

if TYPE_CHECKING:
    from simulator.errors import Problem

FIELDS = ("code", "what", "where", "at", "why", "fix")


@form.command("check", exits=(0, 2, 3))
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=options.READ)
@options.env_file
@options.as_json
@click.pass_context
def command(ctx: click.Context, *, paths: tuple[str, ...], as_json: bool) -> int:
    """
    Tell all problems of scenario files, and send nothing.

    PATH is a file, or a folder with all the scenarios in it; without one it is what the project file names.
    """
    from simulator.cli.output import note, say, say_json
    from simulator.cli.stories import read
    from simulator.errors import InputError
    from simulator.report.text import visible, visible_lines

    try:
        scenarios = read(paths, options.variables(ctx))
    except InputError as error:
        if not as_json:
            raise
        say_json({"scenarios": [], "problems": [_fields(problem) for problem in error.problems]})
        return error.exit_code
    warnings = [problem for scenario in scenarios for problem in scenario.warnings]
    if as_json:
        found = [{"scenario": each.name, "file": each.file, "providers": list(each.providers)} for each in scenarios]
        say_json({"scenarios": found, "problems": [], "warnings": [_fields(problem) for problem in warnings]})
        return 0
    for problem in warnings:
        note(visible_lines(f"warning: {problem}"))
    for each in scenarios:
        say(visible(f"{each.file}: {each.name} ({', '.join(each.providers)})"))
    say(f"{len(scenarios)} {'scenario' if len(scenarios) == 1 else 'scenarios'}, no problems")
    return 0


def _fields(problem: Problem) -> dict[str, Any]:
    return {name: getattr(problem, name) for name in FIELDS}
