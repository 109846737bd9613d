"""Durations, spans, rates, shares and times as people write them."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import lru_cache

from simulator.deferral import plainly_deferrable

Written = str | int | float
"""As it stands in a file: a text, or a bare number."""

_UNIT_MS = {"w": 604_800_000, "d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1_000, "ms": 1}
_LONGEST_MS = 36_525 * _UNIT_MS["d"]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_NUMBER = r"[0-9]{1,15}(?:\.[0-9]{1,9})?"
_PARTS = re.compile(rf"(?:{_NUMBER} *(?:ms|[wdhms]) *)+")
_PART = re.compile(rf"({_NUMBER}) *(ms|[wdhms])")
_ISO_DURATION = re.compile(
    rf"P(?:(?P<w>{_NUMBER})W)?(?:(?P<d>{_NUMBER})D)?"
    rf"(?:T(?:(?P<h>{_NUMBER})H)?(?:(?P<m>{_NUMBER})M)?(?:(?P<s>{_NUMBER})S)?)?"
)
_SHARE = re.compile(rf"({_NUMBER}) *(%?)")
_RATE = re.compile(rf"({_NUMBER}) */ *(.+)")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def duration_ms(text: Written) -> int:
    """
    Give a duration in milliseconds: `500ms`, `2s`, `1.5s`, `1h30m`, `2d`, `1w`, ISO 8601 `PT5M`, or a bare `0`.

    Raises:
        ValueError: it is none, its units do not go from large to small, or it is over 100 years.
    """
    written = str(text).strip()
    if written == "0":
        return 0
    total = _iso_duration(written) if written.startswith("P") else _joined_duration(written)
    if total is None:
        raise ValueError(f'"{_short(written)}" is no duration; one is written as 500ms, 2s, 1h30m, 2d or PT5M')
    if total > _LONGEST_MS:
        raise ValueError(f'"{_short(written)}" is longer than 100 years')
    return round(total)


def span_ms(text: Written) -> tuple[int, int]:
    """
    Give the shortest and the longest of a span such as `2s..5s`, in milliseconds; they are equal for one duration.

    Raises:
        ValueError: an end is missing or no duration, or the first is longer than the second.
    """
    first, dots, last = str(text).partition("..")
    if not dots:
        return duration_ms(first), duration_ms(first)
    if not first.strip() or not last.strip():
        raise ValueError(f'"{_short(str(text))}" has one end only; a range is written as 2s..5s')
    shortest, longest = duration_ms(first), duration_ms(last)
    if shortest > longest:
        raise ValueError(f'"{_short(str(text))}" runs backwards; the shorter duration comes first')
    return shortest, longest


def share(text: Written) -> float:
    """
    Give a share from 0 to 1, written as `60%` or `0.6`.

    Raises:
        ValueError: it is no number, or not within 0% and 100%.
    """
    found = _SHARE.fullmatch(str(text).strip())
    if found is None:
        raise ValueError(f'"{_short(str(text))}" is no share; one is written as 60% or 0.6')
    value = float(found[1]) / (100 if found[2] else 1)
    if value > 1:
        raise ValueError(f'"{_short(str(text))}" is more than all; a share is at most 100%, or 1')
    return value


def rate_per_s(text: Written) -> float:
    """
    Give how many a second a rate such as `20/s`, `90/m`, `5/h` or `1/10s` means.

    Raises:
        ValueError: it is no rate, or nothing would ever come.
    """
    found = _RATE.fullmatch(str(text).strip())
    mistake = f'"{_short(str(text))}" is no rate; one is written as 20/s, 90/m or 1/10s'
    if found is None:
        raise ValueError(mistake)
    per = found[2] if found[2][0].isdigit() else f"1{found[2]}"
    try:
        per_ms = duration_ms(per)
    except ValueError:
        raise ValueError(mistake) from None
    if not per_ms or not float(found[1]):
        raise ValueError(f'"{_short(str(text))}" is no rate; both of its numbers are above 0')
    return float(found[1]) * 1000 / per_ms


def instant_ms(text: Written) -> int:
    """
    Give a time in Unix milliseconds, from ISO 8601 such as `2026-01-05T09:00:00Z`; UTC where it names no zone.

    Raises:
        ValueError: it is no date, or one that no calendar has.
    """
    written = str(text).strip()
    try:
        found = datetime.fromisoformat(written) if _DAY.match(written) else None
    except ValueError:
        found = None
    if found is None:
        raise ValueError(f'"{_short(written)}" is no time; one is written as 2026-01-05T09:00:00Z')
    aware = found if found.tzinfo else found.replace(tzinfo=UTC)
    return (aware - _EPOCH) // timedelta(milliseconds=1)


def show_ms(ms: float) -> str:
    """Give a duration as people write it, rounded to milliseconds: `500ms`, `2s`, `1.5s`, `1h30m`, `2d`."""
    rest = abs(round(ms))
    if rest < 1000:
        return f"{'-' if rest and ms < 0 else ''}{rest}ms"
    text = "-" if ms < 0 else ""
    for unit in ("d", "h", "m"):
        count, rest = divmod(rest, _UNIT_MS[unit])
        text += f"{count}{unit}" if count else ""
    return text + (f"{rest / 1000:g}s" if rest else "")


@plainly_deferrable
def iso8601(ms: int) -> str:
    """
    Give a time in Unix milliseconds as `2026-01-05T09:00:00.000Z`.

    Raises:
        ValueError: it lies outside the years 1 to 9999.
    """
    minute, rest_ms = divmod(math.floor(ms), _UNIT_MS["m"])
    return f"{_minute(minute)}:{rest_ms // 1000:02d}.{rest_ms % 1000:03d}Z"


@lru_cache(maxsize=4096)
def _minute(number: int) -> str:
    """Give the beginning of the text of a time in that minute since 1970: many times are told of one minute."""
    try:
        return (_EPOCH + timedelta(minutes=number)).isoformat(timespec="minutes").replace("+00:00", "")
    except OverflowError:
        raise ValueError(f"{number * _UNIT_MS['m']} ms lies outside the years 1 to 9999") from None


def _joined_duration(written: str) -> Fraction | None:
    if not _PARTS.fullmatch(written):
        return None
    parts = [(Fraction(number), _UNIT_MS[unit]) for number, unit in _PART.findall(written)]
    sizes = [size for _, size in parts]
    if sizes != sorted(set(sizes), reverse=True):
        return None
    return sum((number * size for number, size in parts), Fraction())


def _iso_duration(written: str) -> Fraction | None:
    found = _ISO_DURATION.fullmatch(written)
    if found is None or written.endswith(("P", "T")):
        return None
    parts = found.groupdict(default="0").items()
    return sum((Fraction(number) * _UNIT_MS[unit] for unit, number in parts), Fraction())


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
