from __future__ import annotations

import collections
import itertools
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.corpus.selection import Part, Selection, Sieve, parts
from tests.corpus.conftest import content, recipe


def test_text_of_a_split_is_read():
    train, test = parts("train=0.8, test=20%")

    assert (train.name, train.low, train.high) == ("train", 0.0, 0.8)
    assert (test.name, test.low, test.high) == ("test", 0.8, 1.0)


@pytest.mark.parametrize("text", ["", "train", "train=0.8", "a=0.5,a=0.5", "a=0.6,b=0.6", "a b=1", "../x=1", "a=x,b=1"])
def test_text_that_is_no_split_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        parts(text)


@given(st.lists(st.integers(1, 50), min_size=1, max_size=8), st.integers(0, 2**32), st.integers(0, 10**12))
def test_every_conversation_is_in_exactly_one_part(weights, seed, talk):
    ends = list(itertools.accumulate(weight / sum(weights) for weight in weights))
    ends[-1] = 1.0
    sides = [Part(name="p", low=low, high=high) for low, high in zip([0.0, *ends], ends, strict=False)]

    assert sum(part.has(seed, talk) for part in sides) == 1


@pytest.mark.parametrize(
    ("out", "path"),
    [
        ("corpus.jsonl", "corpus.train.jsonl"),
        ("a.b/corpus.v2.jsonl.gz", "a.b/corpus.v2.train.jsonl.gz"),
        ("folder", "folder.train"),
        (".jsonl", ".jsonl.train"),
    ],
)
def test_part_lies_beside_the_others(out, path):
    assert Part(name="train", low=0, high=1).path(Path(out)) == Path(path)


def sides(asked, split):
    """Give the lines of each part."""
    return [content(replace(asked, selection=Selection(part=part))).splitlines() for part in parts(split)]


def test_parts_are_the_corpus_in_its_order():
    asked = recipe(900)
    train, test = sides(asked, "train=0.8,test=0.2")
    places = {line: number for number, line in enumerate(content(asked).splitlines())}

    assert sorted([*train, *test], key=places.__getitem__) == list(places)
    assert [places[line] for line in train] == sorted(places[line] for line in train)
    assert 0.7 < len(train) / 900 < 0.9


def test_conversation_is_never_on_both_sides():
    asked = recipe(4000)
    split = parts("train=0.5,test=0.5")
    seen = collections.defaultdict(set)
    for part in split:
        sieve = Sieve(Selection(part=part), asked.seed)
        for number, row in enumerate(asked.plan().block(0)[:4000]):
            if sieve.keeps(number, row):
                seen[row[3]].add(part.name)

    assert {len(names) for names in seen.values()} == {1}
    assert {name for names in seen.values() for name in names} == {"train", "test"}


def test_another_seed_splits_otherwise():
    train = parts("train=0.5,test=0.5")[0]

    assert [train.has(1, talk) for talk in range(99)] != [train.has(2, talk) for talk in range(99)]


def test_repeated_payloads_are_left_out():
    asked = recipe(100, selection=Selection(repeated=(0, 57)))
    whole = content(recipe(100)).splitlines()

    assert content(asked).splitlines() == whole[1:57] + whole[58:]
