from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import templates
from simulator.errors import InputError
from tests import sample_provider as sample


def made(tmp_path, text: str, scope=None):
    catalog = sample.catalog(tmp_path, {"api/made.json.j2": text})
    return templates.of(catalog, sample.PROVIDER).json_of(catalog.folder / "api" / "made.json.j2", scope or {})


def test_templates_of_one_provider_are_one_object(tmp_path):
    catalog, other = sample.catalog(tmp_path / "a"), sample.catalog(tmp_path / "b")

    assert templates.of(catalog, sample.PROVIDER) is templates.of(catalog, sample.PROVIDER)
    assert templates.of(catalog, sample.PROVIDER) is not templates.of(other, sample.PROVIDER)


@given(st.recursive(st.none() | st.integers() | st.text(st.characters(codec=None)), st.lists, max_leaves=5))
def test_value_comes_through_a_template_as_it_is(tmp_path_factory, value):
    assert made(tmp_path_factory.mktemp("t"), '{"a": {{ value | json }}}', {"value": value}) == {"a": value}


def test_file_is_read_once(tmp_path):
    catalog = sample.catalog(tmp_path, {"api/made.json.j2": "1"})
    path, found = catalog.folder / "api" / "made.json.j2", templates.of(catalog, sample.PROVIDER)
    first = found.json_of(path, {})
    path.write_text("2", encoding="utf-8")

    assert (first, found.json_of(path, {})) == (1, 1)


def test_time_is_shown_in_seconds_and_as_text(tmp_path):
    text = "[{{ now | unix_s }}, {{ now | iso8601 | json }}]"

    assert made(tmp_path, text, {"now": 1_767_603_600_999}) == [1_767_603_600, "2026-01-05T09:00:00.999Z"]


def test_filters_of_the_provider_are_there(tmp_path):
    user = {"id": 1, "name": "Ana", "secret": 2}

    assert made(tmp_path, "{{ user | card | json }}", {"user": user}) == {"id": 1, "name": "Ana"}


def test_names_that_a_template_asks_for_are_known(tmp_path):
    catalog = sample.catalog(tmp_path, {"api/made.json.j2": "{{ a.b | json }}{% set c = d %}{{ c }}"})
    found = templates.of(catalog, sample.PROVIDER)

    assert found.names_in(catalog.folder / "api" / "made.json.j2") == {"a", "d"}
    assert found.names_in_value("event.x ~ fake.name()") == {"event", "fake"}
    assert found.names_in_value("1 +") == frozenset()


def test_file_that_is_not_there_is_told(tmp_path):
    catalog = sample.catalog(tmp_path)
    with pytest.raises(InputError) as caught:
        templates.of(catalog, sample.PROVIDER).json_of(catalog.folder / "api" / "none.json.j2", {})

    assert caught.value.problems[0].code == "broken-template"
    assert caught.value.problems[0].where == "templates/sample/api/none.json.j2"


@pytest.mark.parametrize("value", [object(), {1, 2}, b"x", float("nan")])
def test_value_that_json_does_not_know_is_told_by_line(tmp_path, value):
    with pytest.raises(InputError) as caught:
        made(tmp_path, '{\n"a": {{ value | json }}}', {"value": value})

    assert caught.value.problems[0].code == "broken-template"
    assert caught.value.problems[0].where.endswith("made.json.j2:2")


def test_part_of_the_text_is_shown_where_it_is_no_json(tmp_path):
    with pytest.raises(InputError, match=r'near: \{"a": nothing\}'):
        made(tmp_path, '{"a": nothing}')


def test_json_filter_writes_no_ascii_escapes():
    assert templates.as_json("é") == json.dumps("é", ensure_ascii=False)
