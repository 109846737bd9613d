from __future__ import annotations

import collections
import json
from dataclasses import replace

import pytest

from simulator.corpus.mix import Mix
from simulator.corpus.plan import BLOCK
from simulator.corpus.repeats import repeated
from simulator.corpus.selection import Part, Selection
from simulator.errors import InputError
from tests.corpus.conftest import content, recipe, silent


@pytest.fixture
def poor(monkeypatch):
    """A corpus in which bodies come again: they show nothing but a person's country."""
    from simulator.corpus.press import Press

    def country(press, number, row):
        return json.dumps(press.studio.user(row[1])["country"]).encode()

    monkeypatch.setattr(Press, "body", country)
    return recipe(600, mix=Mix(events={"seen": 1.0}, locales={"en_US": 1, "de_DE": 1, "ja_JP": 1}), edge=0.000001)


def test_corpus_of_drawn_ids_repeats_nothing():
    assert repeated(recipe(2000), {}, 2000, jobs=1, tell=silent) == ()


def test_all_but_the_first_of_equal_bodies_are_found(poor):
    lines = content(poor).splitlines()
    found = repeated(poor, {}, 600, jobs=1, tell=silent)
    firsts = {line: number for number, line in reversed(list(enumerate(lines)))}

    assert sorted(set(range(600)) - set(found)) == sorted(firsts.values())
    assert list(found) == sorted(found)
    assert max(collections.Counter(lines).values()) > 1


def test_corpus_without_them_has_no_line_twice(poor):
    unique = replace(poor, selection=Selection(repeated=repeated(poor, {}, 600, jobs=1, tell=silent)))
    lines = content(unique).splitlines()

    assert set(lines) == set(content(poor).splitlines())
    assert len(set(lines)) == len(lines)


def test_repeats_are_those_of_the_whole_corpus_also_for_a_part(poor):
    part = replace(poor, selection=Selection(part=Part(name="a", low=0, high=0.5), repeated=(1,)))

    assert repeated(part, {}, 600, jobs=1, tell=silent) == repeated(poor, {}, 600, jobs=1, tell=silent)


def test_processes_find_the_same():
    asked = recipe(BLOCK + 500)

    assert repeated(asked, {}, asked.count, jobs=2, tell=silent) == repeated(
        asked, {}, asked.count, jobs=1, tell=silent
    )


def test_more_than_can_be_written_down_are_told(poor):
    with pytest.raises(InputError, match=r"\[too-many-repeats\]"):
        repeated(poor, {}, 600, jobs=1, tell=silent, most=10)
