from __future__ import annotations

from pathlib import Path

from simulator.records import Verdict
from tests.theatre import Bot, Deed, Theatre, stage

RATE = "{emit: {event: message/text, rate: 1/s, count: 60, actors: 9}}"
WRONG = "{bot: {text: bye, within: 100ms}}"


def silent(body: object, attempt: int) -> Deed:
    return Deed()


def play(folder: Path, rest: str, bot: Bot = silent) -> Theatre:
    theatre = stage(folder, rest, bot)
    theatre.play()
    return theatre


def test_verdicts_stand_in_the_journal_in_their_order(tmp_path: Path) -> None:
    theatre = play(
        tmp_path, f"steps: [{{ana: hi}}, {WRONG}, {{silence: 1s}}]\nalways: [{{never: {{bot: {{text: x}}}}}}]"
    )
    told = [entry.data for entry in theatre.journal.entries if entry.kind == "VerdictReached"]

    assert told == list(theatre.story.verdicts)
    assert [verdict.outcome for verdict in told] == ["passed", "failed", "passed", "skipped"]


def test_each_step_that_was_not_reached_is_skipped_once(tmp_path: Path) -> None:
    theatre = play(tmp_path, f"steps: [{{ana: hi}}, {WRONG}, {{repeat: {{times: 3}}, steps: [{{ana: ho}}]}}]")
    skipped = [verdict for verdict in theatre.story.verdicts if verdict.code == "not-reached"]

    assert [verdict.observed for verdict in skipped] == ["not reached"]


def test_stream_that_a_failure_cut_is_told_as_still_going_on(tmp_path: Path) -> None:
    theatre = play(tmp_path, f"steps: [{RATE}, {{ana: hi}}, {WRONG}]")

    assert "its events go on" in [verdict.observed for verdict in theatre.story.verdicts]


def test_replies_to_the_people_of_streams_are_counted_though_not_kept(tmp_path: Path) -> None:
    def greeting(body: object, attempt: int) -> Deed:
        return Deed(says=((1, "hello"),)) if '"message"' in str(body).replace("'", '"') else Deed()

    theatre = play(tmp_path, f"steps: [{RATE}]", greeting)

    assert theatre.story.result(theatre.now).replies >= 60


def test_result_before_the_end_has_what_was_judged_so_far(tmp_path: Path) -> None:
    theatre = stage(tmp_path, "steps: [{ana: hi}, {silence: 1h}]", silent)
    theatre.play_until(lambda: bool(theatre.story.verdicts))
    verdicts: tuple[Verdict, ...] = theatre.story.result(theatre.now).verdicts

    assert [verdict.outcome for verdict in verdicts] == ["passed"]
