"""Every event of the public catalogue: its keys, their types, what may be missing, and who or what caused it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import jwt
import pytest

from simulator import paths, signing
from simulator.provider import ToSign
from simulator.providers.canvas.keys import published
from tests.providers.conftest import NOW_MS, Bench, bench
from tests.providers.proofs import Proofs
from tests.providers.test_contract import MOST_DEVIATIONS, deviations

from .catalogue import CATALOGUE, Key

ALWAYS = 50
SEEDS = 400

ROOT = ["root_account_uuid", "root_account_id", "root_account_lti_guid"]
USER = ["user_id", "user_login", "user_sis_id"]
CONTEXT = ["context_type", "context_id", "context_account_id", "context_sis_source_id"]
WEB = ["request_id", "session_id", "hostname", "http_method", "client_ip", "url", "referrer"]
TOLD = ["producer", "event_name", "event_time"]
JOB = ["event_name", "event_time", "job_id", "job_tag", "producer"]
JOB_ROOT = ["root_account_id", "root_account_lti_guid", "root_account_uuid"]

OWN_CONTEXT = {
    *("grade_change", "submission_created", "submission_updated", "plagiarism_resubmit", "asset_accessed"),
    *("quiz_export_complete", "content_migration_started", "content_migration_completed", "grade_override"),
    *("course_grade_change", "final_grade_custom_status", "submission_custom_grade_status"),
}

INSIDE: Mapping[str, list[str]] = {
    "progress": ["requirement_count", "requirement_completed_count", "next_requirement_url", "completed_at"],
    "user": ["id", "name", "email"],
    "course": ["id", "name", "account_id", "sis_source_id"],
    "restrictions": ["content", "points", "due_dates", "availability_dates"],
    "rubric_criterion": ["description", "mastery_points", "points_possible", "ratings"],
    "ratings": ["description", "points"],
    "outcome_proficiency_ratings": [
        *("outcome_proficiency_rating_id", "description", "points", "mastery", "color", "workflow_state"),
    ],
}
"""Name of a key → the keys of the object, or of each object in the list, behind it."""


def text(pattern: str = ".*") -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value, re.DOTALL) is not None


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


GLOBAL, LOCAL = r"[1-9]\d{13,17}", r"[1-9]\d{0,12}"
KINDS: Mapping[str, Callable[[Any], bool]] = {
    "str": text(),
    "text": text(".+"),
    "text8k": text(".{1,8192}"),
    "csv": text(r"\w+(,\w+)*"),
    "date": text(r"\d{4}-\d\d-\d\d"),
    "ts": text(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
    "gid": text(GLOBAL),
    "lid": text(LOCAL),
    "lid0": text(f"({LOCAL})?"),
    "uuid40": text("[A-Za-z0-9]{40}"),
    "hex40": text("[0-9a-f]{40}"),
    "guid": text("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "int": lambda value: type(value) is int,
    "num": is_number,
    "bool": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "obj": lambda value: isinstance(value, dict),
    "arr<str>": lambda value: isinstance(value, list) and all(isinstance(each, str) for each in value),
    "arr<lid>": lambda value: isinstance(value, list) and all(re.fullmatch(LOCAL, each) for each in value),
    "arr<obj>": lambda value: isinstance(value, list) and all(isinstance(each, dict) for each in value),
}


@pytest.fixture(scope="module")
def canvas() -> Bench:
    return bench("canvas")


def rendered(made: Bench, event: str, seed: int = 1) -> Any:
    return json.loads(made.render(event, seed=seed).body)


def check(body: Mapping[str, Any], keys: tuple[Key, ...]) -> None:
    """Fail where a body has other keys, another order or other types than documented."""
    assert list(body) == [key.name for key in keys if not key.is_optional or key.name in body]
    for key in keys:
        value: Any = body.get(key.name)
        if key.name in body and not (key.may_be_null and value is None):
            assert KINDS[key.kind](value), (key.name, value)
        if key.name in INSIDE and key.name in body:
            for each in value if isinstance(value, list) else [value]:
                assert list(each) == INSIDE[key.name], key.name


def metadata_keys(event: str, *, zone: bool = True, user: bool = True, token: bool, context: bool) -> list[str]:
    """Give the keys of a request's metadata, in order."""
    return [
        *ROOT,
        *(["user_account_id"] if user else []),
        "user_agent",
        *(USER if user else []),
        *(["developer_key_id"] if token else []),
        *(["time_zone"] if zone and user else []),
        *([*CONTEXT, "context_role"] if context else []),
        *WEB,
        *TOLD,
    ]


def check_request(event: str, found: Mapping[str, Any]) -> None:
    """Fail where the metadata is none of a request by which this event may come."""
    style = CATALOGUE[event].style
    user, token, context = (name in found for name in ("user_id", "developer_key_id", "context_type"))
    zone = event != "logged_in"

    assert list(found) == metadata_keys(event, zone=zone, user=user, token=token, context=context)
    assert user or event == "grade_change"
    assert not context or style != "R"
    assert context or event not in OWN_CONTEXT or not user
    assert (found["referrer"] is None) == token
    assert found["url"].startswith("https://" if not event.startswith("conversation_") else "http://")


def check_job(event: str, found: Mapping[str, Any]) -> None:
    """Fail where the metadata is not that of a job, with a context where the event brings its own."""
    assert list(found) == [*JOB, *JOB_ROOT, *(CONTEXT if event in OWN_CONTEXT else [])]


def test_catalogue_is_whole(canvas: Bench) -> None:
    assert canvas.catalog.events.keys() == CATALOGUE.keys()
    assert len(CATALOGUE) == 89


@pytest.mark.parametrize("event", CATALOGUE)
def test_event_has_the_documented_keys_and_metadata(canvas: Bench, event: str) -> None:
    known = CATALOGUE[event]
    for seed in range(ALWAYS):
        whole = rendered(canvas, event, seed)

        assert list(whole) == ["metadata", "body"]
        assert whole["metadata"]["event_name"] == event
        assert whole["metadata"]["event_time"] == "2026-01-05T09:00:00.000Z"
        if event != "conversation_forwarded":
            check(whole["body"], known.keys)
        if known.style.startswith("J"):
            check_job(event, whole["metadata"])
        else:
            check_request(event, whole["metadata"])


def seen(key: Key, body: Mapping[str, Any]) -> set[str]:
    """Give what a body shows of a key that is not always the same."""
    found = {f"{key.name} {'there' if key.name in body else 'missing'}"} if key.is_optional else set()
    if key.may_be_null:
        found.add(f"{key.name} {'null' if body[key.name] is None else 'filled'}")
    return found


@pytest.mark.parametrize("event", CATALOGUE)
def test_each_choice_of_an_event_comes_up(canvas: Bench, event: str) -> None:
    choices = [key for key in CATALOGUE[event].keys if key.is_optional or key.may_be_null]
    missing = {
        f"{key.name} {state}"
        for key in choices
        for state in (*(("there", "missing") * key.is_optional), *(("null", "filled") * key.may_be_null))
    }
    for seed in range(SEEDS):
        if not missing:
            break
        body = rendered(canvas, event, seed)["body"]
        missing -= {state for key in choices for state in seen(key, body)}

    assert missing == set()


@pytest.mark.parametrize("event", CATALOGUE)
def test_signed_event_tells_the_same(canvas: Bench, event: str) -> None:
    made = bench("canvas", signing="jwt")
    request = signing.sign_request(
        made.render(event),
        url="http://127.0.0.1:1/hook",
        registered_url="http://127.0.0.1:1/hook",
        provider=made.provider,
        credentials=made.world.credentials,
        options=made.world.options,
        stamp_ms=NOW_MS,
        due_ms=NOW_MS,
    )
    keys = jwt.PyJWKSet.from_dict({"keys": published(NOW_MS, made.world.options["rotation"])})
    kid = jwt.get_unverified_header(request.body)["kid"]

    assert jwt.decode(request.body, keys[kid].key, algorithms=["RS256"]) == rendered(canvas, event)


def test_pyjwt_believes_every_signed_event(proofs: Proofs) -> None:
    made = bench("canvas", signing="jwt")
    keys = jwt.PyJWKSet.from_dict(json.loads(made.call("GET", "/api/v1/live_events/main/jwks").body))
    for event in CATALOGUE:
        what = ToSign(
            body=made.render(event).body,
            content_type="application/json",
            url="http://127.0.0.1:1/hook",
            credentials=made.world.credentials,
            options=made.world.options,
            stamp_ms=NOW_MS,
        )
        token = made.provider.sign(what).body or b""

        assert jwt.decode(token, keys[jwt.get_unverified_header(token)["kid"]].key, algorithms=["RS256"])
    proofs.record("canvas", "pyjwt", signature=True)


NULLS = re.compile(r"null in (\d+) %(?!.*null before)")
"""How often a field is null, where nothing else decides over it."""


@pytest.mark.parametrize("event", CATALOGUE)
def test_field_is_null_as_often_as_it_is_told(canvas: Bench, event: str) -> None:
    fields = canvas.catalog.events[event].fields
    told = {path: int(found[1]) / 100 for path, fact in fields.items() if (found := NULLS.search(fact.about))}
    values: dict[str, list[Any]] = {path: [] for path in told}
    for seed in range(SEEDS * bool(told)):
        body = rendered(canvas, event, seed)
        for path in told:
            values[path].append(paths.get(body, path))

    for path, chance in told.items():
        assert "null" in fields[path].type.split("|")
        assert abs(deviations(values[path].count(None), SEEDS, chance)) < MOST_DEVIATIONS, path


# --- requests and jobs


@pytest.mark.parametrize("event", CATALOGUE)
def test_any_event_may_come_of_a_request_or_a_job(event: str) -> None:
    check_request(event, rendered(bench("canvas", trigger="request", context="none"), event)["metadata"])
    check_job(event, rendered(bench("canvas", trigger="job"), event)["metadata"])


@pytest.mark.parametrize(("option", "share"), [("usual", 0.9), ("none", 0.0), ("course", 1.0)])
def test_context_is_there_as_often_as_it_is_asked_for(option: str, share: float) -> None:
    made = bench("canvas", context=option)
    found = [rendered(made, "module_created", seed)["metadata"] for seed in range(100)]

    assert abs(sum("context_id" in each for each in found) / 100 - share) <= 0.08


def test_context_is_the_course_that_the_event_is_about() -> None:
    made = bench("canvas", context="course")
    whole = rendered(made, "module_created")

    assert whole["metadata"]["context_id"] == f"2107{int(whole['body']['context_id']):013d}"
    assert whole["metadata"]["context_role"] == "TeacherEnrollment"


def test_context_of_an_account_s_event_is_the_account() -> None:
    found = rendered(bench("canvas", context="course"), "account_notification_created")["metadata"]

    assert (found["context_type"], found["context_id"]) == ("Account", found["root_account_id"])
    assert (found["context_sis_source_id"], found["context_role"]) == (None, "AccountAdmin")


def test_grade_that_a_tool_hands_back_names_nobody(canvas: Bench) -> None:
    wholes = [rendered(canvas, "grade_change", seed) for seed in range(SEEDS)]
    of_tools = [whole for whole in wholes if "user_id" not in whole["metadata"]]

    assert 0 < len(of_tools) < SEEDS / 10
    assert {whole["body"]["grader_id"] for whole in of_tools} == {None}
    assert not [name for whole in of_tools for name in whole["metadata"] if name.startswith(("user_i", "context_"))]


def test_call_by_token_goes_to_the_api(canvas: Bench) -> None:
    found = [rendered(canvas, "module_created", seed)["metadata"] for seed in range(100)]
    urls = [each["url"] for each in found if "developer_key_id" in each]

    assert urls
    assert all(re.fullmatch(r"https://canvas\.example\.edu/api/v1/courses/\d+/modules", url) for url in urls)


# --- options


@pytest.mark.parametrize("event", ["assignment_created", "submission_updated", "course_section_created"])
def test_nulls_may_be_left_out(event: str) -> None:
    made = bench("canvas", compact_nulls=True)

    assert not [
        name for seed in range(ALWAYS) for name, value in rendered(made, event, seed)["body"].items() if value is None
    ]


def test_nulls_of_metadata_and_of_objects_inside_stay() -> None:
    made = bench("canvas", compact_nulls=True, sis_ids="null", trigger="request")
    whole = rendered(made, "course_completed")

    assert whole["metadata"]["user_sis_id"] is None
    assert whole["body"]["course"]["sis_source_id"] is None


@pytest.mark.parametrize(("event", "number"), [("account_created", True), ("module_created", False)])
def test_ids_of_old_samples_may_be_numbers(event: str, number: bool) -> None:
    found = rendered(bench("canvas", legacy_integer_ids=True), event)["body"]
    ids = [value for name, value in found.items() if name.endswith("_id") and value is not None]

    assert ids
    assert {type(value) for value in ids} == {int if number else str}


def test_times_of_enrollment_states_may_be_local() -> None:
    made = bench("canvas", state_time="local")
    times = {rendered(made, "enrollment_state_created", seed)["body"]["state_started_at"] for seed in range(ALWAYS)}

    assert None in times
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d -0600", each) for each in times - {None})


def test_long_texts_are_cut_at_a_word() -> None:
    text = rendered(bench("canvas", long_texts=True), "discussion_entry_created")["body"]["text"]
    usual = rendered(bench("canvas"), "discussion_entry_created")["body"]["text"]

    assert 8100 < len(text) <= 8192
    assert text.startswith(f"{usual} ")
    assert re.search(r"\w\W?\.\.\.$", text)


@pytest.mark.parametrize("trigger", ["request", "job"])
def test_root_account_may_be_missing(trigger: str) -> None:
    found = rendered(bench("canvas", root_account="missing", trigger=trigger), "logged_out")["metadata"]

    assert not [name for name in found if name.startswith("root_account")]
    assert found["event_name"] == "logged_out"


# --- what belongs together


def test_first_grade_has_no_old_ones_but_a_zero(canvas: Bench) -> None:
    bodies = [rendered(canvas, "course_grade_change", seed)["body"] for seed in range(ALWAYS)]
    first = [body for body in bodies if body["old_current_score"] is body["old_unposted_final_score"] is None]

    assert {body["old_final_score"] for body in first if body["old_final_score"] is not None} == {0.0}


def test_opened_file_and_tool_say_more(canvas: Bench) -> None:
    bodies = [rendered(canvas, "asset_accessed", seed)["body"] for seed in range(SEEDS)]

    assert {body["asset_type"] for body in bodies if "filename" in body} == {"attachment"}
    assert {body["asset_type"] for body in bodies if "domain" in body} == {"context_external_tool"}
    assert {body["asset_type"] for body in bodies if body["asset_subtype"]} == {"course"}


def test_override_names_whom_it_is_for(canvas: Bench) -> None:
    bodies = [rendered(canvas, "assignment_override_created", seed)["body"] for seed in range(ALWAYS)]
    names = {(body["type"], "course_section_id" in body, "group_id" in body) for body in bodies}

    assert names == {("ADHOC", False, False), ("CourseSection", True, False), ("Group", False, True)}


def test_progress_ends_where_the_course_is_completed(canvas: Bench) -> None:
    for seed in range(ALWAYS):
        progress = rendered(canvas, "course_completed", seed)["body"]["progress"]

        assert progress["requirement_count"] == progress["requirement_completed_count"]
        assert progress["next_requirement_url"] is None
        assert progress["completed_at"] is not None


def test_event_without_fields_has_an_empty_body(canvas: Bench) -> None:
    empty = {event for event, known in CATALOGUE.items() if not known.keys}

    assert empty == {"logged_out", "quiz_export_complete", "quizzes_next_quiz_duplicated"}
    assert [rendered(canvas, event)["body"] for event in empty] == [{}, {}, {}]
