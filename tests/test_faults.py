"""What a bad day does to an event, as its step and the seed say."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import faults
from simulator.faults import EVERY, UNHARMED, Deliver, Fate
from simulator.records import ScheduledEvent

EVENT = ScheduledEvent(id="e", provider="p", type="t", values={}, due_ms=1_000_000, cause="")

SPANS = st.tuples(st.integers(0, 5_000), st.integers(5_000, 60_000))


def offsets(deliver: Deliver, seed: int = 1) -> list[int]:
    return [fate.offset_ms for fate in faults.fates(EVENT, deliver, seed)]


def fate(deliver: Deliver, seed: int = 1) -> Fate:
    (found,) = faults.fates(EVENT, deliver, seed)
    return found


@pytest.mark.parametrize("deliver", [None, Deliver()])
def test_event_without_faults_goes_out_once_when_due(deliver):
    assert faults.fates(EVENT, deliver, 1) == (UNHARMED,)


def test_copies_without_latency_go_out_together():
    assert offsets(Deliver(copies=3)) == [0, 0, 0]


def test_each_copy_has_a_latency_of_its_own():
    found = offsets(Deliver(copies=5, latency=(50, 400)))

    assert len(set(found)) > 1
    assert all(50 <= offset <= 400 for offset in found)


def test_copies_are_late_together():
    assert len(set(offsets(Deliver(copies=5, late=(1_000, 90_000))))) == 1


def test_latency_comes_on_top_of_being_late():
    late, apart = Deliver(copies=3, late=(1_000, 1_000)), Deliver(copies=3, latency=(50, 400))

    together = offsets(replace(late, latency=(50, 400)))

    assert together == [1_000 + offset for offset in offsets(apart)]


def test_nothing_goes_out_before_unix_time_began():
    event = replace(EVENT, due_ms=-5)

    assert faults.offsets(event, Deliver(), 1) == (5,)


@given(st.integers(1, 20), SPANS, st.integers(0, 2**32))
def test_one_copy_more_leaves_the_others_where_they_were(number, latency, seed):
    few = offsets(Deliver(copies=number, latency=latency), seed)
    more = offsets(Deliver(copies=number + 1, latency=latency), seed)

    assert more[:number] == few


@given(st.integers(0, 2**32))
def test_fault_of_its_own_kind_changes_no_other_draw(seed):
    plain = Deliver(copies=2, latency=(1, 10**6))

    assert offsets(plain, seed) == offsets(replace(plain, late=(0, 0), reorder=1, retry=2), seed)


def test_single_delivery_out_of_order_lets_others_pass():
    assert fate(Deliver(reorder=2)).behind == 2


def test_of_copies_out_of_order_the_first_keeps_its_place():
    assert [each.behind for each in faults.fates(EVENT, Deliver(copies=3, reorder=1), 1)] == [0, 1, 1]


@pytest.mark.parametrize(("drop", "is_dropped"), [(0, False), (3, False), (EVERY, True)])
def test_only_what_loses_every_attempt_is_dropped(drop, is_dropped):
    assert fate(Deliver(drop=drop)).is_dropped is is_dropped


@pytest.mark.parametrize(
    ("deliver", "is_forged"),
    [
        (Deliver(copies=2, latency=(0, 1), late=(0, 1), reorder=1, drop=1, retry=1), False),
        (Deliver(signature="wrong"), True),
        (Deliver(signature="missing"), True),
        (Deliver(signature="expired"), True),
        (Deliver(tamper="text"), True),
    ],
)
def test_forged_is_what_no_provider_would_send(deliver, is_forged):
    assert deliver.is_forged is is_forged
    assert all(each.is_forged is is_forged for each in faults.fates(EVENT, deliver, 1))


def test_chance_strikes_as_often_as_it_says():
    deliver = Deliver(copies=2, chance=0.05)

    struck = sum(len(faults.fates(replace(EVENT, id=str(number)), deliver, 7)) == 2 for number in range(4_000))

    assert 150 <= struck <= 250


def test_chance_that_spares_an_event_leaves_it_whole():
    spared = next(
        each for seed in range(100) if len(each := faults.fates(EVENT, Deliver(copies=2, chance=0.1), seed)) == 1
    )

    assert spared == (UNHARMED,)


def test_chance_hangs_on_the_event_alone():
    deliver = Deliver(copies=2, chance=0.5)
    events = [replace(EVENT, id=str(number)) for number in range(50)]

    forwards = [faults.fates(event, deliver, 3) for event in events]
    backwards = [faults.fates(event, deliver, 3) for event in reversed(events)]

    assert forwards == backwards[::-1]


@pytest.mark.parametrize(
    ("deliver", "words"),
    [
        (Deliver(), ""),
        (Deliver(copies=3, latency=(0, 9), signature="wrong"), "3 copies, late, wrong signature"),
        (Deliver(late=(30_000, 30_000), reorder=1), "late, out of order"),
        (Deliver(reorder=4), "out of order, behind 4 others"),
        (Deliver(drop=EVERY), "dropped"),
        (Deliver(drop=1, retry=1), "first attempt lost, sent again after a lost answer"),
        (Deliver(drop=3, retry=2), "first 3 attempts lost, 2 answers lost"),
        (Deliver(tamper="any"), "tampered with"),
        (Deliver(tamper="space", chance=0.05), "tampered with: space, by a chance of 0.05"),
        (Deliver(chance=0.05), ""),
    ],
)
def test_wish_is_told_in_words(deliver, words):
    assert deliver.in_words == words


def test_what_is_done_to_each_copy_is_told_exactly():
    told = [each.words for each in faults.fates(EVENT, Deliver(copies=2, late=(1_500, 1_500), reorder=1), 1)]

    assert told == [("copy 1 of 2", "late by 1.5s"), ("copy 2 of 2", "late by 1.5s", "out of order")]


def test_of_several_copies_the_first_goes_out_in_order_unless_none_shall():
    copies = Deliver(copies=3, reorder=2)

    assert [fate.behind for fate in faults.fates(EVENT, copies, 1)] == [0, 2, 2]
    assert [fate.behind for fate in faults.fates(EVENT, replace(copies, is_first_in_order=False), 1)] == [2, 2, 2]


def test_what_chance_spares_is_delivered_as_is_said_for_it():
    deliver = Deliver(copies=3, chance=0.5, otherwise=Deliver(retry=1))
    found = {tuple(fate.unheard for fate in faults.fates(EVENT, deliver, seed)) for seed in range(20)}

    assert found == {(0, 0, 0), (1,)}
