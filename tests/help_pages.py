"""What ``--help`` prints, of the program and of every verb, and where it is kept to be compared with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from click.testing import CliRunner

from clipperf.cli import VERBS, group

FOLDER = Path(__file__).parent / "cli" / "help"
WIDTH = 100


def names(command: click.Command = group, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """What is typed between ``clipperf`` and ``--help``: nothing, each verb, and each verb of a verb."""
    yield above
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in VERBS if command is group else command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from names(inner, (*above, name))


def page(name: tuple[str, ...]) -> str:
    """The page of a verb on a terminal of 100 columns."""
    # click leaves two columns of a terminal free.
    told = CliRunner().invoke(group, [*name, "--help"], prog_name="clipperf", terminal_width=WIDTH - 2)
    assert told.exit_code == 0, told.output
    return told.output


def path_of(name: tuple[str, ...]) -> Path:
    """Where the page is kept."""
    return FOLDER / f"{'-'.join(('clipperf', *name))}.txt"


def keep() -> None:
    """Writes every page again, and takes away those of verbs that are gone."""
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.glob("*.txt"):
        path.unlink()
    for name in names():
        path_of(name).write_text(page(name), encoding="utf-8")
