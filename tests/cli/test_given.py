from __future__ import annotations

from pathlib import Path

import pytest

from simulator.cli.given import credentials_of, overrides_of, told_at
from simulator.errors import InputError, Problem


def test_credential_is_taken_as_it_stands() -> None:
    assert credentials_of([("token", "a=b")], {}) == {"token": "a=b"}


@pytest.mark.parametrize("form", ["file:{}", "@{}"])
def test_credential_in_a_file_has_no_line_end(tmp_path: Path, form: str) -> None:
    path = tmp_path / "secret"
    path.write_bytes(b"s3cret \r\n")

    assert credentials_of([("token", form.format(path))], {}) == {"token": "s3cret "}


def test_credential_in_a_variable_is_read() -> None:
    assert credentials_of([("token", "env:TOKEN")], {"TOKEN": "x"}) == {"token": "x"}


def test_all_credentials_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    pairs = [("one", f"file:{tmp_path / 'nowhere'}"), ("two", "env:TOKN"), ("three", "x")]

    with pytest.raises(InputError) as caught:
        credentials_of(pairs, {"TOKEN": "x"})

    assert [(each.code, each.at) for each in caught.value.problems] == [
        ("unreadable-file", "one"),
        ("unset-variable", "two"),
    ]
    assert caught.value.problems[1].fix == 'did you mean "TOKEN"?'


def test_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"\xff\xfe")

    with pytest.raises(InputError, match="cannot be read"):
        credentials_of([("token", f"@{tmp_path / 'secret'}")], {})


def test_file_without_an_end_is_told() -> None:
    with pytest.raises(InputError) as caught:
        credentials_of([("token", "@/dev/zero")], {})

    assert caught.value.problems[0].why == "it holds more than 65536 bytes"


def test_set_values_have_the_kind_that_they_are_written_in() -> None:
    found = overrides_of([("a", "1"), ("b", "true"), ("c", '"1"'), ("d", "[1, x]"), ("e", "#5 is it")], None)

    assert found == {"a": 1, "b": True, "c": "1", "d": [1, "x"], "e": "#5 is it"}


def test_merged_maps_become_paths_that_may_be_new(tmp_path: Path) -> None:
    path = tmp_path / "over.yaml"
    path.write_text('a: {b: {c: 1}, "x.y": 2}\nd: {}\ne: [1]\n', "utf-8")

    assert overrides_of([], path) == {"+a.b.c": 1, r"+a.x\.y": 2, "+d": {}, "+e": [1]}


def test_problem_without_a_place_gets_one() -> None:
    error = told_at(InputError(Problem(code="a", what="x"), Problem(code="b", what="y", where="there")), "--set")

    assert [each.where for each in error.problems] == ["--set", "there"]
