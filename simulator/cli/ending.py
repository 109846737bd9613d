"""How the program ends: every error as one message with its exit code, a closed pipe in silence."""

from __future__ import annotations

import errno
import sys

import click

from simulator.cli.form import Manner
from simulator.cli.output import note
from simulator.cli.streams import be_silent
from simulator.errors import Problem, SimulatorError
from simulator.report.text import visible, visible_lines

WRONG_INPUT = 2
OURS = 3
INTERRUPTED = 130

_NO_ROOM = frozenset(getattr(errno, name) for name in ("ENOSPC", "EDQUOT", "EFBIG", "EIO") if hasattr(errno, name))

_NO_FILES = frozenset({errno.EMFILE, errno.ENFILE})
"""Whatever is opened next fails so, a module that is imported late as well."""


def ended(error: BaseException | None, manner: Manner, code: int = 0) -> int:
    """Give the exit code, the error having been told."""
    try:
        if error is not None:
            code = _told(error, manner)
        sys.stdout.flush()
    except BrokenPipeError:
        be_silent()
    except OSError as full:
        be_silent()
        code = _told(full, manner)
    return code


def _told(error: BaseException, manner: Manner) -> int:
    """Tell an error on standard error and give its exit code."""
    kinds = list(_single(error))
    if any(isinstance(each, BrokenPipeError) for each in kinds):
        raise BrokenPipeError
    if any(_is_full(each) for each in kinds):
        note(str(_full_problem(next(each for each in kinds if _is_full(each)))))
        be_silent()
        return WRONG_INPUT
    if any(isinstance(each, OSError) and each.errno in _NO_FILES for each in kinds):
        note(str(_no_files_problem()))
        return OURS
    ours = [each for each in kinds if not isinstance(each, _KNOWN)]
    if ours and isinstance(ours[0], ModuleNotFoundError) and not (ours[0].name or "simulator").startswith("simulator"):
        from simulator import bootstrap

        return bootstrap.tell_missing(ours[0])
    if ours:
        return _told_fault(ours[0], manner)
    if any(isinstance(each, KeyboardInterrupt | click.Abort) for each in kinds):
        note("interrupted")
        return INTERRUPTED
    problems = dict.fromkeys(problem for each in kinds for problem in problems_of(each))
    for problem in problems:
        note(visible_lines(str(problem)))
    return max(each.exit_code for each in kinds if isinstance(each, SimulatorError | click.ClickException))


def problems_of(error: BaseException) -> tuple[Problem, ...]:
    """Give what an error has to say, in four parts each; that of the command line's parser too."""
    if isinstance(error, SimulatorError):
        return error.problems
    if isinstance(error, click.UsageError):
        return (_usage_problem(error),)
    if isinstance(error, click.ClickException):
        return (Problem(code="bad-value", what=error.format_message()),)
    return ()


def _single(error: BaseException) -> list[BaseException]:
    """Give the errors in a group; an error that is none stands for itself."""
    if isinstance(error, BaseExceptionGroup):
        return [single for each in error.exceptions for single in _single(each)]
    return [error]


_KNOWN = (SimulatorError, click.ClickException, click.Abort, KeyboardInterrupt)


def _told_fault(error: BaseException, manner: Manner) -> int:
    if manner.is_debug:
        import traceback

        note("".join(traceback.format_exception(error)).rstrip())
    said = visible(str(error))
    problem = Problem(
        code="internal-error",
        what=f"{type(error).__name__}: {said}" if said else type(error).__name__,
        why="this is our own fault, not yours",
        fix="" if manner.is_debug else "the same command with --debug shows where it happened",
    )
    note(str(problem))
    return OURS


def _usage_problem(error: click.UsageError) -> Problem:
    path = error.ctx.command_path if error.ctx is not None else "simulator"
    seek_help = f"see: {path} --help"
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return Problem(code="no-command", what="no command is named", fix=f"choose one\n\n{error.ctx.get_help()}")
    if isinstance(error, click.exceptions.NoSuchCommand):
        near = f'did you mean "{error.possibilities[0]}"?' if error.possibilities else seek_help
        return Problem(code="unknown-command", what=f'unknown command "{error.command_name}"', where=path, fix=near)
    if isinstance(error, click.NoSuchOption):
        near = f'did you mean "{error.possibilities[0]}"?' if error.possibilities else seek_help
        return Problem(code="unknown-option", what=f'unknown option "{error.option_name}"', where=path, fix=near)
    if isinstance(error, click.MissingParameter):
        name = error.param.make_metavar(error.ctx) if error.param is not None and error.ctx is not None else ""
        what = f"{name} is missing".strip()
        return Problem(code="missing-argument", what=what, where=path, why=_usage(error), fix=seek_help)
    if isinstance(error, click.BadParameter):
        hint = _option(error.param, error.ctx) if isinstance(error.param, click.Option) else _argument(error)
        if error.param is not None and isinstance(error.param.type, click.Path):
            return Problem(code="unreadable-file", what=_plain(error.message), where=hint, fix="check the path")
        return Problem(code="bad-value", what=_plain(error.message), where=hint, fix=seek_help)
    return Problem(code="bad-usage", what=_plain(error.format_message()), where=path, why=_usage(error), fix=seek_help)


def _option(param: click.Option, ctx: click.Context | None) -> str:
    """Give how a person calls an option, or the variable or the line of a file by which it was given."""
    from simulator.cli.defaults import COMMAND_LINE, place_of

    place = place_of(ctx, param) if ctx is not None else ""
    return place if place not in ("", COMMAND_LINE) else param.opts[-1]


def _argument(error: click.BadParameter) -> str:
    return error.param.make_metavar(error.ctx) if error.param is not None and error.ctx is not None else ""


def _usage(error: click.UsageError) -> str:
    return " ".join(error.ctx.get_usage().split()) if error.ctx is not None else ""


def _plain(message: str) -> str:
    return message.strip().rstrip(".")


def _is_full(error: BaseException) -> bool:
    """True where a stream took no more; files that the program writes have errors of their own."""
    return isinstance(error, OSError) and error.errno in _NO_ROOM and error.filename is None


def _no_files_problem() -> Problem:
    return Problem(
        code="out-of-sockets",
        what="this machine opens no more files and connections",
        why="too many of them are open at a time",
        fix="send fewer at once, or raise the limit of open files (ulimit -n)",
    )


def _full_problem(error: BaseException) -> Problem:
    return Problem(
        code="output-not-written",
        what="standard output cannot be written",
        why=str(getattr(error, "strerror", None) or error),
        fix="make room, or send it elsewhere",
    )
