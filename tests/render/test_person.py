from __future__ import annotations

import pytest

from simulator.errors import InputError
from simulator.render.person import person
from tests import sample_provider as sample


def drawn(seed: int = 1, start_ms: int = 0, name: str = "ana", **changes):
    return person(sample.PROVIDER, seed=seed, start_ms=start_ms, name=name, **changes)


def test_person_is_drawn_in_the_locale_as_the_provider_knows_people():
    row = drawn(locale="pt_BR")

    assert set(row) == {"id", "name", "email", "locale"}
    assert row["locale"] == "pt_BR"


def test_given_fields_stand():
    assert drawn(given={"name": "Ana"})["name"] == "Ana"


def test_name_hangs_on_the_seed_and_the_id_on_the_start_too():
    one, other = drawn(start_ms=0), drawn(start_ms=1)

    assert one["name"] == other["name"]
    assert one["id"] != other["id"]


def test_people_are_told_apart_by_the_name_of_the_run():
    assert drawn(name="ana")["id"] != drawn(name="ben")["id"]


def test_unknown_locale_is_an_error():
    with pytest.raises(InputError, match="unknown-locale"):
        drawn(locale="xx_XX")
