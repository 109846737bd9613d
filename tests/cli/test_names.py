from __future__ import annotations

import click

from simulator.cli import names


def test_providers_that_begin_so_are_offered() -> None:
    context = click.Context(click.Command("x"))

    assert [each.value for each in names.complete_provider(context, click.Argument(["provider"]), "vi")] == ["viber"]


def test_events_of_the_provider_are_offered() -> None:
    context = click.Context(click.Command("x"))
    context.params["provider"] = "viber"

    found = names.complete_event(context, click.Argument(["event"]), "subs")

    assert [each.value for each in found] == ["subscribed"]
    assert found[0].help


def test_unknown_provider_offers_no_events() -> None:
    context = click.Context(click.Command("x"))
    context.params["provider"] = "nobody"

    assert names.complete_event(context, click.Argument(["event"]), "") == []
