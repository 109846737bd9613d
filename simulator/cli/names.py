"""Arguments that are names of the catalog, completed by the shell."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

from simulator.errors import SimulatorError


def complete_provider(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Give the providers that begin so."""
    from simulator import catalog

    return [CompletionItem(name) for name in catalog.names() if name.startswith(incomplete)]


def complete_event(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Give the event types of the provider before it that begin so."""
    from simulator import catalog

    try:
        events = catalog.load(str(ctx.params.get("provider"))).events
    except SimulatorError:
        return []
    return [CompletionItem(name, help=fact.summary) for name, fact in events.items() if name.startswith(incomplete)]


provider = click.argument("provider", shell_complete=complete_provider)
provider_if_any = click.argument("provider", required=False, shell_complete=complete_provider)
event = click.argument("event", shell_complete=complete_event)
