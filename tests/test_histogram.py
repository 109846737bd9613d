from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.histogram import Histogram


def counted(values: list[float]) -> Histogram:
    histogram = Histogram()
    for value in values:
        histogram.add(value)
    return histogram


@given(
    values=st.lists(st.floats(0.01, 1e7), min_size=1, max_size=200), share=st.sampled_from([0.01, 0.25, 0.5, 0.99, 1.0])
)
def test_percentile_is_at_most_one_per_cent_below_the_nearest_rank(values: list[float], share: float) -> None:
    true = sorted(values)[max(0, math.ceil(len(values) * share) - 1)]

    assert true * 0.99 <= counted(values).percentile(share) <= true * (1 + 1e-9)


def test_nothing_counted_takes_no_time() -> None:
    assert Histogram().percentile(0.99) == 0.0


def test_memory_does_not_grow_with_what_is_counted() -> None:
    histogram = counted([0.1 * 1.0001**number for number in range(100_000)])

    assert histogram.count == 100_000
    assert len(histogram._buckets) < 1_100


@pytest.mark.parametrize("odd", [0.0, -1.0, 1e-9])
def test_no_time_at_all_is_counted_too(odd: float) -> None:
    assert counted([odd, odd]).count == 2
    assert counted([odd]).percentile(0.5) == pytest.approx(0.001)


@pytest.mark.parametrize(("values", "least_ms"), [([], 0.0), ([3.0, 1.5, 2.0], 1.5), ([0.5, -0.25], -0.25)])
def test_the_shortest_is_known_also_of_what_was_early(values: list[float], least_ms: float) -> None:
    assert counted(values).least_ms == least_ms
