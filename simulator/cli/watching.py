"""`run --watch`: again and again, each time that a file changes of which the scenarios are made."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

from simulator.cast import MEDIA_VERBS
from simulator.cli.ending import INTERRUPTED, problems_of
from simulator.cli.output import note
from simulator.cli.selection import Selection
from simulator.cli.signals import ending_like_ctrl_c
from simulator.errors import InputError
from simulator.report.text import visible_lines
from simulator.scenario.load import find_files
from simulator.scenario.model import ActStep, Scenario, all_steps

POLL_S = 0.3
"""How often the files are looked at."""

Stamps = dict[Path, tuple[int, int]]
"""File → when it was written, and its size."""


def watch(selection: Selection) -> int:
    """Play, and play again when a file has changed; Ctrl-C ends it. Give the exit code of the last run."""
    code = 0
    waiting = threading.Event()
    with ending_like_ctrl_c():
        while True:
            seen = stamps(selection)
            code = _played(selection)
            if code == INTERRUPTED:
                return code
            try:
                # What is included is known only now.
                seen = {**stamps(selection), **seen}
                what = "1 file is" if len(seen) == 1 else f"{len(seen)} files are"
                selection.playing.say(f"{what} watched; Ctrl-C ends it")
                while not (changed := _changed(seen, stamps(selection))):
                    waiting.wait(POLL_S)
            except KeyboardInterrupt:
                return code
            selection.playing.say(f"{changed} has changed")


def stamps(selection: Selection) -> Stamps:
    """Give what tells whether the files have changed of which the scenarios are made."""
    found: Stamps = {}
    for path in files_of(selection.paths, selection.scenarios, selection.project_file):
        try:
            stat = path.stat()
            found[path] = (stat.st_mtime_ns, stat.st_size)
        except (OSError, ValueError):
            # It is being written anew, or is gone.
            found[path] = (0, 0)
    return found


def files_of(paths: Iterable[str], scenarios: Iterable[Scenario], project_file: Path | None) -> Iterator[Path]:
    """Give the scenario files, those that they include, those that actors send, and the project file."""
    for path in paths:
        try:
            yield from (file.absolute() for file in find_files([path]))
        except InputError:
            yield Path(path).absolute()
    for scenario in scenarios:
        yield from _parts_of(scenario)
    if project_file is not None:
        yield project_file


def _parts_of(scenario: Scenario) -> Iterator[Path]:
    for step in all_steps(scenario.steps):
        yield Path(step.place.file).absolute()
        if isinstance(step, ActStep) and step.verb in MEDIA_VERBS and _is_file(step.value):
            yield Path(scenario.folder, step.value)


def _is_file(value: object) -> bool:
    """True where a file beside the scenario is sent, rather than an address or what an expression gives."""
    return isinstance(value, str) and "://" not in value and "{{" not in value


def _played(selection: Selection) -> int:
    try:
        return selection.play()
    except InputError as error:
        # A file in the middle of being written is often wrong; it will be right when it changes again.
        for problem in problems_of(error):
            note(visible_lines(str(problem)))
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED


def _changed(before: Stamps, now: Stamps) -> Path | None:
    return next((path for path in now if now[path] != before.get(path)), None) or next(
        (path for path in before if path not in now), None
    )
