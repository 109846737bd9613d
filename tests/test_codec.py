from __future__ import annotations

import base64
import json
import math
import shlex
import subprocess
from pathlib import PurePosixPath
from types import MappingProxyType
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from simulator import codec
from simulator.codec import HIDDEN, Redactor
from simulator.records import Ack, Attempt, Entry, Place, Reply, SignedRequest
from simulator.report.text import visible

SECRETS = st.text(st.characters(blacklist_characters="[]"), min_size=4, max_size=40).filter(
    lambda secret: secret not in HIDDEN and secret.strip() and not set("\\") & set(secret)
)
ANY_TEXT = st.text(st.characters(blacklist_characters="[]", codec=None), max_size=30)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def texts_in(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from texts_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_in(inner)
    elif isinstance(value, str):
        yield value


def test_record_becomes_a_map_of_its_fields():
    entry = Entry(seq=1, kind="A", at_ms=2, real_ms=0.5, scenario="s", data=Place("f.yaml", 1, 2))

    assert codec.to_json(entry) == {
        "seq": 1,
        "kind": "A",
        "at_ms": 2,
        "real_ms": 0.5,
        "scenario": "s",
        "data": {"file": "f.yaml", "line": 1, "column": 2},
        "story": 0,
        "provider": "",
        "variant": "",
    }


def test_headers_keep_order_and_spelling():
    ack = Ack(status=200, headers=(("X-B", "1"), ("x-a", "2")), body=b"ok")

    assert codec.to_json(ack)["headers"] == [["X-B", "1"], ["x-a", "2"]]
    assert codec.to_json(ack)["body"] == "ok"


def test_bytes_that_are_no_text_come_back_from_base64():
    shown = codec.to_json(b"\xff\x00")

    assert shown == {"base64": "/wA="}
    assert codec.to_bytes(shown) == b"\xff\x00"


@given(st.binary())
def test_any_bytes_come_back_as_they_were(content):
    assert codec.to_bytes(json.loads(codec.dumps(content))) == content


@pytest.mark.parametrize("value", [1, None, {"base64": 1}, {}, []])
def test_what_shows_no_bytes_is_refused(value):
    with pytest.raises(ValueError, match="base64"):
        codec.to_bytes(value)


@given(JSON)
def test_json_value_stays_what_it_is(value):
    assert codec.from_json(codec.dumps(value)) == value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (math.nan, "nan"),
        (math.inf, "inf"),
        (MappingProxyType({1: (2, {"b", "a"})}), {"1": [2, ["a", "b"]]}),
        (PurePosixPath("a/b"), "a/b"),
        (ValueError("boom"), "boom"),
        (2**64, 2**64),
    ],
)
def test_what_json_does_not_know_becomes_what_it_knows(value, expected):
    assert codec.to_json(value) == expected
    assert json.loads(codec.dumps(value)) == expected


def test_number_too_long_for_decimal_digits_becomes_hexadecimal_text():
    assert json.loads(codec.dumps(1 << 20_000)) == hex(1 << 20_000)


def test_hostile_text_is_escaped_in_one_line_of_ascii():
    line = codec.dumps({"text": "\ud800 \x1b[31m \u202e \u2028 \x9b \n é"})

    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["text"] == "\ud800 \x1b[31m \u202e \u2028 \x9b \n é"


def test_value_without_a_bottom_is_cut_where_it_is_too_deep():
    deep: list[object] = []
    deep.append(deep)

    assert "nested deeper than" in codec.dumps(deep)


def test_json_nested_too_deeply_is_no_crash():
    with pytest.raises(ValueError, match="deep"):
        codec.from_json("[" * 100_000)


@given(SECRETS, ANY_TEXT, ANY_TEXT)
@example("abcd", "", "")
@example("a/b+c=ä", "x", "y")
@example('say "hi"\t', "", "")
def test_secret_is_left_nowhere_in_what_is_written(secret, before, after):
    content = secret.encode("utf-8", "surrogatepass")
    text = before + secret + after
    value = {
        "plain": text,
        text: 1,
        "url": f"https://h/?sig={quote(content, safe='')}&b={quote_plus(content)}",
        "json": json.dumps({"token": secret}),
        "utf8": json.dumps({"token": secret}, ensure_ascii=False),
        "bytes": before.encode("utf-8", "surrogatepass") + content,
        "broken": b"\xff" + content,
        "hex": content.hex(),
        "reply": Reply(to=secret, kind="text", raw=[secret]),
    }

    redactor = Redactor(["", secret])

    for found in [*texts_in(json.loads(codec.dumps(value, redactor))), *texts_in(codec.to_json(value, redactor))]:
        assert secret not in found
        assert json.dumps(secret)[1:-1] not in found
        assert quote(content, safe="") not in found


@given(st.text(st.characters(codec="ascii", exclude_categories=["C"]), min_size=12), st.binary(), st.binary())
def test_secret_inside_base64_is_hidden_but_for_a_character_at_its_ends(secret, before, after):
    encoded = base64.b64encode(before + secret.encode() + after).decode()

    shown = Redactor([secret]).hide(f"Basic {encoded}")

    assert HIDDEN in shown
    hidden = len(encoded) - len(shown.removeprefix("Basic ").replace(HIDDEN, ""))
    assert hidden >= len(secret) * 4 // 3 - 2


@pytest.mark.parametrize(
    "secret", ["it's a \\ secret", 'say "hi" it\'s', "two\r\nlines", "tab\tbed\x1b", "half\udcffone"]
)
def test_secret_is_hidden_as_programs_show_it(secret):
    redactor = Redactor([secret])
    shown = [repr(secret), repr([secret]), shlex.quote(secret), visible(secret), subprocess.list2cmdline([secret])]

    assert [text for text in map(redactor.hide, shown) if text.strip("'\"[]") != HIDDEN.strip("[]")] == []


@pytest.mark.parametrize(
    "shown",
    [
        "k&amp;y+&lt;1&gt;&quot;2&quot;&#x27;",
        "k&amp;y+&lt;1&gt;&#34;2&#34;&#39;",
        'k&amp;y+&lt;1&gt;"2"\'',
        'k\\u0026y+\\u003c1\\u003e\\"2\\"\'',
        "k\\u0026y\\u002B\\u003C1\\u003E\\u00222\\u0022\\u0027",
    ],
)
def test_secret_is_hidden_as_pages_and_other_writers_of_json_show_it(shown):
    assert Redactor(['k&y+<1>"2"\'']).hide(f"({shown})") == f"({HIDDEN})"


def test_each_line_of_a_secret_with_several_is_hidden_by_itself():
    redactor = Redactor(["-----BEGIN KEY-----\nMC4CAQAwBQYDK2Vw\nBCIEIJ+DYvh6SEqV\n-----END KEY-----\n"])

    assert redactor.hide("| MC4CAQAwBQYDK2Vw") == f"| {HIDDEN}"
    assert redactor.hide("BCIEIJ%2BDYvh6SEqV") == HIDDEN
    assert redactor.hide("-----BEGIN KEY-----") == "-----BEGIN KEY-----"


def test_number_that_is_a_secret_is_hidden():
    assert codec.to_json({"pin": 12345678, "n": 5}, Redactor(["12345678"])) == {"pin": HIDDEN, "n": 5}


def test_short_secret_is_hidden_where_it_is_the_whole_value():
    redactor = Redactor(["ab"])

    assert redactor.hide("ab") == HIDDEN
    assert redactor.hide("about") == "about"


def test_longer_secret_wins_over_one_inside_it():
    assert Redactor(["token", "token-more"]).hide("<token-more>") == f"<{HIDDEN}>"


def test_text_without_a_secret_is_the_same_object():
    text = "nothing here"

    assert Redactor(["secret"]).hide(text) is text
    assert Redactor([]).hide(text) is text


# --- text without the maps between -----------------------------------------------------------------------------------

HEADERS = st.lists(st.tuples(st.text(), st.text()), max_size=3).map(tuple)
REQUESTS = st.builds(SignedRequest, method=st.text(), url=st.text(), headers=HEADERS, body=st.binary())
ACKS = st.none() | st.builds(Ack, status=st.integers(), headers=HEADERS, body=st.binary(), is_cut=st.booleans())
ATTEMPTS = st.builds(
    Attempt,
    number=st.integers(),
    due_ms=st.integers(),
    why=st.text(),
    request=REQUESTS,
    duration_ms=st.floats(),
    ack=ACKS,
)
ANY_KEY = st.text() | st.integers() | st.none() | st.binary() | st.floats()
ANYTHING = st.recursive(
    JSON | st.floats() | st.binary() | ATTEMPTS | st.just(PurePosixPath("a/é")) | st.sets(st.integers(), max_size=3),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(ANY_KEY, inner, max_size=4)
        | st.dictionaries(st.text(), inner, max_size=4).map(MappingProxyType)
        | st.builds(Entry, seq=st.integers(), kind=st.text(), at_ms=st.integers(), real_ms=st.floats(), data=inner,
                    scenario=st.text())
    ),
    max_leaves=12,
)  # fmt: skip


def by_way_of_maps(value, secrets):
    return json.dumps(codec.to_json(value, secrets), ensure_ascii=True, allow_nan=False, separators=(",", ":"))


@given(ANYTHING, st.lists(st.text(max_size=3) | st.sampled_from(["1", "12", "0.5", "null", "headers"]), max_size=3))
def test_line_is_what_json_makes_of_the_maps(value, secrets):
    redactor = Redactor(secrets)

    assert codec.dumps(value, redactor) == by_way_of_maps(value, redactor)
    assert codec.dumps(value) == by_way_of_maps(value, None)


@given(ATTEMPTS, SECRETS)
def test_record_that_is_written_again_reads_the_same(attempt, secret):
    redactor = Redactor([secret])
    told = {"delivery_id": secret, "attempt": attempt}

    assert codec.dumps(told, redactor) == codec.dumps(told, redactor) == by_way_of_maps(told, redactor)


def test_two_names_that_become_one_are_told_once():
    value = {"secret-1": 1, "b": 2, "secret-2": 3}

    assert codec.dumps(value, Redactor(["secret-1", "secret-2"])) == f'{{"{HIDDEN}":3,"b":2}}'


@pytest.mark.parametrize("keys", [("100%", "%s"), (1, 2), (True, 2), ("a", None), (0.5, "b")])
def test_maps_with_the_same_names_are_written_with_their_own_values(keys):
    redactor = Redactor(["a-secret"])
    values = [dict.fromkeys(keys, "a-secret"), dict.fromkeys(keys, "%d"), dict.fromkeys(keys, 3)]

    assert [codec.dumps(each, redactor) for each in values] == [by_way_of_maps(each, redactor) for each in values]


def test_names_of_one_run_take_no_more_memory_than_the_last_ones():
    redactor = Redactor(["a-secret"])
    for number in range(2000):
        codec.dumps({str(number): 1}, redactor)
    codec.dumps({"x" * 5000: 1}, redactor)

    assert len(redactor.forms) <= 1024
    assert max(map(len, redactor.forms.values())) < 5000


def test_what_lies_too_deep_is_named_in_a_line_as_well():
    value: list = []
    for _ in range(codec.DEEPEST + 5):
        value = [value] if len(value) % 2 else {"a": value}

    assert codec.dumps(value) == by_way_of_maps(value, None)


def test_records_of_one_run_take_no_more_memory_than_the_last_few():
    redactor = Redactor(["a-secret"])
    for number in range(1000):
        codec.dumps(SignedRequest(method="POST", url=str(number), headers=(), body=b""), redactor)

    assert len(redactor.written) <= 128
