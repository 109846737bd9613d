from __future__ import annotations

import collections

import pytest

from simulator import catalog as catalogs
from simulator.corpus import mix as mixes
from simulator.corpus.likeness import Likeness, payload_of
from simulator.corpus.mix import Mix
from simulator.corpus.plan import BLOCK, Plan
from tests.corpus.conftest import START_MS, content, recipe


@pytest.mark.parametrize(
    "weights",
    [[1, 1], [1, 2, 3], [0, 5, 0, 5, 0], [1e-9, 1], [1, 1e-9], [1] * 97, [0.1] * 10, [7, 0.3, 1e6]],
    ids=str,
)
def test_every_block_has_each_kind_as_often_as_its_weight_says(weights):
    mix = Mix(events={f"event-{number}": weight for number, weight in enumerate(weights)})
    plan = Plan(mix, seed=1, start_ms=START_MS)

    for block in range(3):
        found = collections.Counter(row[0] for row in plan.block(block))
        assert sum(found.values()) == BLOCK
        for kind, weight in enumerate(weights):
            wanted = BLOCK * weight / sum(weights)
            assert abs(found[kind] - wanted) < 1 + 1e-6


def test_rare_kind_comes_in_some_blocks():
    plan = Plan(Mix(events={"often": BLOCK * 2.0, "rarely": 1.0}), seed=1, start_ms=START_MS)
    blocks = [any(row[0] == 1 for row in plan.block(number)) for number in range(60)]

    assert 15 < sum(blocks) < 45


@pytest.mark.parametrize("provider", ["bird", "viber"])
def test_profile_gives_back_each_weight_within_three_standard_errors(provider):
    asked = recipe(BLOCK, provider)
    likeness = Likeness(catalogs.load(provider))
    for line in content(asked).splitlines():
        likeness.see(*payload_of(line))
    found, weights = likeness.mix()["events"], mixes.usual(catalogs.load(provider)).events

    assert found.keys() <= weights.keys()
    for event, weight in weights.items():
        share = weight / sum(weights.values())
        error = (share * (1 - share) / BLOCK) ** 0.5
        assert abs(found.get(event, 0) / 100 - share) <= 3 * error, event
