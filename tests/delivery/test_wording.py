"""The words that both transports use."""

from __future__ import annotations

from simulator.delivery.wording import LONGEST, one_line, overdue


def test_long_text_of_many_lines_becomes_a_short_line():
    line = one_line("Bad status line:\n\n  " + "x" * 500)

    assert line.startswith("Bad status line: xxx")
    assert len(line) == LONGEST
    assert line.endswith("…")


def test_time_out_tells_how_far_the_answer_had_come():
    assert overdue(0, 150.0) == "no answer within 150 ms"
    assert overdue(200, 1500) == "200 came, but not the whole body within 1500 ms"
