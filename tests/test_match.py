"""What the bot said, against what a story wants: texts, whole replies, and both in words."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import match
from simulator.records import Mismatch, Reply
from tests.match.wanted import WORDS, buttons, compare, fill, say

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
