"""Lists with as many elements as a mix wants."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator import catalog as catalogs
from simulator.corpus.counts import lists_of, with_counts
from simulator.corpus.variants import Variant, Variants
from simulator.expressions import Sandbox
from simulator.seeds import Wide

TEXT = catalogs.load("smooch").events["message:appUser/text"]


def fact_of(*expressions: str):
    return replace(TEXT, values={f"value{number}": each for number, each in enumerate(expressions)})


def counted(expression: str, **counts: int) -> str:
    return with_counts(fact_of(expression), counts)["value0"]


def evaluated(expression: str, **counts: int):
    return Sandbox(filters={}).evaluate(counted(expression, **counts), {})


def test_lists_are_found_by_the_keys_that_they_stand_behind():
    fact = fact_of("{'items': [{'actions' : [1]}], 'empty': []}", "[1, 2]", "{\"more\": [1], 'items': [2]}")

    assert lists_of(fact) == ["items", "actions", "more"]


@pytest.mark.parametrize("count", [1, 2, 5])
def test_list_has_as_many_elements_as_are_wanted(count):
    assert evaluated("{'items': [{'a': 1}], 'rest': [7]}", items=count) == {"items": [{"a": 1}] * count, "rest": [7]}


def test_elements_are_taken_in_turn():
    assert evaluated("{'items': [1, [2, 3], 'a, b']}", items=5) == {"items": [1, [2, 3], "a, b", 1, [2, 3]]}
    assert evaluated("{'items': [1, 2, 3]}", items=2) == {"items": [1, 2]}


def test_lists_inside_lists_are_counted_too():
    found = evaluated("{'items': [{'actions': [0]}]}", items=2, actions=3)

    assert found == {"items": [{"actions": [0, 0, 0]}] * 2}


def test_brackets_in_texts_are_no_brackets():
    assert evaluated("{'items': ['[', ']', '}']}", items=4) == {"items": ["[", "]", "}", "["]}


def test_labelled_ids_are_others_in_each_element():
    found = counted("{'items': [{'a': ids.media('item'), 'b': ids.message(), 'c': \"x\" ~ ids.media(\"q\")}]}", items=3)

    assert found.count("ids.message()") == 3
    for label in ("'item'", "'item-2'", "'item-3'", '"q"', '"q-2"', '"q-3"'):
        assert found.count(label) == 1


def test_expression_without_such_a_list_stays_as_it_is():
    expression = "{ 'items' :[ 1 ] }  ~ fake.word( )"

    assert counted(expression, actions=3) == expression


def test_variants_come_as_often_as_the_weights_of_their_counts_say():
    fact = fact_of("{'items': [1], 'actions': [2]}")

    def make(changed):
        return Variant(fact=changed, constants={}, program=None)

    variants = Variants(fact, {"items": {1: 1.0, 3: 3.0}, "actions": {1: 1.0, 2: 1.0}}, make)
    drawn = [variants.drawn(Wide(str(number).encode())).fact.values["value0"] for number in range(2000)]

    assert len(set(drawn)) == 4
    assert sum(each.count("1") == 3 for each in drawn) / 2000 == pytest.approx(0.75, abs=0.03)
    assert sum(each.count("2") == 2 for each in drawn) / 2000 == pytest.approx(0.5, abs=0.035)


def test_nothing_is_drawn_where_there_is_one_variant_only():
    stream = Wide(b"key")
    Variants(TEXT, {}, lambda fact: Variant(fact=fact, constants={}, program=None)).drawn(stream)

    assert stream.position == 0
