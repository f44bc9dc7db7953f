"""``clipperf doctor``: is this machine fit to measure now, and what to mend."""

from __future__ import annotations

import click

from clipperf.cli.common import debug_option, format_option, quiet_option

FIT, TOO_NOISY = 0, 4
_SHOWN = ("level", "subject", "found")


@click.command()
@click.option("--runner", metavar="NAMES", help="Runners that have to work; default: any of those there are.")
@click.option("--worker-python", metavar="PATH", help="Ask the runners under another Python, as a sweep would.")
@format_option
@quiet_option
@debug_option
def doctor(runner: str | None, worker_python: str | None, format_: str | None, quiet: bool) -> int:
    """Look at this machine for two seconds and say whether it is fit to measure now, and what to mend.

    Exit code 0 where it is fit, with notes or without, 4 where it is not. ok: fine; note: costs certainty; mend: the
    figures would be wrong.
    """
    from dataclasses import asdict

    from clipperf.doctor.examine import examine
    from clipperf.doctor.finding import verdict_of
    from clipperf.report.records import records_text

    names = [name.strip() for name in (runner or "").split(",") if name.strip()]
    findings = examine(names, worker_python)
    verdict = verdict_of(findings)
    records = [asdict(finding) for finding in findings]
    if format_ is not None:
        click.echo(records_text(records, format_), nl=format_ != "csv")
    else:
        # People read what to do under the table, where the lines need not be wider than their terminal.
        click.echo(records_text([{key: record[key] for key in _SHOWN} for record in records], "plain") + "\n")
        for finding in findings:
            if finding.remedy and finding.level != "ok":
                click.echo(f"{finding.subject}: {finding.remedy}")
    if format_ is None or not quiet:
        click.echo(verdict.sentence, err=format_ is not None)
    return FIT if verdict.is_fit else TOO_NOISY
