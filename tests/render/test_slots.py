"""Templates compiled: the same bytes as the sandbox gives, or none at all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import templates
from simulator.catalog import BodyStyle
from simulator.errors import InputError
from simulator.ids import Ids
from simulator.records import ScheduledEvent
from simulator.render import encode, render
from simulator.render.template import Scene, fill, program_of, write
from simulator.seeds import stream
from tests import sample_provider as sample

START_MS = 1_767_603_600_000
STYLES = [
    BodyStyle(),
    BodyStyle(separators=(", ", ": "), ascii=True, escapes="upper", escape_slashes=True, trailing_newline=True),
    BodyStyle(kind="form in payload"),
]


class Stage:
    """One template of the sample provider, and ways to render it."""

    def __init__(self, folder, text, values=None, options=None):
        values = values or {}
        self.catalog = sample.catalog(folder, {"events/own.json.j2": text})
        fact = replace(self.catalog.events["own"], values=values)
        self.catalog = replace(self.catalog, events={**self.catalog.events, "own": fact})
        self.templates = templates.Templates(self.catalog, sample.PROVIDER)
        self.world = sample.world(options=options or {"mode": "plain"})
        self.fact = fact

    def reason(self, style=STYLES[0]):
        found = program_of(self.templates, self.fact, style)
        return found if isinstance(found, str) else ""

    def both(self, style=STYLES[0], **event):
        given = {"id": "e", "provider": "sample", "type": "own", "values": {}, "due_ms": START_MS, "cause": "", **event}
        scene = Scene(
            event=ScheduledEvent(**given),
            fact=self.fact,
            templates=self.templates,
            world=self.world,
            seed=7,
            start_ms=START_MS,
            attempt=1,
        )
        return write(scene, self.ids(), style), encode(fill(scene, self.ids()), style)

    def ids(self):
        return Ids(sample.PROVIDER.ids, stream(7, START_MS, "ids", "e"), START_MS)


@pytest.mark.parametrize("style", STYLES, ids=["plain", "wide", "in a form"])
@pytest.mark.parametrize(
    "text",
    [
        '{"a": {{ event.x | json }}, "é/": [1, 2.50, -0, 1e3, true, null, "\\u00e9\\n"]}',
        '{ {% if options.mode == "plain" %}"a": 1,{% endif %} "b": [{% if event.x %}1{% else %}2{% endif %}] }',
        "[{% if event.x %}{{ event.x | json }}{% endif %}]",
        '{"a": {% if event.x is none %}{}{% elif event.x %}[]{% else %}null{% endif %}}',
        '{% if options.mode == "plain" %}{"open": {% endif %}{"a": 1}{% if options.mode == "plain" %}}{% endif %}',
        '{% set y = event.x %}{"a": {{ y | json }}, "n": {{ now - 5 }}}',
        '{"a": 1 {% for k, v in event.map.items() %}, {{ k | json }}: {{ v | json }}{% endfor %} }',
        '{"a": {{ [ids.event(), ids.event(), ids.event("b")] | json }}, "t": {{ ids.token() }}}',
        '{"a": {{ ("x" ~ event.x ~ 1)[1:3] | json }}, "b": {{ event.map["k"] | upper | json }}}',
        '{"a": {{ {"k": fake.word(), "l": [now / 2, 7 // 2, 2 * 3, -1]} | json }}}',
        '{"a": {{ (event.x in ["x", "y"] and not event.map) | json }}, "b": {{ event.map.get("z", 3) }}}',
        '{"user": {{ user | card | json }}, "whole": {{ event.map | json }}, "s": {{ now | unix_s | string | json }}}',
    ],
)
def test_compiled_template_gives_the_bytes_of_the_sandbox(tmp_path, text, style):
    stage = Stage(tmp_path, text, {"x": "'x/é\"'", "map": "{'k': 'v', 'l': 1.5}"})
    fast, slow = stage.both(style)

    assert stage.reason(style) == ""
    assert fast == slow


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    st.lists,
    max_leaves=5,
)


@given(JSON)
def test_any_value_is_written_as_the_sandbox_writes_it(tmp_path_factory, value):
    stage = Stage(tmp_path_factory.mktemp("slots"), '{"a": {{ event.x | json }}}')

    for style in STYLES:
        fast, slow = stage.both(style, values={"x": value})
        assert fast == slow


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"a": "{{ event.x }}"}', "inside its quotes"),
        ('{"a": 1, "a": 2}', 'the key "a"'),
        ('{% if event.x %}{"a": 1{% endif %}', "branches end at different places"),
        ('{"a": 1}{}', "wants: nothing"),
        ('{"a": ', "does not end"),
        ('{"a": ]}', "wants: value"),
        ('{"a": {{ event.x | join(",") | json }}}', "the filter join"),
        ('{"a": {{ event.x | default(1) | json }}}', "the filter default"),
        ('{"a": {{ event.x is defined | json }}}', "the test defined"),
        ('{"a": {{ fake.name | json }}}', "the attribute name"),
        ('{"a": {{ range(3) | list | json }}}', "a call of something that is no method"),
        ("[{% for x in event.x %}{{ x | json }}{% endfor %}]", "a for that ends at another place"),
        ('{% macro m() %}1{% endmacro %}{"a": {{ m() }}}', "Macro in a template"),
    ],
)
def test_what_only_the_sandbox_can_fill_is_not_compiled(tmp_path, text, reason):
    assert reason in Stage(tmp_path, text).reason()


def test_reason_names_the_value_that_cannot_be_compiled(tmp_path):
    assert Stage(tmp_path, "{}", {"x": "[1] | join(',')"}).reason() == "the filter join, in the value x"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('{"a": {{ event.nothing | json }}}', {}),
        ('{"a": {{ event.x.nothing | json }}}', {"x": {}}),
        ('{"a": {{ event.x }}}', {"x": "[1]"}),
        ('{"a": 1 {% for k in event.x %}, {{ k | json }}: 1{% endfor %} }', {"x": ["b", "a"]}),
        ('{"a": {{ event.x.__class__ | json }}}', {"x": "t"}),
        ('{"a": {{ event.x * 999999 | json }}}', {"x": "long text"}),
    ],
)
def test_payload_that_goes_wrong_is_left_to_the_sandbox(tmp_path, text, values):
    stage = Stage(tmp_path, text)
    given = {"id": "e", "provider": "sample", "type": "own", "values": values, "due_ms": START_MS, "cause": ""}
    scene = Scene(
        event=ScheduledEvent(**given),
        fact=stage.fact,
        templates=stage.templates,
        world=stage.world,
        seed=7,
        start_ms=START_MS,
        attempt=1,
    )

    assert write(scene, stage.ids(), STYLES[0]) is None


def test_broken_payload_is_told_as_before(tmp_path):
    stage = Stage(tmp_path, '{"a": {{ event.nothing | json }}}')
    event = ScheduledEvent(id="e", provider="sample", type="own", values={}, due_ms=START_MS, cause="")

    with pytest.raises(InputError, match='has no "nothing"'):
        render(event, catalog=stage.catalog, provider=sample.PROVIDER, world=stage.world, seed=7, start_ms=START_MS)


def test_values_that_hang_on_each_other_are_left_to_the_sandbox(tmp_path):
    stage = Stage(tmp_path, '{"a": {{ event.x | json }}}', {"x": "event.y", "y": "event.x"})
    event = ScheduledEvent(id="e", provider="sample", type="own", values={}, due_ms=START_MS, cause="")

    with pytest.raises(InputError, match="in a circle"):
        render(event, catalog=stage.catalog, provider=sample.PROVIDER, world=stage.world, seed=7, start_ms=START_MS)


def test_ids_drawn_by_the_compiled_template_are_told(tmp_path):
    stage = Stage(tmp_path, '{"a": {{ ids.event() | json }}}')
    event = ScheduledEvent(id="e", provider="sample", type="own", values={}, due_ms=START_MS, cause="")
    payload = render(
        event, catalog=stage.catalog, provider=sample.PROVIDER, world=stage.world, seed=7, start_ms=START_MS
    )

    assert payload.body.decode() == f'{{"a":"{payload.ids["event"]}"}}'
