from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.expressions import ExpressionError, Sandbox
from simulator.expressions.tokens import tokens


class Person:
    """Something that is no map, as a scope may hold."""

    def __init__(self) -> None:
        self.name = "Ana"
        self._secret = "hidden"

    def greet(self, word: str = "hi") -> str:
        return f"{word} {self.name}"


SCOPE: dict[str, Any] = {
    "order": "BR-1",
    "n": 3,
    "items": [1, 2, 3],
    "event": {"text": "hi", "items": ["a"], "values": "own", "_id": 7},
    "actors": {"ana": {"name": "Ana"}},
    "person": Person(),
    "big": "b" * 900_000,
}
SANDBOX = Sandbox()


def reason(run: Callable[[], Any]) -> str:
    with pytest.raises(ExpressionError) as caught:
        run()
    assert "\n" not in caught.value.reason
    return caught.value.reason


def render(source: str) -> str:
    return SANDBOX.render(source, SCOPE)


def template(source: str) -> str:
    return SANDBOX.template(source, "a.j2").render(SCOPE)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("no expression", "no expression"),
        ("Order {{ order }}!", "Order BR-1!"),
        ("{{ n + 1 }}\n", "4\n"),
        ("{{ actors.ana.name | upper }}", "ANA"),
        ("{{ event.text }} {{ event.items }} {{ event.values }} {{ event['_id'] }}", "hi ['a'] own 7"),
        ("{{ event.keys() | join('/') }}", "text/items/values/_id"),
        ("{{ person.name }} {{ person.greet('hello') }} {{ person['name'] }}", "Ana hello Ana Ana"),
        ("{{ n ~ '-' ~ order }}", "3-BR-1"),
        ("{{ 'a' if n > 2 else 'b' }}", "a"),
        ("{{ order.replace('B', 'C').lower() }}", "cr-1"),
        ("{{ '%05d|%s' % (n, order) }} {{ '%s!' | format(n) }}", "00003|BR-1 3!"),
        (
            "{{ items | sum }} {{ items | map('string') | join(',') }} {{ items[1:] }} {{ items[-1] }}",
            "6 1,2,3 [2, 3] 3",
        ),
        ("{{ [{'a': 1}, {'a': 2}] | selectattr('a', 'eq', 2) | list }}", "[{'a': 2}]"),
        ("{{ missing | default('none') }} {{ missing is defined }}", "none False"),
        ("{{ 2.567 | round(1) }} {{ 'ab' | center(6) }}|{{ 'a\nb' | indent(2) }}", "2.6   ab  |a\n  b"),
        ("{{ '<b>' }}", "<b>"),
        ("{{ '{%' }}", "{%"),
        ("{{ {'a': {'b': 1}}.a.b }}", "1"),
        ("a }} b", "a }} b"),
        ("{{ '%s/%s' % (n, order) }} {{ n in (1, 3) }} {{ order.startswith(('A', 'B')) }}", "3/BR-1 True True"),
    ],
)
def test_text_is_filled_with_the_values_of_its_expressions(source: str, text: str) -> None:
    assert render(source) == text


@given(st.text())
def test_text_without_marks_stays_as_it_is(text: str) -> None:
    source = text.replace("{", "(")

    assert SANDBOX.render(source, {}) == source
    assert SANDBOX.fill(source, {}) == source


@given(st.text())
def test_value_comes_through_as_it_is(text: str) -> None:
    assert SANDBOX.fill("{{ x }}", {"x": text}) == text
    assert SANDBOX.render("({{ x }})", {"x": text}) == f"({text})"


@given(st.text(st.sampled_from("{}%# \n'\"()[]|.~+*nx0:,-_"), max_size=25))
def test_any_source_is_filled_or_refused(source: str) -> None:
    is_readable = SANDBOX.problems(source) is None

    for run in (SANDBOX.fill, SANDBOX.render, SANDBOX.evaluate):
        try:
            run(source, {"n": 3, "x": "a"})
        except ExpressionError as error:
            assert error.reason  # noqa: PT017 - what comes out is either a value or this
        else:
            assert is_readable or run == SANDBOX.evaluate


def test_expression_alone_keeps_its_type() -> None:
    filled = SANDBOX.fill({"a": "{{ n }}", "b": [" {{ items }} ", "n={{ n }}", 5, None, True]}, SCOPE)

    assert filled == {"a": 3, "b": [[1, 2, 3], "n=3", 5, None, True]}


def test_text_around_an_expression_keeps_its_white_space() -> None:
    assert SANDBOX.fill(" {{ n }} {{ n }} ", SCOPE) == " 3 3 "


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("n + 1", 4),
        ("order == 'BR-1' and n in items", True),
        ("items | map('string')", ["1", "2", "3"]),
        ("event", SCOPE["event"]),
        ("not missing is defined", True),
        ("\n n \n", 3),
    ],
)
def test_bare_expression_gives_its_value(expression: str, value: Any) -> None:
    assert SANDBOX.evaluate(expression, SCOPE) == value


@pytest.mark.parametrize(
    "expression", ["", "n +", "1 }} {{ 2", "n; n", "{% if n %}", "n = 3", "missing", "person.greet"]
)
def test_what_is_no_expression_is_refused(expression: str) -> None:
    assert reason(lambda: SANDBOX.evaluate(expression, SCOPE))


def test_template_may_branch_and_loop() -> None:
    source = (
        "{% macro m(a, b=2) %}<{{ a }}{{ b }}>{% endmacro %}{% for i in items if i > 1 %}{{ m(i) }}{% endfor %}{# c #}"
    )

    assert template(source) == "<22><32>"


def test_names_of_a_loop_and_its_counter_are_there() -> None:
    source = "{% for key in event %}{{ loop.index }}{{ key[0] }}{{ ',' if not loop.last }}{% endfor %}"

    assert template(source) == "1t,2i,3v,4_"


def test_filters_and_names_of_the_caller_are_there() -> None:
    sandbox = Sandbox(filters={"twice": lambda value: value * 2}, globals={"house": "ours"})

    assert sandbox.render("{{ n | twice }} {{ house }}", SCOPE) == "6 ours"
    assert sandbox.names("{{ n | twice }} {{ house }}") == {"n"}


def test_names_that_are_read_are_known() -> None:
    assert SANDBOX.names("{{ a.b + c }}{% set d = range(e) %}{{ d }}") == {"a", "c", "e"}


def test_names_are_known_where_nothing_binds_any() -> None:
    assert SANDBOX.names("{% if a %}{{ range(b) | join(c) }}{% else %}{{ d[e].f }}{% endif %}") == {*"abcde"}


def test_names_of_what_cannot_be_read_are_an_error() -> None:
    assert reason(lambda: SANDBOX.names("{{ a +"))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{{ ordr }}", 'there is no "ordr"; did you mean "order"?'),
        ("{{ event.txt }}", 'a map has no "txt"; did you mean "text"?'),
        ("{{ person.nam }}", 'Person has no "nam"; did you mean "name"?'),
        ("{{ order.uper() }}", 'a text has no "uper"; did you mean "upper"?'),
        ("{{ items[7] }}", "there is no element 7; there are 3"),
        ("{{ n | uper }}", 'there is no filter uper; did you mean "upper"?'),
        ("{{ n is numbr }}", 'there is no test numbr; did you mean "number"?'),
        ("{{ missing | upper }}", 'there is no "missing"'),
        ("{{ n", "an expression that begins with {{ does not end with }}"),
        ("{{ n + }}", "the expression is empty or not finished"),
        ("{{ person.greet }}", "'greet' is a function; write () behind it"),
        ("{{ items | map('upper') }}", "it gives values one by one; write | list or | join behind it"),
        ("{{ person }}", "a Person is no text; name one of its fields"),
        ("{{ person ~ '!' }}", "a Person is no text; name one of its fields"),
        ("{{ '%s' % person }}", "a Person is no text; name one of its fields"),
        ("{{ 'x'.join([person | string]) }}", "a Person is no text; name one of its fields"),
        ("{{ [person] }}", "a Person is no text; name one of its fields"),
        ("{{ [[person]] | join }}", "a Person is no text; name one of its fields"),
        ("{{ {'a': person} ~ '' }}", "a Person is no text; name one of its fields"),
        ("{{ '%s' | format(person.greet) }}", "'greet' is a function; write () behind it"),
        ("{{ 1 / 0 }}", "division by zero"),
    ],
)
def test_fault_is_told_with_what_would_be_right(source: str, said: str) -> None:
    assert reason(lambda: render(source)) == said


def test_fault_names_the_line_of_the_template() -> None:
    with pytest.raises(ExpressionError) as running:
        template("a\nb\n{{ missing }}")
    with pytest.raises(ExpressionError) as reading:
        template("a\n{% if %}")

    assert (running.value.line, reading.value.line) == (3, 2)


def test_error_of_a_function_becomes_an_expression_error() -> None:
    def fail() -> None:
        raise ValueError("no such\nthing")

    assert reason(lambda: SANDBOX.render("{{ fail() }}", {"fail": fail})) == "no such thing"


@pytest.mark.parametrize("source", ["{% if n %}a{% endif %}", "a {# b #} c", "{% raw %}a{% endraw %}", "{%"])
def test_text_takes_expressions_only(source: str) -> None:
    assert "a text takes {{ expressions }} only" in str(SANDBOX.problems(source))
    assert reason(lambda: render(source))


def test_problems_of_a_template_are_told() -> None:
    assert SANDBOX.problems("{% if n %}a{% endif %}", is_template=True) is None
    assert SANDBOX.problems("{% if n %}a", is_template=True) is not None


HOSTILE = [
    "{{ 'x' * 10**10 }}",
    "{{ [0] * 10**9 }}",
    "{{ [items] * 900000 }}",
    "{{ 10**1000 * 10**1000 }}",
    "{{ 2 ** 99999999 }}",
    "{{ big + big }}",
    "{{ big ~ big }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ '%*d' % (1000000000, 1) }}",
    "{{ '%.1000000000f' % 1 }}",
    "{{ '%(a)s%(a)s' % {'a': big} }}",
    "{{ '{:>1000000000}'.format(1) }}",
    "{{ '{a:>1000000000}'.format_map({'a': 1}) }}",
    "{{ '%s%s' | format(big, big) }}",
    "{{ [1] | join('x') | center(10**9) }}",
    "{{ 'a'.center(10**9) }}",
    "{{ 'a'.zfill(10**9) }}",
    "{{ 'a' | indent(10**9) }}",
    "{{ 1.5 | round(10**9) }}",
    "{{ big | replace('b', big) }}",
    "{{ big.replace('b', big) }}",
    "{{ big.join(items | map('string')) }}",
    "{{ range(9999) | join(big) }}",
    "{{ range(9999) | map('center', 1000) | list | length }}",
    "{{ big | upper | lower | upper | lower }}",
    "{{ range(10**30) }}",
    "{{ range(10**9) | list }}",
    "{{ [big, big] | string }}",
    "{{ {'a': [big, big]}.items() }}",
    "{{ lipsum(100000) }}",
    "{{ cycler('a') }}",
    "{{ joiner(',') }}",
    "{{ [1, 2] | random }}",
    "{{ ''.__class__ }}",
    "{{ ''['__class__'] }}",
    "{{ '' | attr('__class__') }}",
    "{{ [''] | map(attribute='__class__') | list }}",
    "{{ person._secret }}",
    "{{ person['_secret'] }}",
    "{{ person.greet.__globals__ }}",
    "{{ person.greet.im_func }}",
    "{{ range.mro() }}",
    "{{ dict.fromkeys([1]) }}",
    "{{ n.to_bytes(999999999) }}",
    "{{ self }}",
    "{{ items.pop() }}",
    "{{ items.append(1) }}",
    "{{ event.update({}) }}",
    "{{ 'a'.encode() }}",
    "{{ " + "(" * 5_000 + "1" + ")" * 5_000 + " }}",
    "{{ " + "1+" * 20_000 + "1 }}",
    "{{ " + "not " * 5_000 + "1 }}",
    "{{" * 40_000,
    "{{ '" + "a" * 200_000 + "' }}",
]
DOUBLING = "{% set ns = namespace(x=VALUE) %}{% for i in range(60) %}{% set ns.x = STEP %}{% endfor %}"
HOSTILE_TEMPLATES = [
    "{% for a in range(99999) %}{% endfor %}",
    "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}",
    "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}",
    "{% for a in big %}{% for b in big %}{% endfor %}{% endfor %}",
    "{% for a in range(9999) %}" + "lorem ipsum " * 1_000 + "{% endfor %}",
    "{% for a in range(9999) %}{{ big }}{% endfor %}",
    "{% for a in range(9999) %}{% set b = big[1:] %}{% endfor %}",
    "{% for a in range(9999) %}{% if 'c' in big %}{% endif %}{% endfor %}",
    "{% for a in range(9999) %}{% set b = range(9999) | list %}{% endfor %}",
    "{% for a in items recursive %}{{ loop(items) }}{% endfor %}",
    "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(60) }}",
    DOUBLING.replace("VALUE", "'ab'").replace("STEP", "ns.x ~ ns.x"),
    DOUBLING.replace("VALUE", "'ab'").replace("STEP", "ns.x + ns.x"),
    DOUBLING.replace("VALUE", "9").replace("STEP", "ns.x * ns.x"),
    DOUBLING.replace("VALUE", "[1]").replace("STEP", "[ns.x, ns.x]") + "{{ ns.x }}",
    DOUBLING.replace("VALUE", "[1]").replace("STEP", "[ns.x, ns.x]") + "{{ ns }}",
    DOUBLING.replace("VALUE", "[1]").replace("STEP", "[ns.x, ns.x]") + "{{ {'a': ns.x}.items() }}",
    DOUBLING.replace("VALUE", "[1]").replace("STEP", "[ns.x, ns.x]") + "{{ ns.x == [ns.x] }}",
    DOUBLING.replace("VALUE", "(1,)").replace("STEP", "(ns.x, ns.x)") + "{{ {ns.x: 1} }}",
    DOUBLING.replace("VALUE", "(1,)").replace("STEP", "(ns.x, ns.x)") + "{{ event[ns.x] }}",
    DOUBLING.replace("VALUE", "(1,)").replace("STEP", "(ns.x,)").replace("60", "9999") + "{{ {ns.x: 1} }}",
    DOUBLING.replace("VALUE", "(1,)").replace("STEP", "(ns.x,)").replace("60", "9999") + "{{ ns.x in event }}",
    DOUBLING.replace("VALUE", "(1,)").replace("STEP", "(ns.x,)").replace("60", "9999") + "{{ ns.x == [ns.x] }}",
    "{% for a in range(9999) %}{% set b = big.find('zz') %}{% endfor %}",
    "{% include 'a' %}",
    "{% import 'a' as b %}",
    "{% extends 'a' %}",
    "{% block a %}{% endblock %}",
    "{% set a %}x{% endset %}",
    "{% if n %}" * 150 + "{% endif %}" * 150,
    "{% for i in items %}" * 30 + "{% endfor %}" * 30,
]


@pytest.mark.parametrize("source", HOSTILE)
def test_hostile_text_is_refused(source: str) -> None:
    assert reason(lambda: render(source))


@pytest.mark.parametrize("source", HOSTILE_TEMPLATES)
def test_hostile_template_is_refused(source: str) -> None:
    assert reason(lambda: template(source))


@pytest.mark.parametrize(("run", "sources"), [(render, HOSTILE), (template, HOSTILE_TEMPLATES)])
def test_hostile_source_ends_soon(run: Callable[[str], str], sources: list[str]) -> None:
    for source in sources:
        started = time.process_time()
        reason(lambda source=source: run(source))

        assert time.process_time() - started < 2, source[:80]


@pytest.mark.parametrize("source", HOSTILE[:25])
def test_hostile_text_fills_no_memory(source: str) -> None:
    tracemalloc.start()
    reason(lambda: render(source))
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak_bytes < 50_000_000


@pytest.mark.parametrize("source", [source for source in HOSTILE_TEMPLATES if source.startswith(DOUBLING[:24])])
def test_doubling_in_a_loop_fills_no_memory(source: str) -> None:
    tracemalloc.start()
    reason(lambda: template(source))
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak_bytes < 50_000_000


def test_scope_is_never_changed() -> None:
    scope = {"items": [1], "event": {"a": 1}}

    for source in ("{{ items.append(2) }}", "{{ event.clear() }}", "{{ event.setdefault('b', 2) }}"):
        reason(lambda source=source: SANDBOX.render(source, scope))

    assert scope == {"items": [1], "event": {"a": 1}}


def test_work_of_one_rendering_leaves_the_next_its_own() -> None:
    source = "{% for a in range(9000) %}{% for b in range(3) %}{% endfor %}{% endfor %}"

    assert [template(source) for _ in range(3)] == ["", "", ""]


def test_rendering_inside_a_rendering_has_its_own_budget_and_names() -> None:
    scope = {"inner": lambda: SANDBOX.evaluate("x + 1", {"x": 1}), "y": 1}

    assert SANDBOX.render("{{ inner() }} {{ y }}", scope) == "2 1"
    assert reason(lambda: SANDBOX.render("{{ inner() }} {{ yy }}", scope)) == 'there is no "yy"; did you mean "y"?'


def test_same_input_gives_the_same_refusal_at_the_same_place() -> None:
    done: list[int] = []
    source = "{% for a in range(9999) %}{% for b in range(9999) %}{{ note() }}{% endfor %}{% endfor %}"

    for _ in range(2):
        rounds: list[int] = []
        scope = {"note": lambda rounds=rounds: rounds.append(1)}
        reason(lambda scope=scope: SANDBOX.template(source).render(scope))
        done.append(len(rounds))

    assert done[0] == done[1] > 1_000


@pytest.mark.parametrize("expression", ["a", "{'b' :[ 1,2 ]}", "-x | json", "'}} {{' ~ ids.x( 'y' )"])
def test_tokens_one_after_another_are_the_expression(expression: str) -> None:
    found = tokens(f" {expression} ")

    assert "".join(text for _, text in found) == expression
    assert ("string", "'b'") in found or "'b'" not in expression


def test_tokens_of_what_is_no_expression_are_refused() -> None:
    with pytest.raises(ExpressionError):
        tokens("'begun")
