"""Which payloads a corpus has, made in blocks: whole conversations, sorted by time, before anything is rendered."""

from __future__ import annotations

import itertools
import math
import random
import struct
from bisect import bisect_right
from operator import itemgetter

from simulator.corpus.mix import Follow, Mix, matches
from simulator.corpus.rhythm import Rhythm
from simulator.corpus.studio import CROWD
from simulator.seeds import derive, stream

BLOCK = 4096
"""So many payloads are planned at once. Part of the contract: another size gives other payloads."""

_DUE = itemgetter(2)
_GAPS = 1024
_NINETY_PERCENT = 1.6449
"""So many standard deviations to both sides hold nine of ten."""

Row = tuple[int, int, int, int, int, int, int]
"""Kind, person, due time, conversation, turn, times of turn and conversation: the fields of `Place` but its number."""


class Plan:
    """The places of all payloads of a corpus."""

    def __init__(self, mix: Mix, *, seed: int, start_ms: int) -> None:
        """Begin; nothing is planned before it is asked for."""
        self.mix = mix
        self.kinds = tuple(mix.events)
        self._key = derive(seed, start_ms, "plan", mix.digest())
        self._weights = list(itertools.accumulate(mix.events.values()))
        self._turns = list(mix.turns)
        self._turn_weights = list(itertools.accumulate(mix.turns.values()))
        self._rhythm = Rhythm(start_ms, mix.hours, mix.days)
        self._gaps = _gaps(*mix.gap_ms)
        self._first = frozenset(number for number, kind in enumerate(self.kinds) if matches(kind, mix.first))
        self._follows = {
            number: _following(each, self.kinds)
            for number, kind in enumerate(self.kinds)
            for each in mix.follows
            if each.event == kind
        }

    def block(self, number: int) -> list[Row]:
        """Give the payloads of one block, in order: they hang on its number alone."""
        draw = stream(self._key, number)
        work_ms = BLOCK * self.mix.every_ms
        begin_ms, end_ms = number * work_ms, self._rhythm.time_ms((number + 1) * work_ms)
        time_ms = self._rhythm.time_ms
        kinds = self._kinds_of(draw)
        talk = self._talk if self._follows else self._plain_talk
        weights, turns, uniform = self._turn_weights, self._turns, draw.random
        most = weights[-1]
        rows: list[Row] = []
        number *= BLOCK
        while len(rows) < BLOCK:
            count = turns[bisect_right(weights, uniform() * most)]
            at_ms = time_ms(begin_ms + int(uniform() * work_ms))
            mine = talk(kinds[len(rows) : len(rows) + count], draw, number, at_ms)
            number += 1
            last_ms = max(map(_DUE, mine)) if self._follows else mine[-1][2]
            rows += mine if last_ms < end_ms else _nearer(mine, at_ms, end_ms)
        # Whole numbers are sorted faster than rows; rows of one time stay in the order in which they were made.
        return [rows[key % BLOCK] for key in sorted([row[2] * BLOCK + index for index, row in enumerate(rows)])]

    def _kinds_of(self, draw: random.Random) -> list[int]:
        """Give the kinds of a block in any order, each as often as its weight says; chance decides about fractions."""
        if len(self.kinds) == 1:
            return [0] * BLOCK
        step, offset = self._weights[-1] / BLOCK, draw.random()
        ends = [math.ceil(weight / step - offset) for weight in self._weights[:-1]] + [BLOCK]
        sorted_kinds = [
            kind for kind, (low, high) in enumerate(itertools.pairwise([0, *ends])) for _ in range(low, high)
        ]
        # A number of 18 drawn bits before each place: numbers of up to 30 bits are sorted fastest.
        drawn = struct.unpack(f"<{BLOCK}I", draw.randbytes(4 * BLOCK))
        keys = sorted([(bits >> 14) * BLOCK + place for place, bits in enumerate(drawn)])
        return [sorted_kinds[key % BLOCK] for key in keys]

    def _plain_talk(self, kinds: list[int], draw: random.Random, talk: int, at_ms: int) -> list[Row]:
        """Give the events of one conversation, of which none follows from another."""
        uniform, gaps, least_ms = draw.random, self._gaps, self.mix.not_before_ms
        user = int(uniform() * CROWD)
        rows: list[Row] = []
        due_ms = at_ms
        if self._first:
            # Sorting keeps the order of the others.
            kinds = sorted(kinds, key=self._is_later)
        for turn, kind in enumerate(kinds):
            if least_ms and due_ms % 1000 < least_ms:
                due_ms += least_ms
            rows.append((kind, user, due_ms, talk, turn, due_ms, at_ms))
            due_ms += gaps[int(uniform() * _GAPS)]
        return rows

    def _is_later(self, kind: int) -> bool:
        return kind not in self._first

    def _talk(self, kinds: list[int], draw: random.Random, talk: int, at_ms: int) -> list[Row]:
        """Give the events of one conversation: those that follow from others stand behind them, in their turn."""
        follows = self._follows
        rows = self._plain_talk([kind for kind in kinds if kind not in follows], draw, talk, at_ms)
        user = rows[0][1] if rows else int(draw.random() * CROWD)
        for kind in kinds:
            if kind in follows:
                rows.append(self._follower(kind, rows, draw, (user, talk, at_ms)))
        return rows

    def _follower(self, kind: int, rows: list[Row], draw: random.Random, alone: tuple[int, int, int]) -> Row:
        """Give an event that follows from one that has no such follower yet; from one before the corpus, if all do."""
        allowed, delay = self._follows[kind]
        user, talk, at_ms = alone
        wait_ms = delay[0] + int(draw.random() * (delay[1] - delay[0] + 1))
        taken = {row[4] for row in rows if row[0] == kind}
        mine = [row for row in rows if row[0] in allowed and row[4] not in taken]
        if not mine:
            due_ms = rows[-1][2] if rows else at_ms
            return (kind, user, due_ms, talk, len(rows), due_ms - wait_ms, at_ms)
        cause = mine[int(draw.random() * len(mine))]
        return (kind, user, cause[2] + wait_ms, talk, cause[4], cause[5], at_ms)


def _following(follow: Follow, kinds: tuple[str, ...]) -> tuple[frozenset[int], tuple[int, int]]:
    allowed = frozenset(number for number, kind in enumerate(kinds) if matches(kind, follow.after))
    return allowed, follow.delay_ms


def _gaps(short_ms: int, long_ms: int) -> tuple[int, ...]:
    """Give gaps as people make them: most are short, some are long; nine of ten lie between the two."""
    middle = (math.log(short_ms) + math.log(long_ms)) / 2
    spread = (math.log(long_ms) - math.log(short_ms)) / 2 / _NINETY_PERCENT
    draw = stream(0, "gaps")
    return tuple(round(math.exp(draw.gauss(middle, spread))) for _ in range(_GAPS))


def _nearer(rows: list[Row], at_ms: int, end_ms: int) -> list[Row]:
    """Give the events of a conversation drawn together, so that it ends within its block."""
    length = max(row[2] for row in rows) - at_ms
    room = end_ms - 1 - at_ms

    def near(ms: int) -> int:
        return ms if ms < at_ms else at_ms + (ms - at_ms) * room // length

    return [
        (kind, user, near(due_ms), talk, turn, near(turn_ms), talk_ms)
        for kind, user, due_ms, talk, turn, turn_ms, talk_ms in rows
    ]
