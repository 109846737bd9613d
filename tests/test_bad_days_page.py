"""The page on bad days: its examples are read, and it lists what there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from simulator import catalog as catalogs
from simulator.delivery.policy import describe
from simulator.forgery import WAYS
from simulator.scenario import vocabulary as words
from simulator.scenario.load import load

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "bad-days.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def section(heading: str) -> str:
    """Give what stands below a heading, up to the next of its rank or above."""
    rank = heading.partition(" ")[0]
    below = TEXT.partition(f"\n{heading}\n")[2]
    return re.split(rf"^#{{2,{len(rank)}}} ", below, flags=re.MULTILINE)[0]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.splitlines()[0])
def test_example_is_read_without_a_doubt(example: str, tmp_path: Path) -> None:
    steps = re.sub("^", "  ", example, flags=re.MULTILINE)
    path = tmp_path / "story.yaml"
    path.write_text(f"scenario: An example\nprovider: bird\nactors: [ana]\nsteps:\n{steps}", encoding="utf-8")

    story = load(path, catalogs={"bird": catalogs.load("bird")}, environment={})

    assert len(story.steps) == len(re.findall("^- ", example, re.MULTILINE))
    assert story.warnings == ()


def test_table_of_faults_has_each_word_of_deliver() -> None:
    table = section("## What can go wrong").partition("```")[0]

    assert list(dict.fromkeys(re.findall(r"^\| `(\w+):", table, re.MULTILINE))) == list(words.DELIVER)


def test_table_of_ways_says_what_each_does() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", section("### Ways to tamper"), re.MULTILINE)

    assert dict(rows) == WAYS


@pytest.mark.parametrize("provider", catalogs.names())
def test_policy_of_each_provider_is_told_in_its_own_words(provider: str) -> None:
    facts = catalogs.load(provider)

    assert section(f"### {facts.title}").strip().splitlines() == [f"- {each}" for each in describe(facts.policy)]


def test_each_shared_story_of_a_bad_day_is_named() -> None:
    stories = {
        path.stem for path in (ROOT / "scenarios" / "common").glob("*.yaml") if "deliver:" in path.read_text("utf-8")
    }
    named = set(re.findall(r"\(\.\./scenarios/common/([\w-]+)\.yaml\)", section("## Stories to start from")))

    assert named == stories - {"late-order"}
