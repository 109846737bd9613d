"""What holds for every provider on disk; a new one is in these tests as soon as its folder is there."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from simulator import catalog, paths, providers
from simulator.catalog import Catalog, EventFact, FieldFact
from simulator.provider import Act, ApiResponse, ToSign
from simulator.records import ApiCall, Button
from simulator.scenario.vocabulary import BOT_FIELDS
from simulator.schema import event_schema

from .conftest import Bench, bench

DRAWS = [(seed, number) for seed in range(8) for number in range(50)]
"""Seeds and numbers of events: every draw hangs on both alike, and what belongs to a seed is made but once."""
FEWER_DRAWS = DRAWS[: len(DRAWS) // 2]
"""Where no field is left to chance."""
MOST_DEVIATIONS = 4.5
"""Of a hundred thousand right shares less than one lies further off; with 400 seeds a share of 50 % may be 39 or 61."""

ALWAYS_REFUSABLE = ("not_found", "bad_method", "bad_body", "too_large")

MEDIA = {"url": "http://127.0.0.1:1/_media/k/cat.jpg", "name": "cat.jpg", "size": 77, "content_type": "image/jpeg"}
VALUES: Mapping[str, Any] = {
    "text": "hello",
    "image": MEDIA,
    "video": {**MEDIA, "name": "cat.mp4"},
    "audio": {**MEDIA, "name": "cat.mp3"},
    "file": {**MEDIA, "name": "cat.pdf"},
    "location": {"lat": 51.5, "lon": -0.12},
    "contact": {"name": "Ben", "phone": "+447700900123"},
    "sticker": 46105,
    "url": "https://example.org/page",
    "tap": Button(label="Go", payload="go"),
    "reads": "last",
    "types": True,
    "opens": "chat",
    "leaves": "chat",
}
"""Verb → what may stand behind it in a scenario."""

TYPES: Mapping[str, tuple[type[Any], ...]] = {
    "text": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "list": (list,),
    "null": (type(None),),
    "any": (object,),
}

PROVIDERS = catalog.names()
EVENTS = [(name, event) for name in PROVIDERS for event in catalog.load(name).events]
OPERATIONS = [(name, operation) for name in PROVIDERS for operation in catalog.load(name).operations]
VERBS = [(name, verb) for name in PROVIDERS for verb in VALUES]
ERRORS = [(name, error) for name in PROVIDERS for error in catalog.load(name).errors]


@pytest.fixture
def made(request: pytest.FixtureRequest) -> Bench:
    return bench(request.param)


def test_each_folder_has_its_module_and_each_module_its_folder() -> None:
    assert providers.names() == catalog.names()


@pytest.mark.parametrize("made", PROVIDERS, indirect=True)
def test_id_is_the_name_of_folder_and_module(made: Bench) -> None:
    assert made.provider.id == made.catalog.id == made.catalog.folder.name


# --- facts


def sources_of(facts: Catalog) -> Iterator[tuple[str, str]]:
    for table in (facts.credentials, facts.options, facts.endpoints, facts.events, facts.operations, facts.errors):
        for name, fact in table.items():
            yield name, fact.source
    for event in facts.events.values():
        for path, field in event.fields.items():
            yield f"{event.type}: {path}", field.source
    yield "policy", facts.policy.source
    for rule in facts.policy.disabling:
        yield f"disabling after {rule.after}", rule.source
    for name, named in facts.policy.named.items():
        yield f"policy {name}", named.source
    yield "body", facts.body.source


@pytest.mark.parametrize("made", PROVIDERS, indirect=True)
def test_every_fact_has_a_source(made: Bench) -> None:
    known = set(made.catalog.sources)
    for fact, source in sources_of(made.catalog):
        assert source, fact
        assert {name.strip() for name in source.split(",")} <= known, fact


@pytest.mark.parametrize("made", PROVIDERS, indirect=True)
def test_every_source_is_used(made: Bench) -> None:
    used = {name.strip() for _, source in sources_of(made.catalog) for name in source.split(",")}

    assert set(made.catalog.sources) == used


@pytest.mark.parametrize("made", PROVIDERS, indirect=True)
def test_default_mix_has_something_in_it(made: Bench) -> None:
    assert sum(event.weight for event in made.catalog.events.values()) > 0
    assert all(event.weight >= 0 for event in made.catalog.events.values())


@pytest.mark.parametrize("made", PROVIDERS, indirect=True)
def test_environment_leaves_no_name_unfilled(made: Bench) -> None:
    found = made.catalog.environment("http://127.0.0.1:1", made.world.credentials)

    assert found
    assert not [value for value in found.values() if "{" in value]


@pytest.mark.parametrize("made", PROVIDERS, indirect=True)
def test_ids_of_every_provider_are_there(made: Bench) -> None:
    assert {"user", "event"} <= made.provider.ids.keys()
    assert made.ids().give("user") == made.ids().give("user")


@pytest.mark.parametrize("made", PROVIDERS, indirect=True)
def test_person_has_id_and_name(made: Bench) -> None:
    assert made.ana["id"]
    assert made.ana["name"] == "Ana Müller 🙂"


# --- events


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Give the dotted path and the value of everything in a body; indexes of lists are 0."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        part = "0" if isinstance(value, list) else str(key).replace(".", r"\.")
        place = f"{path}.{part}" if path else part
        yield place, inner
        yield from leaves(inner, place)


def is_free(fact: EventFact, path: str) -> bool:
    """True inside a field whose own insides are not listed."""
    above = [name for name in fact.fields if path.startswith(f"{name}.")]
    return any(not any(other.startswith(f"{name}.") for other in fact.fields) for name in above)


def kinds_of(field: FieldFact) -> tuple[type, ...]:
    return tuple(kind for word in field.type.split("|") for kind in TYPES[word])


def is_of_type(value: Any, kinds: tuple[type, ...]) -> bool:
    return isinstance(value, kinds) and (not isinstance(value, bool) or bool in kinds or object in kinds)


def above(path: str) -> str:
    """Give the path of what a field stands in; empty at the top."""
    return ".".join(map(str, paths.split(path)[:-1]))


def deviations(seen: int, draws: int, chance: float) -> float:
    """Give how far a count lies from what the chance makes likely, in standard deviations."""
    return (seen - draws * chance) / math.sqrt(draws * chance * (1 - chance))


@pytest.mark.parametrize(("made", "event"), EVENTS, indirect=["made"])
def test_event_renders_the_same_each_time(made: Bench, event: str) -> None:
    first, again, other = made.render(event), bench(made.provider.id).render(event), made.render(event, seed=2)

    assert first == again
    assert first.body != other.body
    assert isinstance(json.loads(first.body), dict)


@pytest.mark.parametrize(("made", "event"), EVENTS, indirect=["made"])
def test_event_keeps_to_its_schema_and_has_the_fields_that_are_written_down(made: Bench, event: str) -> None:
    fact = made.catalog.events[event]
    schema = event_schema(fact, made.catalog)
    jsonschema_rs.meta.validate(schema)
    validator = jsonschema_rs.Draft202012Validator(schema)
    chances = [path for path, field in fact.fields.items() if field.presence.startswith("optional")]
    seen: dict[str, int] = dict.fromkeys(fact.fields, 0)
    could: dict[str, int] = dict.fromkeys(fact.fields, 0)
    kinds = {path: kinds_of(field) for path, field in fact.fields.items()}
    parents = {path: above(path) for path in fact.fields}
    for seed, number in DRAWS if chances else FEWER_DRAWS:
        body = json.loads(made.render(event, seed=seed, number=number).body)
        assert [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(body)] == []
        found = dict(leaves(body))
        for path, value in found.items():
            if path not in fact.fields:
                assert is_free(fact, path), f"{path} is not written down"
                continue
            field = fact.fields[path]
            seen[path] += 1
            assert is_of_type(value, kinds[path]), (path, value)
            assert field.values is None or value in field.values, (path, value)
            assert value is None or not field.pattern or re.fullmatch(field.pattern, str(value)), (path, value)
        for path, field in fact.fields.items():
            if parents[path] and parents[path] not in found:
                continue
            could[path] += 1
            assert field.presence != "required" or path in found, path

    for path in chances:
        assert 0 < seen[path] < could[path], path
        assert abs(deviations(seen[path], could[path], fact.fields[path].chance)) < MOST_DEVIATIONS, path


@pytest.mark.parametrize(("made", "event"), EVENTS, indirect=["made"])
def test_event_about_a_person_of_the_world_renders(made: Bench, event: str) -> None:
    body = made.render(event, actor=str(made.ana["id"])).body

    assert json.loads(body)


@pytest.mark.parametrize("made", PROVIDERS, indirect=True)
def test_signature_hangs_on_the_body_and_is_the_same_each_time(made: Bench) -> None:
    def signed(body: bytes) -> Any:
        what = ToSign(
            body=body,
            content_type=made.catalog.body.content_type,
            url="http://127.0.0.1:1/hook",
            credentials=made.world.credentials,
            options=made.world.options,
            stamp_ms=1,
        )
        return made.provider.sign(what)

    assert signed(b'{"a":1}') == signed(b'{"a":1}')


# --- delivery


def signed_with(made: Bench, options: Mapping[str, Any], **changes: Any) -> Any:
    what = ToSign(
        body=b'{"a":1}',
        content_type=made.catalog.body.content_type,
        url="http://127.0.0.1:1/hook?a=1",
        credentials=made.world.credentials,
        options=options,
        stamp_ms=1_767_603_600_000,
        due_ms=1_767_603_600_000,
    )
    return made.provider.sign(replace(what, **changes))


OTHERWISE: Mapping[str, Mapping[str, Any]] = {
    "body": {"body": b'{"a":2}'},
    "time": {"stamp_ms": 1_767_603_660_000},
    "url": {"url": "http://127.0.0.1:1/hook?a=2"},
}
"""Part of a request → the same request with another one."""


@pytest.mark.parametrize("made", PROVIDERS, indirect=True)
def test_signature_hangs_on_what_the_policy_says_and_on_nothing_else(made: Bench) -> None:
    """With some option, where a part is signed, and with no option, where it is not."""
    whole = {option.name: option for option in made.catalog.options.values() if option.kind == "choice"}
    settings = [{**made.world.options, name: value} for name, option in whole.items() for value in option.values or ()]
    found = set()
    for options in [dict(made.world.options), *settings]:
        right = signed_with(made, options)
        found |= {part for part, other in OTHERWISE.items() if signed_with(made, options, **other) != right}

    assert found - ODDLY_SIGNED.get(made.catalog.id, set()) == set(made.catalog.policy.signs)


ODDLY_SIGNED: Mapping[str, set[str]] = {"canvas": {"time"}}
"""A claim with the time of signing is an option that no source knows a limit for."""


@pytest.mark.parametrize("made", PROVIDERS, indirect=True)
def test_time_that_is_signed_has_a_tolerance_that_the_last_retry_keeps(made: Bench) -> None:
    policy = made.catalog.policy
    last_ms = 0 if policy.resign else sum(policy.delays_ms)

    assert bool(policy.tolerance_ms) is ("time" in policy.signs)
    assert policy.tolerance_ms == 0 or last_ms <= policy.tolerance_ms


@pytest.mark.parametrize("made", PROVIDERS, indirect=True)
def test_options_of_the_policy_begin_with_what_it_says(made: Bench) -> None:
    defaults = {name: option.default for name, option in made.catalog.options.items()}

    assert made.catalog.policy_under(defaults) == made.catalog.policy
    assert [rule.option for rule in made.catalog.policy.disabling if rule.option not in made.catalog.options] == []


@pytest.mark.parametrize("made", PROVIDERS, indirect=True)
def test_policy_says_what_becomes_of_an_event_that_is_given_up(made: Bench) -> None:
    assert made.catalog.policy.giving_up


# --- acts


@pytest.mark.parametrize(("made", "verb"), VERBS, indirect=["made"])
def test_actor_can_do_what_the_catalog_says_and_nothing_else(made: Bench, verb: str) -> None:
    act = Act(verb=verb, value=VALUES[verb], user=made.ana)
    occurrences = made.provider.acts(act, made.world, made.ids())

    if verb not in made.catalog.verbs:
        assert occurrences is None
        return
    assert occurrences is not None
    # Reading what was never written may cause nothing; all else causes the event that the catalog names.
    assert verb == "reads" or made.catalog.verbs[verb] in {each.type for each in occurrences}
    for each in occurrences:
        body = made.render(each.type, values=each.values, actor=str(made.ana["id"])).body
        assert json.loads(body)


# --- the REST API


@pytest.mark.parametrize("made", PROVIDERS, indirect=True)
def test_routes_are_those_of_the_catalog(made: Bench) -> None:
    written = {(name, route) for name, fact in made.catalog.operations.items() for route in fact.routes}

    assert {(route.operation, f"{route.method} {route.path}") for route in made.provider.routes} == written
    assert all(route.path.startswith(f"{made.catalog.api_base}/") for route in made.provider.routes)


@pytest.mark.parametrize(("made", "operation"), OPERATIONS, indirect=["made"])
def test_call_without_a_token_is_refused(made: Bench, operation: str) -> None:
    for route in made.provider.routes:
        if route.operation == operation:
            path = re.sub(r"\{\w+\}", "x", route.path)
            answered = made.call(route.method, path, b"" if route.method == "GET" else b"{}")

            assert answered.response.error in made.catalog.errors
            # One provider refuses some calls with a status alone.
            assert answered.body or made.catalog.errors[answered.response.error].values == {"body": ""}
            assert answered.response.effects == ()


@pytest.mark.parametrize("made", PROVIDERS, indirect=True)
def test_unknown_path_gets_the_provider_s_own_error(made: Bench) -> None:
    answered = made.call("POST", f"{made.catalog.api_base}/no/such/thing")

    assert answered.response.error == "not_found"
    assert json.loads(answered.body)


@pytest.mark.parametrize("made", PROVIDERS, indirect=True)
def test_wrong_method_gets_the_provider_s_own_error(made: Bench) -> None:
    path = re.sub(r"\{\w+\}", "x", made.provider.routes[0].path)
    answered = made.call("TRACE", path)

    assert answered.response.error == "bad_method"
    assert json.loads(answered.body)


@pytest.mark.parametrize("made", PROVIDERS, indirect=True)
def test_broken_body_gets_the_provider_s_own_error(made: Bench) -> None:
    route = next(route for route in made.provider.routes if route.method == "POST")
    answered = made.call("POST", re.sub(r"\{\w+\}", "x", route.path), b'{"a": ')

    assert answered.response.error == "bad_body"
    assert json.loads(answered.body)


@pytest.mark.parametrize("made", PROVIDERS, indirect=True)
def test_errors_of_every_provider_are_there(made: Bench) -> None:
    assert {*ALWAYS_REFUSABLE, "rate_limited"} <= made.catalog.errors.keys()


@pytest.mark.parametrize(("made", "error"), ERRORS, indirect=["made"])
def test_named_error_has_the_status_that_is_written_down(made: Bench, error: str) -> None:
    call = ApiCall(id="c", provider=made.provider.id, method="POST", path="/", headers={})
    response = made.provider.refuse(call, error, "")

    assert (response.error, response.status) == (error, made.catalog.errors[error].status)


@pytest.mark.parametrize("made", PROVIDERS, indirect=True)
def test_replies_come_from_the_operations_that_speak(made: Bench) -> None:
    silent = {name for name, fact in made.catalog.operations.items() if not fact.is_reply}
    for operation in silent:
        call = ApiCall(
            id="c", provider=made.provider.id, method="POST", path="/", headers={}, fields={}, operation=operation
        )

        assert made.provider.replies(call, ApiResponse()) == ()


# --- the page


def rows_of(page: str, heading: str) -> set[str]:
    """Give what stands in the first cell of each row of the section's tables, code marks taken off."""
    section = page.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return {cell.strip("` ") for cell in re.findall(r"^\| (`[^|]+`) \|", section, re.MULTILINE)}


@pytest.fixture
def page(made: Bench) -> str:
    path = Path(__file__).parents[2] / "docs" / "providers" / f"{made.catalog.id}.md"
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("made", PROVIDERS, indirect=True)
def test_page_lists_events_operations_and_options(made: Bench, page: str) -> None:
    assert rows_of(page, "Events") == made.catalog.events.keys()
    assert made.catalog.operations.keys() <= rows_of(page, "Operations")
    assert rows_of(page, "Options") == made.catalog.options.keys()


@pytest.mark.parametrize("made", PROVIDERS, indirect=True)
def test_page_says_what_a_bot_can_say_and_what_it_cannot(made: Bench, page: str) -> None:
    section = page.partition("\n## What a bot can say\n")[2].partition("\n## ")[0]

    assert rows_of(page, "What a bot can say") == set(made.catalog.reply_fields)
    assert [name for name in (*BOT_FIELDS, "in") if f"`{name}`" not in section] == []


@pytest.mark.parametrize("made", PROVIDERS, indirect=True)
def test_page_names_every_error_and_variable(made: Bench, page: str) -> None:
    assert [name for name in made.catalog.errors if f"`{name}`" not in page] == []
    assert [each.name for each in made.catalog.env if f"`{each.name}`" not in page] == []
    assert [each.line for each in made.catalog.sdk_lines if f"`{each.line}`" not in page] == []


@pytest.mark.parametrize("made", PROVIDERS, indirect=True)
def test_page_says_what_is_not_imitated_and_what_is_unsure(made: Bench, page: str) -> None:
    assert [text for text in made.catalog.not_imitated if f"- {text}\n" not in page] == []
    assert [each.about for each in made.catalog.unconfirmed if f"| {each.about} |" not in page] == []
