"""Answers of the REST API compiled: the same as the sandbox gives, or left to it."""

from __future__ import annotations

import json
import re

import pytest

from simulator import answering, catalog, providers, templates
from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.records import ApiCall
from simulator.render.answer import SCOPE, answer_program, fill_answer, write_answer
from simulator.seeds import stream
from tests import sample_provider as sample

CALL = ApiCall(id="call-1", provider="sample", method="GET", path="/", headers={})
ANSWERS = [
    (name, path.name.removesuffix(".json.j2"))
    for name in catalog.names()
    for path in sorted(catalog.load(name).folder.glob("api/*.json.j2"))
]
VALUES = [
    None,
    'é / \u2028 \U0001f600 "quoted" 100%',
    -3,
    2.50,
    10**30,
    True,
    [],
    [{"a": [1, None]}, "\ud83d"],
    {"uri": "u", "name": None, "subcategory": "s", "members": [1.0, "x"]},
]


class Anything(dict):
    """Has the same value under every name."""

    def __init__(self, value):
        super().__init__()
        self.value = value

    def __missing__(self, name):
        return self.value

    def __contains__(self, name):
        return True


def scope(answer):
    ids = Ids({"message": lambda drawn, now_ms: drawn.getrandbits(32)}, stream(7, "ids"), 5)
    return {"answer": answer, "call": CALL, "account": {"id": "a"}, "ids": ids, "now": 5, "options": {"mode": "plain"}}


def told(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def own(folder, text):
    found = sample.catalog(folder, {"api/own.json.j2": text})
    return templates.Templates(found, sample.PROVIDER)


@pytest.mark.parametrize(("provider", "name"), ANSWERS, ids=["/".join(each) for each in ANSWERS])
def test_answer_of_every_provider_is_what_the_sandbox_gives(provider, name):
    known = templates.of(catalog.load(provider), providers.load(provider))
    found = {number: write_answer(known, name, scope(Anything(value))) for number, value in enumerate(VALUES)}
    written = {number: body for number, body in found.items() if body is not None}

    assert not isinstance(answer_program(known, name), str)
    assert written == {number: told(fill_answer(known, name, scope(Anything(VALUES[number])))) for number in written}


def test_most_answers_need_no_sandbox():
    known = [(templates.of(catalog.load(provider), providers.load(provider)), name) for provider, name in ANSWERS]
    written = [write_answer(each, name, scope(Anything(-3))) for each, name in known]

    assert sum(body is not None for body in written) > 0.9 * len(ANSWERS)


@pytest.mark.parametrize(
    "text",
    [
        '{"id": {{ ids.message() }}, "again": {{ ids.message("b") }}, "now": {{ now }}}',
        '{"mode": {{ options.mode | json }}, "account": {{ account.id | json }}}',
        '{ {% if answer.x %}"x": {{ answer.x | json }},{% endif %} "y": [1, 2.50, "\\u00e9"] }',
    ],
)
def test_whatever_a_template_may_ask_for_is_written_alike(tmp_path, text):
    known = own(tmp_path, text)

    assert write_answer(known, "own", scope({"x": 1})) == told(fill_answer(known, "own", scope({"x": 1})))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"a": {{ call.id | json }}}', ""),
        ('{"a": {{ answer.missing | json }}}', ""),
        ('{"a": {{ fake.name() | json }}}', "the name fake"),
        ('{"a": {{ present("a") | json }}}', "the name present"),
        ('{"a": "{{ answer.x }}"}', "quotes"),
        ('{"a": {{ answer.x }', "cannot be read"),
        ("{{ none | json }}", ""),
    ],
)
def test_what_only_the_sandbox_can_tell_is_left_to_it(tmp_path, text, why):
    known = own(tmp_path, text)
    found = answer_program(known, "own")

    assert write_answer(known, "own", scope({"x": 1})) is None
    assert why in found if isinstance(found, str) else not why


@pytest.mark.parametrize(
    ("headers", "method", "body"),
    [((), "GET", b'"1"'), ((("Content-Type", "text/plain"),), "GET", b"1"), ((), "HEAD", b"")],
)
def test_text_of_a_template_is_sent_as_the_headers_say(tmp_path, headers, method, body):
    known = own(tmp_path, "{{ answer.x | json }}")
    call = ApiCall(id="call-1", provider="sample", method=method, path="/", headers={})
    response = ApiResponse(template="own", values={"x": "1"}, headers=headers)
    ids = scope({})["ids"]

    status, told_headers, found = answering.render_response(
        response, call=call, provider=sample.PROVIDER, catalog=known.catalog, world=sample.world(), ids=ids
    )

    assert (status, found) == (200, body)
    assert re.fullmatch("text/plain|application/json; charset=utf-8", dict(told_headers)["Content-Type"])


def test_scope_is_all_that_the_answering_gives():
    assert set(SCOPE) == set(scope({}))
