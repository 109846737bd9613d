from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import units


def refusal(reader: Callable[[str], object], text: str) -> str | None:
    try:
        reader(text)
    except ValueError as error:
        return str(error)
    return None


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("500ms", 500),
        ("2s", 2_000),
        ("1.5s", 1_500),
        ("1h30m", 5_400_000),
        ("1h 30m", 5_400_000),
        (" 2d ", 172_800_000),
        ("1w", 604_800_000),
        ("PT5M", 300_000),
        ("P1DT2H", 93_600_000),
        ("PT0.5S", 500),
        ("0", 0),
        (0, 0),
        ("0s", 0),
    ],
)
def test_written_duration_gives_milliseconds(text: units.Written, ms: int) -> None:
    assert units.duration_ms(text) == ms


@pytest.mark.parametrize(
    "text",
    ["", "5", 5, "s", "2 sec", "-2s", "30m1h", "1s1s", "P", "PT", "P1DT", "P1M", "1e3s", "٣s", True, "9" * 5000 + "s"],
)
def test_what_is_no_duration_is_refused_with_an_example(text: units.Written) -> None:
    with pytest.raises(ValueError, match=r"is no duration; one is written as 500ms, 2s, 1h30m, 2d or PT5M"):
        units.duration_ms(text)


def test_duration_over_a_century_is_refused() -> None:
    with pytest.raises(ValueError, match="longer than 100 years"):
        units.duration_ms("999999999d")


@given(st.integers(0, 10**11))
def test_shown_duration_reads_as_itself(ms: int) -> None:
    assert units.duration_ms(units.show_ms(ms)) == ms


@pytest.mark.parametrize(
    ("ms", "text"),
    [(0, "0ms"), (0.4, "0ms"), (-0.4, "0ms"), (500, "500ms"), (2000, "2s"), (61_500, "1m1.5s"), (5_400_000, "1h30m")],
)
def test_duration_is_shown_as_people_write_it(ms: float, text: str) -> None:
    assert units.show_ms(ms) == text


def test_duration_below_zero_is_shown_with_its_sign() -> None:
    assert units.show_ms(-1_500) == "-1.5s"


@pytest.mark.parametrize(("text", "span"), [("2s..5s", (2000, 5000)), ("2s .. 5s", (2000, 5000)), ("3s", (3000, 3000))])
def test_span_gives_both_ends(text: str, span: tuple[int, int]) -> None:
    assert units.span_ms(text) == span


def test_span_that_runs_backwards_is_refused() -> None:
    with pytest.raises(ValueError, match="runs backwards"):
        units.span_ms("5s..2s")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2s..", "has one end only"),
        ("..", "has one end only"),
        ("2s..5s..9s", "is no duration"),
        ("", "is no duration"),
    ],
)
def test_span_without_an_end_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        units.span_ms(text)


@pytest.mark.parametrize(
    ("text", "part"), [("60%", 0.6), ("0.6", 0.6), (0.6, 0.6), (1, 1.0), ("100 %", 1.0), ("0%", 0.0)]
)
def test_share_is_read_with_and_without_percent(text: units.Written, part: float) -> None:
    assert units.share(text) == pytest.approx(part)


@pytest.mark.parametrize("text", ["101%", "60", "half", "-1%", "", True])
def test_what_is_no_share_is_refused(text: units.Written) -> None:
    with pytest.raises(ValueError, match="share"):
        units.share(text)


@pytest.mark.parametrize(
    ("text", "rate"), [("20/s", 20), ("90/m", 1.5), ("1/10s", 0.1), ("0.5 / s", 0.5), ("36/h", 0.01)]
)
def test_rate_is_given_for_one_second(text: str, rate: float) -> None:
    assert units.rate_per_s(text) == pytest.approx(rate)


@pytest.mark.parametrize("text", ["20", "0/s", "1/0s", "20/", "/s", "20/x", "-1/s"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no rate"):
        units.rate_per_s(text)


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("2026-01-05T09:00:00Z", 1_767_603_600_000),
        ("2026-01-05T10:00:00+01:00", 1_767_603_600_000),
        ("2026-01-05T09:00", 1_767_603_600_000),
        ("2026-01-05 09:00:00.250Z", 1_767_603_600_250),
        ("2026-01-05", 1_767_571_200_000),
    ],
)
def test_written_time_gives_unix_milliseconds(text: str, ms: int) -> None:
    assert units.instant_ms(text) == ms


@pytest.mark.parametrize("text", ["now", "", "1767603600", "2026-02-30", "2026-01-05T25:00Z", "20260105", 20260105])
def test_what_is_no_time_is_refused_with_an_example(text: units.Written) -> None:
    with pytest.raises(ValueError, match="one is written as 2026-01-05T09:00:00Z"):
        units.instant_ms(text)


@given(st.integers(-62_135_596_800_000, 253_402_300_799_999))
def test_time_reads_as_itself(ms: int) -> None:
    assert units.instant_ms(units.iso8601(ms)) == ms


def test_time_always_has_milliseconds_and_zone() -> None:
    assert units.iso8601(1_767_603_600_000) == "2026-01-05T09:00:00.000Z"


def test_time_outside_the_calendar_is_refused() -> None:
    with pytest.raises(ValueError, match="outside the years"):
        units.iso8601(10**18)


@given(st.text(max_size=20))
def test_any_text_is_read_or_refused_with_a_sentence(text: str) -> None:
    readers = (units.duration_ms, units.span_ms, units.share, units.rate_per_s, units.instant_ms)

    refusals = [refusal(reader, text) for reader in readers]

    assert all(said is None or said.startswith('"') for said in refusals)
