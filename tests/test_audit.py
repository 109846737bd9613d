from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from simulator import audit
from simulator import catalog as catalogs
from simulator.audit import VARIANTS, imposed, is_in_order, laid
from simulator.faults import EVERY, Deliver
from simulator.journal import Journal
from simulator.records import Audit, Entry
from simulator.scenario.load import load
from simulator.scenario.model import ActStep, EmitStep, Scenario, all_steps
from simulator.settings import Settings
from simulator.suite import run

BOT = str(Path(__file__).parent / "bots" / "parrot_bot.py")


def scenario(folder: Path, steps: str) -> Scenario:
    path = folder / "story.yaml"
    path.write_text(f"scenario: S\nprovider: viber\nactors: [ana, bob]\nsteps: {steps}", encoding="utf-8")
    return load(str(path), catalogs={"viber": catalogs.load("viber")}, environment={})


async def audited(story: Scenario, port: int, *words: str, **more: Any) -> Audit:
    found: list[Entry] = []
    journal = Journal(lambda: 0.0)
    journal.subscribe(lambda entry: found.append(entry) if entry.kind == "AuditFinished" else None)
    settings = Settings(port=0, endpoint=f"http://127.0.0.1:{port}/", bot=(sys.executable, BOT, *words), **more)
    await run([story], settings, journal, afterwards=audit.idempotency(journal))
    return found[0].data  # type: ignore[no-any-return]


TALK = "[{ana: hello}, {bot: You said hello}, {bob: bye}, {bot: You said bye}]"


async def test_a_planted_double_answer_is_found_where_it_is_given(tmp_path: Path, unused_tcp_port: int) -> None:
    found = await audited(scenario(tmp_path, TALK), unused_tcp_port, "--forgetful", start_ms=1_767_603_600_000)
    first = found.findings[0]

    assert {each.variant for each in found.findings} == VARIANTS.keys() - {"out of order"}
    assert (first.variant, first.step) == ("copies together", "ana: hello")
    assert first.place.endswith("story.yaml:4:9")
    assert (first.wanted, first.found) == ("nothing more", "to ana: You said hello")
    assert [each.rpartition("/")[2] for each in first.deliveries] == ["1", "2"]


async def test_the_mended_bot_passes(tmp_path: Path, unused_tcp_port: int) -> None:
    found = await audited(scenario(tmp_path, TALK), unused_tcp_port)

    assert (found.stories, found.findings) == (1, ())


async def test_a_story_that_failed_is_not_played_again(tmp_path: Path, unused_tcp_port: int) -> None:
    story = scenario(tmp_path, "[{ana: hello}, {bot: {text: never said, within: 100ms}}]")

    assert (await audited(story, unused_tcp_port)).stories == 0


TURNED = "[{ana: hello, deliver: {reorder: true}}, {ana: bye}, {together: [{bot: ~hello}, {bot: ~bye}]}]"


async def test_a_story_that_turns_the_order_itself_is_compared_as_a_whole(tmp_path: Path, unused_tcp_port: int) -> None:
    found = await audited(scenario(tmp_path, TURNED), unused_tcp_port)

    assert (found.stories, found.findings) == (1, ())


async def test_a_double_answer_is_found_in_a_story_that_turns_the_order(tmp_path: Path, unused_tcp_port: int) -> None:
    found = await audited(scenario(tmp_path, TURNED), unused_tcp_port, "--forgetful")

    assert "copies together" in {each.variant for each in found.findings}


STREAM = "[{emit: {event: message/text, every: 1s, count: 3, actors: 2}}]"


@pytest.mark.parametrize(("words", "expected"), [((), None), (("--forgetful",), ("3 replies", "6 replies"))])
async def test_replies_to_the_people_of_streams_are_counted(
    tmp_path: Path, unused_tcp_port: int, words: tuple[str, ...], expected: tuple[str, str] | None
) -> None:
    found = await audited(scenario(tmp_path, STREAM), unused_tcp_port, *words)
    first = next(iter(found.findings), None)

    assert (first and (first.wanted, first.found)) == expected


# --- what is imposed -------------------------------------------------------------------------------------------------

HARM = Deliver(copies=2, retry=1)


def test_harm_is_imposed_on_every_act_and_stream_in_all_branches(tmp_path: Path) -> None:
    branches = "{if: 'true', steps: [{ana: c}], else: [{ana: d}]}, {emit: {event: message/text, every: 1s, count: 1}}"
    steps = f"[{{ana: a}}, {{repeat: {{times: 2}}, steps: [{{bob: b}}]}}, {branches}]"
    harmed = imposed(scenario(tmp_path, steps), HARM)

    assert delivers(harmed) == [HARM] * 5


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (None, HARM),
        (Deliver(late=(5, 5)), Deliver(copies=2, retry=1, late=(5, 5))),
        (Deliver(copies=3, latency=(1, 9)), Deliver(copies=3, retry=1, latency=(1, 9))),
        (Deliver(drop=2, retry=2), Deliver(copies=2, drop=2, retry=2)),
        (Deliver(signature="wrong"), Deliver(signature="wrong")),
        (Deliver(tamper="body"), Deliver(tamper="body")),
        (Deliver(drop=EVERY), Deliver(drop=EVERY)),
    ],
)
def test_what_a_story_does_to_a_delivery_is_kept_under_the_harm(own: Deliver | None, expected: Deliver) -> None:
    assert laid(own, HARM) == expected


def test_what_alone_lets_others_pass_does_so_with_its_copies() -> None:
    assert laid(Deliver(reorder=1), HARM) == Deliver(copies=2, retry=1, reorder=1, is_first_in_order=False)
    assert laid(Deliver(reorder=1, copies=2), HARM) == Deliver(copies=2, retry=1, reorder=1)


def test_what_chance_spares_gets_the_harm_alone() -> None:
    own = Deliver(late=(5, 5), chance=0.4)

    assert laid(own, HARM) == Deliver(copies=2, retry=1, late=(5, 5), chance=0.4, otherwise=HARM)


@pytest.mark.parametrize(
    ("steps", "is_so"),
    [
        ("[{ana: a}, {bob: b, deliver: {copies: 2, latency: 1s..9s}}]", True),
        ("[{if: 'true', steps: [{ana: c, deliver: {reorder: true}}]}]", False),
        ("[{meanwhile: [[{ana: a}], [{bob: b}]]}]", False),
        ("[{ana: a}, {emit: {event: message/text, every: 1s, count: 1}}]", False),
    ],
)
def test_only_where_one_thing_follows_another_the_order_counts(tmp_path: Path, steps: str, is_so: bool) -> None:
    assert is_in_order(scenario(tmp_path, steps)) is is_so


def delivers(found: Scenario) -> list[Deliver | None]:
    return [step.deliver for step in all_steps(found.steps) if isinstance(step, ActStep | EmitStep)]
