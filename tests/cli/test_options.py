from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from simulator import settings
from simulator.cli import options


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (options.read_pair, "name=a=b", ("name", "a=b")),
        (options.read_pair, "name=", ("name", "")),
        (options.read_listen, "127.0.0.1:80", ("127.0.0.1", 80)),
        (options.read_listen, ":0", ("127.0.0.1", 0)),
        (options.read_listen, "9000", ("127.0.0.1", 9000)),
        (options.read_listen, "[::1]:80", ("::1", 80)),
        (options.read_listen, "0.0.0.0:80", ("0.0.0.0", 80)),
        (options.read_pace, "instant", "instant"),
        (options.read_pace, "real", "real"),
        (options.read_pace, "10x", "10x"),
        (options.read_pace, "0.5x", "0.5x"),
        (options.read_report, "json=a=b", ("json", "a=b")),
        (options.read_report, "json=-", ("json", "-")),
    ],
)
def test_right_value_is_read(read: Callable[[str], Any], text: str, value: Any) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (options.read_pair, "name"),
        (options.read_pair, "=value"),
        (options.read_setting, "message.text"),
        (options.read_setting, "+=1"),
        (options.read_credential, "=value"),
        (options.read_listen, "here"),
        (options.read_listen, ":65536"),
        (options.read_listen, ":-1"),
        (options.read_pace, "0x"),
        (options.read_pace, "fast"),
        (options.read_pace, "-1x"),
        (options.read_report, "xml=f"),
        (options.read_report, "json"),
        (options.read_report, "json="),
    ],
)
def test_wrong_value_is_told_with_what_would_be_right(read: Callable[[str], Any], text: str) -> None:
    with pytest.raises(ValueError, match=r"no |json"):
        read(text)


@pytest.mark.parametrize("text", ["s3cret", "=s3cret", " = s3cret"])
def test_wrong_credential_is_not_shown(text: str) -> None:
    with pytest.raises(ValueError, match="NAME=VALUE") as caught:
        options.read_credential(text)

    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("text", ["-1", "1.5", "x", "", "9" * 30])
def test_whole_number_is_nothing_else(text: str) -> None:
    import click

    with pytest.raises(click.BadParameter):
        options.whole(0).convert(text, None, None)


def test_port_is_the_one_of_a_run() -> None:
    assert settings.DEFAULT_PORT == options.PORT
