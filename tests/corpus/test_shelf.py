"""Payloads that wait to be written."""

from __future__ import annotations

import zlib

import pytest

from simulator.corpus.press import Placed
from simulator.corpus.shelf import PART, Shelf


def placed(number: int) -> Placed:
    return Placed(number, "message/text", 1_767_603_600_000 + number, b'{"text": "hello"}' * (number % 7))


def shelf(count: int) -> Shelf:
    made = Shelf(zlib.compress, zlib.decompress)
    for number in range(count):
        made.add(placed(number))
    return made


@pytest.mark.parametrize("count", [0, 1, PART, 2 * PART + 5])
def test_all_that_waits_is_given_in_order(count):
    made = shelf(count)

    assert [row for part in made.parts() for row in part] == [placed(number) for number in range(count)]
    assert made.count == count
    assert made.size == sum(len(placed(number).body) for number in range(count))


@pytest.mark.parametrize("end", [0, 3, PART, PART + 2, 9 * PART])
def test_what_stands_before_a_number_is_kept(end):
    kept = shelf(2 * PART).before(end)

    assert [row.number for part in kept.parts() for row in part] == list(range(min(end, 2 * PART)))


def test_what_waits_takes_little_room():
    packed: list[bytes] = []

    def pack(content: bytes) -> bytes:
        packed.append(zlib.compress(content))
        return packed[-1]

    made = Shelf(pack, zlib.decompress)
    for number in range(PART):
        made.add(placed(number))

    assert len(packed) == 1
    assert len(packed[0]) < made.size / 2
