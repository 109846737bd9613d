from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as some

from simulator.report.latency import PER_DECADE, Latency


@given(some.lists(some.floats(0.1, 1e6), min_size=1), some.sampled_from([0.5, 0.9, 0.99, 1.0]))
def test_quantile_is_at_most_one_class_above_the_true_one(took: list[float], share: float) -> None:
    latency = Latency()
    for each in took:
        latency.add(each)
    ordered = sorted(took)
    true = ordered[max(-(-int(share * 1000) * len(took) // 1000) - 1, 0)]

    assert true * (1 - 1e-9) <= latency.quantile_ms(share) <= true * 10 ** (1 / PER_DECADE) * (1 + 1e-9)


def test_classes_follow_each_other_without_a_gap() -> None:
    latency = Latency()
    latency.add(1.0)
    latency.add(250.0)
    bars = latency.bars()

    assert sum(bar.count for bar in bars) == 2
    assert all(left.to_ms == right.from_ms for left, right in pairwise(bars))
