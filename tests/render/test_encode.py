from __future__ import annotations

import json
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.catalog import BodyStyle
from simulator.errors import InputError
from simulator.render.encode import encode

TEXTS = st.text(st.characters(codec=None), max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)
STYLES = st.builds(
    BodyStyle,
    separators=st.sampled_from([(",", ":"), (", ", ": ")]),
    ascii=st.booleans(),
    escapes=st.sampled_from(["lower", "upper"]),
    escape_slashes=st.booleans(),
    trailing_newline=st.booleans(),
)


@given(JSON, STYLES)
def test_value_comes_back_from_json_of_every_style(value, style):
    body = encode(value, style)

    assert json.loads(body) == value
    assert body.endswith(b"\n") is style.trailing_newline
    assert not style.ascii or body.isascii()


@given(JSON, STYLES)
def test_value_comes_back_from_a_form_with_a_payload(value, style):
    body = encode(value, BodyStyle(kind="form in payload", ascii=style.ascii, escapes=style.escapes))

    [(name, text)] = parse_qsl(body.decode("ascii"), strict_parsing=True)
    assert name == "payload"
    assert json.loads(text) == value


@pytest.mark.parametrize(
    ("value", "style", "expected"),
    [
        ({"a": "é🙂"}, {}, '{"a":"é🙂"}'),
        ({"a": "é🙂"}, {"ascii": True}, r'{"a":"\u00e9\ud83d\ude42"}'),
        ({"a": "é🙂"}, {"ascii": True, "escapes": "upper"}, r'{"a":"\u00E9\uD83D\uDE42"}'),
        ({"a": r"\u00e9 é"}, {"ascii": True, "escapes": "upper"}, r'{"a":"\\u00e9 \u00E9"}'),
        ({"a": "\\\\ué"}, {"ascii": True, "escapes": "upper"}, r'{"a":"\\\\u\u00E9"}'),
        ({"a": "\x1f"}, {"escapes": "upper"}, r'{"a":"\u001F"}'),
        ({"/": "a/b"}, {"escape_slashes": True}, r'{"\/":"a\/b"}'),
        ([1, 2], {"separators": (", ", ": ")}, "[1, 2]"),
        ({"n": 5905337701874247936}, {}, '{"n":5905337701874247936}'),
        ({"n": [1.10, 1e22, 1e-7, -0.0]}, {}, '{"n":[1.1,1e+22,1e-07,-0.0]}'),
        ({"a": "\ud83d"}, {}, r'{"a":"\ud83d"}'),
        ({"a": "\ud83d"}, {"escapes": "upper"}, r'{"a":"\uD83D"}'),
    ],
)
def test_style_decides_the_bytes(value, style, expected):
    assert encode(value, BodyStyle(**style)) == expected.encode()


def test_form_has_a_field_for_each_key():
    value = {"Body": "a b&c=é", "NumMedia": 0, "Is": True, "None": None, "Many": ["x", "y"], "Deep": {"a": 1}}

    body = encode(value, BodyStyle(kind="form", content_type="application/x-www-form-urlencoded"))

    assert body == b"Body=a+b%26c%3D%C3%A9&NumMedia=0&Is=true&Many=x&Many=y&Deep=%7B%22a%22%3A1%7D"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, b"x"])
def test_value_that_json_does_not_know_is_an_error(value):
    with pytest.raises(InputError) as caught:
        encode({"a": value}, BodyStyle())

    assert caught.value.problems[0].code == "unsendable-body"


def test_form_of_no_object_is_an_error():
    with pytest.raises(InputError, match="unsendable-body"):
        encode([1], BodyStyle(kind="form"))


def test_value_without_a_bottom_is_an_error():
    deep = []
    deep.append(deep)
    with pytest.raises(InputError, match="unsendable-body"):
        encode(deep, BodyStyle())
