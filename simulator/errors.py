"""One diagnostic with four parts and a code, and the few kinds of error that carry it."""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """What is wrong, where, why, and what to do next."""

    code: str
    """One of docs/errors.md: lower case, words joined by hyphens."""
    what: str
    """One line, without a full stop."""
    where: str = ""
    """`file:line:column`, a command's option, or nothing."""
    at: str = ""
    """The place in the document or the run: `steps[2].event`."""
    why: str = ""
    """What was wanted and what was found."""
    fix: str = ""
    """The next thing to do, with the nearest valid name."""

    def __str__(self) -> str:
        lines = [f"{self.where}: {self.what}   [{self.code}]" if self.where else f"{self.what}   [{self.code}]"]
        for name in ("at", "why", "fix"):
            text = getattr(self, name)
            if text:
                lines.append(f"  {name + ':':<5} {text}")
        return "\n".join(lines)


PUBLIC = "simulator"
"""Where people import errors from: tracebacks call those by that name which are exported there."""


class SimulatorError(Exception):
    """Something a person has to be told; its text is the message."""

    __module__ = PUBLIC

    exit_code = 3

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems

    def __reduce__(self) -> tuple[type[SimulatorError], tuple[Problem, ...]]:
        return type(self), self.problems


class InputError(SimulatorError):
    """A file, an option or a name is wrong; all problems found are in it."""

    __module__ = PUBLIC

    exit_code = 2


class CredentialError(InputError):
    """A credential is missing or cannot be used for signing."""


class EndpointError(SimulatorError):
    """The endpoint, or the bot behind it, could not be reached."""

    __module__ = PUBLIC

    exit_code = 4


class InternalError(SimulatorError):
    """Our own fault."""


def reworded(error: SimulatorError, say: Callable[[str], str]) -> SimulatorError:
    """Give the error with the names that `say` gives to whatever is wrong, and to what mends it."""
    return type(error)(*(replace(each, where=say(each.where), fix=say(each.fix)) for each in error.problems))


def hidden(error: SimulatorError, hide: Callable[[str], str]) -> SimulatorError:
    """Give the same error without what `hide` takes out of a text."""
    return type(error)(*(_hidden(problem, hide) for problem in error.problems))


def _hidden(problem: Problem, hide: Callable[[str], str]) -> Problem:
    parts = ("what", "where", "at", "why", "fix")
    return replace(problem, **{name: hide(getattr(problem, name)) for name in parts})


@contextlib.contextmanager
def hiding(hide: Callable[[str], str]) -> Iterator[None]:
    """Let errors pass as `hidden` gives them."""
    try:
        yield
    except SimulatorError as error:
        raise hidden(error, hide) from None


def first_of(error: BaseException) -> BaseException:
    """Give the first error of a group, however deep it lies; an error that is none stands for itself."""
    return first_of(error.exceptions[0]) if isinstance(error, BaseExceptionGroup) else error


def nearest(word: str, names: Iterable[str]) -> str | None:
    """Give the name most like `word`, or None where none is like it."""
    by_fold = {name.casefold(): name for name in names}
    close = difflib.get_close_matches(word.casefold(), by_fold, n=1, cutoff=0.6)
    return by_fold[close[0]] if close else None


def did_you_mean(word: str, names: Iterable[str], otherwise: str = "") -> str:
    """Give the sentence for `fix`: the nearest name as a question, or `otherwise`."""
    name = nearest(word, names)
    return f'did you mean "{name}"?' if name else otherwise
