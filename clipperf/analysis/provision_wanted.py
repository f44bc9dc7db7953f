"""What ``clipperf provision`` is asked for, and the plan of it from the rows that it names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from clipperf.analysis.compare_folder import reader_of
from clipperf.analysis.compare_runs import InWindow
from clipperf.analysis.objective import read_objective
from clipperf.analysis.provision import Demand, plan_tower
from clipperf.analysis.provision_answer import Answer, check_scopes
from clipperf.analysis.provision_curve import curve_of
from clipperf.errors import UsageError
from clipperf.results.axes import Row
from clipperf.results.folder import RESULTS
from clipperf.results.frame import read_rows, records


@dataclass(frozen=True)
class WantedTower:
    """Rows of a run folder or of a file, the model among them, samples a second, and the objective as given."""

    rows: Path
    model: str | None
    rate_per_s: float
    slo: str | None


@dataclass(frozen=True)
class Wanted:
    """One tower or both, by name; ``headroom`` is a share."""

    towers: Mapping[str, WantedTower]
    headroom: float
    price_per_device_hour: float | None


def make_answer(wanted: Wanted) -> Answer:
    """The plan of every tower; raises UsageError where rows make no curve or the towers' do not go together."""
    plans = []
    for name, tower in wanted.towers.items():
        objective = None if tower.slo is None else read_objective(tower.slo, f"--{name}-slo")
        curve = curve_of(name, *_read(name, tower.rows), tower.model)
        plans.append(plan_tower(curve, Demand(tower.rate_per_s, objective), wanted.headroom))
    check_scopes(plans)
    return Answer(tuple(plans), wanted.headroom, wanted.price_per_device_hour)


def _read(tower: str, path: Path) -> tuple[list[Row], Callable[[Row], InWindow | None]]:
    """The rows, and what gives the raw samples of each."""
    if path.is_file():
        return [*records(read_rows(path))], lambda _: None
    if not (path / RESULTS).is_file():
        raise UsageError(
            f"--{tower} {path}: it is neither a run folder of clipperf nor a file of rows; measure one with clipperf "
            f"sweep --model {tower} --batch 1,4,8,16,32 --out {path}."
        )
    return [*records(read_rows(path / RESULTS))], reader_of(path)
