from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.cli import settings
from simulator.errors import InputError
from tests.cli.conftest import WELCOME, Simulate, TinyBot

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
    assert "[unset-variable]" in done.err


def test_target_without_a_project_is_wrong_input(simulate: Simulate, story: Write) -> None:
    done = simulate("run", story(), "--target", "local", "--listen", ":0")

    assert done.code == 2
    assert "[unknown-target]" in done.err


def test_bot_is_started_by_words_or_by_a_line() -> None:
    assert settings.bot_words(("python", "my bot.py")) == ("python", "my bot.py")
    assert settings.bot_words(None) == ()
    with pytest.raises(InputError):
        settings.bot_words("")
