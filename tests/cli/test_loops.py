"""Which event loop a command runs on."""

from __future__ import annotations

import asyncio
import sys
from types import SimpleNamespace

import pytest

from simulator.cli import loops
from simulator.errors import InputError


class Other(asyncio.SelectorEventLoop):
    """Stands for uvloop's."""


@pytest.fixture
def installed(monkeypatch):
    monkeypatch.setattr(loops, "_uvloop", lambda: SimpleNamespace(new_event_loop=Other))


@pytest.fixture
def missing(monkeypatch):
    monkeypatch.setattr(loops, "_uvloop", lambda: None)


def is_other(name: str, *, is_much: bool = False) -> bool:
    with loops.runner(name, is_much=is_much) as runner:
        return isinstance(runner.get_loop(), Other)


def test_uvloop_is_taken_by_itself_only_where_much_is_sent(installed):
    assert not is_other("auto")
    assert is_other("auto", is_much=True)


def test_loop_that_is_named_is_taken(installed):
    assert is_other("uvloop")
    assert not is_other("asyncio", is_much=True)


def test_without_uvloop_auto_is_asyncio(missing):
    assert not is_other("auto", is_much=True)


@pytest.mark.parametrize("platform", ["linux", "win32"])
def test_uvloop_that_is_named_and_missing_is_told(missing, monkeypatch, platform):
    monkeypatch.setattr(sys, "platform", platform)

    with pytest.raises(InputError) as caught:
        loops.runner("uvloop")
    assert caught.value.problems[0].code == "missing-extra"
