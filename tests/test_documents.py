from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import documents
from simulator.errors import InputError, Problem

LETTERS = st.characters(exclude_categories=["Cs", "Cc", "Cn", "Zl", "Zp"]) | st.sampled_from("\n\t#:&*!{}[],'\"~%@")
TEXTS = st.text(LETTERS, max_size=12)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


def problems(text: str) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        documents.read(text, "a.yaml")
    return caught.value.problems


def refused(reader: Callable[[Any, str], Any], source: str | bytes) -> tuple[Problem, ...]:
    try:
        reader(source, "a.yaml")
    except InputError as error:
        return error.problems
    return ()


def only(text: str) -> Problem:
    (problem,) = problems(text)
    return problem


def scalar(text: str) -> documents.Node:
    return documents.read(f"ana: {text}", "a.yaml").items[0][1]


@given(VALUES)
def test_any_json_reads_as_itself(value: Any) -> None:
    assert documents.read(json.dumps(value, ensure_ascii=False), "a.yaml").plain() == value


@given(st.text(st.sampled_from("ab \n\t-:#{}[],&*!|>'\"%@`~?.0+"), max_size=40))
def test_any_text_is_read_or_refused_with_code_and_place(text: str) -> None:
    found = refused(documents.read, text)

    assert all(problem.code and problem.where.startswith("a.yaml:") for problem in found)


@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    found = refused(documents.read_bytes, data)

    assert all(problem.code and problem.where.startswith("a.yaml:") for problem in found)


@pytest.mark.parametrize(
    "word", ["yes", "no", "on", "off", "y", "n", "010", "+49", "12:30", "2026-01-05", "0x1f", "1_000", ".5", ".inf"]
)
def test_what_only_older_yaml_takes_for_more_is_text(word: str) -> None:
    assert scalar(word).kind == "text"
    assert scalar(word).value == word


@pytest.mark.parametrize(
    ("word", "kind", "value"),
    [
        ("true", "bool", True),
        ("False", "bool", False),
        ("NULL", "null", None),
        ("~", "null", None),
        ("", "null", None),
        ("42", "number", 42),
        ("-0.5", "number", -0.5),
        ("1e3", "number", 1000.0),
        ('"42"', "text", "42"),
        ("!!str 42", "text", "42"),
        ("1e999", "text", "1e999"),
    ],
)
def test_words_and_numbers_are_those_of_json(word: str, kind: str, value: Any) -> None:
    node = scalar(word)

    assert (node.kind, node.value) == (kind, value)
    assert type(node.value) is type(value)


def test_number_too_long_for_any_program_is_text() -> None:
    assert scalar("9" * 5000).kind == "text"


def test_scalar_keeps_its_spelling() -> None:
    assert scalar("4.50").spelling == "4.50"


def test_keys_are_text_as_spelled() -> None:
    assert documents.read("1: a\ntrue: b\n1.0: c", "a.yaml").plain() == {"1": "a", "true": "b", "1.0": "c"}


def test_every_node_knows_line_and_column() -> None:
    node = documents.read("steps:\n  - ana: {text: hi}\n", "a.yaml")

    text = node.get("steps").elements[0].get("ana").get("text")

    assert text is not None
    assert str(text.place) == "a.yaml:2:17"


def test_place_counts_characters_rather_than_bytes() -> None:
    assert str(documents.read("{ü😀: x}", "a.yaml").items[0][1].place) == "a.yaml:1:6"


def test_missing_key_gives_none() -> None:
    assert documents.read("a: 1", "a.yaml").get("b") is None


def test_plain_value_can_be_changed_without_changing_the_node() -> None:
    node = documents.read("a: &x [1]\nb: *x", "a.yaml")

    node.plain()["a"].append(2)

    assert node.plain() == {"a": [1], "b": [1]}


def test_quoted_scalar_says_so() -> None:
    assert scalar("'x'").is_quoted
    assert scalar("|\n  x").is_quoted
    assert not scalar("x").is_quoted


@pytest.mark.parametrize(
    ("text", "comment"),
    [
        ("order #42", "#42"),
        ("order#42", ""),
        ('"order" # note', "# note"),
        ("2s\t# note\nb: 1", "# note"),
        ("# note", "# note"),
        ("{a: b} # note", ""),
        ("|  # note\n  x", ""),
        ("two\n  lines # note", "# note"),
    ],
)
def test_comment_behind_a_scalar_is_kept(text: str, comment: str) -> None:
    assert scalar(text).trailing_comment == comment


def test_comment_behind_speech_is_lost() -> None:
    problem = documents.lost(scalar("order #42"), "steps[0].ana")

    assert problem is not None
    assert (problem.code, problem.where, problem.at) == ("lost-comment", "a.yaml:1:6", "steps[0].ana")
    assert 'put it in quotes: "order #42"' in problem.fix


@pytest.mark.parametrize("text", ["~", "", "~ # note", "# note"])
def test_text_that_yaml_takes_for_nothing_is_lost(text: str) -> None:
    problem = documents.lost(scalar(text))

    assert problem is not None
    assert problem.code in ("lost-text", "lost-comment")


@pytest.mark.parametrize("text", ["hello", "42", "true", "null", "'~'", '""', '"x" # note', "order#42"])
def test_text_that_says_what_is_written_is_not_lost(text: str) -> None:
    assert documents.lost(scalar(text)) is None


@pytest.mark.parametrize("text", ["ana: &amp", "ana: &amp more"])
def test_anchor_that_nothing_refers_to_is_lost_text(text: str) -> None:
    problem = only(text)

    assert (problem.code, problem.where) == ("lost-text", "a.yaml:1:6")
    assert "quotes" in problem.fix


def test_alias_stands_for_what_its_anchor_names() -> None:
    assert documents.read("a: &hi Hello\nb: *hi", "a.yaml").plain() == {"a": "Hello", "b": "Hello"}


def test_alias_without_anchor_names_the_nearest() -> None:
    problem = only("a: &greeting Hello\nb: *greting")

    assert problem.code == "unknown-anchor"
    assert problem.fix == 'did you mean "greeting"?'


@pytest.mark.parametrize("text", ["a: &a [1, *a]", "&a {b: {c: *a}}"])
def test_anchor_inside_itself_is_circular(text: str) -> None:
    assert only(text).code == "circular-anchor"


def test_exploding_aliases_end_at_the_budget() -> None:
    lines = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]

    assert only("\n".join(["a0: &a0 [x]", *lines])).code == "too-many-nodes"


def test_more_values_than_the_budget_are_refused() -> None:
    assert only("[" + "a," * (documents.MOST_NODES + 1) + "]").code == "too-many-nodes"


def test_deep_nesting_is_refused() -> None:
    assert only("[" * 500_000).code == "too-deep"


def test_file_above_the_limit_is_refused() -> None:
    assert only("a: " + "x" * documents.LARGEST_BYTES).code == "file-too-large"


def test_largest_file_is_read_within_a_second() -> None:
    text = "- a\n" * (documents.MOST_NODES - 1)
    started = time.process_time()

    documents.read(text, "a.yaml")

    assert time.process_time() - started < 2


def test_duplicate_keys_are_all_told_with_both_places() -> None:
    found = problems("a: 1\nb: {c: 1, c: 2}\na: 3")

    assert [(problem.code, problem.where, problem.why) for problem in found] == [
        ("duplicate-key", "a.yaml:2:11", "it stands first at a.yaml:2:5"),
        ("duplicate-key", "a.yaml:3:1", "it stands first at a.yaml:1:1"),
    ]


@pytest.mark.parametrize(
    ("text", "code", "where"),
    [
        ("a: !thing x", "foreign-tag", "a.yaml:1:4"),
        ("a: ! x", "foreign-tag", "a.yaml:1:4"),
        ("a: !!python/object:os.system x", "foreign-tag", "a.yaml:1:4"),
        ("a: !!int 3", "foreign-tag", "a.yaml:1:4"),
        ("<<: {a: 1}", "merge-key", "a.yaml:1:1"),
        ("? [a]\n: b", "bad-key", "a.yaml:1:3"),
        ("a: 1\n---\nb: 2", "several-documents", "a.yaml:2:1"),
        ("a: {text: /a, b/}", "lost-text", "a.yaml:1:15"),
        ("a: {b:1}", "lost-text", "a.yaml:1:5"),
        ("a: {text: Hello #42}\nb: 1", "lost-comment", "a.yaml:1:11"),
        ("a: x\0y", "broken-yaml", "a.yaml:1:5"),
        ("a:\n\tb: 1", "broken-yaml", "a.yaml:2:1"),
        ("a: {b: 1", "broken-yaml", "a.yaml:1:4"),
        ('a: "x', "broken-yaml", "a.yaml:1:4"),
    ],
)
def test_wrong_file_is_told_with_code_and_place(text: str, code: str, where: str) -> None:
    problem = only(text)

    assert (problem.code, problem.where) == (code, where)


@pytest.mark.parametrize(
    "text",
    [
        "@bob",
        "`code`",
        "%off",
        "> and then",
        "| and then",
        "- and then",
        "? and then",
        "*bold*",
        "*bold",
        "!important",
        "&amp more",
        "Hi: there",
        "{{ order }}",
        "{text: Hello: you}",
        "{text: Hi {{ name }}}",
        "{text: a, b}",
        "{text: order #42}",
    ],
)
def test_text_that_yaml_reads_otherwise_is_told_to_be_quoted(text: str) -> None:
    problem = only(f"ana: {text}\nbot: x")

    assert "quotes" in problem.fix


def test_question_in_braces_needs_no_quotes() -> None:
    assert scalar("{text: Why?}").plain() == {"text": "Why?"}


def test_tab_in_the_indentation_is_named() -> None:
    assert only("a:\n\tb: 1").what == "a tab stands in the indentation"


def test_several_kinds_of_problems_are_told_together_in_order() -> None:
    found = problems("a: !x 1\na: 2\nb: &c\n")

    assert [problem.code for problem in found] == ["foreign-tag", "duplicate-key", "lost-text"]


def test_file_with_countless_problems_tells_the_first() -> None:
    assert len(problems("a: 1\n" * 5000)) == 50


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n"])
def test_empty_file_is_null(text: str) -> None:
    assert documents.read(text, "a.yaml").kind == "null"


def test_byte_order_mark_is_left_out() -> None:
    assert documents.read_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n", "a.yaml").plain() == {"a": 1, "b": 2}


@pytest.mark.parametrize("data", [b"a: 1\nb: \xe9", "a: 1\nb: é".encode("latin-1")])
def test_bytes_that_are_no_utf8_are_told_with_their_place(data: bytes) -> None:
    with pytest.raises(InputError) as caught:
        documents.read_bytes(data, "a.yaml")

    assert caught.value.problems[0].code == "not-utf8"
    assert caught.value.problems[0].where == "a.yaml:2:4"


def test_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        documents.read_file(tmp_path / "none.yaml", "none.yaml")

    assert caught.value.problems[0].code == "unreadable-file"
    assert caught.value.problems[0].where == "none.yaml"


def test_endless_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    large = tmp_path / "large.yaml"
    large.write_bytes(b"#" * (documents.LARGEST_BYTES + 10))

    with pytest.raises(InputError) as caught:
        documents.read_file(large)

    assert caught.value.problems[0].code == "file-too-large"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("42", 42),
        (" 42 ", 42),
        ("4.50", 4.5),
        ("true", True),
        ("null", None),
        ('"42"', "42"),
        ("[a, 1]", ["a", 1]),
        ('{"a": {"b": null}}', {"a": {"b": None}}),
        ("order #42", "order #42"),
        ("Hi: there", "Hi: there"),
        (" spaced ", " spaced "),
        ("{{ order }}", "{{ order }}"),
        ("{a: 1", "{a: 1"),
        ("", ""),
        ("no", "no"),
    ],
)
def test_value_of_an_option_is_read_by_the_same_rules(text: str, value: Any) -> None:
    assert documents.parse_value(text) == value


def test_json_file_may_escape_a_character_in_two_halves(tmp_path: Path) -> None:
    value = {"text": "🌷🌷 and \\ud83c\\udf37", "more": "\\\\🌷"}
    path = tmp_path / "over.json"
    path.write_text(json.dumps(value), "ascii")

    assert documents.read_file(path).plain() == value


def test_what_can_be_read_over_is_told_beside_the_document() -> None:
    told: list[Problem] = []

    document = documents.read("{a: 1, b, c: 3}", "file.yaml", told)

    assert document.plain() == {"a": 1, "b": None, "c": 3}
    assert [each.code for each in told] == ["lost-text"]


def test_what_cannot_be_read_over_is_raised_with_all_before_it() -> None:
    told: list[Problem] = []
    with pytest.raises(InputError) as caught:
        documents.read("a: {b, c: 1}\nd: [", "file.yaml", told)

    assert [each.code for each in caught.value.problems] == ["lost-text", "broken-yaml"]
    assert told == []
