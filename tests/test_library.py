"""What the commands do, as functions."""

from __future__ import annotations

import gc
import json
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import simulator
from simulator import InputError
from simulator.bots import viber as bot
from simulator.ports import free_claim
from simulator.records import Entry
from simulator.settings import Settings

ROOT = Path(__file__).parent.parent
STORY = """
scenario: A welcome
provider: viber
actors: [ana]
tags: [smoke]
steps:
  - ana: {opens: chat}
  - bot: {text: ~welcome}
"""


@pytest.fixture
def story(tmp_path: Path) -> Path:
    file = tmp_path / "welcome.yaml"
    file.write_text(STORY, "utf-8")
    return file


def test_run_plays_a_story_against_a_bot_that_it_starts(story: Path, tmp_path: Path) -> None:
    kinds: list[str] = []

    result = simulator.run(
        story,
        bot=[sys.executable, str(bot.__file__)],
        journal=tmp_path / "run.jsonl",
        on_entry=lambda entry: kinds.append(entry.kind),
    )

    assert [each.outcome for each in result.stories] == ["passed"]
    assert len((tmp_path / "run.jsonl").read_text("utf-8").splitlines()) == len(kinds)


def test_run_without_a_match_is_an_error(story: Path) -> None:
    with pytest.raises(simulator.InputError, match="nothing-selected"):
        simulator.run(story, tags=["slow"], endpoint=":3000/hook")


def test_check_gives_the_scenarios(story: Path) -> None:
    assert [each.name for each in simulator.check(story)] == ["A welcome"]


def test_check_tells_all_problems(tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(STORY.replace("steps", "stpes"), "utf-8")

    with pytest.raises(simulator.InputError, match="unknown-key"):
        simulator.check(file)


def test_payload_is_the_same_bytes_each_time() -> None:
    made = [simulator.payload("viber", "message/text", seed=7, overrides={"message.text": "hi"}) for _ in range(2)]

    assert made[0].body == made[1].body
    assert json.loads(made[0].body)["message"]["text"] == "hi"


def test_request_is_signed_and_verify_sees_it() -> None:
    made = simulator.request("viber", "message/text", endpoint="http://127.0.0.1:3000/hook")

    whole = simulator.verify("viber", body=made.body, headers=dict(made.headers), url=made.url)
    bent = simulator.verify("viber", body=made.body + b" ", headers=dict(made.headers), url=made.url)

    assert (whole.outcome, bent.outcome) == ("valid", "invalid")


def test_fire_gives_the_trouble_where_nobody_listens() -> None:
    with simulator.Simulator("viber") as sim:
        port = sim.base_url.rsplit(":", 1)[1]

    assert simulator.fire("viber", "message/text", f":{port}/hook").trouble == "refused"


def test_generate_gives_one_body_after_another() -> None:
    bodies = list(simulator.generate("viber", count=20, seed=1))

    assert len(bodies) == 20
    assert bodies[:5] == list(simulator.generate("viber", count=5, seed=1))
    assert {json.loads(body)["event"] for body in simulator.generate("viber", "message/text", count=3)} == {"message"}


def test_schema_of_a_scenario_a_provider_and_an_event() -> None:
    assert "steps" in simulator.schema_of()["properties"]
    assert simulator.schema_of("viber") != simulator.schema_of("viber", "message/text")


@pytest.mark.parametrize(("provider", "event"), [("vibre", ""), ("viber", "message/txt")])
def test_an_unknown_name_is_told(provider: str, event: str) -> None:
    with pytest.raises(simulator.InputError):
        simulator.schema_of(provider, event)


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("run", lambda story: simulator.run(story, endpoint=":9/")),
        ("fire", lambda story: simulator.fire("viber", "seen", ":9/")),
    ],
)
async def test_in_an_event_loop_it_is_told_how_to_wait(
    story: Path, name: str, call: Callable[[Path], object], recwarn: pytest.WarningsRecorder
) -> None:
    with pytest.raises(InputError, match="loop-runs") as caught:
        call(story)
    gc.collect()

    assert f"asyncio.to_thread(simulator.{name}" in caught.value.problems[0].fix
    assert not recwarn.list


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"event": "messag/text"}, "event"),
        ({"start": "yesterday"}, "start"),
        ({"overrides": {"mesage.text": 1}}, "overrides"),
        ({"options": {"txt": "utf8"}}, "options"),
        ({"credentials": {"token": "x"}}, "credentials"),
        ({"endpoint": "ftp://x"}, "endpoint"),
    ],
)
def test_argument_that_is_wrong_is_named_as_it_was_written(wrong: dict[str, Any], where: str) -> None:
    given: dict[str, Any] = {"event": "message/text", **wrong}
    with pytest.raises(InputError) as caught:
        simulator.request("viber", **given)

    assert [problem.where for problem in caught.value.problems] == [where]


def test_credential_of_a_file_is_hidden_in_the_journal(
    story: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_TOKEN", "a-very-secret-token")
    text = story.read_text("utf-8").replace("tags:", 'credentials: {auth_token: "${BOT_TOKEN}"}\ntags:')
    story.write_text(text.partition("  - bot")[0] + "  - ana: my token is a-very-secret-token\n", "utf-8")
    journal = tmp_path / "run.jsonl"

    with free_claim() as claim:
        simulator.run(story, endpoint=f"http://127.0.0.1:{claim.port}/", settings=Settings(port=0), journal=journal)

    assert "my token is [redacted]" in journal.read_text("utf-8")
    assert "a-very-secret-token" not in journal.read_text("utf-8")


async def test_in_an_event_loop_the_journal_of_an_earlier_run_stays(story: Path, tmp_path: Path) -> None:
    journal = tmp_path / "run.jsonl"
    journal.write_text("{}\n", "utf-8")

    with pytest.raises(InputError, match="loop-runs"):
        simulator.run(story, endpoint=":9/", journal=journal)

    assert journal.read_text("utf-8") == "{}\n"


def test_error_of_a_listener_is_told_without_what_was_asked_before(story: Path) -> None:
    def fail(entry: Entry) -> None:
        raise LookupError(entry.kind)

    with pytest.raises(LookupError) as caught:
        simulator.run(story, endpoint="http://127.0.0.1:9/", on_entry=fail)

    assert "no running event loop" not in "".join(traceback.format_exception(caught.value))


def test_fewer_payloads_than_none_are_wrong_input() -> None:
    with pytest.raises(InputError, match="-1 is no number of payloads"):
        simulator.generate("viber", count=-1)


def test_credential_is_hidden_in_why_a_bot_does_not_start(story: Path) -> None:
    command = [sys.executable, "-c", "print('the token is sk_live_4711'); raise SystemExit(3)"]
    settings = simulator.Settings(port=0, credentials={"auth_token": "sk_live_4711"})
    with pytest.raises(simulator.EndpointError) as caught:
        simulator.run(story, bot=command, settings=settings)

    assert "the token is [redacted]" in str(caught.value)
    assert "sk_live_4711" not in str(caught.value)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({}, 'give endpoint=":3000/hook", or bot="python bot.py", or endpoint: in the scenario'),
        ({"bot": "python 'bot.py --set x"}, 'close every quotation, such as bot="python bot.py"'),
        ({"tags": ["load"]}, "tags load: no scenario is selected"),
        ({"endpoint": "ftp://x"}, "endpoint: "),
    ],
)
def test_what_is_to_be_done_is_said_in_python(story: Path, wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError) as caught:
        simulator.run(story, **wrong)

    assert told in str(caught.value)
