"""A corpus: the same bytes however it is made, conversations that hang together, and what is left of a broken run."""

from __future__ import annotations

import collections
import errno
import hashlib
import json
from dataclasses import replace

import pytest

from simulator import catalog as catalogs
from simulator.corpus import manifest as manifests
from simulator.corpus import mix as mixes
from simulator.corpus import proof, write
from simulator.corpus.draws import halves
from simulator.corpus.manifest import Manifest
from simulator.corpus.mix import Follow, Mix
from simulator.corpus.plan import BLOCK, Plan
from simulator.corpus.recipe import Recipe, shard, versions
from simulator.corpus.rhythm import HOUR_MS, Rhythm
from simulator.errors import InputError

START_MS = 1_767_603_600_000
"""Monday, 5 January 2026, 09:00 UTC."""


def recipe(count=300, provider="viber", **changes) -> Recipe:
    mix = mixes.usual(catalogs.load(provider))
    return Recipe(**{"provider": provider, "mix": mix, "seed": 3, "start_ms": START_MS, "count": count, **changes})


def made(asked: Recipe, first=0, end=None, jobs=1) -> bytes:
    return b"".join(batch.content for batch in write.batches(asked, {}, first, end or asked.count, jobs))


def manifest(asked: Recipe, **changes) -> Manifest:
    return Manifest(**{"recipe": asked, "first": 0, "end": asked.count, "versions": {}, **changes})


def silent(_: int) -> None:
    """Tell nobody."""


# --- the same bytes --------------------------------------------------------------------------------------------------


def test_part_of_a_corpus_is_that_part_of_the_whole():
    lines = made(recipe()).splitlines()

    assert made(recipe(), 100, 205).splitlines() == lines[100:205]


def test_shorter_corpus_is_the_beginning_of_a_longer_one():
    assert made(recipe(BLOCK + 20)).startswith(made(recipe(50)))


def test_shards_one_after_another_are_the_corpus():
    asked = recipe(2 * BLOCK + 10)
    shards = [made(asked, *shard(asked.count, number, 3)) for number in (3, 1, 2)]

    assert shards[1] + shards[2] + shards[0] == made(asked)


def test_processes_make_the_same_bytes():
    asked = recipe(BLOCK + 50)

    assert made(asked, jobs=2) == made(asked)


def test_another_seed_start_or_mix_makes_another_corpus():
    asked = recipe(20)
    other = replace(asked.mix, every_ms=2_000)

    assert len({made(each) for each in (asked, recipe(20, seed=4), recipe(20, start_ms=0), recipe(20, mix=other))}) == 4


def test_array_is_one_json_value():
    found = json.loads(made(recipe(130, shape="json")))

    assert found == [json.loads(line) for line in made(recipe(130)).splitlines()]


def test_texts_of_two_halves_join_to_the_whole():
    assert all("".join(halves(text)) == text for text in ("one two three", "one", "o", "", "一二三"))


# --- conversations ---------------------------------------------------------------------------------------------------

FOLLOWED = Mix(
    events={"said": 2, "seen": 1},
    follows=(Follow(event="seen", after=("sa*",), delay_ms=(5, 5)),),
)


def rows_of(mix, block=0):
    return Plan(mix, seed=1, start_ms=START_MS).block(block)


def test_block_is_sorted_by_time_and_whole():
    rows = rows_of(FOLLOWED)

    assert len(rows) == BLOCK
    assert [row[2] for row in rows] == sorted(row[2] for row in rows)


def test_blocks_follow_each_other_in_time():
    assert rows_of(FOLLOWED, 0)[-1][2] < rows_of(FOLLOWED, 1)[0][2]


def test_conversation_is_with_one_person():
    people = collections.defaultdict(set)
    for row in rows_of(FOLLOWED):
        people[row[3]].add(row[1])

    assert all(len(each) == 1 for each in people.values())
    assert max(collections.Counter(row[3] for row in rows_of(FOLLOWED)).values()) > 5


def test_what_follows_comes_after_its_cause_and_shares_its_turn():
    rows = rows_of(FOLLOWED)
    causes = {(row[3], row[4]): row for row in rows if row[0] == 0}
    followers = [row for row in rows if row[0] == 1 and (row[3], row[4]) in causes]

    assert len(followers) > BLOCK / 5
    assert all(row[2] >= causes[row[3], row[4]][2] for row in followers)
    assert all(row[5] == causes[row[3], row[4]][5] for row in followers)


def test_event_is_followed_once_by_each_kind():
    turns = collections.Counter((row[3], row[4]) for row in rows_of(FOLLOWED) if row[0] == 1)

    assert set(turns.values()) == {1}


def test_kinds_come_as_often_as_their_weights_say():
    count = sum(row[0] == 1 for block in range(8) for row in rows_of(FOLLOWED, block))
    share, error = count / (8 * BLOCK), (1 / 3 * 2 / 3 / (8 * BLOCK)) ** 0.5

    assert abs(share - 1 / 3) < 4 * error


def test_receipt_tells_the_id_of_its_message():
    mix = replace(mixes.usual(catalogs.load("messagebird")), events={"message.created/sent": 1, "message.updated": 1})
    bodies = [json.loads(line) for line in made(recipe(2000, "messagebird", mix=mix)).splitlines()]
    sent = {body["message"]["id"] for body in bodies if body["type"] == "message.created"}
    told = {body["message"]["id"] for body in bodies if body["type"] == "message.updated"}

    assert len(told & sent) > 0.3 * len(told)


def test_conversation_has_one_id():
    mix = replace(mixes.usual(catalogs.load("messagebird")), turns={4: 1})
    asked = recipe(400, "messagebird", mix=mix)
    bodies = [json.loads(line) for line in made(asked).splitlines()]
    rows = asked.plan().block(0)
    ids = collections.defaultdict(set)
    for body, row in zip(bodies, rows, strict=False):
        ids[row[3]].add(body["conversation"]["id"])

    assert all(len(each) == 1 for each in ids.values())


def test_hours_without_weight_are_empty():
    hours = tuple(float(hour in (9, 20)) for hour in range(24))
    rows = rows_of(replace(FOLLOWED, hours=hours, every_ms=20_000, follows=()))
    found = {row[2] // HOUR_MS % 24 for row in rows}

    assert {9, 20} <= found
    # An evening's last conversation may go on into the next hour.
    assert sum(row[2] // HOUR_MS % 24 in (9, 20) for row in rows) > 0.9 * len(rows)


def test_rhythm_takes_a_week_for_the_work_of_a_week():
    rhythm = Rhythm(START_MS, (1.0, 3.0) * 12, (1.0,) * 5 + (0.5, 0.0))

    assert rhythm.time_ms(168 * HOUR_MS) - rhythm.time_ms(0) == 168 * HOUR_MS
    assert abs(rhythm.time_ms(0) - START_MS) <= 1


def test_people_speak_the_locales_of_the_mix():
    mix = Mix(events={"message/text": 1.0}, locales={"de_DE": 1.0})
    found = [json.loads(line)["sender"]["language"][:2] for line in made(recipe(40, mix=mix)).splitlines()]

    assert set(found) == {"de"}


def test_field_is_there_as_often_as_the_mix_says():
    mix = Mix(events={"message/text": 1.0}, present={"message/text": {"message.tracking_data": 1.0}})

    assert all("tracking_data" in json.loads(line)["message"] for line in made(recipe(40, mix=mix)).splitlines())


# --- files -----------------------------------------------------------------------------------------------------------


def test_manifest_is_read_as_it_was_written(tmp_path):
    asked = manifest(recipe(provider="smooch"), versions=versions(catalogs.load("smooch")))
    path = tmp_path / "m.json"
    path.write_text(asked.json())

    assert manifests.read(path) == asked


@pytest.mark.parametrize("text", ["", "[]", '{"provider": "viber"}'])
def test_file_that_is_no_manifest_is_told(tmp_path, text):
    path = tmp_path / "m.json"
    path.write_text(text)

    with pytest.raises(InputError, match=r"\[no-manifest\]"):
        manifests.read(path)


@pytest.mark.parametrize("shape", ["jsonl", "json", "requests", "files"])
def test_lost_corpus_is_made_again(tmp_path, shape):
    asked, path = manifest(recipe(150, shape=shape)), tmp_path / "corpus"
    way = write.to_folder if shape == "files" else write.to_file
    done = way(asked, {}, path, jobs=1, tell=silent)
    path.rename(tmp_path / "lost")

    assert proof.prove(done, path, {}, jobs=1, tell=silent)
    assert not proof.prove(done, path, {}, jobs=1, tell=silent)


def test_changed_payload_is_found(tmp_path):
    path = tmp_path / "corpus"
    done = write.to_file(manifest(recipe(300)), {}, path, jobs=1, tell=silent)
    path.write_bytes(path.read_bytes().replace(b"}\n", b"} \n", 1))

    with pytest.raises(InputError, match="between the payloads 0 and 128"):
        proof.prove(done, path, {}, jobs=1, tell=silent)


class BreaksOffError(Exception):
    """The machine does not want to go on."""


def breaking_after(count):
    told = 0

    def tell(step):
        nonlocal told
        told += step
        if told > count:
            raise BreaksOffError

    return tell


def test_broken_off_corpus_is_whole_lines_with_a_manifest_that_says_how_far(tmp_path):
    path = tmp_path / "corpus"
    with pytest.raises(BreaksOffError):
        write.to_file(manifest(recipe(1000)), {}, path, jobs=1, tell=breaking_after(300))
    found = manifests.read(manifests.beside(path))
    content = path.read_bytes()

    assert content == made(recipe(1000), 0, found.written)
    assert (found.bytes, found.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert 300 < found.written < 1000
    assert not found.is_complete


def test_resumed_corpus_is_the_whole_one(tmp_path):
    path = tmp_path / "corpus"
    with pytest.raises(BreaksOffError):
        write.to_file(manifest(recipe(1000)), {}, path, jobs=1, tell=breaking_after(300))
    with path.open("ab") as stream:
        stream.write(b"half a line of which the manifest knows nothing")
    done = write.to_file(manifests.read(manifests.beside(path)), {}, path, jobs=1, tell=silent)

    assert path.read_bytes() == made(recipe(1000))
    assert done.is_complete


def test_changed_beginning_is_not_gone_on_with(tmp_path):
    path = tmp_path / "corpus"
    with pytest.raises(BreaksOffError):
        write.to_file(manifest(recipe(1000)), {}, path, jobs=1, tell=breaking_after(300))
    path.write_bytes(path.read_bytes().replace(b"}\n", b"} \n"))

    with pytest.raises(InputError, match=r"\[corpus-differs\]"):
        write.to_file(manifests.read(manifests.beside(path)), {}, path, jobs=1, tell=silent)


def test_full_disk_leaves_whole_lines(tmp_path, monkeypatch):
    path = tmp_path / "corpus"
    room = 100_000
    put = write._put

    def fill(stream, content):
        if stream.tell() + len(content) > room:
            put(stream, content[: room - stream.tell()])
            raise OSError(errno.ENOSPC, "no space left")
        put(stream, content)

    monkeypatch.setattr(write, "_put", fill)
    with pytest.raises(OSError, match="no space left"):
        write.to_file(manifest(recipe(1000)), {}, path, jobs=1, tell=silent)
    content = path.read_bytes()

    assert content.endswith(b"}\n")
    assert manifests.read(manifests.beside(path)).bytes == len(content)
