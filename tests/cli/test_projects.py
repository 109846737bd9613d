from __future__ import annotations

import tomllib
from typing import Any

import jsonschema_rs
import pytest

from simulator.cli.projects import project_schema
from tests.cli.conftest import Simulate

WHOLE = """
[run]
paths = ["scenarios"]
seed = 7
start = "2026-01-05T09:00:00Z"
endpoint = ":3000/hook"
credential = ["auth_token=env:TOKEN"]
option = { receipts = "both" }
strict = true
verbose = 2
stamp = "due"
report = ["junit=out/junit.xml"]

[fire]
count = 3

[targets.staging]
endpoint = { viber = "https://bot.example/viber" }
credentials = { auth_token = "${TOKEN}", other = "file:secret.txt" }
allow_hosts = ["bot.example"]
"""


def is_valid(text: str) -> bool:
    return jsonschema_rs.validator_for(schema()).is_valid(tomllib.loads(text))


def schema() -> Any:
    return project_schema()


def test_schema_is_one_and_takes_a_whole_project() -> None:
    jsonschema_rs.meta.validate(schema())

    assert is_valid(WHOLE)


@pytest.mark.parametrize(
    "text",
    [
        "[rnu]",
        "[run]\nseeed = 1",
        "[run]\nstrict = 'yes'",
        "[run]\nstamp = 'later'",
        "[targets.a]\nendpont = ':3'",
        "[targets.a.credentials]\ntoken = 'secret'",
    ],
)
def test_schema_marks_what_is_wrong(text: str) -> None:
    assert not is_valid(text)


def test_schema_is_printed(simulate: Simulate) -> None:
    assert simulate("schema", "project").json == schema()
    assert simulate("schema", "project", "x").code == 2
