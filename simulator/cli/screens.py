"""The screen on which a command shows what happens, as the person wants it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from simulator.cli.form import Manner
from simulator.cli.output import has_colour, is_terminal

if TYPE_CHECKING:
    from simulator.report.screen import Screen


def standard_screen(ctx: click.Context, *, is_error: bool = False) -> Screen:
    """Give the screen over standard output, or over standard error where that is needed for data."""
    from simulator.report.screen import screen_for

    stream = sys.stderr if is_error else sys.stdout
    color = ctx.obj.color if isinstance(ctx.obj, Manner) else "auto"
    return screen_for(stream, is_terminal=is_terminal(stream), has_colour=has_colour(color, stream, os.environ))
