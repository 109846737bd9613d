"""Processes that make a corpus, and one of them that is lost."""

from __future__ import annotations

import contextlib
import multiprocessing
from typing import Any

import pytest

from simulator.cli.signals import ending_like_ctrl_c
from simulator.corpus.making import batches
from simulator.corpus.plan import BLOCK
from simulator.errors import InputError, InternalError
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
