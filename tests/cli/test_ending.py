from __future__ import annotations

import errno
import sys

import click
import pytest

from simulator.cli import program
from simulator.cli.ending import ended
from simulator.cli.form import Manner
from simulator.errors import EndpointError, InputError, InternalError, Problem
from tests.cli.conftest import Simulate


def problem(what: str) -> Problem:
    return Problem(code="some-code", what=what, where="here", fix="do this")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InputError(problem("x")), 2),
        (InternalError(problem("x")), 3),
        (EndpointError(problem("x")), 4),
        (ValueError("x"), 3),
        (KeyboardInterrupt(), 130),
        (click.Abort(), 130),
        (click.UsageError("x"), 2),
        (ExceptionGroup("", [InputError(problem("x"))]), 2),
        (ExceptionGroup("", [InputError(problem("x")), ValueError("y")]), 3),
    ],
)
def test_error_has_its_exit_code(error: BaseException, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(error, Manner()) == code
    assert "Traceback" not in capsys.readouterr().err


def test_error_is_told_in_its_parts_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    ended(InputError(problem("one"), problem("two")), Manner())
    out, err = capsys.readouterr()

    assert out == ""
    assert err == "here: one   [some-code]\n  fix:  do this\nhere: two   [some-code]\n  fix:  do this\n"


def test_same_problem_in_a_group_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    ended(ExceptionGroup("", [InputError(problem("one")), InputError(problem("one"))]), Manner())

    assert capsys.readouterr().err.count("here: one") == 1


def test_our_fault_is_one_line_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    ended(ZeroDivisionError("division by zero"), Manner())
    err = capsys.readouterr().err

    assert err.startswith("ZeroDivisionError: division by zero   [internal-error]\n")
    assert "our own fault" in err
    assert "--debug" in err


def test_debug_shows_where_our_fault_is(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        raise ZeroDivisionError
    except ZeroDivisionError as error:
        ended(error, Manner(is_debug=True))

    assert "test_ending.py" in capsys.readouterr().err


def test_control_characters_of_an_error_are_harmless(capsys: pytest.CaptureFixture[str]) -> None:
    ended(InputError(problem("\x1b[2Jgone")), Manner())

    assert "\x1b" not in capsys.readouterr().err


def test_machine_that_opens_no_more_files_is_told_with_the_limit(capsys: pytest.CaptureFixture[str]) -> None:
    code = ended(ExceptionGroup("", [OSError(errno.EMFILE, "Too many open files", "plain.py")]), Manner())

    assert code == 3
    assert "ulimit -n" in (told := capsys.readouterr().err)
    assert "[out-of-sockets]" in told


def test_fault_inside_a_command_is_ours(simulate: Simulate, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(program, "start", fail)

    done = simulate("list")

    assert done.code == 3
    assert "[internal-error]" in done.err


def test_parser_of_command_lines_that_is_not_installed_is_named(
    simulate: Simulate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "simulator.cli.ending")
    monkeypatch.setitem(sys.modules, "click", None)
    done = simulate("list", "providers")

    assert done.code == 3
    assert "the module click is not installed for this Python   [not-installed]" in done.err


def test_module_that_is_not_installed_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    code = ended(ModuleNotFoundError("No module named 'rich'", name="rich"), Manner())

    assert code == 3
    assert "the module rich is not installed" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("rin",), "unknown-command", 'did you mean "run"?'),
        (("run", "--enpoint", "x"), "unknown-option", 'did you mean "--endpoint"?'),
        (("render", "viber"), "missing-argument", "EVENT"),
        (("render", "viber", "seen", "--seed", "x"), "bad-value", "--seed"),
        (("render", "viber", "seen", "--option", "x"), "bad-value", "NAME=VALUE"),
        (("render", "viber", "seen", "--start", "noon"), "bad-value", "2026-01-05T09:00:00Z"),
        (("run", "x", "--pace", "fast"), "bad-value", "instant"),
        (("run", "x", "--report", "xml=f"), "bad-value", "json"),
        (("serve", "--listen", "here"), "bad-value", ":7716"),
        (("check", "x", "--env-file", "nowhere.env"), "unreadable-file", "--env-file"),
        ((), "no-command", "Usage: simulator"),
    ],
)
def test_wrong_command_line_is_told_in_the_same_form(
    simulate: Simulate, words: tuple[str, ...], code: str, said: str
) -> None:
    done = simulate(*words)

    assert done.code == 2
    assert done.raw == b""
    assert f"[{code}]" in done.err
    assert said in done.err


@pytest.mark.parametrize(
    ("words", "where"),
    [(("--fail-fast=x",), "simulator run: "), (("--pace", "x"), "--pace: "), (("--pace",), "simulator run: ")],
)
def test_wrong_option_names_its_command(simulate: Simulate, words: tuple[str, ...], where: str) -> None:
    done = simulate("run", "x.yaml", *words)

    assert done.code == 2
    assert done.err.startswith(where)
    assert "fix:  see: simulator run --help" in done.err


@pytest.mark.parametrize(
    "words",
    [
        ("render", "viber", "message/text", "--merge"),
        ("profile", "viber"),
        ("check",),
        ("generate", "--verify"),
        ("run", "x.yaml", "--env-file"),
    ],
)
def test_file_that_is_not_there_is_told_as_such_wherever_it_is_named(
    simulate: Simulate, words: tuple[str, ...]
) -> None:
    done = simulate(*words, "nowhere.json")

    assert done.code == 2
    assert "[unreadable-file]" in done.err
    assert "fix:  check the path" in done.err


def test_wrong_variable_is_named(simulate: Simulate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIMULATOR_RUN_FAIL_FAST", "perhaps")

    assert simulate("run", "x.yaml").err.startswith("SIMULATOR_RUN_FAIL_FAST: 'perhaps' is not a valid boolean")
