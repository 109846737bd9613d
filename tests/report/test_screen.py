from __future__ import annotations

import io

import pytest

from simulator.report.screen import Screen, screen_for


def screen(stream: io.StringIO, *, terminal: bool = False, colour: bool = False) -> Screen:
    return screen_for(stream, is_terminal=terminal, has_colour=colour)


def test_open_line_is_completed() -> None:
    stream = io.StringIO()
    shown = screen(stream)

    shown.begin(("ana › hello", "actor"))
    shown.finish(("✓ 3ms", "good"))

    assert stream.getvalue() == "ana › hello  ✓ 3ms\n"


def test_open_line_ends_before_the_next_one() -> None:
    stream = io.StringIO()
    shown = screen(stream)

    shown.begin(("one", "plain"))
    shown.begin(("two", "plain"))
    shown.line(("three", "plain"))
    shown.finish(("four", "plain"))

    assert stream.getvalue() == "one\ntwo\nthree\nfour\n"


def test_mark_without_an_open_line_says_what_it_is_about() -> None:
    stream = io.StringIO()
    shown = screen(stream)

    shown.line(("one", "plain"))
    shown.finish(("✓ 3ms", "good"), alone=(("✓ bot: one  3ms", "good"),))

    assert stream.getvalue() == "one\n✓ bot: one  3ms\n"


def test_terminal_shows_an_open_line_at_once_and_its_mark_in_a_column() -> None:
    stream = io.StringIO()
    shown = screen(stream, terminal=True)

    shown.begin(("ana › hello", "actor"))
    begun = stream.getvalue()
    shown.finish(("✓ 3ms", "good"))

    assert begun == "ana › hello"
    assert stream.getvalue() == f"{'ana › hello':<60}✓ 3ms\n"


def test_long_line_is_not_wrapped() -> None:
    for colour in (False, True):
        stream = io.StringIO()

        screen(stream, colour=colour).line(("x " * 500, "plain"))

        assert stream.getvalue() == "x " * 500 + "\n"


def test_brackets_and_colons_are_no_markup() -> None:
    stream = io.StringIO()

    screen(stream, colour=True).line(("[red]:smile: 42 http://x", "plain"))

    assert stream.getvalue() == "[red]:smile: 42 http://x\n"


def test_encoding_without_our_marks_gets_others() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", newline="\n")

    screen_for(stream, is_terminal=False, has_colour=False).line(("✓ é", "good"))

    assert stream.buffer.getvalue() == b"+ \\xe9\n"  # type: ignore[attr-defined]


@pytest.mark.parametrize("error", [BrokenPipeError, ValueError])
def test_closed_pipe_is_silent(error: type[Exception]) -> None:
    class Closed(io.StringIO):
        count = 0

        def write(self, text: str) -> int:
            Closed.count += 1
            raise error

    shown = screen(Closed())

    shown.line(("one", "plain"))
    shown.line(("two", "plain"))

    assert Closed.count == 1


def test_rich_is_imported_for_colour_only() -> None:
    import subprocess
    import sys

    source = (
        "import io, sys; from simulator.report.screen import screen_for; "
        "screen_for(io.StringIO(), is_terminal=True, has_colour=False).line(('x', 'good')); "
        "sys.exit('rich' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", source], check=False).returncode == 0
