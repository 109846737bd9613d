"""The mix that a corpus is like, found out from its payloads."""

from __future__ import annotations

import collections
import json
from dataclasses import replace
from pathlib import Path

import pytest

from simulator import catalog as catalogs
from simulator.corpus import mix as mixes
from simulator.corpus import mixfile
from simulator.corpus.likeness import Likeness, payload_of
from simulator.corpus.mix import Mix
from simulator.corpus.recognition import Recogniser, flat_of, time_ms
from simulator.corpus.sessions import Sessions
from simulator.corpus.writing import Writing
from tests.corpus.conftest import content, recipe

START_MS = 1_767_603_600_000


@pytest.mark.parametrize("provider", catalogs.names())
def test_every_payload_is_recognised(provider):
    asked = recipe(400, provider)
    likeness = Likeness(catalogs.load(provider))
    for line in content(asked).splitlines():
        likeness.see(*payload_of(line))
    made_of = collections.Counter(asked.plan().kinds[row[0]] for row in asked.plan().block(0)[:400])

    assert likeness.unknown == 0
    assert likeness.mix()["events"] == {event: round(count / 4, 3) for event, count in made_of.items()}


def test_likeness_gives_back_the_mix(tmp_path):
    mix = Mix(
        events={"message/text": 6.0, "seen": 3.0, "message/sticker": 1.0},
        present={"message/text": {"message.tracking_data": 0.7}},
        locales={"en_US": 3.0, "de_DE": 1.0},
    )
    likeness = Likeness(catalogs.load("viber"))
    for line in content(recipe(3000, mix=mix)).splitlines():
        likeness.see(*payload_of(line))
    path = tmp_path / "mix.yaml"
    path.write_text(json.dumps(likeness.mix()))
    found = mixfile.read(path, catalogs.load("viber"))

    for event, weight in mix.events.items():
        assert found.events[event] / 100 == pytest.approx(weight / 10, abs=4 * (weight / 10 / 3000) ** 0.5)
    assert found.present["message/text"]["message.tracking_data"] == pytest.approx(0.7, abs=0.05)
    assert found.locales["en_US"] / sum(found.locales.values()) == pytest.approx(0.75, abs=0.1)
    assert 800 <= found.every_ms <= 1_200


def test_likeness_keeps_no_text():
    likeness = Likeness(catalogs.load("viber"))
    likeness.see(
        {
            "event": "message",
            "timestamp": START_MS,
            "message_token": 1,
            "sender": {
                "id": "a" * 22 + "==",
                "name": "Secret Name",
                "language": "en",
                "country": "US",
                "api_version": 1,
            },
            "message": {"text": "secret text", "type": "text"},
            "silent": False,
        }
    )

    assert likeness.count == 1
    assert "ecret" not in json.dumps(likeness.mix())


def test_payload_of_somebody_else_is_counted_apart():
    likeness = Likeness(catalogs.load("viber"))
    likeness.see({"object": "page"})
    likeness.see([1])

    assert (likeness.count, likeness.unknown) == (0, 2)


def test_event_that_was_seen_once_in_a_million_keeps_a_weight():
    likeness = Likeness(catalogs.load("viber"))
    likeness._events.update({"message/text": 999_999, "webhook": 1})
    likeness.count = 1_000_000

    assert likeness.mix()["events"] == {"message/text": 100, "webhook": 0.001}


def test_request_names_its_event():
    likeness = Likeness(catalogs.load("viber"))
    for line in content(recipe(20, shape="requests")).splitlines():
        likeness.see(*payload_of(line))

    assert likeness.count == 20


def test_likeness_gives_back_texts_and_lists(tmp_path):
    counts = {"message:appMaker/carousel": {"items": {1: 1.0, 4: 3.0}, "actions": {2: 1.0}}}
    writing = Writing(lengths=((21, 40, 3.0), (641, 1280, 1.0)), scripts=(("emoji", 0.2), ("right-to-left", 0.1)))
    events = {"message:appUser/text": 3.0, "message:appMaker/carousel": 1.0}
    mix = replace(mixes.usual(catalogs.load("smooch")), events=events, counts=counts, writing=writing)
    found = profiled("smooch", content(recipe(2000, "smooch", mix=mix)), tmp_path)
    items = found.counts["message:appMaker/carousel"]["items"]
    lengths = {(least, most): weight for least, most, weight in found.writing.lengths}

    assert items[4] / sum(items.values()) == pytest.approx(0.75, abs=0.08)
    assert found.counts["message:appMaker/carousel"]["actions"].keys() == {2}
    assert lengths.keys() == {(21, 40), (641, 1280)}
    assert lengths[21, 40] / sum(lengths.values()) == pytest.approx(0.75, abs=0.04)
    assert dict(found.writing.scripts)["emoji"] == pytest.approx(0.2, abs=0.04)
    assert dict(found.writing.scripts)["right-to-left"] == pytest.approx(0.1, abs=0.03)


CHANNEL = {"birdplatform": "whatsapp."}
"""How events of one channel begin, where each channel knows a person by something else."""


@pytest.mark.parametrize("provider", catalogs.names())
def test_conversations_are_found(tmp_path, provider):
    usual = mixes.usual(catalogs.load(provider))
    events = {event: weight for event, weight in usual.events.items() if event.startswith(CHANNEL.get(provider, ""))}
    mix = replace(usual, events=events, turns={1: 1.0, 6: 1.0}, gap_ms=(5_000, 50_000), every_ms=60_000)
    found = profiled(provider, content(recipe(2000, provider, mix=mix)), tmp_path)
    total = sum(found.turns.values())

    # Two conversations of one person that come close together count as one.
    assert found.turns[1] / total == pytest.approx(0.5, abs=0.1)
    assert found.turns[6] / total == pytest.approx(0.5, abs=0.1)
    assert found.gap_ms[0] == pytest.approx(5_000, rel=0.3)
    assert found.gap_ms[1] == pytest.approx(50_000, rel=0.5)


def test_language_that_is_always_the_same_is_nobodys(tmp_path):
    mix = Mix(events={"sms.outbound/template": 1.0}, locales={"fr_FR": 1.0})
    line = content(recipe(1, "bird", mix=mix))

    assert b'"locale":"en"' in line
    assert not told(line, "bird").mix().get("locales")


def told(lines: bytes, provider: str) -> Likeness:
    likeness = Likeness(catalogs.load(provider))
    for line in lines.splitlines():
        likeness.see(*payload_of(line))
    return likeness


@pytest.mark.parametrize("provider", catalogs.names())
def test_field_that_a_mix_may_leave_out_is_left_out(provider):
    catalog = catalogs.load(provider)
    for event, fact in catalog.events.items():
        optional = [path for path, field in fact.fields.items() if field.chance < 1]
        mix = Mix(events={event: 1.0}, present={event: dict.fromkeys(optional, 0.0)})
        (line,) = content(recipe(1, provider, mix=mix)).splitlines()

        assert not flat_of(json.loads(line)).keys() & set(optional), event


def test_hours_and_days_of_a_corpus_are_given_back(tmp_path):
    hours = tuple(float(hour < 12) for hour in range(24))
    mix = replace(mixes.usual(catalogs.load("viber")), hours=hours, every_ms=600_000)
    found = profiled("viber", content(recipe(4000, mix=mix)), tmp_path)

    assert sum(found.hours[:12]) > 0.97 * sum(found.hours)
    assert len(found.days) == 7


def profiled(provider: str, content: bytes, folder: Path) -> Mix:
    likeness = Likeness(catalogs.load(provider))
    for line in content.splitlines():
        likeness.see(*payload_of(line))
    path = folder / "mix.yaml"
    path.write_text(json.dumps(likeness.mix()))
    return mixfile.read(path, catalogs.load(provider))


def test_event_is_found_by_its_shape_once(monkeypatch):
    recogniser = Recogniser(catalogs.load("viber"))
    bodies = [flat_of(json.loads(line)) for line in content(recipe(200)).splitlines()]
    for body in bodies:
        recogniser.form(body)
    monkeypatch.setattr("simulator.corpus.recognition.Form.fits", lambda *_: pytest.fail("it was looked for again"))

    assert all(recogniser.form(body) is not None for body in bodies)


def test_messages_longer_than_a_mix_may_say_are_left_out():
    body = json.loads(content(recipe(1, mix=Mix(events={"message/text": 1.0}))))
    body["message"]["text"] = "a long message " * 10_000
    likeness = Likeness(catalogs.load("viber"))
    for _ in range(30):
        likeness.see(body)

    assert "texts" not in likeness.mix()


@pytest.mark.parametrize("others", [[], {}, "sticker"])
def test_event_of_a_body_does_not_hang_on_those_seen_before(others):
    catalog = catalogs.load("viber")
    body = flat_of(json.loads(content(recipe(1, mix=Mix(events={"message/text": 1.0})))))
    bodies = [{**body, "message.type": None}, {**body, "message.type": others}]
    recogniser = Recogniser(catalog)
    found = [recogniser.form(each) for each in bodies]
    alone = [Recogniser(catalog).form(each) for each in bodies]

    assert [form and form.event for form in found] == [form and form.event for form in alone]


def test_key_with_a_dot_is_one_part_of_a_path():
    assert flat_of({"a.b": {"c": [{"d": 1}, {"e": 2}]}}).keys() == {r"a\.b", r"a\.b.c", r"a\.b.c.0", r"a\.b.c.0.d"}


@pytest.mark.parametrize(
    "value", [float("inf"), float("nan"), 10**400, -1, True, None, "2026-13-45T00:00:00Z", 5, "soon"]
)
def test_what_is_no_time_is_none(value):
    assert time_ms(value) is None


def test_person_who_was_silent_for_long_begins_a_conversation():
    sessions = Sessions()
    for at_ms in (0, 60_000, 120_000, 120_000 + 11 * 60_000):
        sessions.see("ana", at_ms, is_receipt=False)

    assert sessions.turns(100) == {1: 1, 3: 1}


def test_receipts_say_nothing_about_how_fast_people_write():
    sessions = Sessions()
    for number in range(40):
        sessions.see("ana", number * 10_000, is_receipt=False)
        sessions.see("ana", number * 10_000 + 10, is_receipt=True)
    short, long = sessions.gap_ms()

    assert short == pytest.approx(10_000, rel=0.05)
    assert long == pytest.approx(10_000, rel=0.05)


def test_no_more_conversations_are_followed_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr("simulator.corpus.sessions.MOST_OPEN", 3)
    sessions = Sessions()
    for number in range(10):
        sessions.see(f"person {number}", number, is_receipt=False)

    assert len(sessions._open) == 3
    assert sessions.turns(100) == {1: 10}
