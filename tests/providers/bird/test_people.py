"""People, and ids of Bird's form."""

from __future__ import annotations

import re
from typing import Any

import pytest

from simulator.fake import profile

from .conftest import BIRD, NOW_MS, a_person, ids

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-([1-8])[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def person(start: str, **given: Any) -> Any:
    return BIRD.person(profile(1, 0, "ana", "en_GB", given), ids(name=start))


def test_drawn_number_is_another_in_another_run() -> None:
    one, again, other = person("run 1"), person("run 1"), person("run 2")

    assert one == again
    assert one["phone"] != other["phone"]
    assert re.fullmatch(r"\+44555\d{7}", one["phone"])


@pytest.mark.parametrize("name", ["phone", "id"])
def test_given_number_stands(name: str) -> None:
    found = person("run 1", **{name: "+31612345678"})

    assert found["id"] == found["phone"] == "+31612345678"


def test_contact_has_an_id_beside_the_number() -> None:
    assert UUID.fullmatch(a_person("ana")["contact_id"])


@pytest.mark.parametrize(("name", "version"), [("message", "4"), ("conversation", "4"), ("channel", "5")])
def test_ids_are_uuids_of_their_version(name: str, version: str) -> None:
    for number in range(50):
        found = UUID.fullmatch(ids(NOW_MS + number).give(name))

        assert found is not None
        assert found[1] == version


def test_reference_of_whatsapp_looks_like_whatsapp_s() -> None:
    assert re.fullmatch(r"wamid\.[A-Za-z0-9+/]{48}", ids().give("whatsapp"))
    assert re.fullmatch(r"[0-9a-f]{32}", ids().give("platform"))
