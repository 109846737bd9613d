from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.schedule import Plan, cron_times, due_times, moment_after
from simulator.seeds import stream

START_MS = 1_767_603_600_000
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


def draws(seed: int = 1) -> Callable[[str], random.Random]:
    return lambda name: stream(seed, name)


def ms(*parts: int, zone: str = "UTC") -> int:
    return round(datetime(*parts, tzinfo=ZoneInfo(zone)).timestamp() * 1000)  # type: ignore[arg-type, misc]


def local(moments: list[int], zone: str) -> list[str]:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return [f"{(epoch + timedelta(milliseconds=at)).astimezone(ZoneInfo(zone)):%d %H:%M}" for at in moments]


@given(st.floats(min_value=0.001, max_value=10_000), st.integers(0, 10**9))
def test_event_n_of_a_rate_is_due_n_times_its_gap_after_the_start(rate_per_s: float, number: int) -> None:
    plan = Plan(start_ms=START_MS, rate_per_s=rate_per_s)
    first = list(itertools.islice(due_times(plan, draws()), 50))

    assert all(abs(due_ms - START_MS - n * 1000 / rate_per_s) <= 0.5 for n, due_ms in enumerate(first))


def test_rate_is_true_after_hours() -> None:
    plan = Plan(start_ms=START_MS, rate_per_s=20, lasting_ms=50 * 60_000)
    found = list(due_times(plan, draws()))

    assert len(found) == 60_000
    assert found[-1] == START_MS + 50 * 60_000 - 50


def test_rate_that_no_millisecond_divides_does_not_drift() -> None:
    plan = Plan(start_ms=START_MS, rate_per_s=7, lasting_ms=10 * HOUR_MS)
    last = list(due_times(plan, draws()))[-1]

    assert abs(last - START_MS - 251_999 * 1000 / 7) <= 0.5


def test_poisson_arrivals_come_as_often_as_the_rate_says() -> None:
    plan = Plan(start_ms=START_MS, rate_per_s=2, arrivals="poisson", lasting_ms=5 * HOUR_MS)
    found = list(due_times(plan, draws()))
    gaps = [later - earlier for earlier, later in pairwise(found)]
    mean = sum(gaps) / len(gaps)
    spread = (sum((gap - mean) ** 2 for gap in gaps) / len(gaps)) ** 0.5

    assert abs(len(found) - 36_000) < 5 * 36_000**0.5
    assert spread == pytest.approx(mean, rel=0.05)
    assert found == sorted(found)


def test_stretch_of_poisson_arrivals_hangs_on_its_own_stream_alone() -> None:
    """The second stretch is the same whatever stands in the first one."""
    plan = Plan(start_ms=0, rate_per_s=1, arrivals="poisson", lasting_ms=2_000_000)
    usual = list(due_times(plan, draws()))
    other = list(due_times(plan, lambda name: stream(2 if name == "poisson/0" else 1, name)))

    assert [at for at in usual if at >= 1_000_000] == [at for at in other if at >= 1_000_000]
    assert usual != other


@pytest.mark.parametrize(
    "plan",
    [
        Plan(start_ms=0, rate_per_s=1_000_000),
        Plan(start_ms=0, rate_per_s=1_000_000, arrivals="poisson"),
        Plan(start_ms=0, every=(1, 9)),
        Plan(start_ms=0, cron="* * * * *", burst=1_000),
    ],
)
def test_moments_are_drawn_as_they_are_asked_for(plan: Plan) -> None:
    """These have no end: a list of them would never be there."""
    assert len(list(itertools.islice(due_times(plan, draws()), 5))) == 5


@given(st.integers(1, 5_000), st.integers(0, 5_000), st.integers(0, 99))
def test_drawn_gaps_keep_within_their_span(shortest: int, more: int, seed: int) -> None:
    plan = Plan(start_ms=START_MS, every=(shortest, shortest + more), count=40)
    found = list(due_times(plan, draws(seed)))

    assert found[0] == START_MS
    assert all(shortest <= later - earlier <= shortest + more for earlier, later in pairwise(found))
    assert found == list(due_times(plan, draws(seed)))


def test_burst_repeats_each_moment_and_count_ends_it() -> None:
    plan = Plan(start_ms=0, every=(100, 100), burst=3, count=7)

    assert list(due_times(plan, draws())) == [0, 0, 0, 100, 100, 100, 200]


def test_without_a_rate_there_is_one_moment() -> None:
    assert list(due_times(Plan(start_ms=5, burst=2), draws())) == [5, 5]


def test_the_end_of_its_time_belongs_to_a_stream_no_more() -> None:
    plan = Plan(start_ms=0, every=(HOUR_MS, HOUR_MS), lasting_ms=DAY_MS)

    assert len(list(due_times(plan, draws()))) == 24


def test_stream_that_begins_at_a_moment_of_its_cron_line_begins_with_it() -> None:
    plan = Plan(start_ms=START_MS, cron="0 9 * * *", lasting_ms=3 * DAY_MS)

    assert list(due_times(plan, draws())) == [START_MS, START_MS + DAY_MS, START_MS + 2 * DAY_MS]


@pytest.mark.parametrize(
    ("zone", "begins", "skipped", "ends"),
    [
        ("Europe/London", (2026, 3, 28), "29 02:00", (2026, 10, 24)),
        ("America/New_York", (2026, 3, 7), "08 03:00", (2026, 10, 31)),
    ],
)
def test_cron_line_is_right_over_summer_time(
    zone: str, begins: tuple[int, int, int], skipped: str, ends: tuple[int, int, int]
) -> None:
    """A job at the hour that spring skips comes when the clock has gone forward, one that autumn repeats comes once."""
    hour = 1 if zone == "Europe/London" else 2
    spring = Plan(start_ms=ms(*begins, 12, zone=zone), cron=f"30 {hour} * * *", zone=zone, lasting_ms=3 * DAY_MS)
    autumn = Plan(start_ms=ms(*ends, 12, zone=zone), cron="30 1 * * *", zone=zone, lasting_ms=3 * DAY_MS)
    in_spring = local(list(due_times(spring, draws())), zone)
    in_autumn = local(list(due_times(autumn, draws())), zone)

    assert in_spring[0] == skipped
    assert [each[3:] for each in in_spring[1:]] == [f"{hour:02}:30"] * (len(in_spring) - 1)
    assert len(in_autumn) == len({each[:2] for each in in_autumn})


def test_hours_go_on_over_summer_time() -> None:
    zone = "Europe/London"
    found = list(itertools.islice(cron_times("@hourly", zone, ms(2026, 10, 24, 22, 30, zone=zone)), 6))

    assert {later - earlier for earlier, later in pairwise(found)} == {HOUR_MS}
    assert [each[3:5] for each in local(found, zone)] == ["23", "00", "01", "01", "02", "03"]


def test_moment_is_a_time_in_its_zone_or_the_next_one_of_a_cron_line() -> None:
    zone = "America/New_York"

    assert moment_after("2026-01-05T10:00:00Z", zone, START_MS) == START_MS + HOUR_MS
    assert moment_after("2026-01-05T10:00:00", zone, START_MS) == ms(2026, 1, 5, 10, zone=zone)
    assert moment_after("0 9 * * *", "UTC", START_MS) == START_MS + DAY_MS
    assert moment_after("@daily", zone, START_MS) == ms(2026, 1, 6, zone=zone)


@pytest.mark.parametrize("text", ["tomorrow", "", "61 * * * *", "0 0 30 2 *"])
def test_what_is_neither_a_time_nor_a_cron_line_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="neither a time nor a cron line"):
        moment_after(text, "UTC", START_MS)


def test_cron_line_ends_with_the_calendar() -> None:
    assert list(cron_times("0 0 1 * *", "UTC", ms(9999, 11, 30))) == [ms(9999, 12, 1)]


@given(rate_per_s=st.floats(0.1, 100_000), lasting_ms=st.integers(1, 200))
def test_a_rate_has_all_its_events_also_those_just_before_the_end(rate_per_s: float, lasting_ms: int) -> None:
    wanted = sum(1 for _ in itertools.takewhile(lambda n: n * 1000 / rate_per_s < lasting_ms, itertools.count()))
    found = list(due_times(Plan(start_ms=START_MS, rate_per_s=rate_per_s, lasting_ms=lasting_ms), draws()))

    assert len(found) == wanted
    assert found == sorted(found)
    assert START_MS == found[0] <= found[-1] < START_MS + lasting_ms
