"""Steps about time, and the moments and zones that they name."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.scenario.model import SilenceStep, WaitStep
from simulator.scenario.moments import cron_of, zone_of


def codes(found: Any) -> list[str]:
    return [each.code for each in found]


def test_steps_of_time_are_in_milliseconds(steps: Any) -> None:
    wait, drawn, silence = steps("  - wait: 1h30m\n  - wait: 2s..5s\n  - silence: 0\n")

    assert isinstance(wait, WaitStep)
    assert (wait.span, drawn.span) == ((5_400_000, 5_400_000), (2000, 5000))
    assert isinstance(silence, SilenceStep)
    assert silence.for_ms == 0


@pytest.mark.parametrize(
    "until", ["2026-01-05T18:00:00", "2026-01-05", "0 9 * * mon-fri", "@daily", "*/5 * * * *", "{{ now + 1 }}"]
)
def test_waiting_until_a_moment(steps: Any, until: str) -> None:
    (step,) = steps(f'  - wait: {{until: "{until}", zone: Europe/London}}\n')

    assert isinstance(step, WaitStep)
    assert (step.until, step.zone) == (until, "Europe/London")


def test_moment_is_read_in_utc_where_no_zone_is_named(steps: Any) -> None:
    (step,) = steps("  - wait: {until: 2026-01-05T18:00:00}\n")

    assert step.zone == "UTC"


@pytest.mark.parametrize(
    ("until", "code", "hint"),
    [
        ("tomorrow", "wrong-time", "write one of them"),
        ("5m", "wrong-time", "for a length of time write `wait: 5m`"),
        ("09:30", "wrong-time", 'for the next time that it is 09:30 write "30 9 * * *"'),
        ("0 9 * *", "wrong-cron", "it has five fields"),
        ("@dayly", "wrong-cron", "it has five fields"),
        ("0 0 31 2 *", "wrong-cron", ""),
        ("61 * * * *", "wrong-cron", ""),
        ("2026-13-01", "wrong-time", "write one of them"),
    ],
)
def test_odd_moments_are_told(problems: Any, until: str, code: str, hint: str) -> None:
    (problem,) = problems(f'  - wait: {{until: "{until}"}}\n')

    assert problem.code == code
    assert hint in problem.fix


def test_zone_is_told_with_the_nearest(spot: Any) -> None:
    near, by_city, far = spot("Europe/Londn"), spot("New York"), spot("../etc/passwd")

    assert [zone_of(each) for each in (near, by_city, far)] == ["UTC"] * 3
    assert near.told.problems[0].fix == 'did you mean "Europe/London"?'
    assert by_city.told.problems[0].fix == 'did you mean "America/New_York"?'
    assert codes(far.told.problems) == ["unknown-zone"]


def test_long_cron_line_is_no_cron_line(spot: Any) -> None:
    here = spot("'" + "1," * 5000 + "1 * * * *'")

    assert cron_of(here) is None
    assert codes(here.told.problems) == ["wrong-cron"]


def test_silence_of_days_is_real_time_and_too_long(problems: Any) -> None:
    found = problems("  - silence: 25h\n  - bot: {text: hi, within: 2d}\n")

    assert [(each.code, each.what) for each in found] == [
        ("wrong-value", '"25h" is too long'),
        ("wrong-value", '"2d" is too long'),
    ]
