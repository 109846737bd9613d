"""What a person wrote in Python, read and told as such: errors name the arguments of functions, not options."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from simulator.clock import pace_of
from simulator.errors import InputError, Problem, SimulatorError, reworded
from simulator.units import instant_ms

ARGUMENTS = {
    "EVENT": "event",
    "--set": "overrides",
    "--option": "options",
    "--credential": "credentials",
    "--endpoint": "endpoint",
    "--listen": "listen",
    "--bot": "bot",
    "--tag": "tags",
    "-k": "keyword",
    "--provider": "providers",
    "--journal": "journal",
    "--policy": "policy",
}
"""What the commands call a thing → the argument by which functions take it."""

_OPTION = re.compile(rf"(?<![\w-])({'|'.join(ARGUMENTS)})(?![\w-])(?: (\"[^\"]*\"|:[^\s,]+))?")


@contextmanager
def told_in_python() -> Iterator[None]:
    """Let errors pass that name arguments where those of the commands name options."""
    try:
        yield
    except SimulatorError as error:
        raise reworded(error, _in_python) from None


def start_ms(text: str) -> int:
    """
    Give the time of an argument `start`, which is an ISO 8601 time.

    Raises:
        InputError: it is none.
    """
    try:
        return instant_ms(text)
    except ValueError as error:
        raise InputError(Problem(code="bad-value", what=str(error), where="start")) from None


def pace(text: str) -> str:
    """
    Give the argument `pace` as it is; empty: it is not said.

    Raises:
        InputError: it is no pace.
    """
    try:
        if text:
            pace_of(text)
    except ValueError:
        what, fix = f'"{text}" is no pace', "use instant, real, or a factor such as 10x"
        raise InputError(Problem(code="bad-value", what=what, where="pace", fix=fix)) from None
    return text


def _in_python(text: str) -> str:
    """Give the text with arguments in place of options: `--bot "python bot.py"` is `bot="python bot.py"`."""
    return _OPTION.sub(_argument, text)


def _argument(found: re.Match[str]) -> str:
    name, value = ARGUMENTS[found[1]], found[2]
    if value is None:
        return name
    return f'{name}="{value.strip(chr(34))}"'
