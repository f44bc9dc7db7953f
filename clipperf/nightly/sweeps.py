"""The sweeps of a night, one after the other; one that cannot run is told and the others go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from clipperf.analysis.night_summary import NightSweep
from clipperf.errors import ClipperfError
from clipperf.profile import Profile
from clipperf.results.folder import PROFILE, RESULTS
from clipperf.results.frame import read_rows
from clipperf.results.night import mark_night
from clipperf.results.schema import FAILURES
from clipperf.sweeping.display import Display
from clipperf.sweeping.planning import make_plan
from clipperf.sweeping.run import resume_sweep, start_sweep


@dataclass(frozen=True)
class Wanted:
    """A sweep to be run: its name among those of the night, and its profile."""

    name: str
    profile: Profile


def named(profiles: Sequence[Profile]) -> list[Wanted]:
    """The profiles with names that tell them apart and are fit for a folder."""
    wanted: list[Wanted] = []
    for profile in profiles:
        plain = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in profile.name)
        stem = plain.strip(".-")[:80] or "sweep"
        taken = {each.name for each in wanted}
        names = [stem, *(f"{stem}-{number}" for number in range(2, len(profiles) + 2))]
        wanted.append(Wanted(next(name for name in names if name not in taken), profile))
    return wanted


def run_sweep(wanted: Wanted, folder: Path, night: date, display: Display) -> NightSweep:
    """Measures a profile into ``folder``, or what is missing there of an earlier try; raises Interrupted at Ctrl-C.

    Whatever else keeps it from being measured, a runner that is not here or a device that died, is its ``error``.
    """
    display.note(f"{wanted.name}: measuring into {folder}")
    error = ""
    try:
        if (folder / PROFILE).is_file():
            resume_sweep(folder, display)
        else:
            start_sweep(make_plan(wanted.profile), folder, display)
    except (ClipperfError, OSError) as problem:
        error = str(problem)
        display.note(f"{wanted.name}: {error}")
    if (folder / RESULTS).is_file():
        mark_night(folder, night)
    return outcome(wanted.name, folder, error)


def outcome(name: str, folder: Path, error: str) -> NightSweep:
    """What there is of a sweep in its folder."""
    if not (folder / RESULTS).is_file():
        return NightSweep(name, folder, 0, 0, error)
    frame = read_rows(folder / RESULTS)
    return NightSweep(name, folder, len(frame), int(frame["status"].isin(FAILURES).sum()), error)
