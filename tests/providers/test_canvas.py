"""What is odd about Canvas as a whole; what people and bots do has its tests in canvas/."""

from __future__ import annotations

import base64
import json
import math
from collections import Counter
from dataclasses import replace
from typing import Any

import jwt
import pytest

from simulator import signing
from simulator.clock import Nothing
from simulator.journal import Journal
from simulator.lobby import Lobby
from simulator.provider import ToSign
from simulator.providers.canvas import PROVIDER
from simulator.providers.canvas.keys import kid, material, period_at, published
from simulator.providers.canvas.metadata import local_time
from simulator.providers.canvas.people import global_id, local_id
from simulator.records import Ack, ScheduledEvent, Sent, SignedRequest
from simulator.render import render
from simulator.terms import Terms
from simulator.units import iso8601
from simulator.world import Put

from .conftest import NOW_MS, Bench, bench

DAY_MS = 86_400_000
ROTATION_MS = 30 * DAY_MS
MESSAGE_CREATED = "conversation_message_created"

METADATA = [
    "root_account_uuid",
    "root_account_id",
    "root_account_lti_guid",
    "user_account_id",
    "user_agent",
    "user_id",
    "user_login",
    "user_sis_id",
    "time_zone",
    "request_id",
    "session_id",
    "hostname",
    "http_method",
    "client_ip",
    "url",
    "referrer",
    "producer",
    "event_name",
    "event_time",
]
BODIES = {
    "conversation_created": ["conversation_id", "updated_at"],
    "conversation_forwarded": ["conversation_id", "updated_at"],
    "conversation_message_created": ["author_id", "conversation_id", "created_at", "message_id"],
}
JOB = [
    "event_name",
    "event_time",
    "job_id",
    "job_tag",
    "producer",
    "root_account_id",
    "root_account_lti_guid",
    "root_account_uuid",
]


@pytest.fixture
def canvas() -> Bench:
    return bench("canvas")


def body_of(made: Bench, event: str = "conversation_message_created", **more: Any) -> Any:
    return json.loads(made.render(event, **more).body)


# --- payloads


@pytest.mark.parametrize("event", BODIES)
def test_event_is_shaped_as_documented_for_every_seed(canvas: Bench, event: str) -> None:
    for seed in range(400):
        body = body_of(canvas, event, seed=seed)

        assert list(body) == ["metadata", "body"]
        assert list(body["metadata"]) == METADATA
        assert list(body["body"]) == BODIES[event]
        assert {type(value) for part in body.values() for value in part.values()} == {str}
        assert body["metadata"]["event_name"] == event


@pytest.mark.parametrize("event", BODIES)
def test_times_are_spelled_as_documented(canvas: Bench, event: str) -> None:
    body = body_of(canvas, event)
    told = body["body"].get("updated_at") or body["body"]["created_at"]

    assert body["metadata"]["event_time"] == "2026-01-05T09:00:00.000Z"
    assert len(told) == len(
        "2018-09-24T06:00:00Z" if event != "conversation_forwarded" else "2020-03-30T11:18:51-06:00"
    )


def test_author_is_the_user_in_the_short_form(canvas: Bench) -> None:
    body = body_of(canvas)

    assert body["metadata"]["user_id"] == f"2107{int(body['body']['author_id']):013d}"


def test_event_of_a_job_has_eight_keys_and_nobody() -> None:
    body = body_of(bench("canvas", trigger="job"))

    assert list(body["metadata"]) == JOB
    assert list(body["body"]) == BODIES["conversation_message_created"]


def test_event_of_a_call_by_token_names_its_key_and_no_page(canvas: Bench) -> None:
    request = {"by": canvas.catalog.account["bot"], "referrer": None, "user_agent": None, "developer_key_id": "1"}
    found = body_of(canvas, values={"request": request})["metadata"]

    assert (found["referrer"], found["user_agent"], found["developer_key_id"]) == (None, None, "1")
    assert found["user_id"] == "21070000000000900"


def test_request_in_a_course_says_so() -> None:
    found = body_of(bench("canvas", context="course", masquerading=True))["metadata"]

    assert set(found) - set(METADATA) == {
        *("context_type", "context_id", "context_account_id", "context_sis_source_id", "context_role", "real_user_id")
    }


def test_missing_sis_id_is_null() -> None:
    assert body_of(bench("canvas", sis_ids="null"))["metadata"]["user_sis_id"] is None


def test_older_builds_tell_seconds() -> None:
    assert body_of(bench("canvas", event_time="seconds"))["metadata"]["event_time"] == "2026-01-05T09:00:00Z"


def test_keys_may_come_in_other_orders() -> None:
    by_name = body_of(bench("canvas", key_order="sorted"))
    shuffled = [tuple(body_of(bench("canvas", key_order="shuffled"), seed=seed)["metadata"]) for seed in range(20)]

    assert list(by_name["metadata"]) == sorted(METADATA)
    assert len(set(shuffled)) == 20
    assert {frozenset(names) for names in shuffled} == {frozenset(METADATA)}


def test_offset_is_taken_off() -> None:
    assert local_time(NOW_MS, "-06:00") == "2026-01-05T03:00:00-06:00"
    assert local_time(NOW_MS, "+05:30") == "2026-01-05T14:30:00+05:30"


@pytest.mark.parametrize(
    ("written", "found"),
    [("123", "123"), ("21070000000000123", "123"), ("2107~123", "123"), ("3107~123", None), ("x", None), (True, None)],
)
def test_id_may_be_written_short_or_long(canvas: Bench, written: Any, found: str | None) -> None:
    assert local_id(written, canvas.catalog.account) == found


def test_long_id_has_the_shard_before_it(canvas: Bench) -> None:
    assert global_id("123", canvas.catalog.account) == "21070000000000123"


# --- signatures


def signed(made: Bench, event_id: str, now_ms: int, **more: Any) -> SignedRequest:
    event = ScheduledEvent(id=event_id, provider="canvas", type=MESSAGE_CREATED, values={}, due_ms=now_ms, cause="")
    payload = render(event, catalog=made.catalog, provider=made.provider, world=made.world, seed=1, start_ms=NOW_MS)
    return signing.sign_request(
        payload,
        url="http://127.0.0.1:1/hook",
        registered_url="http://127.0.0.1:1/hook",
        provider=made.provider,
        credentials=made.world.credentials,
        options=made.world.options,
        stamp_ms=more.pop("stamp_ms", now_ms),
        due_ms=now_ms,
        **more,
    )


def keys_at(made: Bench, now_ms: int) -> jwt.PyJWKSet:
    """Fetch the key set as a bot does."""
    path = "/api/v1/live_events/main/jwks"
    call = replace(made.call("GET", path, b"").call, at_ms=now_ms)
    route = next(route for route in PROVIDER.routes if route.operation == "get_jwks")
    response = route.handler(call, made.world, made.ids())
    return jwt.PyJWKSet.from_dict({"keys": response.values["keys"]})


class Verifier:
    """A bot that keeps the key set until it meets a key that it does not know."""

    def __init__(self, made: Bench) -> None:
        self.made = made
        self.keys: jwt.PyJWKSet | None = None
        self.fetches = 0

    def claims(self, token: bytes, now_ms: int) -> dict[str, Any]:
        name = jwt.get_unverified_header(token)["kid"]
        if self.keys is None or name not in {key.key_id for key in self.keys.keys}:
            self.keys = keys_at(self.made, now_ms)
            self.fetches += 1
        return dict(jwt.decode(token, self.keys[name].key, algorithms=["RS256"]))


def test_stream_of_5000_events_with_retries_verifies_across_rotations() -> None:
    """Delivered by the provider's own policy to a receiver that answers every tenth event with 503 at first."""
    made = bench("canvas", signing="jwt")
    made.world.apply(Put(table="subscriptions", key="", row={"url": "http://127.0.0.1:1/hook", "events": None}))
    policy = made.catalog.policy_under(made.world.options)
    terms = Terms(provider=made.provider, catalog=made.catalog, policy=policy, seed=1, start_ms=NOW_MS)
    lobby = Lobby(terms, made.world, Journal(lambda: 0.0), real_ms=0.0, pace=math.inf)
    for number in range(5_000):
        due_ms = NOW_MS + number * 90 * DAY_MS // 5_000
        event = ScheduledEvent(
            id=f"stream/{number}", provider="canvas", type=MESSAGE_CREATED, values={}, due_ms=due_ms, cause=""
        )
        lobby.deliveries.expect(event)
    verifier, keys, tries, real_ms = Verifier(made), set(), Counter(), 0.0
    while not isinstance(send := lobby.next(real_ms), Nothing) or send.until_ms is not None:
        if isinstance(send, Nothing):
            real_ms = send.until_ms or real_ms
            continue
        event = send.posting.event
        keys.add(jwt.get_unverified_header(send.request.body)["kid"])
        # A retry comes to a bot that has just begun, and knows only the keys of that moment.
        bot = Verifier(made) if tries[event.id] else verifier
        assert bot.claims(send.request.body, send.due_ms)["metadata"]["event_time"] == iso8601(event.due_ms)
        tries[event.id] += 1
        status = 503 if int(event.id.partition("/")[2]) % 10 == 0 and tries[event.id] == 1 else 200
        lobby.ended(send, Sent(duration_ms=1.0, ack=Ack(status=status, headers=(), body=b"")), real_ms)

    assert Counter(tries.values()) == {1: 4_500, 2: 500}
    # Of the four keys the first set holds two, the second the two others.
    assert (len(keys), verifier.fetches) == (4, 2)


def test_claims_are_the_unsigned_body_byte_for_byte() -> None:
    plain, token = (signed(bench("canvas", signing=how), "e", NOW_MS).body for how in ("plain", "jwt"))
    middle = token.split(b".")[1]

    assert base64.urlsafe_b64decode(middle + b"=" * (-len(middle) % 4)) == plain


def test_key_hangs_on_the_event_and_not_on_the_wall_clock() -> None:
    made = bench("canvas", signing="jwt")

    assert signed(made, "e", NOW_MS).body == signed(made, "e", NOW_MS, stamp_ms=NOW_MS + 300 * DAY_MS).body


def test_body_without_a_time_is_signed_with_the_key_of_the_stamp() -> None:
    made = bench("canvas", signing="jwt")
    what = ToSign(body=b'{"a":1}', content_type="", url="", credentials={}, options=made.world.options, stamp_ms=NOW_MS)
    token = PROVIDER.sign(what).body
    odd = PROVIDER.sign(replace(what, body=b'{"event_time":"never"}')).body

    assert token is not None
    assert odd is not None
    assert jwt.get_unverified_header(token)["kid"] == jwt.get_unverified_header(odd)["kid"]
    assert Verifier(made).claims(token, NOW_MS) == {"a": 1}


@pytest.mark.parametrize(("key", "is_known"), [("previous", True), ("next", True), ("unknown", False)])
def test_other_keys_may_sign(key: str, is_known: bool) -> None:
    made = bench("canvas", signing="jwt", jwt_key=key)
    token = signed(made, "e", NOW_MS).body

    if is_known:
        assert Verifier(made).claims(token, NOW_MS)
    else:
        with pytest.raises(KeyError):
            Verifier(made).claims(token, NOW_MS)


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_attacks_are_refused_by_who_knows_the_algorithm(algorithm: str) -> None:
    made = bench("canvas", signing="jwt", jwt_algorithm=algorithm)
    token = signed(made, "e", NOW_MS).body

    assert jwt.get_unverified_header(token)["alg"] == algorithm
    with pytest.raises(jwt.InvalidAlgorithmError):
        Verifier(made).claims(token, NOW_MS)


@pytest.mark.parametrize("signature", ["wrong", "missing"])
def test_spoiled_token_is_none(signature: Any) -> None:
    request = signed(bench("canvas", signing="jwt"), "e", NOW_MS, signature=signature)

    with pytest.raises((jwt.PyJWTError, KeyError)):
        Verifier(bench("canvas")).claims(request.body, NOW_MS)


def test_time_of_signing_may_be_a_claim() -> None:
    made = bench("canvas", signing="jwt", jwt_claims="iat")
    claims = Verifier(made).claims(signed(made, "e", NOW_MS).body, NOW_MS)

    assert list(claims) == ["metadata", "body", "iat"]
    assert claims["iat"] == NOW_MS // 1000


def test_headers_are_those_that_are_asked_for() -> None:
    made = bench("canvas", signing="jwt", jwt_content_type="text/plain", user_agent="Data/1")

    assert dict(signed(made, "e", NOW_MS).headers)["Content-Type"] == "text/plain"
    assert dict(signed(made, "e", NOW_MS).headers)["User-Agent"] == "Data/1"
    plain = bench("canvas", content_type="application/json; charset=utf-8")
    assert dict(signed(plain, "e", NOW_MS).headers)["Content-Type"] == "application/json; charset=utf-8"


# --- the key set


def test_key_set_moves_on_by_one() -> None:
    now, later = (published(ms, ROTATION_MS) for ms in (NOW_MS, NOW_MS + ROTATION_MS))

    assert now[1:] == later[:2]
    assert len({key["kid"] for key in (*now, *later)}) == 4
    assert len({key["n"] for key in now}) == 3


def test_key_set_tells_no_secret() -> None:
    assert {name for key in published(NOW_MS, ROTATION_MS) for name in key} == {"kty", "n", "e", "kid", "alg", "use"}


def test_key_is_named_by_the_beginning_of_its_time() -> None:
    assert kid(period_at(NOW_MS, ROTATION_MS), ROTATION_MS) == "2025-12-22T00:00:00Z_sim-canvas-live-events"
    assert material(0) == material(5)


def test_key_that_never_changes_stays() -> None:
    assert published(NOW_MS, 0) == published(NOW_MS + 999 * DAY_MS, 0)
    made = bench("canvas", signing="jwt", rotation="0")
    assert Verifier(made).claims(signed(made, "e", NOW_MS).body, NOW_MS)


def test_key_set_needs_no_token_and_has_one_name(canvas: Bench) -> None:
    found = canvas.call("GET", "/api/v1/live_events/main/jwks", b"")
    other = canvas.call("GET", "/api/v1/live_events/dev/jwks", b"")

    assert len(json.loads(found.body)["keys"]) == 3
    assert (other.status, json.loads(other.body)) == (403, {"message": "Forbidden"})


# --- who may call


def token_of(made: Bench) -> str:
    return made.world.credentials["access_token"]


def test_self_is_the_person_of_the_token(canvas: Bench) -> None:
    answered = canvas.call("GET", "/api/v1/users/self", b"", authorization=f"Bearer {token_of(canvas)}")

    assert json.loads(answered.body)["id"] == 900
    assert dict(answered.headers)["X-Request-Context-Id"]


def test_token_may_stand_in_the_body(canvas: Bench) -> None:
    body = json.dumps({"access_token": token_of(canvas)}).encode()

    assert canvas.call("POST", "/api/v1/conversations/mark_all_as_read", body).status == 200


@pytest.mark.parametrize(
    ("token", "body"),
    [
        ("", {"status": "unauthenticated", "errors": [{"message": "user authorization required"}]}),
        ("Bearer wrong", {"errors": [{"message": "Invalid access token."}]}),
        ("Basic eDp5", {"status": "unauthenticated", "errors": [{"message": "user authorization required"}]}),
    ],
)
def test_refused_token_is_challenged(canvas: Bench, token: str, body: Any) -> None:
    answered = canvas.call("GET", "/api/v1/conversations", b"", authorization=token)

    assert (answered.status, json.loads(answered.body)) == (401, body)
    assert dict(answered.headers)["WWW-Authenticate"] == 'Bearer realm="canvas-lms"'


def test_given_people_have_an_id_of_their_own_form(canvas: Bench) -> None:
    canvas.world.apply(Put(table="users", key="7", row={**canvas.ana, "id": "7"}))

    assert body_of(canvas, actor="7")["metadata"]["user_id"] == "21070000000000007"
