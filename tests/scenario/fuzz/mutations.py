"""Inputs that nobody would write: scenario files with their bytes changed, expressions and matchers put together."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from simulator.scenario import vocabulary as words

ROOT = Path(__file__).parents[3]

WORDS = sorted(
    {
        *(word for table in vars(words).values() if isinstance(table, dict) for word in table),
        *("ana", "ben", "parrot", "heron", "viber", "smooch", "canvas"),
    }
)
MARKS = (
    *(": ", "- ", "\n", "\n  ", "\n    ", "{", "}", "[", "]", ",", "#", " #", "&a ", "*a", "!", "!!str ", "|"),
    *(">", "'", '"', "~", "/", "//i", "<x>", "{{", "}}", "{% for x in y %}", "{{ now }}", "{{ x | d(1) }}"),
    *("<<: ", "---", "?", "\t", "\x00", "\x1b", "\u2028", "\ufeff", "\ud83d\ude42", "é", "%", "@", "`", "\\"),
    *("\\u0000", "$", "$.a[?@.b]"),
)
VALUES = (
    *("0", "-1", "1e400", "99999999999999999999", "0.1", "true", "no", "null", "2xx", "1..5", ">= 3", "any"),
    *("none", "2s", "10000d", "1s..", "5s..1s", "20/s", "1/0s", "60%", "* * * * *", "0 0 31 2 *"),
    *("2026-01-05T09:00:00Z", "Europe/London", "${HOME}", "${NOBODY}", "../x.png", "/etc/passwd", "/(a+)+$/"),
    *("/(?R)/", "~", "''", "{}", "[]"),
)
EXPRESSIONS = (
    *("now", "a", "b.c", "'x'", "[1, 2]", "{'a': 1}", "range(9)", "fake.name()", "ids.message()", "1", "-2.5"),
    *("10**9", "a.__class__", "a['__class__']", "range(10**9)", "'x' * 10**9", "a ~ a", "loop", "self"),
    *("dict(a=1)", "namespace()"),
)
OPERATORS = (
    *(" + ", " * ", " ** ", " ~ ", " // ", " % ", " and ", " or ", " in ", " is ", " if a else ", " | ", "."),
    *("[", "("),
)
FILTERS = (
    *("upper", "join", "replace('a', 'b' * 999)", "list", "map('upper')", "batch(2)", "format(1)"),
    *("center(9999)", "sort"),
)
PATTERN_PIECES = (
    *("a", "b", ".", "(a+)+", "(a|a)*", "[a-z]", "(?P<x>a)", "\\1", "(?=a)", "{2,900}", "{1000}", "*", "+"),
    *("?", "^", "$", "(?i)", "(", ")", "[", "]", "|", "\\", "<x>", "<y>", "{{ a }}", "~", "é", "\\p{L}"),
    *("(?<!a)", "(?>a)", "(?R)", "/"),
)


KEYS: Mapping[str, Sequence[str]] = {
    "ana": (*words.VERBS, *words.ACT_BESIDE),
    "bot": (*words.BOT_FIELDS, *words.BOT_OTHER),
    **{name: tuple(getattr(words, name.upper())) for name in ("wait", "emit", "repeat", "api", "include")},
}
"""Key of a step → the keys of its value."""


PATH_PIECES = (
    *(".", "..", "[", "]", "*", "?", "@", ".a", "['b']", '["c"]', "0", "-1", "1e400", "1e5", "1:2:3", "&&"),
    *("||", "!", "==", "<=", "(", ")", "count(", "length(", "value(", "match(", "'x'", "true", "null", " "),
    *("\\u0041", "é", ",", "9007199254740993", "-0", "\n", "@.a", "$.b", "[?", "@.*", "~", "#", "\\", "'"),
    *("[?@.a]", "[*]", "..*"),
)


def corpus() -> list[bytes]:
    """Give all scenario files, the wrong ones, and the examples of the page on the language."""
    files = sorted(
        [*(ROOT / "scenarios").rglob("*.yaml"), *(ROOT / "tests" / "scenario" / "problems").rglob("*.y*ml")],
        key=str,
    )
    page = (ROOT / "docs" / "scenario-language.md").read_text("utf-8")
    examples = re.findall(r"^```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    return [*(data for path in files if len(data := path.read_bytes()) < 20_000), *(each.encode() for each in examples)]


def mutated(bases: Sequence[bytes], chance: random.Random) -> bytes:
    """Give one of the files with a few of its bytes, words or lines changed."""
    data = chance.choice(bases)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 5, 9))):
        data = chance.choice(MUTATIONS)(data, bases, chance)[:200_000]
    return data


def structure(chance: random.Random) -> bytes:
    """Give a file that is right as YAML, and made of words of the language wherever they may fall."""
    top: dict[str, Any] = {"scenario": "A story", "provider": chance.choice(("parrot", "viber", ["parrot", "heron"]))}
    if chance.random() < 0.9:
        top["actors"] = ["ana", "ben"]
    for name in chance.sample(sorted(words.TOP), chance.choice((0, 0, 1, 2))):
        top[name] = _value(chance, 3)
    top["steps"] = [_step(chance) for _ in range(chance.randrange(1, 5))]
    return json.dumps(top).encode()


def expression(chance: random.Random) -> str:
    """Give an expression, or what is almost one."""
    text = chance.choice(EXPRESSIONS)
    for _ in range(chance.randrange(6)):
        operator = chance.choice(OPERATORS)
        other = chance.choice(FILTERS) if operator == " | " else chance.choice(EXPRESSIONS)
        closing = {"[": "]", "(": ")"}.get(operator, "")
        text = f"{text}{operator}{other}{closing}"
        if chance.random() < 0.2:
            text = f"({text})"
    return _with_a_slip(text, chance)


def template(chance: random.Random) -> str:
    """Give a text with expressions, and at times with statements."""
    parts = [
        chance.choice(
            ("hello ", "{{ ", " }}", "{% if a %}", "{% endif %}", "{% for x in a %}", "{% endfor %}", "{#", "#}")
        )
        if chance.random() < 0.4
        else f"{{{{ {expression(chance)} }}}}"
        for _ in range(chance.randrange(1, 5))
    ]
    return "".join(parts)


def pattern(chance: random.Random) -> str:
    """Give a matcher: plain, close, or a regular expression that may explode."""
    inner = "".join(chance.choice(PATTERN_PIECES) for _ in range(chance.randrange(1, 9)))
    return chance.choice(("{}", "~{}", "/{}/", "/{}/i", "/^{}$/", "{}..{}", ">= {}")).format(inner, inner)


def json_path(chance: random.Random) -> str:
    """Give a JSONPath, or what is almost one."""
    return "$" + "".join(chance.choice(PATH_PIECES) for _ in range(chance.randrange(1, 9)))


# --- values of any kind ----------------------------------------------------------------------------------------------


def _step(chance: random.Random) -> Any:
    """Give a step: its key, at times what stands beside it, and a value that has some of its own keys."""
    name = chance.choice((*words.STEPS, "ana", "ana", "bot"))
    inner = KEYS.get(name, WORDS)
    value = _value(chance, 3)
    if chance.random() < 0.8:
        value = {key: _value(chance, 2) for key in chance.sample(inner, min(len(inner), chance.randrange(1, 4)))}
    step = {name: value}
    for beside in chance.sample(sorted(words.MODIFIERS), chance.choice((0, 0, 1, 2))):
        step[beside] = [_step(chance)] if beside in ("steps", "else") else _value(chance, 2)
    return step


def _value(chance: random.Random, depth: int) -> Any:
    kind = chance.random()
    if depth and kind < 0.15:
        return [_value(chance, depth - 1) for _ in range(chance.randrange(4))]
    if depth and kind < 0.4:
        return {chance.choice(WORDS): _value(chance, depth - 1) for _ in range(chance.randrange(4))}
    if kind < 0.5:
        return chance.choice((None, True, False, 0, -1, 0.5, 7, 10**20, 1e300))
    return chance.choice(chance.choice((VALUES, WORDS, (pattern(chance), template(chance)))))


# --- one change ------------------------------------------------------------------------------------------------------

Mutation = Callable[[bytes, Sequence[bytes], random.Random], bytes]


def _with_a_slip(text: str, chance: random.Random) -> str:
    if text and chance.random() < 0.2:
        place = chance.randrange(len(text))
        return text[:place] + chance.choice(("", "(", ")", "'", "]", "|", "{", "}")) + text[place + 1 :]
    return text


def _cut(data: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    start = chance.randrange(len(data) + 1)
    return data[:start] + data[start + chance.randrange(1, 40) :]


def _flip(data: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    place = chance.randrange(len(data) or 1)
    return data[:place] + bytes([chance.randrange(256)]) + data[place + 1 :]


def _insert(data: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    place = chance.randrange(len(data) + 1)
    piece = chance.choice(chance.choice((MARKS, VALUES, WORDS)))
    return data[:place] + piece.encode("utf-8", "surrogatepass") * chance.choice((1, 1, 1, 2, 70)) + data[place:]


def _splice(data: bytes, bases: Sequence[bytes], chance: random.Random) -> bytes:
    other = chance.choice(bases)
    start = chance.randrange(len(other) + 1)
    place = chance.randrange(len(data) + 1)
    return data[:place] + other[start : start + chance.randrange(1, 200)] + data[place:]


def _word(data: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    """Put another word of the language, or an odd value, in the place of one."""
    places = list(re.finditer(rb"[\w./%-]+", data))
    if not places:
        return data
    found = chance.choice(places)
    return data[: found.start()] + chance.choice(chance.choice((WORDS, VALUES))).encode() + data[found.end() :]


def _line(data: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    """Leave a line out, write it twice or often, move it, or change its indentation."""
    lines = data.splitlines(keepends=True)
    if not lines:
        return data
    place, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(5):
        case 0:
            del lines[place]
        case 1:
            lines.insert(place, lines[place] * chance.choice((1, 2, 300)))
        case 2:
            lines[place], lines[other] = lines[other], lines[place]
        case 3:
            lines[place] = b"  " + lines[place]
        case _:
            lines[place] = lines[place].removeprefix(b"  ")
    return b"".join(lines)


def _nest(data: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    place, depth = chance.randrange(len(data) + 1), chance.choice((3, 70, 5_000))
    opening, closing = chance.choice(((b"[", b"]"), (b"{a: ", b"}"), (b"- ", b""), (b"((", b"))")))
    return data[:place] + opening * depth + closing * depth + data[place:]


MUTATIONS: tuple[Mutation, ...] = (_cut, _flip, _insert, _insert, _splice, _word, _word, _word, _line, _line, _nest)
