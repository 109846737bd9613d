from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.cli import settings
from simulator.errors import InputError
from simulator.ports import free_claim
from tests.cli.conftest import ROOT, WELCOME, Simulate, TinyBot

Write = Callable[..., str]

HELLO = "scenario: H\nprovider: [viber, smooch]\nactors: [ana]\nsteps: [{ana: hello}]\n"


def test_endpoints_are_named_by_provider(simulate: Simulate, story: Write, bot: TinyBot) -> None:
    words = ["--endpoint", f"viber={bot.url}?of=viber", "--endpoint", f"smooch={bot.url}?of=smooch"]

    done = simulate("run", story(HELLO), *words, "--listen", ":0", "-vv")

    assert done.code == 0
    assert done.out.count("?of=viber") == done.out.count("?of=smooch") > 0


def test_an_address_alone_is_that_of_all_others(simulate: Simulate, story: Write, bot: TinyBot) -> None:
    words = ["--endpoint", f"viber={bot.url}?of=viber", "--endpoint", bot.url]

    done = simulate("run", story(HELLO), *words, "--listen", ":0", "-vv")

    assert done.code == 0
    assert "?of=viber" in done.out


def test_unknown_endpoint_is_told_with_the_nearest(simulate: Simulate, story: Write) -> None:
    done = simulate("run", story(HELLO), "--endpoint", "vibr=:3000", "--listen", ":0")

    assert done.code == 2
    assert 'unknown endpoint "vibr"   [unknown-endpoint]' in done.err
    assert 'did you mean "viber"?' in done.err


def test_what_is_for_a_provider_that_is_not_played_is_told(
    simulate: Simulate, story: Write, bot: TinyBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    idle = ["--credential", "bird.signing_key=k", "--option", "bird.timeout=1s", "--endpoint", "canvas=:1"]
    monkeypatch.setenv("SIMULATOR_RUN_OPTION", "smooch.timeout=1s")

    done = simulate("run", story(HELLO), "--provider", "viber", "--endpoint", bot.url, "--listen", ":0", *idle)
    for_all = simulate("run", story(HELLO), "--provider", "viber", "--endpoint", bot.url, "--listen", ":0")

    assert [line for line in done.lines if "counts for nothing" in line] == [
        "! --endpoint canvas=… counts for nothing: canvas is not played",
        "! --credential bird.signing_key=… counts for nothing: bird is not played",
        "! --option bird.timeout=… counts for nothing: bird is not played",
    ]
    assert "counts for nothing" not in for_all.out


TARGETS = """
[targets.local]
endpoint = "{url}"
credentials = {{ auth_token = "${{BOT_TOKEN}}" }}
policy = "once"
"""


@pytest.fixture
def target(here: Path, bot: TinyBot, monkeypatch: pytest.MonkeyPatch) -> TinyBot:
    (here / "simulator.toml").write_text(TARGETS.format(url=bot.url), "utf-8")
    monkeypatch.setenv("BOT_TOKEN", "token-of-the-target")
    return bot


def test_target_says_endpoint_credentials_and_policy(simulate: Simulate, story: Write, target: TinyBot) -> None:
    target.status = 500

    done = simulate("run", story(WELCOME), "--target", "local", "--listen", ":0", "-vv")

    assert done.code == 1
    assert len(target.requests) == 1
    assert "token-of-the-target" not in done.out + done.err


def test_options_go_before_the_target(simulate: Simulate, story: Write, target: TinyBot) -> None:
    words = ["--target", "local", "--endpoint", f"{target.url}?mine=1", "--listen", ":0", "-v"]

    done = simulate("run", story("scenario: H\nprovider: viber\nactors: [ana]\nsteps: [{ana: hello}]\n"), *words)

    assert done.code == 0
    assert "?mine=1" in done.out


def test_target_without_its_variable_is_wrong_input(
    simulate: Simulate, story: Write, target: TinyBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BOT_TOKEN")

    done = simulate("run", story(), "--target", "local", "--listen", ":0")

    assert done.code == 2
    assert 'simulator.toml:4: the variable "BOT_TOKEN" is not set   [unset-variable]' in done.err


def test_variable_that_a_ci_service_left_empty_is_told_before_anything_is_sent(
    simulate: Simulate, story: Write, target: TinyBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_TOKEN", "")

    done = simulate("run", story(), "--target", "local", "--listen", ":0")

    assert (done.code, done.out) == (2, "")
    assert 'the variable "BOT_TOKEN" is empty   [unset-variable]' in done.err


def test_target_without_a_project_is_wrong_input(simulate: Simulate, story: Write) -> None:
    done = simulate("run", story(), "--target", "local", "--listen", ":0")

    assert done.code == 2
    assert "[unknown-target]" in done.err


def test_bot_is_started_by_words_or_by_a_line() -> None:
    assert settings.bot_words(("python", "my bot.py")) == ("python", "my bot.py")
    assert settings.bot_words(None) == ()
    with pytest.raises(InputError):
        settings.bot_words("")


@pytest.mark.parametrize("name", ["python", "python3", "py"])
def test_bot_of_ours_runs_where_we_do(name: str) -> None:
    assert settings.bot_words(f"{name} -m simulator.bots.viber") == (sys.executable, "-m", "simulator.bots.viber")


def test_bot_of_ones_own_runs_where_its_interpreter_is_found() -> None:
    assert settings.bot_words("python -m shop.bot") == ("python", "-m", "shop.bot")


def test_bot_of_the_project_is_started_unless_an_endpoint_is_named_more_expressly(
    simulate: Simulate, story: Write, here: Path, bot: TinyBot
) -> None:
    text = "[run]\nbot = 'python -m simulator.bots.viber'\n" + TARGETS.format(url=bot.url)
    (here / "simulator.toml").write_text(text.replace('"${BOT_TOKEN}"', '"${PATH}"'), "utf-8")
    name = story("scenario: H\nprovider: viber\nactors: [ana]\nsteps: [{ana: hello}]\n")

    started = simulate("run", name, "--listen", ":0", "-v")
    by_target = simulate("run", name, "--listen", ":0", "-v", "--target", "local")
    by_endpoint = simulate("run", name, "--listen", ":0", "-v", "--endpoint", bot.url)

    assert "the bot listens at" in started.out
    for done in (by_target, by_endpoint):
        assert "the bot listens at" not in done.out
        assert "the bot is not started, since an endpoint is named" in done.out
    assert len(bot.requests) == 2


def test_bot_and_endpoint_of_one_place_belong_together(simulate: Simulate, story: Write, here: Path) -> None:
    with free_claim() as claim:
        port = claim.port
    lines = ["[run]", "bot = 'python -m simulator.bots.viber'", f"endpoint = ':{port}'"]
    (here / "simulator.toml").write_text("\n".join(lines), "utf-8")

    done = simulate("run", story(), "--listen", ":0", "-v")

    assert done.code == 0
    assert f"the bot listens at http://127.0.0.1:{port}" in done.out


def test_resending_is_as_often_as_is_said(simulate: Simulate, story: Write) -> None:
    with free_claim() as claim:
        port = claim.port

    done = simulate("run", story(), "--endpoint", f":{port}", "--listen", ":0", "--policy", "once", "--resend", "1")

    assert done.code == 4
    assert "! the network failed (refused" in done.out
    assert "the network failed once" in done.lines[-1]


def test_bot_of_the_project_runs_beside_the_project_file(
    simulate: Simulate, story: Write, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(ROOT / "simulator" / "bots" / "viber.py", here / "bot.py")
    (here / "simulator.toml").write_text(f"""[run]\nbot = '"{sys.executable}" bot.py'\n""", "utf-8")
    name = str(here / story(WELCOME))
    (here / "below").mkdir()
    monkeypatch.chdir(here / "below")

    of_the_project = simulate("run", name, "--listen", ":0")
    of_the_line = simulate("run", name, "--listen", ":0", "--bot", f'"{sys.executable}" bot.py')

    assert (of_the_project.code, of_the_line.code) == (0, 4)
