"""What is done with stand-ins is written down, so that it can be done with any payload's values."""

from __future__ import annotations

import json

import pytest

from simulator import catalog as catalogs
from simulator.corpus import mix as mixes
from simulator.corpus.draws import Place
from simulator.corpus.press import Press
from simulator.corpus.recipe import Recipe
from simulator.corpus.tracing import Names, Trace, Tracer, UntracedError
from simulator.corpus.tracing.chunks import Chunks
from simulator.corpus.tracing.stands import Number, Text
from simulator.deferral import deferrable, plainly_deferrable, recording
from simulator.providers.smooch.messages import seconds_written


@pytest.fixture
def trace() -> Trace:
    return Trace(Names({}))


def stand(trace: Trace, value, source="x", **marks):
    return trace.made(trace.line(source, value, **marks))


def test_text_that_is_joined_stays_where_it_is(trace):
    joined = "a" + f"<{stand(trace, 'one')}>" + "".join([stand(trace, "two", "y"), "b"])

    assert [each if isinstance(each, str) else each.value for each in trace.parts(joined)] == [
        "a<", "one", ">", "two", "b"
    ]  # fmt: skip


def test_arithmetic_is_written_down(trace):
    number = stand(trace, 1234)
    found = (number // 100 + 5) % 3 - 2 * number

    assert isinstance(found, Number)
    assert found.line.value == (1234 // 100 + 5) % 3 - 2 * 1234
    assert eval(_source(trace, found.line), {"x": 98}) == (98 // 100 + 5) % 3 - 2 * 98


def _source(trace: Trace, line) -> str:
    steps = {f"v{each.number}": f"({each.source})" for each in trace.lines.values()}
    source = line.source
    for name in sorted(steps, key=lambda name: -int(name[1:])):
        source = source.replace(name, steps[name])
    return source


def test_comparison_is_a_decision(trace):
    assert stand(trace, 5) < 6
    assert stand(trace, "word", "y").startswith("w")
    assert [line.source for line in trace.switches] == ["(v0 < 6)", "v2.startswith('w')"]


def test_key_that_is_looked_up_is_a_decision(trace):
    assert {"word": 1}[stand(trace, "word")] == 1
    assert trace.switches[0].source == "x"


@pytest.mark.parametrize(
    "spoil",
    [
        list,
        lambda text: text.encode(),
        lambda text: text.split(),
        lambda text: text < "b",
    ],
)
def test_text_that_is_taken_apart_cannot_be_traced(trace, spoil):
    with pytest.raises(UntracedError):
        spoil(stand(trace, "word"))


def test_joined_text_that_is_cut_cannot_be_traced(trace):
    cut = f"a{stand(trace, 'word')}"[:4]

    with pytest.raises(UntracedError):
        list(trace.parts(cut))


def test_cut_of_a_text_is_written_down(trace):
    text = stand(trace, "abcdef")

    assert isinstance(text[2:], Text)
    assert text[2:].line.value == "cdef"
    assert text[2:].line.source == "v0[2:]"


def test_same_expression_is_one_line(trace):
    number = stand(trace, 5)

    assert (number + 1).line is (number + 1).line


def test_what_is_taken_back_was_never_there(trace):
    mark = trace.mark()
    assert stand(trace, 5) > 1
    trace.back_to(mark)

    assert (trace.lines, trace.switches) == ({}, [])


def test_same_object_has_one_name_and_the_same_step_one_number():
    names = Names({"J": json.dumps})
    first, second = Trace(names), Trace(names)
    one, two = stand(first, 5), stand(second, 7)

    assert names.of(json.dumps) == "J"
    assert names.of(names) == names.of(names)
    assert (one + 1).line.number == (two + 1).line.number
    assert (one + 2).line.number != (two + 1).line.number


@pytest.mark.parametrize(("decorate", "is_plain"), [(deferrable, False), (plainly_deferrable, True)])
def test_result_of_a_deferrable_function_is_plain_where_it_says_so(trace, decorate, is_plain):
    double = decorate(lambda text: text + text)
    with recording(trace.call):
        found = double(stand(trace, "word"))

    assert isinstance(found, Text)
    assert found.line.value == "wordword"
    assert found.line.is_plain == is_plain


def test_text_that_is_not_plain_is_not_taken_for_plain(trace):
    quoted = plainly_deferrable(lambda text: f'"{text}"')
    with recording(trace.call):
        found = quoted(stand(trace, "word"))

    assert not found.line.is_plain


def test_text_that_is_never_empty_asks_nothing(trace):
    text = stand(trace, "word", is_full=True)

    assert text
    assert text != ""
    assert trace.switches == []


def test_chunk_is_made_once_for_one_key():
    chunks = Chunks(10)

    assert chunks.expression("a", 5, lambda kept: f"one{len(kept)}") == "one10"
    assert chunks.expression("a", 5, lambda kept: "two") == "one10"


def test_chunks_for_which_there_is_no_room_are_not_kept(monkeypatch):
    monkeypatch.setattr("simulator.corpus.tracing.chunks.ROOM", 1000)
    chunks = Chunks(10)

    assert chunks.expression("small", 5, lambda kept: "kept") == "kept"
    assert chunks.expression("large", 5, lambda kept: "kept") == ""


@pytest.mark.parametrize("provider", catalogs.names())
def test_payload_to_be_signed_is_that_of_the_template(provider):
    mix = mixes.usual(catalogs.load(provider))
    press = Press(Recipe(provider=provider, mix=mix, seed=4, start_ms=1_767_603_600_000, count=400), {})

    for number, row in enumerate(press.rows(0)[:400]):
        fast, slow = press.kinds[row[0]].payload(number, row), press.studio.payload(Place(number, *row))
        assert (fast.body, fast.type, fast.event_id) == (slow.body, slow.type, slow.event_id)
        assert fast.ids.get("event") == slow.ids.get("event")


def test_requests_are_written_without_rendering_each_payload(monkeypatch):
    mix = mixes.only(catalogs.load("viber"), ["message/text"])
    recipe = Recipe(
        provider="viber", mix=mix, seed=4, start_ms=1_767_603_600_000, count=8192, shape="requests", url="http://b/"
    )
    press = Press(recipe, {})
    list(press.batches(0, 0, recipe.count))
    rendered: list[int] = []
    usual = press.studio.payload
    monkeypatch.setattr(
        press.studio, "payload", lambda place, *rest: rendered.append(place.number) or usual(place, *rest)
    )
    list(press.batches(1, 0, recipe.count))

    assert len(rendered) < 100


def test_number_that_json_writes_slowly_is_written_by_what_its_function_names():
    mix = mixes.only(catalogs.load("smooch"), ["message:appUser/text"])
    recipe = Recipe(provider="smooch", mix=mix, seed=4, start_ms=1_767_603_600_000, count=200)
    press = Press(recipe, {})
    tracer = Tracer(press.studio)
    course = tracer.course(Place(0, *press.rows(0)[0]))
    found = [piece for piece in course.pieces if not isinstance(piece, str) and isinstance(piece.value, float)]

    assert [tracer.names.given[piece.encoded.partition("(")[0]] for piece in found] == [seconds_written]
