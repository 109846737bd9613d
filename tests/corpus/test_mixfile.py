"""Mix files: what they change, and how mistakes in them are told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from simulator import catalog as catalogs
from simulator.corpus import manifest as manifests
from simulator.corpus import mix as mixes
from simulator.corpus import mixfile
from simulator.corpus.recipe import studio_of
from simulator.errors import InputError
from tests.corpus.conftest import content, manifest, recipe

ROOT = Path(__file__).resolve().parents[2]


def test_mix_file_changes_what_it_says(tmp_path):
    path = tmp_path / "mix.yaml"
    path.write_text(
        "events: {message/text: 3, seen: 1}\nturns: {2: 1}\ngap: 1s..9s\nlocales: {pt-br: 1}\nevery: 5s\n"
        "present: {message/text: {message.tracking_data: 50%}}\n"
    )
    mix = mixfile.read(path, catalogs.load("viber"))

    assert mix.events == {"message/text": 3.0, "seen": 1.0}
    assert (mix.turns, mix.gap_ms, mix.every_ms) == ({2: 1.0}, (1_000, 9_000), 5_000)
    assert mix.locales == {"pt_BR": 1.0}
    assert mix.present == {"message/text": {"message.tracking_data": 0.5}}
    assert mix.follows == mixes.usual(catalogs.load("viber")).follows


def test_shares_that_were_rounded_may_be_a_little_more_than_all(tmp_path):
    path = tmp_path / "mix.yaml"
    path.write_text("texts: {scripts: {emoji: 33.334%, cjk: 33.334%, combining: 33.333%}}")

    assert dict(mixfile.read(path, catalogs.load("viber")).writing.scripts)["cjk"] == 0.33334


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("evnts: {}", "unknown-key"),
        ("events: {mesage/text: 1}", "unknown-event-type"),
        ("events: {message/text: -1}", "bad-mix"),
        ("events: {message/text: 0}", "bad-mix"),
        ("turns: {0: 1}", "bad-mix"),
        ("gap: soon", "bad-mix"),
        ("locales: {xx_XX: 1}", "unknown-locale"),
        ("present: {message/text: {message.text: 50%}}", "unknown-field"),
        ("hours: [1, 2]", "bad-mix"),
        ("follows: [{event: seen}]", "bad-mix"),
        ("ids: {talks: [event]}", "unknown-key"),
        ("ids: {talk: event}", "wrong-type"),
        ("events: 5", "wrong-type"),
        ("follows: seen", "wrong-type"),
        ("follows: [{event: seen, after: [deliverd]}]", "unknown-event-type"),
        ("follows: [{event: seen, after: [delivered], delays: 1s}]", "unknown-key"),
        ("first: [begun]", "unknown-event-type"),
        ("days: [0, 0, 0, 0, 0, 0, 0]", "bad-mix"),
        ("texts: {length: {1..2: 1}}", "unknown-key"),
        ("texts: {lengths: {20..1: 1}}", "bad-mix"),
        ("texts: {lengths: {long: 1}}", "bad-mix"),
        ("texts: {lengths: {1..9999999: 1}}", "bad-mix"),
        ("texts: {lengths: {1..2: 0}}", "bad-mix"),
        ("texts: {scripts: {klingon: 5%}}", "unknown-key"),
        ("texts: {scripts: {emoji: 60%, cjk: 60%}}", "bad-mix"),
        ("counts: {message/text: {items: {1: 1}}}", "bad-mix"),
        ("counts: {message/txt: {items: {1: 1}}}", "unknown-event-type"),
        ("turns: {1: .nan}", "bad-mix"),
        ("turns: {1: many}", "bad-mix"),
        ("provider: smooch", "bad-mix"),
        ("[1]", "wrong-type"),
    ],
)
def test_mistake_in_a_mix_file_is_told(tmp_path, text, code):
    path = tmp_path / "mix.yaml"
    path.write_text(text)

    with pytest.raises(InputError) as caught:
        mixfile.read(path, catalogs.load("viber"))
    assert code in {problem.code for problem in caught.value.problems}
    for problem in caught.value.problems:
        assert re.fullmatch(r".*mix\.yaml:1:[0-9]+", problem.where)
        assert problem.what
        assert problem.why
        assert problem.fix


@pytest.mark.parametrize("provider", catalogs.names())
def test_usual_mix_of_every_provider_names_what_there_is(provider):
    catalog = catalogs.load(provider)
    mix = mixes.usual(catalog)
    ids = studio_of(recipe(1, provider), {}).provider.ids

    assert {*mix.turn_ids, *mix.talk_ids} <= ids.keys()
    for follow in mix.follows:
        assert follow.event in catalog.events
        assert any(mixes.matches(event, follow.after) for event in catalog.events)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("counts: {message:appMaker/carousel: {cards: {1: 1}}}", "unknown-key"),
        ("counts: {message:appMaker/carousel: {items: {0: 1}}}", "bad-mix"),
        ("counts: {message:appMaker/carousel: {items: {51: 1}}}", "bad-mix"),
        ("counts: {message:appMaker/carousel: {items: {3: 0}}}", "bad-mix"),
    ],
)
def test_mistake_in_counts_is_told(tmp_path, text, code):
    path = tmp_path / "mix.yaml"
    path.write_text(text)

    with pytest.raises(InputError, match=rf"\[{code}\]"):
        mixfile.read(path, catalogs.load("smooch"))


def examples() -> list[str]:
    return re.findall(r"```yaml\n(provider: .*?)```", (ROOT / "docs/corpora.md").read_text("utf-8"), re.DOTALL)


def test_example_of_the_documentation_has_every_key_and_makes_a_corpus(tmp_path):
    [example] = examples()
    path = tmp_path / "mix.yaml"
    path.write_text(example)
    keys = set(re.findall(r"^(\w+):", example, re.MULTILINE))
    mix = mixfile.read(path, catalogs.load("smooch"))

    assert keys == mixfile.KEYS.keys()
    assert len(content(recipe(50, "smooch", mix=mix)).splitlines()) == 50


def test_manifest_keeps_the_whole_mix(tmp_path):
    path = tmp_path / "mix.yaml"
    path.write_text(examples()[0])
    mix = mixfile.read(path, catalogs.load("smooch"))
    asked = manifest(recipe(1, "smooch", mix=mix))
    path.write_text(asked.json())

    assert manifests.read(path).recipe.mix == mix


def test_events_with_which_conversations_begin_come_first():
    mix = mixes.usual(catalogs.load("viber"))
    asked = recipe(1000, mix=mix)
    kinds = asked.plan().kinds
    openers = {number for number, kind in enumerate(kinds) if mixes.matches(kind, mix.first)}
    talks: dict[int, list[int]] = {}
    for row in asked.plan().block(0):
        if row[0] not in {kinds.index(each.event) for each in mix.follows}:
            talks.setdefault(row[3], []).append(row[0])

    assert any(set(talk) & openers and not set(talk) <= openers for talk in talks.values())
    for talk in talks.values():
        opening = [kind in openers for kind in talk]
        assert opening == sorted(opening, reverse=True)
