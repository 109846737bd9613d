from __future__ import annotations

import json

import pytest

import simulator
from simulator.corpus.feed import Feed
from simulator.corpus.plan import BLOCK
from tests.corpus.conftest import content, recipe


@pytest.fixture
def feed():
    return Feed(recipe(), {})


def test_bodies_are_those_of_the_corpus(feed):
    assert list(feed) == content(recipe()).splitlines()
    assert len(list(feed)) == 300


def test_feed_begins_anew_each_time(feed):
    first = next(iter(feed))

    assert next(iter(feed)) == first


def test_batches_are_the_bytes_of_the_file(feed):
    pieces = list(feed.batches())

    assert b"".join(pieces) == content(recipe())
    assert len(pieces) == 3


def test_batches_are_the_same_from_two_processes():
    longer = Feed(recipe(BLOCK + 10), {})

    assert b"".join(longer.batches(jobs=2)) == b"".join(longer.batches())


def test_payload_knows_its_type_and_ids(feed):
    payloads = list(feed.payloads())

    assert [payload.body for payload in payloads] == list(feed)
    assert all(json.loads(each.body)["event"] == each.type.partition("/")[0] for each in payloads)
    assert all(json.loads(each.body)["message_token"] in each.ids.values() for each in payloads)


def test_generate_gives_a_feed():
    feed = simulator.generate("viber", "seen", count=3, seed=4)

    assert [json.loads(body)["event"] for body in feed] == ["seen"] * 3
    assert b"".join(feed.batches()).splitlines() == list(feed)


def test_unknown_name_is_told_at_once():
    with pytest.raises(simulator.InputError):
        simulator.generate("viber", "sen", count=3)
