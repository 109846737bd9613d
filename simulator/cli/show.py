"""`show`: what is known about a provider, or about one of its events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from simulator.cli import form, names, options
from simulator.cli.list import sources

if TYPE_CHECKING:
    from simulator.catalog import Catalog, EventFact, Option


@form.command("show")
@names.provider
@click.argument("event", required=False, shell_complete=names.complete_event)
@options.as_json
def command(*, provider: str, event: str | None, as_json: bool) -> None:
    """
    Show what is known about a provider or one of its events.

    What is not imitated, and what no source is sure of, is told too; with --json each fact has its source.
    """
    from simulator import catalog
    from simulator.cli.output import say_json

    facts = catalog.load(provider)
    if event is None:
        found = provider_facts(facts)
        say_json(found) if as_json else _say_provider(found)
        return
    if event not in facts.events:
        from simulator.cli.sample import unknown_event
        from simulator.errors import InputError

        raise InputError(unknown_event(event, facts))
    found = event_facts(facts.events[event], facts)
    say_json(found) if as_json else _say_event(found)


def provider_facts(facts: Catalog) -> dict[str, Any]:
    """Give all that `show PROVIDER` tells."""
    return {
        "provider": facts.id,
        "title": facts.title,
        "api_version": facts.api_version,
        "about": facts.about,
        "credentials": [
            {
                "name": each.name,
                "about": each.about,
                "default": each.default,
                "source": sources(each.source, facts.sources),
            }
            for each in facts.credentials.values()
        ],
        "options": [
            {
                "name": each.name,
                "about": each.about,
                "values": _values(each),
                "default": _written(each.default, each.kind),
                "source": sources(each.source, facts.sources),
            }
            for each in facts.options.values()
        ],
        "events": [
            {
                "event": each.type,
                "summary": each.summary,
                "weight": each.weight,
                "source": sources(each.source, facts.sources),
            }
            for each in facts.events.values()
        ],
        "operations": [
            {
                "operation": each.name,
                "summary": each.summary,
                "routes": list(each.routes),
                "is_reply": each.is_reply,
                "source": sources(each.source, facts.sources),
            }
            for each in facts.operations.values()
        ],
        "errors": [
            {
                "error": each.name,
                "status": each.status,
                "summary": each.summary,
                "source": sources(each.source, facts.sources),
            }
            for each in facts.errors.values()
        ],
        "verbs": dict(facts.verbs),
        "reply_fields": list(facts.reply_fields),
        "chat_verbs": list(facts.chat_verbs),
        "delivery": _delivery(facts),
        "limits": dict(facts.limits),
        "not_imitated": list(facts.not_imitated),
        "unconfirmed": [{"about": each.about, "option": each.setting} for each in facts.unconfirmed],
        "sources": dict(facts.sources),
    }


def event_facts(fact: EventFact, facts: Catalog) -> dict[str, Any]:
    """Give all that `show PROVIDER EVENT` tells."""
    return {
        "provider": facts.id,
        "event": fact.type,
        "summary": fact.summary,
        "source": sources(fact.source, facts.sources),
        "weight": fact.weight,
        "is_mandatory": fact.is_mandatory,
        "rendering": _rendering(fact, facts),
        "fields": [
            {
                "path": each.path,
                "type": each.type,
                "presence": each.presence,
                "values": list(each.values) if each.values is not None else None,
                "pattern": each.pattern,
                "about": each.about,
                "source": sources(each.source, facts.sources),
            }
            for each in fact.fields.values()
        ],
    }


def _rendering(fact: EventFact, facts: Catalog) -> str:
    """Give which way its template takes, and why not the fast one."""
    from simulator import providers, templates
    from simulator.catalog import options_with
    from simulator.render.template import program_of

    provider = providers.load(facts.id)
    style = facts.body.under(options_with(facts, {}, ""))
    found = program_of(templates.of(facts, provider), fact, style)
    why = found if isinstance(found, str) else "the provider encodes its bodies itself" if provider.encode else ""
    return f"in the sandbox: {why}" if why else "compiled"


def _delivery(facts: Catalog) -> dict[str, Any]:
    from simulator.delivery.policy import describe
    from simulator.units import show_ms

    policy = facts.policy
    return {
        "in_words": describe(policy),
        "success": policy.success,
        "timeout": show_ms(policy.timeout_ms),
        "retry_on": list(policy.retry_on),
        "final": list(policy.final),
        "delays": [show_ms(delay_ms) for delay_ms in policy.delays_ms],
        "ordering": policy.ordering,
        "policies": {each.name: each.about for each in policy.named.values()},
        "source": sources(policy.source, facts.sources),
    }


def _values(option: Option) -> list[str] | str:
    return [_word(value) for value in option.values] if option.values is not None else option.kind


def _written(value: Any, kind: str) -> str:
    from simulator.units import show_ms

    if kind == "duration":
        return show_ms(value)
    if kind == "durations":
        return ",".join(show_ms(each) for each in value)
    return _word(value)


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _say_provider(found: Mapping[str, Any]) -> None:
    from simulator.cli.output import say, table

    say(f"{found['title']} ({found['provider']}), {found['api_version']}")
    say(found["about"])
    _section(
        "Credentials", [(each["name"], each["about"], f"default {each['default']}") for each in found["credentials"]]
    )
    _section("Options (--option NAME=VALUE)", [_option_row(each) for each in found["options"]])
    _section("Events", [(each["event"], each["summary"]) for each in found["events"]])
    _section(
        "Operations",
        [(each["operation"], ", ".join(each["routes"]), each["summary"]) for each in found["operations"]],
    )
    _section(
        "Errors (api: {answer: NAME})",
        [(each["error"], str(each["status"]), each["summary"]) for each in found["errors"]],
    )
    _section("What an actor can do", list(found["verbs"].items()))
    say("")
    say(f"A bot: step may ask for {', '.join(found['reply_fields'])}.")
    if found["chat_verbs"]:
        say(f"In a conversation that given: names (in: NAME) an actor can do {', '.join(found['chat_verbs'])}.")
    _section("Delivery", [(each,) for each in found["delivery"]["in_words"]])
    _section("Limits", [(name, str(value)) for name, value in found["limits"].items()])
    _section("Not imitated", [(each,) for each in found["not_imitated"]])
    _section(
        "Not confirmed by any source",
        [(each["about"] + (f" (option {each['option']})" if each["option"] else ""),) for each in found["unconfirmed"]],
    )
    say("\nSources")
    table(list(found["sources"].items()), indent="  ")


def _option_row(option: Mapping[str, Any]) -> tuple[str, ...]:
    values = option["values"] if isinstance(option["values"], str) else "|".join(option["values"])
    return option["name"], values, f"default {option['default']}", option["about"]


def _section(title: str, rows: Sequence[tuple[str, ...]]) -> None:
    from simulator.cli.output import say, table

    if rows:
        say(f"\n{title}")
        table(rows, indent="  ")


def _say_event(found: Mapping[str, Any]) -> None:
    from simulator.cli.output import say

    say(f"{found['provider']} {found['event']}")
    say(found["summary"])
    say(f"source: {found['source']}")
    say(f"template: {found['rendering']}")
    rows = [(each["path"], each["type"], each["presence"], _form(each), each["about"]) for each in found["fields"]]
    _section("Fields", rows)


def _form(field: Mapping[str, Any]) -> str:
    if field["values"] is not None:
        return "|".join(_word(value) for value in field["values"])
    return f"/{field['pattern']}/" if field["pattern"] else ""
