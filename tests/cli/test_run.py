from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from simulator import suite
from simulator.errors import InputError, Problem
from simulator.ports import free_claim
from tests.cli.conftest import SHOP, WELCOME, Simulate, TinyBot, started
from tests.systems import NEEDS_FULL_DEVICE, NEEDS_SIGNALS

Write = Callable[..., str]

PATIENT = """
scenario: A long wait
provider: viber
actors: [ana]
steps:
  - ana: {opens: chat}
  - bot: ~welcome
  - bot: {text: never said, within: 60s}
"""


def test_story_passes_against_a_bot_that_is_started(simulate: Simulate, story: Write) -> None:
    done = simulate("run", story(), "--bot", SHOP, "--listen", ":0")

    assert done.code == 0
    assert done.lines[0].startswith("A warm welcome · viber · seed ")
    assert any("bot ‹ Welcome to the flower shop, Ana!" in line for line in done.lines)
    assert done.lines[-1].startswith("✓ passed  1 story: 1 passed")


def test_bot_that_the_run_starts_is_not_waited_for_before_it_is_started(simulate: Simulate, story: Write) -> None:
    done = simulate("run", story(), "--bot", SHOP, "--listen", ":0", "--wait-for-endpoint", "2s")

    assert done.code == 0


def test_failed_story_tells_place_reason_and_how_to_see_it_again(simulate: Simulate, story: Write) -> None:
    name = story(WELCOME.replace("~welcome", "{text: Good bye, within: 200ms}"))

    done = simulate("run", name, "--bot", SHOP, "--listen", ":0", "--seed", "42", "--start", "2026-01-05T09:00:00Z")

    assert done.code == 1
    assert "  story.yaml:8:5   bot: {text: Good bye, within: 200ms}" in done.lines
    assert any(line.startswith("  expected   ") and "Good bye" in line for line in done.lines)
    assert any(line.startswith("  nearest    ") and "Welcome to the flower shop" in line for line in done.lines)
    assert "  seed       42, start 2026-01-05T09:00:00.000Z" in done.lines
    reproduce = next(line for line in done.lines if "reproduce:" in line)
    assert "simulator run story.yaml --provider viber --seed 42 --start 2026-01-05T09:00:00.000Z" in reproduce
    assert "--bot" in reproduce
    assert any(line.startswith("  curl:      curl -sS -i -X POST http") or "curl:" in line for line in done.lines)


def test_report_on_standard_output_is_one_document_and_the_talk_goes_beside(simulate: Simulate, story: Write) -> None:
    name = story(WELCOME.replace("~welcome", "{text: Good bye, within: 200ms}"))

    done = simulate("run", name, "--bot", SHOP, "--listen", ":0", "--report", "json=-")
    failed = [each for each in done.json["verdicts"] if each["outcome"] == "failed"]

    assert done.code == 1
    assert "✗ failed" in done.err
    for each in done.json["verdicts"]:
        assert {"scenario", "provider", "step", "file", "line", "expected", "observed"} <= set(each)
    assert [(each["file"], each["line"], each["code"]) for each in failed] == [("story.yaml", 8, "wrong-reply")]


def test_quiet_shows_failures_and_the_last_line(simulate: Simulate, story: Write) -> None:
    done = simulate("run", story(), "--bot", SHOP, "--listen", ":0", "-q")

    assert len(done.lines) == 1
    assert done.lines[0].startswith("✓ passed")


def test_endpoint_that_never_answers_is_unreachable(simulate: Simulate, story: Write) -> None:
    with free_claim() as claim:
        port = claim.port

    done = simulate("run", story(), "--endpoint", f":{port}", "--listen", ":0", "--policy", "once")

    assert done.code == 4
    assert "[unreachable]" in done.out


def test_endpoint_is_needed(simulate: Simulate, story: Write) -> None:
    done = simulate("run", story(), "--listen", ":0")

    assert done.code == 2
    assert "story.yaml:2:1: no endpoint is named   [no-endpoint]" in done.err


def test_nothing_is_sent_before_all_files_are_right(simulate: Simulate, story: Write, bot: TinyBot) -> None:
    right, wrong = story(name="a.yaml"), story(WELCOME.replace("~welcome", "{txt: hi}"), "b.yaml")

    done = simulate("run", right, wrong, "--endpoint", bot.url, "--listen", ":0")

    assert done.code == 2
    assert bot.requests == []


@pytest.mark.parametrize("choice", [("-k", "nowhere"), ("--tag", "nothing")])
def test_empty_selection_is_wrong_input(simulate: Simulate, story: Write, choice: tuple[str, str]) -> None:
    done = simulate("run", story(), "--endpoint", ":1", *choice)

    assert done.code == 2
    assert "[nothing-selected]" in done.err


def test_bot_that_does_not_start_is_told_and_reported(simulate: Simulate, story: Write, here: Path) -> None:
    command = f'"{sys.executable}" -c "import sys; sys.exit(5)"'

    done = simulate("run", story(), "--bot", command, "--listen", ":0", "--report", "json=run.json")
    report = json.loads((here / "run.json").read_text("ascii"))

    assert done.code == 4
    assert "[bot-not-started]" in done.err
    assert report["run"]["exit_code"] == 4
    assert "bot-not-started" in report["run"]["error"]


def test_unknown_program_is_wrong_input(simulate: Simulate, story: Write) -> None:
    assert simulate("run", story(), "--bot", "no-such-program", "--listen", ":0").code == 2


def test_taken_port_is_wrong_input(simulate: Simulate, story: Write) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = simulate("run", story(), "--endpoint", ":1", "--listen", f":{server.getsockname()[1]}")

    assert done.code == 2
    assert "[port-taken]" in done.err


def test_report_that_cannot_be_written_is_told_before_anything_is_sent(
    simulate: Simulate, story: Write, bot: TinyBot
) -> None:
    done = simulate("run", story(), "--endpoint", bot.url, "--listen", ":0", "--report", "json=.")

    assert done.code == 2
    assert "[report-not-written]" in done.err
    assert bot.requests == []


@NEEDS_FULL_DEVICE
def test_report_for_which_there_is_no_room_is_told(simulate: Simulate, story: Write, bot: TinyBot) -> None:
    done = simulate("run", story(), "--endpoint", bot.url, "--listen", ":0", "--report", "json=/dev/full")

    assert done.code == 2
    assert "[report-not-written]" in done.err
    assert "why:  No space left on device" in done.err


@pytest.mark.parametrize("more", [("--journal", "run.json"), ("--report", "json=./run.json")])
def test_two_things_are_not_written_to_one_file(
    simulate: Simulate, story: Write, bot: TinyBot, more: tuple[str, str]
) -> None:
    done = simulate("run", story(), "--endpoint", bot.url, "--listen", ":0", "--report", "json=run.json", *more)

    assert done.code == 2
    assert "two things cannot be written to one file   [bad-value]" in done.err
    assert bot.requests == []


@pytest.mark.parametrize("words", [("--journal", "story.yaml"), ("--report", "json=./story.yaml")])
def test_scenario_is_not_written_over(
    simulate: Simulate, story: Write, bot: TinyBot, here: Path, words: tuple[str, str]
) -> None:
    name = story()
    (here / "story.yaml").write_bytes(before := (here / name).read_bytes())
    done = simulate("run", "story.yaml", "--endpoint", bot.url, "--listen", ":0", *words)

    assert done.code == 2
    assert "a file that looks like a scenario would be written over   [bad-value]" in done.err
    assert (here / "story.yaml").read_bytes() == before


def test_journal_has_every_delivery_and_no_secret(simulate: Simulate, story: Write, here: Path) -> None:
    words = ["--credential", "auth_token=very-secret-token", "--journal", "run.jsonl"]

    simulate("run", story(), "--bot", SHOP, "--listen", ":0", *words)
    text = (here / "run.jsonl").read_text("ascii")

    assert "AttemptFinished" in [json.loads(line)["kind"] for line in text.splitlines()]
    assert "very-secret-token" not in text


def test_settings_come_from_the_environment_and_the_env_file(
    simulate: Simulate, story: Write, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "settings.env").write_text("SIMULATOR_RUN_SEED=5\nSIMULATOR_RUN_QUIET=1\n", "utf-8")
    words = ["run", story(), "--bot", SHOP, "--listen", ":0", "--env-file", "settings.env"]

    by_file = simulate(*words)
    monkeypatch.setenv("SIMULATOR_RUN_SEED", "6")
    by_environment = simulate(*words)
    by_line = simulate(*words, "--seed", "7")

    assert "seed 5" in by_file.lines[-1]
    assert "seed 6" in by_environment.lines[-1]
    assert "seed 7" in by_line.lines[-1]


def test_verbose_tells_where_settings_come_from(
    simulate: Simulate, story: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIMULATOR_RUN_SEED", "6")

    done = simulate("run", story(), "--bot", SHOP, "--listen", ":0", "-v")

    assert "--seed 6 (SIMULATOR_RUN_SEED)" in done.lines


@NEEDS_SIGNALS
@pytest.mark.parametrize("sent", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_interrupted_run_reports_what_was_done(story: Write, here: Path, sent: str) -> None:
    name = story(PATIENT)

    with started("run", name, "--bot", SHOP, "--listen", ":0", "--report", "json=run.json", folder=here) as process:
        seen = until_reply(process)
        process.send_signal(getattr(signal, sent))
        rest, err = process.communicate(timeout=20)
    report = json.loads((here / "run.json").read_text("ascii"))

    assert process.returncode == 130, err
    assert "bot ‹ Welcome" in seen
    assert rest.splitlines()[-1].startswith("! interrupted")
    assert report["run"]["is_interrupted"] is True
    assert [each["outcome"] for each in report["verdicts"]].count("passed") == 2


@NEEDS_SIGNALS
def test_second_ctrl_c_stops_at_once(story: Write, here: Path) -> None:
    name = story(PATIENT)
    source = (
        "import runpy, signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        "runpy.run_module('simulator.bots.viber', run_name='__main__')"
    )

    with started("run", name, "--bot", f'"{sys.executable}" -c "{source}"', "--listen", ":0", folder=here) as process:
        until_reply(process)
        process.send_signal(signal.SIGINT)
        assert process.stdout is not None
        while "! interrupted" not in process.stdout.readline():
            pass
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=2.5)  # the bot alone would have three seconds

    assert process.returncode == 130
    assert "Traceback" not in err


def until_reply(process: subprocess.Popen[str]) -> str:
    """Read on until the bot has spoken."""
    assert process.stdout is not None
    seen = ""
    while "bot ‹" not in seen:
        line = process.stdout.readline()
        if not line:
            assert process.stderr is not None
            raise AssertionError(seen + process.stderr.read())
        seen += line
    return seen


def test_our_own_failure_is_reported_too(
    simulate: Simulate, story: Write, here: Path, bot: TinyBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*args: object, **more: object) -> None:
        raise ZeroDivisionError("in the middle")

    monkeypatch.setattr(suite, "run", fail)

    done = simulate("run", story(), "--endpoint", bot.url, "--report", "json=run.json")
    report = json.loads((here / "run.json").read_text("ascii"))

    assert done.code == 3
    assert "[internal-error]" in done.err
    assert report["run"]["exit_code"] == 3
    assert report["run"]["error"] == "ZeroDivisionError: in the middle"


def test_problems_inside_a_group_are_told_as_one(
    simulate: Simulate, story: Write, bot: TinyBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*args: object, **more: object) -> None:
        raise ExceptionGroup("", [InputError(Problem(code="no-endpoint", what="inside a group"))])

    monkeypatch.setattr(suite, "run", fail)

    done = simulate("run", story(), "--endpoint", bot.url)

    assert done.code == 2
    assert done.err == "inside a group   [no-endpoint]\n"


@NEEDS_FULL_DEVICE
def test_screen_for_which_there_is_no_room_is_told(story: Write, here: Path) -> None:
    words = [sys.executable, "-m", "simulator", "run", story(), "--bot", SHOP, "--listen", ":0"]

    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(words, cwd=here, stdout=full, stderr=subprocess.PIPE, text=True, check=False)

    assert done.returncode == 2
    assert "[output-not-written]" in done.stderr
