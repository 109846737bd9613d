from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from simulator import catalog
from simulator.errors import InputError
from simulator.scenario.model import Scenario
from simulator.settings import Settings, secrets_of
from tests.theatre import Deed, stage


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return stage(tmp_path, "steps: [{ana: hello}]", lambda body, attempt: Deed()).story.scenario


def test_what_the_command_names_goes_before_what_the_file_names(scenario: Scenario) -> None:
    story = replace(scenario, endpoint="http://127.0.0.1:1/file")

    assert Settings().endpoint_for(story, "viber") == "http://127.0.0.1:1/file"
    assert Settings(endpoint=":2/command").endpoint_for(story, "viber") == "http://127.0.0.1:2/command"


def test_a_file_may_name_an_endpoint_for_each_provider(scenario: Scenario) -> None:
    story = replace(scenario, endpoint={"viber": "http://127.0.0.1:1/viber"})

    assert Settings().endpoint_for(story, "viber") == "http://127.0.0.1:1/viber"
    with pytest.raises(InputError, match="no-endpoint"):
        Settings().endpoint_for(story, "smooch")


def test_an_address_that_is_none_is_told_with_where_it_stands(scenario: Scenario) -> None:
    with pytest.raises(InputError, match=r"--endpoint.*bad-endpoint"):
        Settings(endpoint="nowhere").endpoint_for(scenario, "viber")


def test_secrets_are_credentials_that_are_not_in_the_catalog(scenario: Scenario) -> None:
    known = catalog.load("viber").credentials["auth_token"].default
    rows = {"one": {"credentials": {"auth_token": "of-a-webhook"}}, "two": {"credentials": "{{ it }}"}, "three": {}}
    stories = [
        replace(scenario, credentials={"viber": {"auth_token": "of-the-file"}}),
        replace(scenario, credentials={"viber": {"auth_token": known}}),
        replace(scenario, given={"subscriptions": rows}),
    ]

    found = list(secrets_of(Settings(credentials={"auth_token": "of-the-command"}), stories))

    assert found == ["of-the-command", "of-the-file", "of-a-webhook"]
