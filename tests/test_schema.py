"""The JSON Schema of a scenario file: what editors know of the language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import catalog, data, documents
from simulator.catalog import Catalog
from simulator.errors import InputError
from simulator.scenario.load import load
from simulator.schema import DRAFT, scenario_schema

PROBLEMS = Path(__file__).parent / "scenario" / "problems"
BEYOND = {
    "bad-endpoint",
    "bad-json-path",
    "bad-range",
    "bad-regex",
    "broken-expression",
    "circular-include",
    "empty-matcher",
    "endless-stream",
    "lost-comment",
    "lost-text",
    "missing-file",
    "not-offered",
    "outside-root",
    "text-too-long",
    "unfinished-expression",
    "unfinished-regex",
    "unknown-actor",
    "unknown-chat",
    "unknown-endpoint",
    "unknown-locale",
    "unknown-matcher",
    "unknown-name",
    "unknown-path",
    "unknown-step",
    "unknown-zone",
    "unset-variable",
    "wrong-cron",
    "wrong-time",
}
"""Problems of which a schema cannot know: they need other files, expressions, a calendar, or who is declared."""

BEYOND_FILES = {
    "actor-ids",
    "deliver-dropped-with-ack",
    "durations-too-long",
    "emit-too-many-events",
    "given-credential-unknown",
    "include-not-a-part",
    "include-yaml-broken",
    "load-ramp-too-long",
    "wait-zone-twice",
}
"""Files whose other problems stand in another file, or in two values at a time."""


@pytest.fixture(scope="session")
def catalogs() -> Mapping[str, Catalog]:
    return {name: catalog.load(name) for name in catalog.names()}


@pytest.fixture(scope="session")
def validator(catalogs: Mapping[str, Catalog]) -> jsonschema_rs.Validator:
    schema = scenario_schema(catalogs)
    jsonschema_rs.meta.validate(schema)
    return jsonschema_rs.Draft202012Validator(schema)


def value_of(text: str) -> Any:
    return documents.read(text, "file.yaml").plain()


def story(steps: str, provider: str) -> Any:
    return value_of(f"scenario: A\nprovider: {provider}\nactors: [ana, ben]\nsteps:\n{steps}")


def keys_of(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from schema
        for inner in schema.values():
            yield from keys_of(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from keys_of(inner)


def test_schema_says_its_draft_and_avoids_what_editors_lack(catalogs: Mapping[str, Catalog]) -> None:
    schema = scenario_schema(catalogs)

    assert schema["$schema"] == DRAFT
    assert not {key for key in keys_of(schema) if key.startswith("unevaluated") or key == "prefixItems"}


@pytest.mark.parametrize("path", sorted(data.folder("scenarios").rglob("[!_]*.yaml")), ids=lambda path: path.stem)
def test_our_own_scenarios_are_valid(validator: jsonschema_rs.Validator, path: Path) -> None:
    validator.validate(value_of(path.read_text("utf-8")))


@pytest.mark.parametrize("path", sorted(PROBLEMS.glob("*.yaml")), ids=lambda path: path.stem)
def test_wrong_files_are_refused_where_a_schema_can_know(path: Path, catalogs: Mapping[str, Catalog]) -> None:
    provider = next(iter(catalogs))
    codes = set(re.findall(r"   \[([a-z0-9-]+)\]$", path.with_suffix(".txt").read_text("utf-8"), re.MULTILINE))
    try:
        value = documents.read_bytes(re.sub(rb"\bparrot\b", provider.encode(), path.read_bytes()), path.name).plain()
    except InputError:
        return  # YAML itself refuses it
    validator = jsonschema_rs.Draft202012Validator(scenario_schema(catalogs))

    assert not validator.is_valid(value) or codes <= BEYOND or path.stem in BEYOND_FILES


def test_every_top_key_and_step_has_a_description(catalogs: Mapping[str, Catalog]) -> None:
    schema = scenario_schema(catalogs)

    for properties in (schema["properties"], schema["$defs"]["step"]["properties"]):
        assert all(field["description"].endswith(".") for field in properties.values())


@pytest.mark.parametrize(
    "steps",
    [
        "  - ana: {}\n",
        "  - ana: ~\n",
        "  - {}\n",
        "  - ana: hi\n    ben: ho\n",
        "  - ana: hi\n    bot: ho\n",
        "  - deliver: {copies: 2}\n",
        "  - deliver: {copies: 2}\n    ack: 200\n",
        "  - bot: hi\n    ack: 200\n",
        "  - ana: hi\n    steps: [{ana: hi}]\n",
        "  - ana: hi\n    ack: 200\n    ben: ho\n",
        "  - repeat: {times: 2}\n",
        "  - repeat: {times: 2, until: a, at_most: 2}\n    steps: [{ana: hi}]\n",
        "  - if: a\n",
        "  - include: a.yaml\n    steps: [{ana: hi}]\n",
        "  - ana: {image: a.png, video: b.mp4}\n",
        "  - ana: {text: a, sticker: 1}\n",
        "  - ana: {text: a, event: message}\n",
        "  - ana: {raw: 1, with: {a: 1}}\n",
        "  - ana: {with: {a: 1}}\n",
        "  - bot: {text: a, within: 2}\n",
        "  - wait: 2\n",
        "  - emit: {event: a}\n",
        "  - emit: {rate: 5/s, count: 3}\n",
        "  - emit: {event: EVENT, rate: 5/s}\n",
        "  - emit: {event: EVENT, rate: 5, count: 3}\n",
        "  - emit: {event: EVENT, rate: 5/s, every: 1s, count: 3}\n",
        "  - emit: {event: EVENT, count: 3}\n",
        "  - emit: {event: EVENT, lag: 3s}\n",
        "  - emit: {event: EVENT, after: EVENT, actors: 3}\n",
        "  - emit: {event: EVENT, chance: 2}\n",
        "  - emit: {event: EVENT}\n    save: {a: b}\n",
        "  - choose: []\n",
        "  - choose: [{weight: 0, steps: [{ana: hi}]}]\n",
        "  - choose: [{weight: 1}]\n",
        "  - meanwhile: [[{ana: hi}]]\n",
        "  - meanwhile: [{ana: hi}, {ben: hi}]\n",
        "  - wait: {zone: UTC}\n",
        "  - repeat: {times: 2, at_most: 5}\n    steps: [{ana: hi}]\n",
        "  - ana: {raw: 1, in: team}\n",
        "  - ana: {raw: ~}\n",
        "  - api: {answer: {}}\n",
        "  - api: {answer: {status: 500, delay: 2s}}\n",
        "  - together: [{ana: hi}]\n",
    ],
)
def test_wrong_steps_are_refused(
    validator: jsonschema_rs.Validator, catalogs: Mapping[str, Catalog], steps: str
) -> None:
    provider = next(iter(catalogs))
    written = steps.replace("EVENT", next(iter(catalogs[provider].events)))

    assert not validator.is_valid(story(written, provider))


TEXTS = st.sampled_from(["hello", "'~hi'", "<name>", "4.50", "true", "/a+/i", "'{{ ids.message() }}'"])
ACTS = st.one_of(
    TEXTS,
    st.sampled_from(
        [
            "{text: hi, with: {+a.b: 1}}",
            "{image: 'https://x.test/a.png', text: hi}",
            "{location: {lat: 1, lon: '{{ 2 }}'}}",
            "{opens: chat}",
            "{tap: 7}",
            "{raw: {a: [1, null]}}",
        ]
    ),
)
DONE = {"text", "image", "location", "opens", "tap"}
"""What the actors of these steps do; not every provider lets them."""
ACT_STEPS = st.builds(
    lambda act, beside: "\n    ".join([f"ana: {act}", *beside]),
    ACTS,
    st.lists(
        st.sampled_from(
            ["deliver: {copies: 2, latency: 1s..2s}", "ack: {status: 2xx, body: {a: 1}}", "save: {x: a.0}"]
        ),
        unique=True,
    ),
)
LEAVES = st.one_of(
    ACT_STEPS,
    st.builds("bot: {}".format, TEXTS),
    st.builds("bot: {{text: {}, buttons: [Yes, 1], within: 1s, to: ben}}".format, TEXTS),
    st.sampled_from(["wait: 1h..2h", "silence: 0", "set: {n: 1}", "api: {answer: 2s, times: 2}", "bot: {times: 0}"]),
    st.sampled_from(
        [
            "emit: {event: EVENT, rate: 20/s, lasting: 5m, arrivals: poisson, actors: 400}",
            "emit: {event: EVENT, every: 1s..2s, count: 3, burst: 2, actors: [ana, ben], chance: 60%}\n    ack: 200",
            "emit: {event: EVENT, cron: '0 9 * * *', zone: UTC, lasting: 30d, chance: 0.5, with: {+a.b: 1}}",
            "emit: {event: EVENT, burst: 10}\n    deliver: {copies: 2}",
            "choose: [{weight: 0.5, steps: [{ana: hi}]}, {steps: [{bot: Ho}]}]",
            "meanwhile: [[{ana: hi}, {bot: Ho}], [{ben: hi}]]",
            "wait: {until: '2026-01-05T09:00:00Z'}",
            "wait: {until: '0 9 * * mon-fri', zone: Europe/London}",
        ]
    ),
    st.sampled_from(
        ["if: 1 < 2\n    steps: [{ana: hi}]\n    else: [{bot: Ho}]", "together: [{bot: Hi}, {bot: {image: any}}]"]
    ),
)


@given(steps=st.lists(LEAVES, min_size=1, max_size=5))
def test_what_loads_is_valid(steps: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    catalogs = {name: catalog.load(name) for name in catalog.names()}
    provider = next(name for name, facts in catalogs.items() if facts.verbs.keys() >= DONE)
    text = "".join(f"  - {step}\n" for step in steps).replace("EVENT", next(iter(catalogs[provider].events)))
    path = tmp_path_factory.getbasetemp() / "story.yaml"
    path.write_text(f"scenario: A\nprovider: {provider}\nactors: [ana, ben]\nsteps:\n{text}", encoding="utf-8")

    load(path, catalogs=catalogs, environment={})

    jsonschema_rs.Draft202012Validator(scenario_schema(catalogs)).validate(story(text, provider))
