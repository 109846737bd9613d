from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from simulator import catalog
from simulator.cli.stories import Catalogs, chosen, read
from simulator.errors import InputError
from simulator.scenario.model import Case, Scenario


@pytest.fixture
def scenario(story: Callable[..., str]) -> Scenario:
    return read([story()], {})[0]


def test_catalogs_are_those_on_disk() -> None:
    assert tuple(Catalogs()) == catalog.names()
    assert Catalogs()["viber"].id == "viber"
    assert len(Catalogs()) == len(catalog.names())
    assert "nobody" not in Catalogs()


@pytest.mark.parametrize("keyword", ["WARM", "story.yaml", "greet"])
def test_keyword_is_looked_for_in_name_file_and_tags(scenario: Scenario, keyword: str) -> None:
    assert chosen([scenario], keyword=keyword) == [scenario]


def test_one_of_the_tags_is_enough(scenario: Scenario) -> None:
    assert chosen([scenario], tags=["other", "greeting"]) == [scenario]


def test_only_the_providers_that_were_asked_for_are_left(scenario: Scenario) -> None:
    both = replace(scenario, providers=("other", "viber"))

    assert chosen([both], provider_ids=["viber"])[0].providers == ("viber",)


def test_nothing_selected_is_told_with_the_nearest_tag(scenario: Scenario) -> None:
    with pytest.raises(InputError) as caught:
        chosen([scenario], tags=["greetings"])

    assert caught.value.problems[0].code == "nothing-selected"
    assert caught.value.problems[0].fix == 'did you mean "greeting"?'


def test_unknown_provider_is_wrong_input(scenario: Scenario) -> None:
    with pytest.raises(InputError, match="unknown-provider"):
        chosen([scenario], provider_ids=["vibr"])


def test_rows_are_named_where_none_fits(scenario: Scenario) -> None:
    rows = tuple(Case(name=f"word: {number}", values={}, place=scenario.place) for number in range(20))

    with pytest.raises(InputError) as caught:
        chosen([replace(scenario, cases=rows)], cases=["nothing like it"])
    problem = caught.value.problems[0]

    assert problem.where == "--case 'nothing like it'"
    assert problem.fix.startswith("-k finds a part of a row's name; the rows are: word: 0, word: 1, ")
    assert problem.fix.endswith("word: 11, …")
