from __future__ import annotations

import click
import pytest

from simulator.cli.form import Manner
from simulator.cli.screens import standard_screen


@pytest.mark.parametrize(("is_error", "index"), [(False, 0), (True, 1)])
def test_screen_lies_over_the_stream_that_was_asked_for(
    is_error: bool, index: int, capsys: pytest.CaptureFixture[str]
) -> None:
    context = click.Context(click.Command("x"), obj=Manner())

    standard_screen(context, is_error=is_error).line(("hello", "good"))

    assert capsys.readouterr()[index] == "hello\n"


def test_colour_is_what_the_manner_says(capsys: pytest.CaptureFixture[str]) -> None:
    context = click.Context(click.Command("x"), obj=Manner(color="always"))

    standard_screen(context).line(("hello", "good"))

    assert capsys.readouterr().out == "\x1b[32mhello\x1b[0m\n"
