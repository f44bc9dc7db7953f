"""``clipperf ab``: two configurations measured in turn, A B B A …, and compared pair by pair."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click

from clipperf.cli import CASE_FAILED, FINE, INTERRUPTED
from clipperf.cli.common import debug_option, format_option, quiet_option, run_folder_options
from clipperf.cli.history_option import check_history, history_option, keep_in_history
from clipperf.cli.judging import judging_options, names_in, print_comparison
from clipperf.cli.profile_flags import keys_of_flags, profile_flags
from clipperf.cli.side_flags import WITHOUT, profiles_of
from clipperf.errors import Interrupted, UsageError
from clipperf.profile import Profile

_PAIRS = 6


@click.command()
@click.option("--a", "a", multiple=True, metavar="SIDE", help="What A has of its own: flags in quotes, or a profile.")
@click.option("--b", "b", multiple=True, metavar="SIDE", help="What B has of its own.")
@click.option("--pairs", type=click.IntRange(min=2), help=f"How often both are measured.  [default: {_PAIRS}]")
@judging_options
@click.option("--profile", metavar="NAME", help="A shipped profile by name, or a .yaml file, for both sides.")
@partial(profile_flags, leave_out=WITHOUT)
@run_folder_options
@history_option
@format_option
@quiet_option
@debug_option
def ab(
    a: tuple[str, ...],
    b: tuple[str, ...],
    pairs: int | None,
    metric: str,
    threshold: float,
    fail_on: str | None,
    profile: str | None,
    out: Path | None,
    resume: Path | None,
    history: str | None,
    format_: str | None,
    quiet: bool,
    **flags: Any,
) -> int:
    """Compare two configurations, measured in turn (A B B A ...) so that what the machine does meets both alike.

    \b
    clipperf ab --batch 8 --b "--option intra_op_num_threads=1"
    clipperf ab --batch 1,8 --duration 5 --a "--runner onnxruntime" --b "--runner openvino"
    clipperf ab --a old.yaml --b new.yaml --pairs 12

    Flags outside of the quotes are those of `sweep` and hold for both sides; a side overrides them. Where --a or --b is
    left out, that side is what the shared flags say. Every measurement has fresh workers. The verdict rests on the
    ratios B/A within the pairs; `clipperf compare DIR` gives it again.
    """  # noqa: D301 (click wants the backspace character itself)
    from clipperf.analysis.compare import compare_in_turn
    from clipperf.analysis.compare_case import Question
    from clipperf.analysis.compare_folder import sides_of
    from clipperf.analysis.compare_gate import gate
    from clipperf.analysis.compare_verdict import read_metrics
    from clipperf.cli.output import say_where
    from clipperf.report.comparison import comparison_text
    from clipperf.report.comparison_notes import comparison_notes
    from clipperf.report.folder_report import markdown_text, write_report
    from clipperf.results.schema import FAILURES

    question = Question(read_metrics(names_in(metric)), threshold)
    shared = keys_of_flags(flags)
    address = check_history(history)
    if resume is not None:
        others = {"a": a, "b": b, "pairs": pairs, "profile": profile, "out": out, **shared.values}
        given = [f"--{key.replace('_', '-')}" for key, value in others.items() if value not in (None, ())]
        if given:
            raise UsageError(f"--resume {resume} goes on with what is stored there; leave out {', '.join(given)}.")
        folder = _measure(resume, None, _PAIRS, quiet)
    elif not a and not b:
        raise UsageError('Say what sets the sides apart with --a or --b; an A/A run takes an empty one: --b "".')
    else:
        folder = _measure(out, profiles_of(profile, shared, a, b), pairs or _PAIRS, quiet)
    if folder is None:
        return INTERRUPTED
    report = write_report(folder)
    comparison = compare_in_turn(*sides_of(folder), question)
    notes = comparison_notes(comparison)
    page = markdown_text(comparison_text(comparison, ("", ""), "github"), notes)
    (folder / "comparison.md").write_text(page, encoding="utf-8")
    print_comparison(comparison, ("", ""), [notes, report.notes], format_, quiet)
    if not quiet:
        say_where(folder)
    kept = keep_in_history(address, folder)
    if report.frame["status"].isin(FAILURES).any():
        return CASE_FAILED
    return (gate(comparison) if fail_on else FINE) or kept


def _measure(path: Path | None, profiles: tuple[Profile, Profile] | None, pairs: int, quiet: bool) -> Path | None:
    """Measures, or goes on with the run folder ``path`` where no profiles are given; None where it was interrupted."""
    from clipperf.cli.output import say_how_to_go_on
    from clipperf.cli.progress import make_display
    from clipperf.sweeping.interleaved import resume_in_turn, start_in_turn
    from clipperf.sweeping.sides import make_sides

    try:
        with make_display(quiet) as display:
            if profiles is None:
                assert path is not None
                return resume_in_turn(path, display)
            return start_in_turn(make_sides(*profiles), pairs, path, display)
    except Interrupted as interruption:
        say_how_to_go_on("ab", interruption)
        return None
