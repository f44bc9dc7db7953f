"""The control: a frozen toy model on the same runner and device, before and after the sweeps.

It never changes, so where it is slower tonight, the machine is. A sleeping ``simulated`` device could not tell.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import yaml

from clipperf.analysis.night_summary import CONTROL, NightSweep
from clipperf.errors import ClipperfError
from clipperf.nightly.sweeps import outcome
from clipperf.profile import Profile, make_profile
from clipperf.results.folder import PROFILE, RESULTS, create_folder, reopen_folder
from clipperf.results.night import mark_night
from clipperf.sweeping.bench import Bench
from clipperf.sweeping.display import Display
from clipperf.sweeping.lengths import stop_rule
from clipperf.sweeping.planning import make_plan
from clipperf.sweeping.run import environment_of, prepare_all
from clipperf.sweeping.turns import Turn, take_turns

MODEL = "tiny-vision"
_SLEEPING = ("simulated", "null")
_AWAKE = "onnxruntime"
_TIMES = 3
_KEYS = {"name": CONTROL, "duration": 1.0, "control": False}


def control_of(profile: Profile, model: str) -> Profile:
    """One case of the frozen model, where and by which Python the profile measures.

    Of a device that only sleeps, the host is what can be slow: there the control runs on its processor.
    """
    if profile.runner in _SLEEPING:
        return make_profile({**_KEYS, "model": [model], "runner": _AWAKE}, {})
    where = {key: getattr(profile, key) for key in ("runner", "worker_python", "case_timeout")}
    kept = {key: value for key, value in where.items() if value is not None}
    device = {"device": profile.device[:1]} if profile.device else {}
    options = {key: values[:1] for key, values in profile.option.items()}
    return make_profile({**_KEYS, "model": [model], "option": options, **kept, **device}, {})


def measure_control(control: Profile, part: int, folder: Path, night: date, display: Display) -> NightSweep:
    """Measures the control three times into ``folder``; ``part`` is 0 before the sweeps and 1 after them."""
    error = ""
    try:
        plan = make_plan(control)
        artefacts = prepare_all(plan, display)
        begun = (folder / PROFILE).is_file()
        with reopen_folder(folder) if begun else create_folder(folder) as run:
            if not begun:
                run.begin(yaml.safe_dump(control.model_dump(), sort_keys=False), environment_of(plan, artefacts))
            repeats = range(part * _TIMES, (part + 1) * _TIMES)
            turns = [Turn(CONTROL, plan.cases[0], repeat, repeat) for repeat in repeats]
            take_turns(turns, lambda _: Bench(plan, artefacts, run, display), stop_rule(control), run, display)
    except (ClipperfError, OSError) as problem:
        error = str(problem)
        display.note(f"{CONTROL}: {error}")
    if (folder / RESULTS).is_file():
        mark_night(folder, night)
    return outcome(CONTROL, folder, error)
