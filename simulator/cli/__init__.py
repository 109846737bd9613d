"""The command line: one module per command, each imported when it is used."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from simulator.cli.streams import open_all


def main(argv: Sequence[str] | None = None) -> int:
    """
    Do what the command line says and give the exit code; without arguments it is that of this process.

    Whatever goes wrong is told on standard error in one message; a traceback is shown only where `--debug` asks for it.
    """
    words = [*(sys.argv[1:] if argv is None else argv)]
    open_all()
    try:
        if words == ["--version"]:
            return _print_versions()
        return _do(words)
    except KeyboardInterrupt:
        # Outside of all commands: what they need was still being imported, or the end was being told.
        sys.stderr.write("interrupted\n")
        return 130


def _do(words: list[str]) -> int:
    try:
        from simulator.cli.ending import ended
        from simulator.cli.form import Manner
        from simulator.cli.program import COMPLETION, complete, start
    except ModuleNotFoundError as missing:
        # The parser of command lines itself; whatever else is not there is told by `ended`.
        from simulator import bootstrap

        return bootstrap.tell_missing(missing)

    manner = Manner()
    try:
        instruction = os.environ.get(COMPLETION, "")
        code = complete(instruction) if instruction else start(words, manner)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - here nobody is above, and each kind gets its code
        return ended(error, manner)
    return ended(None, manner, code)


def _print_versions() -> int:
    """Do what `--version` says without the parser of command lines, which takes half of the time."""
    from simulator.cli.versions import versions_line

    try:
        sys.stdout.write(versions_line() + "\n")
        sys.stdout.flush()
    except OSError as error:
        from simulator.cli.ending import ended
        from simulator.cli.form import Manner

        return ended(error, Manner())
    return 0
