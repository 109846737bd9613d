"""An event → the request that carries it to one endpoint."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator import catalog as catalogs
from simulator import providers
from simulator.delivery.writing import Writer
from simulator.errors import InputError
from simulator.faults import Fate
from simulator.records import Payload, ScheduledEvent
from simulator.terms import Terms
from simulator.world import World

EVENT = ScheduledEvent(id="e", provider="", type="t", values={}, due_ms=1_767_603_600_000, cause="")
PAYLOAD = Payload(event_id="e", type="t", body=b'{"a":"x"}', content_type="application/json")
ROW = {"url": "https://bot.example.com/hook"}


def writer(name: str = "bird", **options: object) -> Writer:
    facts = catalogs.load(name)
    world = World(
        credentials=catalogs.credentials_with(facts, {}), options=catalogs.options_with(facts, options), limits={}
    )
    terms = Terms(provider=providers.load(name), catalog=facts, policy=facts.policy, seed=1, start_ms=0)
    return Writer(terms, world)


def stamp(made: Writer, **changes: object) -> int:
    request = made.signed(PAYLOAD, ROW, EVENT.due_ms, **changes)  # type: ignore[arg-type]
    return int({name.lower(): value for name, value in request.headers}["messagebird-request-timestamp"])


def test_expired_request_shows_a_time_that_is_twice_as_old_as_it_may_be() -> None:
    made = writer()
    tolerance_s = made.terms.policy.tolerance_ms // 1_000

    assert stamp(made) - stamp(made, signature="expired") == 2 * tolerance_s


def test_request_goes_where_the_terms_lead_it_and_is_signed_for_the_registered_url() -> None:
    made = writer()
    here = Writer(replace(made.terms, target=lambda registered: "http://127.0.0.1:9/"), made._world)

    right, led = made.signed(PAYLOAD, ROW, EVENT.due_ms), here.signed(PAYLOAD, ROW, EVENT.due_ms)

    assert led.url == "http://127.0.0.1:9/"
    assert led.headers == right.headers


def test_credentials_of_the_row_stand_over_those_of_the_account() -> None:
    made = writer()
    row = {**ROW, "credentials": dict.fromkeys(made._world.credentials, "another key of this row")}

    assert made.signed(PAYLOAD, row, EVENT.due_ms) != made.signed(PAYLOAD, ROW, EVENT.due_ms)


def test_right_fate_changes_nothing() -> None:
    assert writer().harmed(EVENT, PAYLOAD, ROW, Fate(lost=1)) == (None, Fate(lost=1))


def test_tampered_fate_gives_what_is_sent_instead() -> None:
    altered, fate = writer().harmed(EVENT, PAYLOAD, ROW, Fate(tamper="newline", words=("tampered with: newline",)))

    assert altered == PAYLOAD.body + b"\n"
    assert fate.words == ("tampered with (newline): byte 10 is a line break that was not signed",)


@pytest.mark.parametrize(
    ("name", "fate"),
    [("smooch", Fate(tamper="text")), ("canvas", Fate(tamper="text")), ("canvas", Fate(signature="wrong"))],
)
def test_forgery_that_no_bot_could_notice_is_refused(name: str, fate: Fate) -> None:
    with pytest.raises(InputError) as caught:
        writer(name).harmed(EVENT, PAYLOAD, ROW, fate)

    assert [problem.code for problem in caught.value.problems] == ["nothing-signed"]


def test_body_within_a_token_is_tampered_with_inside() -> None:
    made = writer("canvas", signing="jwt")
    altered, _ = made.harmed(EVENT, PAYLOAD, ROW, Fate(tamper="text"))
    right = made.signed(PAYLOAD, ROW, EVENT.due_ms)
    sent = made.signed(PAYLOAD, ROW, EVENT.due_ms, altered=altered)

    assert [one == other for one, other in zip(right.body.split(b"."), sent.body.split(b"."), strict=True)] == [
        True,
        False,
        True,
    ]
