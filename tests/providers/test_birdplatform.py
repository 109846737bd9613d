"""What is odd about the Bird platform as a whole: ids, the signature of Standard Webhooks, the rotation of a secret."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import catalog, doctor
from simulator.errors import CredentialError
from simulator.provider import ToSign
from simulator.providers.birdplatform import PROVIDER
from simulator.providers.birdplatform.identifiers import PREFIXES
from simulator.providers.birdplatform.signature import key_of, written

from .birdplatform.conftest import ids
from .conftest import NOW_MS, Bench, bench

SECRET = "whsec_c2ltLXN0YW5kYXJkLXdlYmhvb2tzLXNlY3JldC0wMDE="
OLDER = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
DELIVERY = re.compile(r"msg_[0-9A-Za-z]{27}")


def signed(body: bytes = b"{}", *, due_ms: int = NOW_MS, **changes: Any) -> dict[str, str]:
    known: dict[str, Any] = {
        "credentials": {"webhook_secret": SECRET},
        "stamp_ms": NOW_MS,
        "event_id": "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W",
    }
    what = ToSign(
        body=body, content_type="application/json", url="http://b", options={}, due_ms=due_ms, **{**known, **changes}
    )
    return dict(PROVIDER.sign(what).headers)


# --- ids


@pytest.mark.parametrize("prefix", PREFIXES)
def test_id_is_its_prefix_and_26_digits_of_base_32(prefix: str) -> None:
    assert re.fullmatch(rf"{prefix}_[0-7][0-9a-hjkmnp-tv-z]{{25}}", ids().give(prefix))


def test_ids_sort_by_the_time_at_which_they_were_made() -> None:
    made = [ids(NOW_MS + ms).give("wam") for ms in range(0, 5_000, 7)]

    assert made == sorted(made)


# --- the signature


def test_delivery_keeps_its_id_and_changes_its_time_and_signature_at_each_attempt() -> None:
    first, second = signed(), signed(attempt=2, stamp_ms=NOW_MS + 5_000)

    assert first["webhook-id"] == second["webhook-id"] == "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W"
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 5
    assert first["webhook-signature"] != second["webhook-signature"]


def test_rendered_event_brings_the_id_of_its_delivery() -> None:
    made = bench("birdplatform")
    drawn = made.render("whatsapp.received/text").ids["event"]

    assert DELIVERY.fullmatch(drawn)
    assert signed(event_id=drawn)["webhook-id"] == drawn


def test_body_that_was_not_rendered_has_an_id_of_the_same_form() -> None:
    ours = [signed(event_id=name)["webhook-id"] for name in ("ana/raw/1", "ana/raw/2", "ana/raw/1")]

    assert all(DELIVERY.fullmatch(each) for each in ours)
    assert ours[0] == ours[2] != ours[1]


def test_examined_request_keeps_the_id_that_it_came_with() -> None:
    assert signed(event_id="", given={"webhook-id": "msg_of-somebody"})["webhook-id"] == "msg_of-somebody"


@given(st.binary(min_size=1, max_size=64))
def test_secret_is_base64_behind_its_prefix(key: bytes) -> None:
    assert key_of(written(key), "webhook_secret") == key


def test_secret_may_come_without_prefix_and_padding() -> None:
    assert key_of(SECRET.removeprefix("whsec_").rstrip("="), "webhook_secret") == key_of(SECRET, "webhook_secret")


@pytest.mark.parametrize(("secret", "code"), [("", "empty-credential"), ("whsec_n@t base64", "unusable-credential")])
def test_secret_that_cannot_sign_is_told(secret: str, code: str) -> None:
    with pytest.raises(CredentialError) as told:
        signed(credentials={"webhook_secret": secret})

    assert [problem.code for problem in told.value.problems] == [code]


@pytest.mark.parametrize(("after_ms", "count"), [(0, 2), (86_399_999, 2), (86_400_000, 1)])
def test_secret_before_signs_for_a_day_after_the_new_one(after_ms: int, count: int) -> None:
    until = {"previous_secret": OLDER, "previous_until_ms": str(NOW_MS + 86_400_000)}
    credentials = {"webhook_secret": SECRET, **until}
    entries = signed(credentials=credentials, due_ms=NOW_MS + after_ms)["webhook-signature"].split()

    assert len(entries) == count
    assert entries[0] == signed()["webhook-signature"]
    assert all(len(base64.b64decode(each.removeprefix("v1,"))) == 32 for each in entries)


# --- events


@pytest.fixture
def platform() -> Bench:
    return bench("birdplatform")


def test_sixty_five_events_are_there(platform: Bench) -> None:
    assert len({event.partition("/")[0] for event in platform.catalog.events}) == 65


def test_body_is_type_timestamp_and_data_and_tells_no_id_of_its_own(platform: Bench) -> None:
    for event in platform.catalog.events:
        body = json.loads(platform.render(event).body)

        assert list(body) == ["type", "timestamp", "data"]
        assert body["type"] == event.partition("/")[0]
        assert "msg_" not in json.dumps(body)


# --- what the doctor says


def examined(**headers: str | None) -> doctor.Diagnosis:
    body = b'{"type":"sms.sent"}'
    known: dict[str, str | None] = {**signed(body), **{name.replace("_", "-"): text for name, text in headers.items()}}
    given = tuple((name, text) for name, text in known.items() if text is not None)
    facts = catalog.load("birdplatform")
    return doctor.examine(
        doctor.Captured(headers=given, body=body, url="https://bot.example.com/hook"),
        provider=PROVIDER,
        catalog=facts,
        credentials=catalog.credentials_with(facts, {}),
        options=catalog.options_with(facts, {}),
    )


def test_doctor_takes_the_id_from_the_request() -> None:
    assert examined().is_valid


def test_doctor_misses_the_id_of_the_delivery() -> None:
    found = examined(webhook_id=None)

    assert not found.is_valid
    assert "header-missing" in {culprit.name for culprit in found.culprits}
