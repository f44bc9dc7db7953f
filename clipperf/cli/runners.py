"""``clipperf runners``: which back ends and vendors' tools work here, and what the others lack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from clipperf.cli.common import debug_option, format_option, quiet_option
from clipperf.errors import UsageError

if TYPE_CHECKING:
    from clipperf.sweeping.survey import Asked

_SHOWN = ("name", "kind", "works", "version", "devices", "models")


@click.command()
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("--worker-python", metavar="PATH", help="Ask under another Python, as a sweep would.")
@click.option("--json", "is_json", is_flag=True, help="The same as --format json.")
@format_option
@quiet_option
@debug_option
def runners(names: tuple[str, ...], worker_python: str | None, is_json: bool, format_: str | None, quiet: bool) -> None:
    """List every runner and vendor's tool: whether it works here, what it found, or what to install.

    With NAME only those, which may be runners of your own as package.module:Class. Each is asked by a process of its
    own, so that a vendor's software that crashes or hangs costs one line.
    """
    from clipperf.report.records import records_text
    from clipperf.sweeping.survey import ask_all

    if is_json and format_ not in (None, "json"):
        raise UsageError(f"--json with --format {format_}: give one of them.")
    style = "json" if is_json else format_
    records = [_record(asked) for asked in ask_all(names, worker_python)]
    if style == "json":
        click.echo(records_text(records, "json"))
        return
    texts = [{key: _text(value) for key, value in record.items()} for record in records]
    if style is not None:
        click.echo(records_text(texts, style), nl=style != "csv")
        return
    # People read what to do under the table, where the lines need not be wider than their terminal.
    click.echo(records_text([{key: text[key] for key in _SHOWN} for text in texts], "plain"))
    for text in texts:
        if text["lacks"] and not quiet:
            click.echo(f"\n{text['name']}: {text['lacks']}")


def _record(asked: Asked) -> dict[str, Any]:
    facts = asked.facts
    return {
        "name": asked.name,
        "kind": asked.kind,
        "works": facts is not None,
        "version": facts.version if facts else "",
        "driver_version": facts.driver_version if facts else "",
        "devices": list(facts.devices) if facts else [],
        "default_scope": facts.default_scope if facts else "",
        "models": list(facts.model_formats) if facts else [],
        "libraries": dict(facts.libraries) if facts else {},
        "lacks": asked.lacks,
    }


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{name} {version}" for name, version in value.items())
    return ", ".join(value) if isinstance(value, list) else str(value)
