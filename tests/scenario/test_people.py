"""Actors."""

from __future__ import annotations

from typing import Any

STORY = "scenario: A\nprovider: parrot\nactors: {}\nsteps:\n  - silence: 1s\n"


def test_list_of_names_declares_actors(read: Any) -> None:
    assert list(read(STORY.format("[ana, ben_2]")).actors) == ["ana", "ben_2"]


def test_profile_is_kept_beside_the_locale(read: Any) -> None:
    ana, ben = read(STORY.format("{ana: {locale: no_NO, name: 7, latitude: 51.5}, ben: }")).actors.values()

    assert (ana.locale, ana.profile) == ("no_NO", {"name": "7", "latitude": 51.5})
    assert (ben.locale, ben.profile) == ("en_US", {})


def test_profile_may_read_variables(read: Any) -> None:
    story = read(STORY.format("{ana: {name: '{{ who }}'}}").replace("actors", "vars: {who: Ana}\nactors"))

    assert story.actors["ana"].profile == {"name": "{{ who }}"}
