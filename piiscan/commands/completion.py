"""Print what makes a shell complete commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command(
    epilog="""\b
Examples:
  piiscan completion bash > ~/.local/share/bash-completion/completions/piiscan
  piiscan completion zsh > ~/.zfunc/_piiscan
  piiscan completion fish > ~/.config/fish/completions/piiscan.fish
"""
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the completion script for SHELL."""
    script = get_completion_class(shell)
    assert script is not None  # click knows the three shells of the choice
    click.echo(script(context.find_root().command, {}, "piiscan", "_PIISCAN_COMPLETE").source())
