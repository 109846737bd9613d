"""`completion`: the script by which a shell completes commands."""

from __future__ import annotations

import click

from simulator.cli import form


@form.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(*, shell: str) -> None:
    """
    Print the script by which a shell completes commands.

    In ~/.bashrc stands: eval "$(simulator completion bash)", in ~/.zshrc the same with zsh. The script for fish goes
    into ~/.config/fish/completions/simulator.fish.
    """
    from click.shell_completion import get_completion_class

    from simulator.cli.output import say
    from simulator.cli.program import COMPLETION, program

    found = get_completion_class(shell)
    assert found is not None
    script = found(program, {}, "simulator", COMPLETION)
    # `source` would start a bash to ask for its version.
    say(script.source_template % script.source_vars())
