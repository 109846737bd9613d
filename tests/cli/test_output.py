from __future__ import annotations

import io

import pytest

from simulator.cli import output


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("color", "stream", "environment", "expected"),
    [
        ("auto", Terminal(), {}, True),
        ("auto", io.StringIO(), {}, False),
        ("auto", Terminal(), {"NO_COLOR": "1"}, False),
        ("auto", io.StringIO(), {"FORCE_COLOR": "1"}, True),
        ("auto", io.StringIO(), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ("auto", Terminal(), {"NO_COLOR": ""}, True),
        ("always", io.StringIO(), {"NO_COLOR": "1"}, True),
        ("never", Terminal(), {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colour_is_decided_in_order(
    color: str, stream: io.StringIO, environment: dict[str, str], expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")

    assert output.has_colour(color, stream, environment) is expected


def test_dumb_terminal_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")

    assert not output.is_terminal(Terminal())


def test_closed_stream_is_no_terminal() -> None:
    stream = io.StringIO()
    stream.close()

    assert not output.is_terminal(stream)


def test_columns_stand_below_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    output.table([("a", "long word", "x"), ("bcd", "日本", "y"), ("e", "", "")], indent="  ")

    assert capsys.readouterr().out == "  a    long word  x\n  bcd  日本       y\n  e\n"


def test_cell_is_one_harmless_line(capsys: pytest.CaptureFixture[str]) -> None:
    output.table([("a\nb", "\x1b[1m")])

    assert capsys.readouterr().out == "a\\nb  \\x1b[1m\n"


def test_json_is_ascii(capsys: pytest.CaptureFixture[str]) -> None:
    output.say_json({"a": "é"})

    assert capsys.readouterr().out == '{\n "a": "\\u00e9"\n}\n'
