"""The plugin for pytest, in projects of its own."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree as ET

import click
import pytest

from simulator.bots import viber as bot
from simulator.cli.program import program
from simulator.pytest_plugin import rigs
from simulator.pytest_plugin.asked import OF_PYTEST
from simulator.settings import Settings

BOT = f'"{sys.executable}" "{bot.__file__}"'
STORY = """
scenario: A welcome
provider: viber
tags: [smoke]
actors: [ana]
steps:
  - ana: {opens: chat}
  - bot: {text: ~welcome}
"""
COUNTING = {
    *("bot", "fresh_bot", "endpoint", "target", "listen", "hosts", "ca", "insecure", "no_mark", "resend", "policy"),
    *("providers", "credentials", "switches", "seed", "start_ms", "stamp", "pace", "strict", "env_file"),
    *("paths", "color", "debug"),
}
"""Options of `run` that do the same under pytest, or nothing that anybody would miss there."""
TABLE = """
scenario: Words
provider: viber
actors: [ana]
cases:
  - word: hours
  - word: track
steps:
  - ana: {opens: chat}
  - bot: {text: ~welcome}
  - ana: "{{ word }}"
  - bot: {text: any}
"""
ALONE = ("simulator.pytest_plugin",)
WITH_ASYNCIO = (*ALONE, "pytest_asyncio.plugin")
DRIVEN = """
import simulator

async def test_a_welcome(sim):
    assert isinstance(sim, simulator.AsyncSimulator)
    await sim.viber.actor("ana").does(opens="chat")
    assert (await sim.reply("~welcome")).buttons
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "order.yaml").write_text(STORY, "utf-8")
    return tmp_path


def play(folder: Path, *words: str, plugins: tuple[str, ...] = ALONE, bot: str = BOT) -> tuple[int, str]:
    """Give exit code and output of pytest in a folder, with these plugins alone, warnings being errors."""
    named = [word for name in plugins for word in ("-p", name)]
    started = ["--simulator-bot", bot] if bot else []
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-W", "error", "--strict-markers", *named, *started, *words],
        cwd=folder,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=100,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


# --- scenario files --------------------------------------------------------------------------------------------------


def test_a_scenario_is_a_test_for_each_provider_and_row(project: Path) -> None:
    (project / "words.yaml").write_text(TABLE, "utf-8")

    code, said = play(project, "-v")

    assert code == 0, said
    assert "order.yaml::A welcome[viber] PASSED" in said
    assert "words.yaml::Words[viber-word: hours] PASSED" in said
    assert "3 passed" in said


def test_a_failure_shows_its_line_the_talk_and_how_to_see_it_again(project: Path) -> None:
    (project / "order.yaml").write_text(STORY.replace("~welcome", "~goodbye, within: 100ms"), "utf-8")

    code, said = play(project, "order.yaml")

    assert code == 1
    assert "order.yaml:8:5" in said
    assert "ana › [opens] chat" in said
    assert "[wrong-reply]" in said
    assert "pytest 'order.yaml::A welcome[viber]'" in said
    assert "Traceback" not in said
    assert "runtest" not in said


def test_a_failure_is_told_in_one_line_too(project: Path) -> None:
    (project / "order.yaml").write_text(STORY.replace("~welcome", "~goodbye, within: 100ms"), "utf-8")

    code, said = play(project, "--tb=line", "--junitxml=junit.xml")
    [failure] = ET.parse(project / "junit.xml").iter("failure")

    assert code == 1
    assert "order.yaml:8: bot: {text: ~goodbye" in said
    assert "order.yaml::A welcome[viber] - bot: {text: ~goodbye" in said
    assert failure.get("message", "").startswith("bot: {text: ~goodbye")
    assert "ana › [opens] chat" in (failure.text or "")


def test_a_failure_has_no_secrets(project: Path) -> None:
    wrong = STORY.replace("~welcome", "my token is sk_live_4711-4711")
    (project / "order.yaml").write_text(wrong, "utf-8")
    code, text = play(project, "--simulator-args", "--credential auth_token=sk_live_4711-4711")

    assert code == 1
    assert "my token is [redacted]" in text
    assert "sk_live_4711-4711" not in text


def test_a_failure_is_played_again_by_its_line_whatever_its_name_is(project: Path) -> None:
    names = ["a::b", "x[y]", "$(touch here)", "it's", '"so"', "a/b\\c", "-x"]
    fails = STORY.replace("~welcome", "~goodbye, within: 50ms")
    for number, name in enumerate(names):
        (project / f"order{number}.yaml").write_text(fails.replace("A welcome", json.dumps(name)), "utf-8")

    _, said = play(project)
    lines = [shlex.split(line.partition("reproduce:")[2]) for line in said.splitlines() if "reproduce:" in line]
    code, again = play(project, *(word for line in lines for word in line[1:]), bot="")

    assert [line[0] for line in lines] == ["pytest"] * len(names)
    assert code == 1, again
    assert again.count("[wrong-reply]") == said.count("[wrong-reply]") > 0
    assert f"{len(names)} failed" in again


def test_a_broken_scenario_tells_all_its_problems(project: Path) -> None:
    (project / "order.yaml").write_text(STORY.replace("opens", "opns").replace("[ana]", "[ana]\nsede: 1"), "utf-8")

    code, said = play(project)

    assert code == 2
    assert said.count("[unknown-key]") == 2
    assert "Traceback" not in said


@pytest.mark.parametrize(
    "foreign",
    [
        "scenario:\n  name: default\nprovisioner:\n  name: ansible\n",
        "apiVersion: v1\nkind: Pod\n",
        "version: 2\nscenario: load test\nflows: []\n",
        "a: [broken\n",
        "# scenario: not one\n- scenario: nor this\n",
    ],
)
def test_files_of_others_are_not_touched(tmp_path: Path, foreign: str) -> None:
    (tmp_path / "other.yaml").write_text(foreign, "utf-8")

    code, said = play(tmp_path)

    assert code == 5, said
    assert "no tests ran" in said


def test_a_file_that_is_named_is_always_read(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text("apiVersion: v1\n", "utf-8")

    code, said = play(tmp_path, "other.yaml")

    assert code == 2
    assert "[missing-key]" in said


def test_which_files_are_looked_into_can_be_said(project: Path) -> None:
    (project / "pytest.ini").write_text("[pytest]\nsimulator_files = stories/*.yaml\n", "utf-8")
    (project / "stories").mkdir()
    (project / "stories" / "one.yaml").write_text(STORY, "utf-8")
    (project / "stories" / "_part.yaml").write_text(STORY, "utf-8")

    _, said = play(project, "--collect-only", "-q")

    assert said.splitlines()[0] == "stories/one.yaml::A welcome[viber]"
    assert "1 test collected" in said


@pytest.mark.parametrize("words", [("-m", "smoke"), ("-k", "smoke"), ("-k", "welcome and viber")])
def test_tags_are_marks_and_names_are_keywords(project: Path, words: tuple[str, ...]) -> None:
    (project / "words.yaml").write_text(TABLE, "utf-8")

    _, said = play(project, "--collect-only", "-q", *words)

    assert "1/3 tests collected" in said


def test_stories_are_shared_out_among_workers(project: Path) -> None:
    (project / "words.yaml").write_text(TABLE, "utf-8")

    code, said = play(project, "-n", "2", plugins=(*ALONE, "xdist.plugin"))

    assert code == 0, said
    assert "3 passed" in said


def test_the_project_file_and_the_ini_file_say_what_the_command_line_does_not(project: Path) -> None:
    (project / "pytest.ini").write_text("[pytest]\nsimulator_args = --strict\n", "utf-8")
    (project / "simulator.toml").write_text(f"[run]\nbot = '{BOT}'\n", "utf-8")
    (project / "order.yaml").write_text(STORY.replace("  - bot: {text: ~welcome}\n", ""), "utf-8")

    code, said = play(project, bot="")

    assert code == 1
    assert "[unclaimed-reply]" in said


def test_bot_of_the_ini_file_runs_beside_it(project: Path) -> None:
    shutil.copy(bot.__file__, project / "bot.py")
    (project / "pytest.ini").write_text(f"""[pytest]\nsimulator_bot = "{sys.executable}" bot.py\n""", "utf-8")
    (project / "below").mkdir()

    code, said = play(project / "below", "../order.yaml", bot="")

    assert code == 0, said


def test_nobody_to_write_to_is_told(project: Path) -> None:
    code, said = play(project, bot="")

    assert code == 1
    assert "[no-endpoint]" in said
    assert "give --simulator-endpoint :3000/hook, or --simulator-bot" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--simulator-args", "--seed many"), "--seed"),
        (("--simulator-args", "-j 4"), "pytest has -n of pytest-xdist"),
        (("--simulator-args", "'--strict"), "No closing quotation"),
        (("--simulator-target", "staging"), "[unknown-target]"),
    ],
)
def test_an_option_that_is_wrong_ends_it_at_once(project: Path, words: tuple[str, ...], told: str) -> None:
    code, said = play(project, *words)

    assert code == 2
    assert told in said
    assert "asked.py" not in said


def test_every_option_of_run_counts_or_is_refused() -> None:
    with click.Context(program) as ctx:
        command = program.get_command(ctx, "run")
        assert command is not None

    assert {param.name for param in command.params} == OF_PYTEST.keys() | COUNTING


def test_a_story_that_judges_nothing_is_skipped(project: Path) -> None:
    (project / "order.yaml").write_text(
        STORY.replace("  - bot: {text: ~welcome}", "    deliver: {drop: true}"), "utf-8"
    )

    code, said = play(project, "-rs")

    assert code == 0, said
    assert "1 skipped" in said


# --- tests that drive a simulator ------------------------------------------------------------------------------------


def test_a_plain_test_gets_a_simulator_that_waits(tmp_path: Path) -> None:
    (tmp_path / "test_bot.py").write_text(
        DRIVEN.replace("async ", "").replace("await ", "").replace("Async", ""), "utf-8"
    )

    code, said = play(tmp_path)

    assert code == 0, said


def test_an_async_test_gets_one_to_be_awaited(tmp_path: Path) -> None:
    (tmp_path / "test_bot.py").write_text(DRIVEN, "utf-8")
    modes = ["-o", "asyncio_mode=auto", "-o", "asyncio_default_fixture_loop_scope=function"]

    code, said = play(tmp_path, *modes, plugins=WITH_ASYNCIO)

    assert code == 0, said


def test_an_async_test_under_anyio_gets_one_too(tmp_path: Path) -> None:
    backend = "import pytest\n\n@pytest.fixture\ndef anyio_backend():\n    return 'asyncio'\n"
    (tmp_path / "test_bot.py").write_text(f"{backend}\npytestmark = pytest.mark.anyio\n{DRIVEN}", "utf-8")

    code, said = play(tmp_path, plugins=(*ALONE, "anyio"))

    assert code == 0, said


def test_a_failed_call_is_shown_at_the_line_of_the_test(tmp_path: Path) -> None:
    (tmp_path / "test_bot.py").write_text(
        'def test_it(sim):\n    sim.viber.actor("ana").does(opens="chat")\n    sim.reply("~bye", within="50ms")\n',
        "utf-8",
    )

    code, said = play(tmp_path)

    assert code == 1
    assert '>       sim.reply("~bye", within="50ms")' in said
    assert "test_bot.py:3:1   bot: " in said
    assert "nearest" in said
    assert "_base.py" not in said
    assert "backstage.py" not in said


def test_how_the_simulator_is_made_can_be_said(tmp_path: Path) -> None:
    (tmp_path / "test_bot.py").write_text(
        """
import pytest

@pytest.fixture
def simulator_settings():
    return {"seed": 7, "providers": ["viber"], "start": "2026-01-05T09:00:00Z"}

def test_it(sim):
    [delivery] = sim.viber.actor("ana").says("hi")
    assert delivery.attempts[0].due_ms // 1000 == 1767603600
    with pytest.raises(AttributeError):
        sim.smooch
""",
        "utf-8",
    )

    code, said = play(tmp_path)

    assert code == 0, said


def test_a_bot_that_does_not_start_is_told(tmp_path: Path) -> None:
    (tmp_path / "test_bot.py").write_text("def test_it(sim):\n    pass\n", "utf-8")

    code, said = play(tmp_path, bot=f'"{sys.executable}" -c "raise SystemExit(3)"')

    assert code == 1
    assert "[bot-not-started]" in said
    assert "process.py" not in said


def test_options_that_are_wrong_are_told_without_our_frames(tmp_path: Path) -> None:
    (tmp_path / "test_bot.py").write_text("def test_it(sim):\n    pass\n", "utf-8")

    code, said = play(tmp_path, "--simulator-target", "staging")

    assert code == 1
    assert "[unknown-target]" in said
    assert "asked.py" not in said


def test_settings_that_are_wrong_are_told_without_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(credentials={"auth_token": "sk_live_4711"}, port=0)
    asked = SimpleNamespace(settings=settings, provider_ids=())
    monkeypatch.setattr(rigs, "stories_of", lambda config: SimpleNamespace(asked=asked, leave_port=lambda: None))
    request: Any = SimpleNamespace(config=None, node=SimpleNamespace(name="test_it"), function=lambda: None)
    given = {"endpoint": "ftp://sk_live_4711.pk_live_4712", "credentials": {"bird.access_key": "pk_live_4712"}}
    with pytest.raises(pytest.fail.Exception) as caught:
        rigs.begin(request, given)

    assert "ftp://[redacted].[redacted]" in str(caught.value)


def test_what_fails_after_the_test_is_told_without_our_frames(tmp_path: Path) -> None:
    (tmp_path / "test_bot.py").write_text(
        """
import pytest

@pytest.fixture
def simulator_settings():
    return {"always": [{"never": {"bot": {"text": "~welcome"}}}]}

def test_it(sim):
    sim.viber.actor("ana").does(opens="chat")
""",
        "utf-8",
    )

    code, said = play(tmp_path)

    assert code == 1
    assert "1 passed, 1 error" in said
    assert "never" in said
    assert "backstage.py" not in said


# --- what it costs who does not use it -------------------------------------------------------------------------------


def test_unused_it_imports_pytest_alone(tmp_path: Path) -> None:
    (tmp_path / "test_other.py").write_text(
        """
import sys

def test_it():
    ours = {name for name in sys.modules if name.partition(".")[0] == "simulator"}
    assert ours == {"simulator", "simulator.pytest_plugin"}
    assert not {"aiohttp", "yaml", "click", "jinja2", "asyncio"} & set(sys.modules)
""",
        "utf-8",
    )
    (tmp_path / "other.yaml").write_text("kind: Pod\n", "utf-8")

    code, said = play(tmp_path, bot="")

    assert code == 0, said
