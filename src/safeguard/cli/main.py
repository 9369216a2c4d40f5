"""The `safeguard` command: finds the entry in the table, imports it, runs it."""

from importlib import import_module
from typing import cast

import click

from safeguard import __version__
from safeguard.cli.commands import SECTIONS, Entry
from safeguard.errors import DomainError, Invalid
from safeguard.settings import SettingsError

ENTRIES = {entry.name: entry for entries in SECTIONS.values() for entry in entries}


def load(entry: Entry) -> click.Command:
    """Import the command's module, and only that."""
    module, _, function = entry.target.partition(":")
    return cast("click.Command", getattr(import_module(module), function))


class Sentences(click.Group):
    """A group whose commands stay unimported until used, and whose refusals are sentences, not tracebacks."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the table."""
        return list(ENTRIES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now."""
        entry = ENTRIES.get(cmd_name)
        return load(entry) if entry else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Refuse an unknown name without importing every other to guess what was meant."""
        if args and args[0] not in ENTRIES:
            ctx.fail(f"There is no command {args[0]!r}. `safeguard --help` lists them all.")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table itself, section by section."""
        for title, entries in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(entry.name, entry.line) for entry in entries], col_max=14)

    def invoke(self, ctx: click.Context) -> object:
        """Say what was refused and why; the exit code is 1."""
        try:
            return super().invoke(ctx)
        except (DomainError, SettingsError) as refusal:
            raise click.ClickException(in_words(refusal)) from refusal


def in_words(refusal: Exception) -> str:
    """The sentence; for answers that need another look, each of them by its option's name."""
    if isinstance(refusal, Invalid) and refusal.errors:
        return "\n".join(f"{error.field.replace('_', ' ')}: {error.message}" for error in refusal.errors)
    return str(refusal)


@click.group(cls=Sentences, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="safeguard %(version)s")
def safeguard() -> None:
    """Safeguard: online-safety incidents, standards and evidence for schools, clubs and care.

    `safeguard up --demo` shows all of it on this machine with invented people.
    `safeguard COMMAND --help` explains a command.
    """


def main() -> None:
    """Run the command line."""
    safeguard(prog_name="safeguard")
