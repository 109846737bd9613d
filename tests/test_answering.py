from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator import answering
from simulator.errors import InputError
from simulator.ids import Ids
from simulator.provider import ApiResponse, Route
from simulator.records import ApiCall
from simulator.seeds import stream
from simulator.world import Put
from tests import sample_provider as sample

ALLOWED = {"authorization": "Bearer t0ken"}


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    return sample.catalog(tmp_path_factory.mktemp("answering"))


def call(method: str = "POST", path: str = "/v1/messages", body: bytes = b'{"text": "hi"}', **changes) -> ApiCall:
    given = {"id": "c1", "provider": "sample", "headers": ALLOWED, "at_ms": 1000}
    return ApiCall(method=method, path=path, body=body, **{**given, **changes})


def answered(catalog, asked: ApiCall, *, world=None, provider=sample.PROVIDER) -> answering.Answered:
    ids = Ids(provider.ids, stream(1, "call"), asked.at_ms)
    return answering.answer(asked, provider=provider, catalog=catalog, world=world or sample.world(), ids=ids)


def error_of(found: answering.Answered) -> str:
    return json.loads(found.body)["error"]


def test_call_is_answered_by_its_template(catalog):
    found = answered(catalog, call())

    assert found.status == 200
    assert found.headers == (("Content-Type", "application/json; charset=utf-8"),)
    assert json.loads(found.body) == {"ok": True, "id": json.loads(found.body)["id"], "text": "hi", "at": 1000}
    assert b" " not in found.body


def test_call_comes_back_with_operation_params_and_fields(catalog):
    assert answered(catalog, call()).call.operation == "send"
    assert answered(catalog, call()).call.fields == {"text": "hi"}
    assert answered(catalog, call("GET", "/v1/users/ab", b"")).call.params == {"user_id": "ab"}


def test_effects_are_given_and_not_applied(catalog):
    world = sample.world()
    found = answered(catalog, call(), world=world)

    assert isinstance(found.response.effects[0], Put)
    assert world.count("messages") == 0
    assert found.response.effects[0].key == json.loads(found.body)["id"]


def test_same_call_has_the_same_answer(catalog):
    assert answered(catalog, call()).body == answered(catalog, call()).body


@pytest.mark.parametrize(
    ("asked", "status", "error"),
    [
        (call(path="/v1/nothing"), 404, "not_found"),
        (call(path="/"), 404, "not_found"),
        (call(path=""), 404, "not_found"),
        (call(path="//v1//messages"), 404, "not_found"),
        (call("PUT"), 405, "bad_method"),
        (call(headers={}), 401, "unauthorized"),
        (call(body=b"{"), 400, "bad_body"),
        (call(body=b"nonsense"), 400, "bad_body"),
        (call(body=b"[1]"), 400, "bad_body"),
        (call(body=b"\xff\xfe"), 400, "bad_body"),
        (call(body=b'{"a": NaN}'), 400, "bad_body"),
        (call(body=b'{"a":' * 50_000), 400, "bad_body"),
        (call(body=b'{"a":' * 150 + b"1" + b"}" * 150), 400, "bad_body"),
        (call(body=b'{"a": ' + b"1" * 5_000 + b"}"), 400, "bad_body"),
        (call(body=b"", problem="too large: 99 MB"), 413, "too_large"),
        (call(headers={}, body=b"{"), 400, "bad_body"),
    ],
)
def test_wrong_call_is_refused_in_the_words_of_the_provider(catalog, asked, status, error):
    found = answered(catalog, asked)

    assert (found.status, error_of(found), found.response.error) == (status, error, error)


def test_number_with_too_many_digits_is_told_without_advice_for_programmers_of_python(catalog):
    found = answered(catalog, call(body=b'{"a": ' + b"9" * 6000 + b"}"))

    assert found.call.problem.startswith("the body is no JSON: Exceeds the limit")
    assert "sys." not in found.call.problem


def test_body_above_the_limit_is_refused(catalog):
    world = sample.world(limits={"body_bytes": 10})

    assert error_of(answered(catalog, call(body=b'{"text":1}' + b" "), world=world)) == "too_large"
    assert answered(catalog, call(body=b'{"text":1}'), world=world).status == 200


def test_path_that_only_begins_like_another_is_none_whatever_the_method(catalog):
    found = answered(catalog, call("POST", "/v1/users/ab/friends"))

    assert (found.status, error_of(found)) == (404, "not_found")
    assert answered(catalog, call("GET", "/v1/users/ab/cd", b"")).call.params == {"user_id": "ab/cd"}


def test_letters_of_a_path_count_unless_the_provider_says_otherwise(catalog):
    asked = call("GET", "/V1/Users/aB", b"")
    found = answered(catalog, asked, provider=replace(sample.PROVIDER, ignores_case=True))

    assert answered(catalog, asked).status == 404
    assert (found.call.operation, found.call.params) == ("get_user", {"user_id": "aB"})


def test_wrong_method_names_the_right_ones(catalog):
    assert ("Allow", "POST, OPTIONS") in answered(catalog, call("PUT")).headers


def test_options_are_told_for_a_path_that_is_there(catalog):
    found = answered(catalog, call("OPTIONS", body=b"", headers={}))

    assert (found.status, found.body) == (204, b"")
    assert ("Allow", "POST, OPTIONS") in found.headers


def test_head_is_a_get_without_its_body(catalog):
    found = answered(catalog, call("HEAD", "/v1/users/ab", b""))

    assert (found.status, found.body) == (200, b"")
    assert found.call.operation == "get_user"


def test_head_of_what_cannot_be_got_is_refused(catalog):
    assert answered(catalog, call("HEAD", body=b"")).status == 405


@pytest.mark.parametrize(
    ("path", "operation", "params"),
    [
        ("/v1/users/ab", "get_user", {"user_id": "ab"}),
        ("/v1/users/ab/", "get_user", {"user_id": "ab"}),
        ("/v1/users/me", "get_me", {}),
        ("/v1/users/a/b+c==", "get_user", {"user_id": "a/b+c=="}),
        ("/v1/users/é\n✓", "get_user", {"user_id": "é\n✓"}),
        ("/v1/users/%2F", "get_user", {"user_id": "%2F"}),
        ("/v1/users", "", {}),
        ("/v1/users/", "", {}),
    ],
)
def test_path_is_routed_to_what_fits_it_best(catalog, path, operation, params):
    found = answered(catalog, call("GET", path, b""))

    assert found.call.operation == operation
    assert found.call.params == params
    assert answering.operation_of(call("GET", path), sample.PROVIDER) == operation


def test_several_names_may_stand_in_a_path(catalog):
    found = answered(catalog, call("DELETE", "/v1/users/a/b/notes/7", b""))

    assert found.call.params == {"user_id": "a/b", "note_id": "7"}
    assert (found.status, found.headers, found.body) == (204, (), b"")


@pytest.mark.parametrize(
    ("content_type", "body", "fields"),
    [
        ("application/json", b'{"a": 1}', {"a": 1}),
        ("", b' {"a": 1}\n', {"a": 1}),
        ("text/plain", b'{"a": 1}', {"a": 1}),
        ("application/x-www-form-urlencoded", b'{"a": 1}', {"a": 1}),
        ("application/x-www-form-urlencoded; charset=UTF-8", b"a=1&b=%C3%A9+x&c=", {"a": "1", "b": "é x", "c": ""}),
        ("application/x-www-form-urlencoded", b"r[]=1&x=2&x=3", {"r[]": ["1"], "x": ["2", "3"]}),
        ("application/json", b"", None),
        ("application/json", b" \n", None),
        ("application/json", b'{"n": 5905337701874247936}', {"n": 5905337701874247936}),
    ],
)
def test_body_is_read_as_what_it_looks_like(catalog, content_type, body, fields):
    asked = call(body=body, headers={**ALLOWED, "content-type": content_type})

    assert answered(catalog, asked).call.fields == fields


def test_broken_body_of_a_get_does_not_matter(catalog):
    assert answered(catalog, call("GET", "/v1/users/ab", b"{")).status == 200


def test_call_from_an_ack_needs_no_token_and_keeps_its_fields(catalog):
    asked = call(path="", body=b"", headers={}, source="ack", operation="send", fields={"text": "welcome"})
    found = answered(catalog, asked)

    assert found.status == 200
    assert found.call.fields == {"text": "welcome"}


def test_call_from_an_ack_to_no_operation_is_refused(catalog):
    assert error_of(answered(catalog, call(source="ack", operation="nonsense"))) == "not_found"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(["GET", "POST", "HEAD", "OPTIONS", "PATCH", "X"]),
    path=st.text(max_size=30) | st.sampled_from(["/v1/messages", "/v1/users/x"]),
    body=st.binary(max_size=60) | st.text().map(lambda text: json.dumps({"text": text}).encode()),
    content_type=st.sampled_from(["", "application/json", "application/x-www-form-urlencoded", "multipart/form-data"]),
)
def test_any_call_has_an_answer(catalog, method, path, body, content_type):
    found = answered(catalog, call(method, path, body, headers={**ALLOWED, "content-type": content_type}))

    assert 200 <= found.status < 500
    assert found.body.decode("utf-8") or method in ("HEAD", "OPTIONS") or found.status == 204


@pytest.mark.parametrize(
    ("response", "content_type", "body"),
    [
        (ApiResponse(body={"a": "é"}), "application/json; charset=utf-8", '{"a":"é"}'),
        (ApiResponse(body="text"), "application/json; charset=utf-8", '"text"'),
        (ApiResponse(body="403 Forbidden", headers=(("content-type", "text/plain"),)), "text/plain", "403 Forbidden"),
        (ApiResponse(body="\ud800"), "application/json; charset=utf-8", r'"\ud800"'),
        (ApiResponse(body="\ud800", headers=(("Content-Type", "text/html"),)), "text/html", "?"),
        (ApiResponse(body=b"\xff", headers=(("Content-Type", "image/png"),)), "image/png", None),
        (ApiResponse(), "", ""),
    ],
)
def test_response_without_a_template_is_its_body(catalog, response, content_type, body):
    status, headers, found = answering.render_response(
        response,
        call=call(),
        provider=sample.PROVIDER,
        catalog=catalog,
        world=sample.world(),
        ids=Ids({}, stream(1), 0),
    )

    assert status == 200
    assert "".join(value for name, value in headers if name.lower() == "content-type") == content_type
    assert found == (b"\xff" if body is None else body.encode())


def test_named_fault_is_told_in_the_words_of_the_provider(catalog):
    found = answering.fault_response(call(), provider=sample.PROVIDER, catalog=catalog, error="rate_limited")

    assert (found.status, found.error) == (429, "rate_limited")


def test_unknown_fault_names_the_nearest(catalog):
    with pytest.raises(InputError) as caught:
        answering.fault_response(call(), provider=sample.PROVIDER, catalog=catalog, error="rate_limit")

    assert caught.value.problems[0].code == "unknown-error"
    assert "rate_limited" in caught.value.problems[0].fix


def test_fault_with_status_and_body_counts_as_a_refusal(catalog):
    found = answering.fault_response(call(), provider=sample.PROVIDER, catalog=catalog, status=503, body={"a": 1})

    assert (found.status, found.body) == (503, {"a": 1})
    assert found.error


def test_fault_with_a_text_is_told_as_the_text_stands(catalog):
    fault = answering.fault_response(call(), provider=sample.PROVIDER, catalog=catalog, status=502, body="Bad gateway")
    _, headers, body = answering.render_response(
        fault, call=call(), provider=sample.PROVIDER, catalog=catalog, world=sample.world(), ids=Ids({}, stream(1), 0)
    )

    assert dict(headers) == {"Content-Type": "text/plain; charset=utf-8"}
    assert body == b"Bad gateway"


def test_broken_template_names_its_file(tmp_path: Path):
    catalog = sample.catalog(tmp_path, {"api/send.json.j2": '{\n"a": {{ answer.nothing.at_all }}\n}'})
    with pytest.raises(InputError) as caught:
        answered(catalog, call())

    assert caught.value.problems[0].code == "broken-template"
    assert caught.value.problems[0].where == "templates/sample/api/send.json.j2:2"


def test_route_of_another_provider_is_not_found(catalog):
    other = replace(
        sample.PROVIDER, routes=(Route(method="POST", path="/other", operation="other", handler=sample.send),)
    )

    assert answered(catalog, call(), provider=other).status == 404
    assert answered(catalog, call(path="/other"), provider=other).status == 200


def test_a_form_with_a_file_is_left_to_its_operation(catalog):
    """A file is no text, and a boundary is no JSON: whoever wants the parts reads the body."""
    headers = {**ALLOWED, "content-type": "multipart/form-data; boundary=x"}
    body = b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\n\x89PNG\r\n--x--\r\n'
    seen = []

    def handler(asked: ApiCall, world, ids) -> ApiResponse:
        seen.append((asked.fields, asked.body))
        return ApiResponse()

    route = Route(method="POST", path="/v1/files", operation="upload", handler=handler)
    provider = replace(sample.PROVIDER, routes=(route,))
    answered(catalog, call(path="/v1/files", body=body, headers=headers), provider=provider)

    assert seen == [(None, body)]
