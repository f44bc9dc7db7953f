"""Runs two sides in turn, A B B A …, each measurement by fresh workers, all rows into one run folder.

What moves slowly, such as the temperature of the machine or its other work, meets both runs of a pair nearly alike, and
what it does to the second run of a pair hits A as often as B.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from clipperf.errors import UsageError
from clipperf.profile import make_profile, read_profile, sources_in
from clipperf.results.environment import changes_between
from clipperf.results.folder import ENVIRONMENT, PROFILE, RunFolder, read_json, reopen_folder
from clipperf.sweeping.bench import Artefacts, Bench
from clipperf.sweeping.display import Display
from clipperf.sweeping.lengths import stop_rule
from clipperf.sweeping.require_idle import require_idle
from clipperf.sweeping.run import environment_of, make_folder, prepare_all
from clipperf.sweeping.sides import Sides, make_sides
from clipperf.sweeping.turns import Turn, take_turns

_STORED = {"pairs": int, "a": dict, "b": dict}
"""What profile.yaml of a run of two sides holds."""


def turns(sides: Sides, pairs: int) -> Iterator[Turn]:
    """All measurements in their order: each pair has every case once on both sides, the next the other way round.

    The seed of the profile decides which side begins, for each case by itself, and shuffles the cases of each pair.
    """
    seed = sides.a.profile.seed
    for pair in range(pairs):
        places = list(range(len(sides.cases)))
        random.Random(f"{seed} {pair}").shuffle(places)
        for place in places:
            case_a, case_b = sides.cases[place]
            a_begins = random.Random(f"{seed} case {place}").random() < 0.5
            order = [("A", case_a), ("B", case_b)]
            for position, (side, case) in enumerate(order if a_begins == (pair % 2 == 0) else order[::-1]):
                # Where both sides are the same case, as in an A/A run, the case is measured twice in a pair.
                is_same = case_a.case_id == case_b.case_id
                yield Turn(side, case, pair, 2 * pair + position if is_same else pair)


def start_in_turn(sides: Sides, pairs: int, out: Path | None, display: Display) -> Path:
    """Measures that many pairs of every case into a new run folder and gives its path."""
    artefacts = _prepare(sides, display)
    with make_folder(sides.a, out) as folder:
        stored = {"pairs": pairs, "a": sides.a.profile.model_dump(), "b": sides.b.profile.model_dump()}
        folder.begin(yaml.safe_dump(stored, sort_keys=False, allow_unicode=True), _environment(sides, artefacts))
        _run(sides, pairs, artefacts, folder, display)
    return folder.path


def resume_in_turn(path: Path, display: Display) -> Path:
    """Measures what a run folder lacks; raises UsageError where it was not begun by ``clipperf ab``."""
    with reopen_folder(path) as folder:
        stored, file = read_profile(str(path / PROFILE))
        if {key: type(value) for key, value in stored.items()} != _STORED:
            raise UsageError(f"--resume {path}: it was not begun by clipperf ab; try clipperf sweep --resume {path}.")
        profiles = [make_profile(stored[side], sources_in(file, stored[side], side)) for side in ("a", "b")]
        sides = make_sides(*profiles)
        artefacts = _prepare(sides, display)
        for change in changes_between(read_json(path / ENVIRONMENT), _environment(sides, artefacts)):
            display.note(f"{ENVIRONMENT} has changed since the run began: {change}")
        _run(sides, stored["pairs"], artefacts, folder, display)
    return path


def _run(sides: Sides, pairs: int, artefacts: Mapping[str, Artefacts], folder: RunFolder, display: Display) -> None:
    def bench_of(turn: Turn) -> Bench:
        return Bench(sides.plan(turn.side), artefacts[turn.side], folder, display)

    take_turns(list(turns(sides, pairs)), bench_of, stop_rule(sides.a.profile), folder, display)


def _prepare(sides: Sides, display: Display) -> dict[str, Artefacts]:
    artefacts = {side: prepare_all(sides.plan(side), display) for side in ("A", "B")}
    require_idle(sides.a, sides.b)
    return artefacts


def _environment(sides: Sides, artefacts: Mapping[str, Artefacts]) -> dict[str, Any]:
    of_a, of_b = (environment_of(sides.plan(side), artefacts[side]) for side in ("A", "B"))
    models = {**of_a["models"], **of_b["models"]}
    return {**of_a, "models": models, "runner": {"A": of_a["runner"], "B": of_b["runner"]}}
