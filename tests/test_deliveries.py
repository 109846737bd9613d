from __future__ import annotations

import json
from pathlib import Path

from simulator.records import Sent
from simulator.world import Put
from tests.theatre import Deed, Theatre, stage


def one(folder: Path, steps: str = "{ana: hello}") -> Theatre:
    return stage(folder, f"steps: [{steps}]", lambda body, attempt: Deed())


def test_an_event_goes_to_everyone_who_wants_it(tmp_path: Path) -> None:
    theatre = one(tmp_path)
    for name, events in (("a", None), ("b", ["message"]), ("c", ["seen"])):
        row = {"url": f"http://127.0.0.1:9/{name}", "events": events}
        theatre.story.world.apply(Put(table="subscriptions", key=name, row=row))
    theatre.play()
    paths = [send.request.url.partition("?")[0].rpartition("/")[2] for send in theatre.sends]

    assert paths == ["bot", "a", "b", "c"]


def test_what_nobody_subscribed_to_is_not_sent_and_said(tmp_path: Path) -> None:
    theatre = one(
        tmp_path, "{ana: hello}, {bot: {text: never comes, optional: true, within: 100ms}}, {ana: {reads: last}}"
    )
    theatre.story.world.apply(Put(table="subscriptions", key="", row={"url": "http://127.0.0.1:9/", "events": []}))
    theatre.say(theatre.story.cast.user_ids["ana"], "something to read")
    result = theatre.play()

    assert [json.loads(send.request.body)["event"] for send in theatre.sends] == ["message"]
    assert [verdict.code for verdict in result.verdicts if verdict.outcome == "skipped"] == ["not-sent"]


def test_a_retry_repeats_the_first_request_byte_for_byte(tmp_path: Path) -> None:
    theatre = stage(tmp_path, "steps: [{ana: hello}]", lambda body, attempt: Deed(status=200 if attempt == 3 else 503))
    theatre.play()
    [posting] = theatre.story.deliveries.postings

    assert [attempt.why for attempt in posting.attempts] == ["first", "503", "503"]
    assert len({attempt.request for attempt in posting.attempts}) == 1
    assert posting.state == "delivered"


def test_what_is_left_when_the_story_ends_is_given_up_and_written_down(tmp_path: Path) -> None:
    theatre = stage(tmp_path, "steps: [{ana: hello}]", lambda body, attempt: Deed(status=503))
    theatre.play_until(lambda: any(posting.attempts for posting in theatre.story.deliveries.postings))
    theatre.story.stop(theatre.now)
    [posting] = theatre.story.deliveries.postings

    assert posting.state == "failed"
    assert posting.record.why == "the story ended first"


def test_a_person_is_busy_until_her_last_delivery_has_ended(tmp_path: Path) -> None:
    theatre = one(tmp_path)
    user_id = theatre.story.cast.user_ids["ana"]
    theatre.play_until(lambda: bool(theatre.sends))

    assert not theatre.story.deliveries.is_done(user_id)
    theatre.play()
    assert theatre.story.deliveries.is_done(user_id)


def test_the_record_of_a_delivery_says_why_it_was_given_up(tmp_path: Path) -> None:
    theatre = stage(tmp_path, "steps: [{ana: hello}]", lambda body, attempt: Deed(status=503))
    theatre.play()
    [posting] = theatre.story.deliveries.postings

    assert posting.record.state == "failed"
    assert "503" in posting.record.why
    assert len(posting.record.attempts) == 6


def test_an_attempt_that_the_end_of_the_run_cut_says_nothing_about_the_bot(tmp_path: Path) -> None:
    theatre = one(tmp_path)
    theatre.play_until(lambda: bool(theatre.sends))
    cut = Sent(trouble="closed", detail="the run ended first", duration_ms=1.0)
    theatre.story.ended(theatre.sends[0], cut, theatre.now, is_cut=True)
    theatre.story.stop(theatre.now)
    kinds = [entry.kind for entry in theatre.journal.entries]

    assert [verdict.outcome for verdict in theatre.story.verdicts] == ["skipped"]
    assert kinds[-4:] == ["AttemptFinished", "VerdictReached", "DeliveryFinished", "StoryFinished"]
    assert theatre.story.deliveries.postings[0].record.why == "the story ended first"
