"""Endpoint, credentials and options of a scenario."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.scenario.contact import with_environment

STORY = "scenario: A\nprovider: {}\n{}\nsteps:\n  - silence: 1s\n"


def test_environment_fills_endpoint_and_credentials(read: Any) -> None:
    text = STORY.format("parrot", 'endpoint: "${BOT}/hook"\ncredentials: {secret: "${SECRET:-0123abcd}"}')

    story = read(text, environment={"BOT": "http://bot.test"})

    assert story.endpoint == "http://bot.test/hook"
    assert story.credentials == {"parrot": {"secret": "0123abcd"}}


def test_bare_credentials_go_to_who_knows_them(read: Any) -> None:
    story = read(STORY.format("[parrot, heron]", "credentials: {account: a}"))

    assert story.credentials == {"parrot": {"account": "a"}}


def test_credentials_may_stand_under_their_provider(read: Any) -> None:
    story = read(STORY.format("[parrot, heron]", "credentials: {parrot: {account: a, secret: 01234567}}"))

    assert story.credentials == {"parrot": {"account": "a", "secret": "01234567"}}


def test_credential_of_another_form_is_doubted_and_not_shown(read: Any) -> None:
    story = read(STORY.format("parrot", "credentials: {secret: hush-hush}"))

    assert [each.code for each in story.warnings] == ["odd-credential"]
    assert "hush" not in str(story.warnings)


def test_wrong_address_from_the_environment_is_not_shown(problems: Any) -> None:
    found = problems(STORY.format("parrot", 'endpoint: "${BOT}"'), environment={"BOT": "ftp://hush-hush"})

    assert [each.code for each in found] == ["bad-endpoint"]
    assert "hush" not in str(found)


def test_endpoints_may_stand_by_provider(read: Any) -> None:
    story = read(STORY.format("[parrot, heron]", "endpoint: {parrot: ':1/a', heron: ':2/b'}"))

    assert story.endpoint == {"parrot": "http://127.0.0.1:1/a", "heron": "http://127.0.0.1:2/b"}


@pytest.mark.parametrize("options", [{"encoding": "ascii"}, {"silent": True}, {"timeout": "5s"}])
def test_options_stay_as_they_are_written(read: Any, options: dict[str, Any]) -> None:
    written = ", ".join(f"{name}: {str(value).lower()}" for name, value in options.items())

    assert read(STORY.format("[parrot, heron]", f"options: {{{written}}}")).options == options


def test_variables_are_filled_in_inside_a_text() -> None:
    filled = with_environment("http://${HOST}:${PORT:-3000}/${EMPTY:-hook}", {"HOST": "h", "EMPTY": ""})

    assert filled == ("http://h:3000/hook", ())


def test_unset_variables_are_named_once() -> None:
    assert with_environment("${A}${B}${A}", {"B": "b"}) == ("b", ("A",))


def test_what_is_no_reference_stays() -> None:
    assert with_environment("$HOME ${1x} {a}", {}) == ("$HOME ${1x} {a}", ())
