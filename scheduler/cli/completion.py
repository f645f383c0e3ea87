"""`parity completion`: the shell completes commands, options and their values."""

from __future__ import annotations

from pathlib import Path

import click

from scheduler.cli.failure import DONE, ENGINE, CommandFailed, wrote
from scheduler.cli.language import renderer
from scheduler.cli.options import LANG_OF_MESSAGES

PLACES = {
    "bash": ".local/share/bash-completion/completions/parity",
    "zsh": ".zfunc/_parity",
    "fish": ".config/fish/completions/parity.fish",
}
"""Where a shell looks for it, below the home folder."""


@click.command(
    epilog="""\b
Examples:
  parity completion bash --print
  parity completion fish --print"""
)
@click.argument("shell", type=click.Choice(list(PLACES)))
@click.option("--print", "prints", is_flag=True, help="Print the script instead.")
@LANG_OF_MESSAGES
@click.pass_context
def completion(context: click.Context, shell: str, prints: bool) -> int:
    """Install completion for SHELL in its standard place."""
    from click.shell_completion import get_completion_class

    from scheduler.messages import msg
    from scheduler.whole_file import write_whole

    kind = get_completion_class(shell)
    if kind is None:
        raise CommandFailed(msg("{shell}: there is no completion for this shell", shell=shell), ENGINE)
    text = kind(context.find_root().command, {}, "parity", "_PARITY_COMPLETE").source()
    if prints:
        click.echo(text)
        return DONE
    path = Path.home() / PLACES[shell]
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, text + "\n")
    following = {
        "bash": msg(
            "it works in every new shell; without the package bash-completion, put `source {file}` into ~/.bashrc",
            file=str(path),
        ),
        "zsh": msg("put `fpath+=~/.zfunc; autoload -Uz compinit; compinit` into ~/.zshrc if it is not there"),
        "fish": msg("it works in every new shell"),
    }
    click.echo(f"{wrote([path])}; {renderer()(following[shell])}")
    return DONE
