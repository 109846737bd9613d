"""`init`: the files with which a person begins to test a bot, and none of his own overwritten."""

from __future__ import annotations

import contextlib
import importlib.util
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import click

from simulator.cli import form, names, options
from simulator.errors import InputError, Problem

ABOUT: Mapping[str, str] = {
    "simulator.toml": "what need not be said on each command line",
    "scenarios/hello.yaml": "a first scenario",
    "scenarios/scenario.schema.json": "by which an editor completes scenarios",
    "scenarios/project.schema.json": "by which an editor completes simulator.toml",
    ".github/workflows/simulator.yml": "a job for GitHub Actions",
    ".gitlab-ci.yml": "a job for GitLab",
}


@form.command("init")
@names.provider
@click.option("--into", type=options.FILE, metavar="FOLDER", default=".", help="Where to write; it may be there.")
@click.option(
    "--ci",
    type=click.Choice(["both", "github", "gitlab", "none"]),
    default="both",
    help="For which CI service to write a job.",
)
def command(*, provider: str, into: Path, ci: str) -> None:
    """
    Write a first scenario, a project file and CI jobs.

    All of it runs as it is, against the small bot of `simulator demo`; your own is named in one line of simulator.toml.
    Nothing is asked and nothing is overwritten: where one of the files is there already, none is written.
    """
    from simulator.cli.output import note, table
    from simulator.report.curl import shell_line

    written = files_of(provider, ci)
    write(into, written)
    table([(str(into / path), ABOUT[path]) for path in written])
    for text in misplaced(into, written):
        note(f"! {text}")
    step = "simulator run" if into == Path() else f"cd {shell_line([str(into)])} && simulator run"
    note(f"Next: {step}. Then name your own bot in {into / 'simulator.toml'}, in the line that begins with bot.")


def misplaced(into: Path, written: Iterable[str]) -> Iterator[str]:
    """Give what is to be done with jobs that no CI service finds, since a repository begins above their folder."""
    from simulator.starter import SERVICES

    folder = into.absolute()
    root = next((each for each in (folder, *folder.parents) if (each / ".git").exists()), folder)
    jobs = [path for path in SERVICES.values() if path in written]
    if jobs and root != folder:
        where, inside = Path(os.path.relpath(root)).as_posix(), folder.relative_to(root).as_posix()
        move = f"move {'it' if len(jobs) == 1 else 'them'} {'here' if where == '.' else f'to {where}'}"
        yield (
            f"{' and '.join(jobs)}: read at the root of the repository alone; {move}, and let commands and reports be "
            f"those of {inside}"
        )


def files_of(provider: str, ci: str) -> dict[str, str]:
    """
    Give path → text of the files for a bot of this provider.

    Raises:
        InputError: there is no such provider.
    """
    from simulator import catalog, starter

    facts = catalog.load(provider)
    found = starter.files(
        provider,
        bot=bot_of(provider),
        api_variable=next((each.name for each in facts.env if "{base}" in each.value), "SIMULATOR_API_URL"),
        credentials=facts.credentials,
    )
    services = {"both": list(starter.SERVICES), "none": []}.get(ci, [ci])
    return found | schemas() | starter.jobs(services)


def schemas() -> dict[str, str]:
    """Give path → text of the schemas that the files name, to the byte as `simulator schema` prints them."""
    import json

    from simulator import starter
    from simulator.cli.projects import project_schema
    from simulator.cli.stories import Catalogs
    from simulator.schema import scenario_schema

    found = {starter.STORY_SCHEMA: scenario_schema(Catalogs()), starter.PROJECT_SCHEMA: project_schema()}
    return {path: json.dumps(schema, indent=1) + "\n" for path, schema in found.items()}


def bot_of(provider: str) -> str:
    """Give the command that starts the bot of the demo, or one to be replaced where the provider has no demo."""
    from simulator import starter

    module = f"simulator.bots.{provider}"
    return f"python -m {module}" if importlib.util.find_spec(module) is not None else starter.LATER_BOT


def write(folder: Path, files: Mapping[str, str]) -> None:
    """
    Write these files into the folder, which may not be there yet.

    Raises:
        InputError: one of them is there already, in which case none is written; or one cannot be written.
    """
    taken = [folder / path for path in files if (folder / path).exists()]
    if taken:
        raise InputError(_exist(taken))
    with contextlib.ExitStack() as undoing:
        for path, text in files.items():
            _write(folder / path, text, undoing)
        undoing.pop_all()


def _write(path: Path, text: str, undoing: contextlib.ExitStack) -> None:
    """Write one file and the folders that it lies in; what is needed to undo that is put on the stack."""
    try:
        for missing in reversed([each for each in path.parents if not each.exists()]):
            missing.mkdir()
            undoing.callback(missing.rmdir)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            undoing.callback(path.unlink)
            file.write(text)
    except OSError as error:
        in_the_way = next((each for each in path.parents if each.exists() and not each.is_dir()), None)
        why = f"{in_the_way} is a file, not a folder" if in_the_way is not None else error.strerror or str(error)
        fix = "choose a folder that may be written, by --into"
        raise InputError(
            Problem(code="file-not-written", what="the file cannot be written", where=str(path), why=why, fix=fix)
        ) from error


def _exist(taken: Sequence[Path]) -> Problem:
    others = {".gitlab-ci.yml": "--ci github", "simulator.yml": "--ci gitlab"}
    leave_out = f"{others[taken[0].name]} leaves it out; or " if len(taken) == 1 and taken[0].name in others else ""
    return Problem(
        code="file-exists",
        what="there already" if len(taken) == 1 else "these are there already",
        where=", ".join(map(str, taken)),
        why="nothing is overwritten, so no file was written",
        fix=f"{leave_out}write into another folder by --into, and take from there what you need",
    )
