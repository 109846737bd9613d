from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import match
from simulator.records import Button, Mismatch, Reply

VALUES: Mapping[str, Any] = {"order": "BR-1 (a+b)*", "n": 3, "odd": "<x> ~ /y/", "flag": True, "none": "any"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
WORDS = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8)


def fill(source: str) -> Any:
    return VALUES[source.removeprefix("{{").removesuffix("}}").strip()]


def say(text: str | None = None, **fields: Any) -> Reply:
    return Reply(**{"to": "u1", "kind": "text", "text": text, **fields})


def buttons(*labels: str) -> tuple[Button, ...]:
    return tuple(Button(label=label, payload=label.lower()) for label in labels)


def compare(wanted: Any, reply: Reply) -> match.Matched:
    is_fields = isinstance(wanted, Mapping) and "equals" not in wanted
    return match.differences(wanted if is_fields else {"text": wanted}, reply, fill)


def value(wanted: Any, found: Any) -> match.Matched:
    return match.match_value(wanted, found, fill)


# --- text ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("Hello", "Hello"),
        (" Hello ", "\nHello  "),
        ("~thanks", "Many  THANKS!"),
        ("~many thanks", "Many\n  Thanks!"),
        ("~straße", "STRASSE"),
        ("/^Hi,? Ana/", "Hi, Ana!"),
        ("/^hi/i", "HI"),
        ("Order {{ order }} is here", "Order BR-1 (a+b)* is here"),
        ("~{{ order }}", "your br-1 (A+B)* is here"),
        ("/order {{ order }}$/i", "Order br-1 (a+b)*"),
        ("{{ n }} items", "3 items"),
        ("{{ odd }}", "<x> ~ /y/"),
        ("{{ {'a': {'b': 1}}['a']['b'] }}", "1"),
        ({"equals": "~ < / literal"}, "~ < / literal"),
        ({"equals": "~{{ order }}"}, "~BR-1 (a+b)*"),
        ("any", "whatever"),
        (True, "whatever"),
        (42, "42"),
        ("1 < 2 and <3", "1 < 2 and <3"),
        ("a <- b", "a <- b"),
    ],
)
def test_text_that_fits_has_no_mismatch(wanted: Any, said: str) -> None:
    def with_map(source: str) -> Any:
        return 1 if "'a'" in source else fill(source)

    assert match.differences({"text": wanted}, say(said), with_map).is_match


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("Hello", "hello"),
        ("Hello", "Hello!"),
        ("~thanks", "thank you"),
        ("/^Hi/", "Oh, Hi"),
        ("/hi/", "HI"),
        ("Order {{ order }}", "Order BR-1 aab"),
        ("{{ odd }}", "captured ~ /y/"),
        ({"equals": "~close"}, "very close"),
        ({"equals": "<name>"}, "Ana"),
        ("none", "something"),
        ("Order <id>", "Order "),
        ("", "something"),
    ],
)
def test_text_that_does_not_fit_has_one_mismatch(wanted: Any, said: str) -> None:
    (mismatch,) = compare(wanted, say(said)).mismatches

    assert mismatch.path == "text"


def test_mismatch_shows_both_sides_with_expressions_filled_in() -> None:
    assert compare("{{ n }} of <all>", say("2 of 5")).mismatches == (
        Mismatch(path="text", wanted='"3 of <all>"', found='"2 of 5"'),
    )


def test_mismatch_shows_what_cannot_be_seen() -> None:
    (mismatch,) = compare("Hi Ana", say("Hi\u00a0Ana\u200b\n")).mismatches

    assert mismatch.found == r'"Hi\xa0Ana\u200b\n"'


def test_what_an_expression_gives_is_never_a_matcher() -> None:
    assert not compare("{{ none }}", say("something else")).is_match
    assert compare("{{ none }}", say("any")).is_match


@pytest.mark.parametrize(("wanted", "said", "words"), [("none", "Hi", "no text"), ("any", None, "any text")])
def test_whether_there_is_a_text_is_wanted_in_plain_words(wanted: str, said: str | None, words: str) -> None:
    (mismatch,) = compare(wanted, say(said)).mismatches

    assert mismatch.wanted == words


def test_button_that_is_right_in_part_differs_in_the_rest_alone() -> None:
    reply = say("Hi", buttons=buttons("A", "B"))
    (payload,) = compare({"buttons": [{"label": "B", "payload": "x"}]}, reply).mismatches
    (whole,) = compare({"buttons": [{"label": "C", "payload": "x"}]}, reply).mismatches

    assert payload == Mismatch(path="buttons.0.payload", wanted='"x"', found='"b"')
    assert whole.found == "buttons [A, B]"


def test_reply_without_text_is_named_by_its_kind() -> None:
    (mismatch,) = compare("Hello", say(None, kind="typing")).mismatches

    assert mismatch.found == "typing"


@pytest.mark.parametrize(
    ("wanted", "said", "captures"),
    [
        ("Order <id> is <status>.", "Order 7 is on its way.", {"id": "7", "status": "on its way"}),
        ("<a>, <b>", "x, y, z", {"a": "x", "b": "y, z"}),
        ("<all>", "two\nlines", {"all": "two\nlines"}),
        ("<a><b>", "xyz", {"a": "x", "b": "yz"}),
        ("~ORDER <id> is", "Your order\n Ab7 is late", {"id": "Ab7"}),
        ("~is <status>", "it IS on its way ", {"status": "on its way"}),
        ("/id=(?P<id>[0-9]+)/", "id=77", {"id": "77"}),
        ("/a(?P<b>b)?/", "a", {}),
        ("<x> = <x>", "1 = 1", {"x": "1"}),
        ("<x> {{ order }}", "got BR-1 (a+b)*", {"x": "got"}),
    ],
)
def test_captures_stand_for_what_was_said(wanted: str, said: str, captures: dict[str, str]) -> None:
    matched = compare(wanted, say(said))

    assert matched.mismatches == ()
    assert matched.captures == captures


def test_capture_named_twice_must_say_the_same() -> None:
    assert not compare("<x> = <x>", say("1 = 2")).is_match


@given(st.text(max_size=30))
def test_literal_always_fits_itself(text: str) -> None:
    assert match.match_value({"equals": text}, text, lambda source: source).is_match
    assert match.differences({"text": {"equals": text}}, say(text), lambda source: source).is_match


@given(st.text(max_size=30))
def test_text_from_an_expression_always_fits_itself(text: str) -> None:
    for wanted in ("{{ x }}", "~a {{ x }} b", "/^a {{ x }} b$/", "a {{ x }} b"):
        said = text if wanted == "{{ x }}" else f"a {text} b"

        assert match.differences({"text": wanted}, say(said), lambda _: text).is_match


@given(WORDS, WORDS, st.text(max_size=10))
def test_captures_put_into_the_matcher_give_what_was_said(first: str, last: str, between: str) -> None:
    said = f"{first}, {between}: {last}"

    matched = match.differences({"text": "<first>, {{ x }}: <last>"}, say(said), lambda _: between)

    assert matched.is_match
    assert f"{matched.captures['first']}, {between}: {matched.captures['last']}" == said


@given(st.text(st.sampled_from("~/<>ab{}()[]*+?.\\ |^$i'\""), max_size=20), st.text(max_size=20))
def test_any_matcher_meets_any_text_without_an_error(wanted: str, said: str) -> None:
    match.problems_of(wanted)
    match.value_problems({"a": wanted})
    match.captures_of(wanted)
    match.describe(wanted)

    matched = match.differences({"text": wanted, "raw": {"a": wanted}}, say(said, raw={"a": said}), lambda _: "x")

    assert isinstance(matched.mismatches, tuple)


def test_regular_expression_without_an_end_is_a_mismatch_that_says_so() -> None:
    started = time.process_time()
    (mismatch,) = compare("/(a+)+$/", say("a" * 5_000 + "b")).mismatches

    assert "no end of the search within 0.25 s" in mismatch.found
    assert time.process_time() - started < 2


# --- values ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (3, 3),
        (3, 3.0),
        (3, "3"),
        (4.5, "4.50"),
        ("3", 3),
        ("/^4/", 42),
        (True, True),
        ("true", True),
        (None, None),
        (">= 3", 3),
        (">3", "4"),
        ("<= 3", -1),
        ("< 3", 2.5),
        ("!= 3", 4),
        ("1..5", 5),
        ("1 .. 5", 1),
        ("-2..-1", -1.5),
        (">= {{ n }}", 3),
        ("{{ n }}..9", 4),
        ("> 9007199254740992", 9007199254740993),
        ("{{ n }}", 3),
        ("{{ n }}", "3"),
        ("{{ flag }}", True),
        ("any", 0),
        ("any", ""),
        ("none", None),
        ("1..5", "1..5"),
        ({"a": {"b": "any"}}, {"a": {"b": 1, "c": 2}}),
        ({"a.b": 1, "a.c.0": 2}, {"a": {"b": 1, "c": [2]}}),
        ({"a.b": 1}, {"a.b": 1}),
        ({"a": "none", "b.c": "none"}, {}),
        ({"0.x": 1}, [{"x": 1}]),
        (["a", "c"], ["a", "b", "c"]),
        ([], []),
        ([{"x": ">1"}], [{"x": 1}, {"x": 2}]),
        ({"equals": {"a": [1, "{{ n }}"]}}, {"a": [1, 3]}),
        ({"$.a[*].x": 2}, {"a": [{"x": 1}, {"x": 2}]}),
        ({"$.a[*].x": [1, 2]}, {"a": [{"x": 1}, {"x": 2}]}),
        ({"$.b": "none"}, {"a": 1}),
    ],
)
def test_value_that_fits_has_no_mismatch(wanted: Any, found: Any) -> None:
    assert value(wanted, found).mismatches == ()


@pytest.mark.parametrize(
    ("wanted", "found", "path"),
    [
        (3, 4, ""),
        (1, True, ""),
        (True, 1, ""),
        (None, 0, ""),
        (">= 3", 2, ""),
        (">= 3", "many", ""),
        ("1..5", 6, ""),
        ("any", None, ""),
        ("none", 0, ""),
        ("text", ["text"], ""),
        ("text", None, ""),
        ({"a": 1}, "text", ""),
        ({"a.b": "any"}, {"a": {}}, "a.b"),
        (["c", "a"], ["a", "b", "c"], "1"),
        ([], [1], ""),
        ([1], 1, ""),
        ({"equals": 3}, "3", ""),
        ({"equals": {"a": 1}}, {"a": 1, "b": 2}, ""),
        ({"equals": [1]}, [1, 2], ""),
        ({"$.a": 1}, {"a": 2}, "$.a"),
        ({"$[": 1}, {}, "$["),
    ],
)
def test_value_that_does_not_fit_has_its_path(wanted: Any, found: Any, path: str) -> None:
    (mismatch,) = value(wanted, found).mismatches

    assert mismatch.path == path


@given(JSON)
def test_any_value_equals_itself(found: Any) -> None:
    assert match.match_value({"equals": json.loads(json.dumps(found))}, found, lambda source: source).is_match


@given(st.lists(st.integers(0, 3), max_size=6), st.lists(st.integers(0, 3), max_size=6))
def test_list_fits_where_it_is_a_subsequence(wanted: list[int], found: list[int]) -> None:
    rest = iter(found)
    is_there = all(number in rest for number in wanted) and (bool(wanted) or not found)

    assert value(wanted, found).is_match == is_there


def test_all_differences_of_a_value_are_told() -> None:
    matched = value({"a": 1, "b": {"c": "x"}, "d": ["y"]}, {"a": 2, "b": {"c": "z"}, "d": []})

    assert [(mismatch.path, mismatch.wanted, mismatch.found) for mismatch in matched.mismatches] == [
        ("a", "1", "2"),
        ("b.c", '"x"', '"z"'),
        ("d.0", '"y"', "[]"),
    ]


# --- replies ---------------------------------------------------------------------------------------------------------

EDIT = say("Done", kind="edits", about="Working on it…", message_id="m1")
PICTURE = say("look", kind="image", media="https://bot/files/my%20cat.jpg?v=1", raw={"media": "x"})


@pytest.mark.parametrize(
    ("wanted", "reply"),
    [
        ({}, say("hi")),
        ({"buttons": ["Track", "Talk"]}, say("x", buttons=buttons("Track", "Help", "Talk"))),
        ({"buttons": ["~TRACK", "/^T/"]}, say("x", buttons=buttons("track it", "Talk"))),
        ({"buttons": "Help"}, say("x", buttons=buttons("Track", "Help"))),
        ({"buttons": [{"label": "Help", "payload": "help"}]}, say("x", buttons=buttons("Help"))),
        ({"buttons": "any"}, say("x", buttons=buttons("Help"))),
        ({"buttons": "none"}, say("x")),
        ({"buttons": []}, say("x")),
        ({"keyboard": ["Help"]}, say(None, kind="keyboard", buttons=buttons("Help"))),
        ({"image": "any"}, PICTURE),
        ({"image": True, "text": "look"}, PICTURE),
        ({"image": "my cat.jpg"}, PICTURE),
        ({"image": "~/files/"}, PICTURE),
        ({"image": "look"}, PICTURE),
        ({"image": {"url": "/jpg/", "text": "look"}}, PICTURE),
        ({"image": "none"}, say("hi")),
        ({"typing": False}, say("hi")),
        ({"typing": True}, say(None, kind="typing")),
        ({"location": {"lat": "52..53", "lon": 4.9}}, say(None, kind="location", location={"lat": 52.3, "lon": 4.9})),
        ({"location": "any"}, say(None, kind="location")),
        ({"sticker": 46}, say(None, kind="sticker", raw={"sticker_id": 46})),
        ({"contact": {"name": "Ana"}}, say(None, kind="contact", raw={"contact": {"name": "Ana", "phone": "1"}})),
        ({"contact": "Ana"}, say(None, kind="contact", raw={"contact": {"name": "Ana"}})),
        ({"cards": ["~pizza", "Pasta"]}, say(None, kind="cards", raw={"cards": [{"t": "A pizza"}, {"t": "Pasta"}]})),
        ({"edits": "~working", "text": "Done"}, EDIT),
        ({"edits": "any"}, EDIT),
        ({"edits": "m1"}, EDIT),
        ({"deletes": "Oops"}, say(None, kind="deletes", about="Oops", message_id="m1")),
        ({"reacts": "👍"}, say("👍", kind="reacts", about="Hi")),
        ({"reacts": "~hi"}, say("👍", kind="reacts", about="Hi")),
        ({"raw": {"keyboard.Type": "keyboard"}}, say("x", raw={"keyboard": {"Type": "keyboard"}})),
        ({"kind": "text", "operation": "send"}, say("x", operation="send")),
    ],
)
def test_reply_that_fits_has_no_mismatch(wanted: dict[str, Any], reply: Reply) -> None:
    assert compare(wanted, reply).mismatches == ()


@pytest.mark.parametrize(
    ("wanted", "reply", "mismatch"),
    [
        ({"image": "any"}, say("hi"), ("image", "image", '"hi"')),
        ({"image": "dog.jpg"}, PICTURE, ("image", '"dog.jpg"', '"https://bot/files/my%20cat.jpg?v=1"')),
        ({"typing": False}, say(None, kind="typing"), ("typing", "no typing", "typing")),
        ({"edits": "Done"}, EDIT, ("edits", '"Done"', '"Working on it…"')),
        ({"deletes": "any"}, say("Oops"), ("deletes", "deletes", '"Oops"')),
        ({"text": "hi"}, say(None, kind="deletes", about="hi"), ("text", '"hi"', 'deletes "hi"')),
        ({"buttons": ["A"]}, say("x"), ("buttons.0", '"A"', "no buttons")),
        (
            {"buttons": ["B", "A"]},
            say("x", buttons=buttons("A", "B")),
            ("buttons.1", '"A"', "buttons [A, B], in another order"),
        ),
        ({"buttons": "none"}, say("x", buttons=buttons("A")), ("buttons", "no buttons", "buttons [A]")),
        ({"buttons": "any"}, say("x"), ("buttons", "any buttons", "no buttons")),
        ({"raw": {"a.b": 1}}, say("x", raw={"a": {}}), ("raw.a.b", "1", "nothing")),
        ({"location": {"lat": 1}}, say(None, kind="location"), ("location", "{lat: 1}", "nothing")),
    ],
)
def test_reply_that_does_not_fit_tells_what_was_found(
    wanted: dict[str, Any], reply: Reply, mismatch: tuple[str, str, str]
) -> None:
    (found,) = compare(wanted, reply).mismatches

    assert (found.path, found.wanted, found.found) == mismatch


def test_captures_of_all_fields_come_together() -> None:
    reply = say("Hi Ana", buttons=buttons("Order 7"), raw={"track": "t-9"})

    matched = compare({"text": "Hi <name>", "buttons": ["Order <id>"], "raw": {"track": "t-<track>"}}, reply)

    assert matched.captures == {"name": "Ana", "id": "7", "track": "9"}


# --- in words --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "line"),
    [
        ("Hi Ana", '"Hi Ana"'),
        ("~thanks", "~thanks"),
        ({"text": "/^Hi/i"}, "/^Hi/i"),
        ({"text": "Hi", "buttons": ["A", "~b"]}, '"Hi" + buttons [A, ~b]'),
        ({"text": {"equals": "~x"}}, '"~x"'),
        ({"image": "any"}, "image"),
        ({"image": "cat.jpg"}, 'image "cat.jpg"'),
        ({"typing": False}, "no typing"),
        ({"text": "any"}, "any text"),
        ({"raw": {"a.b": ">= 3", "c": "x"}}, 'raw a.b = >= 3, c = "x"'),
        ({}, "any reply"),
    ],
)
def test_what_is_wanted_reads_as_one_line(wanted: Any, line: str) -> None:
    assert match.describe(wanted) == line


def test_reply_reads_as_one_line() -> None:
    assert match.describe_reply(say("Hi\nAna", buttons=buttons("A", "B"))) == r'"Hi\nAna" + buttons [A, B]'
    assert match.describe_reply(EDIT) == 'edits "Working on it…", now "Done"'
    assert match.describe_reply(say(None, kind="deletes", message_id="m1")) == "deletes the message m1"
    assert match.describe_reply(say("👍", kind="reacts", about="Hi")) == 'reacts "👍" to "Hi"'
    assert match.describe_reply(PICTURE) == 'image "https://bot/files/my%20cat.jpg?v=1" "look"'


@pytest.mark.parametrize("found", [object(), b"x", float("nan"), {"a": {1, 2}}, "\ud800", "x" * 10_000])
def test_anything_can_be_shown_in_one_short_line(found: Any) -> None:
    line = match.show(found)

    assert line.isprintable()
    assert len(line) <= 310


# --- before the run --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "path", "code"),
    [
        ("/help", "", "unfinished-regex"),
        ("/a/g", "", "unfinished-regex"),
        ("/", "", "unfinished-regex"),
        ("/a(/", "", "bad-regex"),
        ("/a{999999999}/", "", "bad-regex"),
        ("/(a{1000}){1000}/", "", "bad-regex"),
        ("/(?R)/", "", "bad-regex"),
        ("/" + "(" * 900 + "/", "", "bad-regex"),
        ("/" + "x" * 5_000 + "/", "", "bad-regex"),
        ("Hi {{ name", "", "unfinished-expression"),
        ("~", "", "empty-matcher"),
        ("//", "", "empty-matcher"),
        (None, "", "empty-matcher"),
        ({"text": ["a"]}, "text", "unknown-matcher"),
        ({"text": {"equal": "a"}}, "text", "unknown-matcher"),
        ({"image": None}, "image", "empty-matcher"),
        ({"image": "/a"}, "image", "unfinished-regex"),
        ({"buttons": ["A", "/b"]}, "buttons.1", "unfinished-regex"),
        ({"buttons": [{"lable": "A"}]}, "buttons.0.lable", "unknown-matcher"),
        ({"buttons": ["none"]}, "buttons.0", "unknown-matcher"),
        ({"location": "Berlin"}, "location", "unknown-matcher"),
        ({"raw": {"a.b": "5..1"}}, "raw.a.b", "bad-range"),
        ({"raw": {"a": [{"b": "~"}]}}, "raw.a.0.b", "empty-matcher"),
        ({"raw": {"$[": 1}}, "raw.$[", "bad-json-path"),
        ({"raw": {"$[?match(@.a, 'x')]": 1}}, "raw.$[?match(@.a, 'x')]", "bad-json-path"),
    ],
)
def test_wrong_matcher_is_told_with_path_and_code(wanted: Any, path: str, code: str) -> None:
    ((found_path, found_code, what),) = match.problems_of(wanted)

    assert (found_path, found_code) == (path, code)
    assert what


@pytest.mark.parametrize(
    "wanted",
    [
        "Hi",
        "",
        42,
        {"equals": "/help"},
        "/{{ a }}/",
        "<b>",
        "~<a>",
        "{{ {'a': 1} }}",
        {"text": True, "buttons": "any", "image": False, "raw": {"a": [1, None], "$.a": "1..5"}},
        {"location": {"lat": ">= 1"}},
        {"buttons": [{"label": "~a", "payload": "any", "silent": True}]},
    ],
)
def test_right_matcher_has_no_problem(wanted: Any) -> None:
    assert match.problems_of(wanted) == []


def test_all_problems_of_a_matcher_are_told() -> None:
    found = match.problems_of({"text": "/a", "buttons": ["~", "/(/"], "raw": {"x": "9..1"}})

    assert [code for _, code, _ in found] == ["unfinished-regex", "empty-matcher", "bad-regex", "bad-range"]


def test_problems_of_a_value_begin_at_the_given_path() -> None:
    assert [path for path, _, _ in match.value_problems({"a": "/x"}, "ack.body")] == ["ack.body.a"]


def test_names_of_all_captures_are_known() -> None:
    wanted = {
        "text": "<a> {{ x <y> z }}",
        "buttons": ["~<b>"],
        "raw": {"p": ["/(?P<c>x)/"], "q": {"equals": "<d>"}, "r": "/(/"},
    }

    assert match.captures_of(wanted) == {"a", "b", "c"}


# --- statuses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "status", "is_match"),
    [
        ("200", 200, True),
        ("2xx", 204, True),
        ("2XX", 200, True),
        ("200, 204", 204, True),
        ("4xx,5xx", 503, True),
        ("any", 418, True),
        ("200", 201, False),
        ("2xx", 302, False),
    ],
)
def test_status_is_among_those_wanted(wanted: str, status: int, is_match: bool) -> None:
    assert match.status_matches(wanted, status) is is_match
    assert match.is_status(wanted)


@pytest.mark.parametrize("wanted", ["", "ok", "2x", "700", "200,", "20 0"])
def test_what_is_no_status_is_known(wanted: str) -> None:
    assert not match.is_status(wanted)


@pytest.mark.parametrize("wanted", ["~(a+)+$", "/^(a|a)*$/", "/(a|aa)+$/", "/(.*)*x/", "<x><y><z>b", "~<x>a<y>a<z>c"])
def test_exploding_matcher_ends_within_its_limit(wanted: str) -> None:
    started = time.process_time()
    match.match_value({"$.a": wanted}, {"a": "a" * 3_000}, fill)

    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("$..a..b..c", "more than two"),
        ("$[?@..a]", "searches in turn"),
        ("$..[?$.b[*]]", "searches in turn"),
        ("$[?@.a[?@.b]]", "searches in turn"),
        ("$" + "[*, *]" * 7, "too many ways"),
        ("$" + ".a" * 600, "longer than"),
        ("$[?@.a == 1e400]", "number"),
        ("$[1e5]", "number"),
    ],
)
def test_json_path_that_could_explode_is_no_path(path: str, why: str) -> None:
    [(_, code, told)] = match.value_problems({path: 1})

    assert code == "bad-json-path"
    assert why in told


@pytest.mark.parametrize(
    "path", ["$", "$.a", "$..a..b", "$[?@.a == $.b && @.c > 1].d", "$[1:3]['x', 'y']", "$[?count(@.*) > 1]", "$[?@.a]"]
)
def test_ordinary_json_path_is_one(path: str) -> None:
    assert match.value_problems({path: 1}) == []


def test_search_in_a_large_value_ends() -> None:
    started = time.process_time()
    wide = {"items": [{"id": number, "of": {"a": [number]}} for number in range(5_000)]}
    matched = match.match_value({"$..[?@.id == 4999].id": 4_999, "$..of..a": "any", "$..x..y": "none"}, wide, fill)

    assert matched.mismatches == ()
    assert time.process_time() - started < 5
