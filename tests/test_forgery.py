"""Requests that a bot must refuse."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import forgery
from simulator.seeds import stream

BODY = '{"event":"message","n":19,"text":"h\\u00e9 \\"llo","list":[true,-0.5],"ä":"ü"}'.encode()
FORM = b"From=%2B31&Body=hello+there"

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def differences(left: str, right: str) -> int:
    assert len(left) == len(right)
    return sum(one != other for one, other in zip(left, right, strict=True))


def shape(value):
    """Give the value with every text and number put out: what tampering leaves as it is."""
    if isinstance(value, dict):
        return {key: shape(each) for key, each in value.items()}
    if isinstance(value, list):
        return [shape(each) for each in value]
    return value if value is None or isinstance(value, bool) else type(value).__name__


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("0" * 64, "1" + "0" * 63),
        ("f" * 64, "0" + "f" * 63),
        ("sha256=" + "9" * 64, "sha256=a" + "9" * 63),
        ("F" * 64, "0" + "F" * 63),
        ("Zm9v" * 10 + "Zm8=", "Am9v" + "Zm9v" * 9 + "Zm8="),
        ("t=1492774577,v1=" + "a" * 64, "t=1492774577,v1=b" + "a" * 63),
        ("v1," + "K" * 43 + "= v1," + "z" * 43 + "=", "v1,L" + "K" * 42 + "= v1,a" + "z" * 42 + "="),
        (
            "Bearer " + ".".join(["e" * 20, "e" * 40, "S" * 40]),
            "Bearer " + ".".join(["e" * 20, "e" * 40, "T" + "S" * 39]),
        ),
        ("short", "shoru"),
        ("ab==", "ac=="),
        ("é", "x"),
        ("x", "y"),
        ("", "x"),
    ],
)
def test_spoiled_value_differs_in_one_character_of_its_signature(right, wrong):
    assert forgery.spoil(right) == wrong


@given(st.binary(), st.binary(min_size=1), st.sampled_from(["hex", "base64"]))
def test_spoiled_signature_is_of_the_same_form_and_never_verifies(body, key, form):
    digest = hmac.new(key, body, hashlib.sha256)
    right = digest.hexdigest() if form == "hex" else base64.b64encode(digest.digest()).decode()

    wrong = forgery.spoil(right)

    assert differences(right, wrong) == 1
    assert wrong == forgery.spoil(right)
    decoded = bytes.fromhex(wrong) if form == "hex" else base64.b64decode(wrong, validate=True)
    assert decoded != digest.digest()


@given(st.text())
def test_spoiling_changes_any_value(value):
    assert forgery.spoil(value) != value


def test_headers_keep_their_names():
    assert forgery.spoil_values((("A", "11"), ("B", "22"))) == (("A", "12"), ("B", "23"))


@given(JSON.filter(lambda value: isinstance(value, dict | list)), st.sampled_from(["text", "number"]), st.integers())
def test_changed_character_leaves_the_same_shape_with_another_value(value, way, seed):
    body = json.dumps(value).encode()

    found = forgery.tamper(body, way, stream(seed))

    if found is not None:
        altered, words = found
        assert differences(body.decode(), altered.decode()) == 1
        assert json.loads(altered) != value
        assert shape(json.loads(altered)) == shape(value)
        assert words.startswith("byte ")


@given(
    JSON.filter(lambda value: isinstance(value, dict | list)),
    st.sampled_from(["space", "newline", "escape"]),
    st.integers(),
)
def test_rewritten_json_means_the_same_and_has_other_bytes(value, way, seed):
    body = json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")

    found = forgery.tamper(body, way, stream(seed))

    if found is not None:
        assert found[0] != body
        assert json.loads(found[0].decode("utf-8", "surrogatepass")) == value


@given(st.binary(min_size=2), st.integers())
def test_truncated_body_is_a_beginning_of_the_right_one(body, seed):
    altered, words = forgery.tamper(body, "truncated", stream(seed))

    assert body.startswith(altered)
    assert len(body) // 2 <= len(altered) < len(body)
    assert words == f"the last {len(body) - len(altered)} of {len(body)} signed bytes are missing"


@pytest.mark.parametrize("way", forgery.WAYS)
def test_same_stream_tampers_in_the_same_place(way):
    assert forgery.tamper(BODY, way, stream(5)) == forgery.tamper(BODY, way, stream(5))


def test_words_name_the_place_that_is_another_one():
    altered, words = forgery.tamper(b'{"n":7}', "number", stream(1))

    assert (altered, words) == (b'{"n":8}', "byte 6 is “8” and was signed as “7”")


@pytest.mark.parametrize("seed", range(40))
def test_names_and_escapes_are_left_alone(seed):
    altered, _ = forgery.tamper(BODY, "text", stream(seed))

    assert list(json.loads(altered)) == list(json.loads(BODY))
    assert b"h\\u00e9 \\" in altered or b"\\u00e9 \\" in altered


def test_form_stays_a_form():
    altered, _ = forgery.tamper(FORM, "text", stream(3))

    assert altered != FORM
    assert [field.partition(b"=")[0] for field in altered.split(b"&")] == [b"From", b"Body"]


@pytest.mark.parametrize(
    ("body", "ways"),
    [
        (BODY, tuple(forgery.WAYS)),
        (b'{"a":"x"}', ("text", "space", "newline", "escape", "truncated")),
        (b"[]", ("newline", "truncated")),
        (FORM, ("text", "newline", "truncated")),
        (b"", ("newline",)),
    ],
)
def test_ways_are_those_for_which_the_body_has_a_place(body, ways):
    assert forgery.ways(body) == ways
