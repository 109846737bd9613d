"""A time that is not the one that was signed is told."""

from __future__ import annotations

import pytest

from tests.doctor.cases import OF_STAMP, STAMP_MS, Case, changed, culprits, named


@pytest.mark.parametrize("each", named(OF_STAMP))
def test_time_is_taken_from_the_request(each: Case) -> None:
    assert each.examine(each.request(stamp_ms=1_900_000_000_000)).is_valid


@pytest.mark.parametrize("factor", [1_000, 0.001])
@pytest.mark.parametrize("each", named(OF_STAMP))
def test_time_in_another_unit_is_told(each: Case, factor: float) -> None:
    found = each.examine(each.request(stamp_ms=int(STAMP_MS * factor)))

    if any(pair[1].isdigit() and len(pair[1]) >= 9 for pair in each.request(stamp_ms=int(STAMP_MS * factor)).headers):
        assert culprits(found) == {"stamp-unit"}
    assert found.outcome == "invalid"


@pytest.mark.parametrize("each", named(OF_STAMP))
def test_time_that_was_not_signed_is_told(each: Case) -> None:
    right, later = each.request(), each.request(stamp_ms=STAMP_MS + 60_000)
    spots = {spot.name for spot in each.probe().spots()}
    signature = tuple(pair for pair in right.headers if pair[0] in spots)
    rest = tuple(pair for pair in later.headers if pair[0] not in spots)
    body = b'{"at":1735689612000}'
    signed = tuple(pair for pair in each.request(body).headers if pair[0] in spots)

    unexplained = each.examine(changed(right, headers=(*signature, *rest)))
    explained = each.examine(changed(right, headers=(*signed, *rest), body=body))

    assert unexplained.outcome == "invalid"
    assert culprits(explained) == {"stamp-other"}


@pytest.mark.parametrize("each", named(OF_STAMP))
def test_missing_time_is_told(each: Case) -> None:
    stamps = {spot.name for spot in each.probe().stamps(each.probe().spots())}
    request = each.request()

    found = each.examine(changed(request, headers=tuple(pair for pair in request.headers if pair[0] not in stamps)))

    assert "stamp-missing" in culprits(found)
