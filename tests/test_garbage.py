from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from simulator.garbage import BY_ITSELF, SELDOM, Garbage


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    before = gc.get_threshold()
    gc.unfreeze()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


def test_what_was_there_before_is_not_looked_at_inside_and_is_afterwards() -> None:
    with Garbage().held_back():
        inside = gc.get_freeze_count()

    assert inside > 2 * BY_ITSELF
    assert gc.get_freeze_count() < BY_ITSELF


def test_everything_is_looked_at_seldom_inside_and_as_before_afterwards() -> None:
    gc.set_threshold(500, 7, 9)
    with Garbage().held_back():
        inside = gc.get_threshold()

    assert inside == (500, 7, SELDOM)
    assert gc.get_threshold() == (500, 7, 9)


def test_it_is_as_before_only_when_the_last_user_has_gone() -> None:
    garbage, before = Garbage(), gc.get_threshold()
    with garbage.held_back():
        with garbage.held_back():
            pass
        between = gc.get_threshold()

    assert between[2] == SELDOM
    assert gc.get_threshold() == before


def test_it_is_as_before_after_an_error() -> None:
    before = gc.get_threshold()
    with pytest.raises(LookupError), Garbage().held_back():
        raise LookupError

    assert gc.get_threshold() == before
    assert gc.get_freeze_count() < BY_ITSELF


def test_what_somebody_else_has_set_aside_stays_so() -> None:
    gc.freeze()
    with Garbage().held_back():
        pass

    assert gc.get_freeze_count() > BY_ITSELF
