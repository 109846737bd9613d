"""Processes that make a corpus, and one of them that is lost."""

from __future__ import annotations

import contextlib
import multiprocessing
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from simulator.cli.signals import ending_like_ctrl_c
from simulator.corpus.making import Made, batches
from simulator.corpus.plan import BLOCK
from simulator.corpus.press import Batch, Press
from simulator.errors import InputError, InternalError
from simulator.paths import UnknownPath
from tests.corpus.conftest import recipe


def test_process_that_is_killed_ends_the_others_and_is_told() -> None:
    asked = recipe(20 * BLOCK)
    # As the commands do: processes that are forked have these handlers too.
    with ending_like_ctrl_c():
        made = batches(asked, {}, 0, asked.count, 2)
        next(made)
        multiprocessing.active_children()[0].kill()

        with pytest.raises(InternalError, match="worker-lost"):
            list(made)

        assert multiprocessing.active_children() == []


def test_processes_end_with_whoever_reads_what_they_make() -> None:
    asked = recipe(20 * BLOCK)
    made: Any = batches(asked, {}, 0, asked.count, 2)

    with contextlib.closing(made):
        next(made)
        begun = multiprocessing.active_children()

    assert len(begun) == 2
    assert multiprocessing.active_children() == []


def test_error_of_a_process_is_raised_where_its_payloads_are_read() -> None:
    asked = recipe(3 * BLOCK, shape="requests")

    with pytest.raises(InputError, match="unknown-credential"):
        list(batches(asked, {"nobody": "x"}, 0, asked.count, 2))


class HoldingError(Exception):
    """An error with something in it that cannot be sent to another process."""

    def __init__(self) -> None:
        super().__init__("no room")
        self.lock = threading.Lock()


def fail_with_two_arguments(press: Press, block: int, first: int, end: int) -> Iterator[Batch]:
    raise UnknownPath("sender.nmae", {})


def fail_with_a_lock(press: Press, block: int, first: int, end: int) -> Iterator[Batch]:
    raise HoldingError


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (fail_with_two_arguments, 'UnknownPath: there is no field "sender.nmae"'),
        (fail_with_a_lock, "HoldingError: no room"),
    ],
)
def test_error_that_cannot_be_sent_as_it_is_is_told_all_the_same(make: Made, told: str) -> None:
    asked = recipe(2 * BLOCK)

    with pytest.raises(RuntimeError, match=told) as caught:
        list(batches(asked, {}, 0, asked.count, 2, what=make))

    assert "Traceback" in caught.value.__notes__[0]
