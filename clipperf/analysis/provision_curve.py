"""The curve of a tower: every configuration of which rows tell throughput and latency, and nothing mixed into it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from clipperf.analysis.compare_runs import InWindow, Run
from clipperf.analysis.operating_points import sort_rows
from clipperf.analysis.remeasured import Block, block_of
from clipperf.errors import UsageError
from clipperf.results.axes import Row, case_key, text_of
from clipperf.results.warning_cell import codes_in

VISION, TEXT = "vision", "text"
NEIGHBOUR = "neighbour"
"""The warning of a row that was measured beside the other tower: no curve of a tower alone."""

_LOOP = ("loop", "arrival", "offered_rate")
_ALIKE = ("precision", "precision_ran", "scope", "runner", "runner_version", "driver_version", "host", "measured_by")
_NEEDED = ("batch_size", "devices", "instances", "queue_depth")


@dataclass(frozen=True, eq=False)
class Configuration:
    """What can be deployed: ``block`` has all its measurements in a closed loop; it equals only itself.

    ``light`` is the block of the same with the fewest requests in flight that was measured. ``arrivals`` are those with
    Poisson arrivals, by the requests that were offered a second.
    """

    block: Block
    light: Block
    arrivals: Mapping[float, Block]

    @property
    def batch_size(self) -> int:
        """Samples per request."""
        return int(self.block.row["batch_size"])

    @property
    def devices(self) -> int:
        """Devices of the set that was measured together."""
        return int(self.block.row["devices"])


@dataclass(frozen=True)
class Curve:
    """The configurations of a tower by batch size, and the rows that are none, each with the reason."""

    tower: str
    configurations: tuple[Configuration, ...]
    left_out: tuple[tuple[Row, str], ...]

    @property
    def best_qps(self) -> float:
        """Most throughput of a device, in samples/s."""
        return max(one.block.qps.value / one.devices for one in self.configurations)

    @property
    def row(self) -> Row:
        """One row, for what all have in common."""
        return self.configurations[0].block.row


def curve_of(
    tower: str, rows: Sequence[Row], reader: Callable[[Row], InWindow | None], model: str | None = None
) -> Curve:
    """The curve from rows and their raw samples; ``model`` chooses where there are several.

    Without it the one model whose name has that of the tower is taken. Raises UsageError where there is no curve, or
    more than one.
    """
    chosen = _of_model(tower, rows, model)
    believed = sort_rows(row for row in chosen if NEIGHBOUR not in codes_in(row.get("warnings")))
    points = [point.row for point in believed.points if all(point.row.get(name) for name in _NEEDED)]
    closed = [row for row in points if row.get("loop") != "open"]
    if not closed:
        raise UsageError(f"--{tower}: {_why_nothing(chosen, [reason for _, reason in believed.left_out])}")
    for name in _ALIKE:
        values = list(dict.fromkeys(text_of(row.get(name)) for row in closed))
        if len(values) > 1:
            raise UsageError(
                f"--{tower}: its rows differ in {name} ({', '.join(values)}), and what they say cannot be put in one "
                "curve; give rows that agree in it."
            )

    def blocks(key_of: Callable[[Row], object], of_rows: Iterable[Row]) -> dict[object, Block]:
        groups: dict[object, list[Run]] = {}
        for row in of_rows:
            groups.setdefault(key_of(row), []).append(Run(row, reader(row)))
        return {key: block_of(runs) for key, runs in groups.items()}

    by_key = blocks(_key, closed)
    least: dict[str, Block] = {}
    for block in sorted(by_key.values(), key=lambda one: -int(one.row["queue_depth"])):
        least[_key(block.row, "queue_depth")] = block
    alike = [row for row in points if all(row.get(name) == closed[0].get(name) for name in _ALIKE)]
    poisson = [row for row in alike if row.get("arrival") == "poisson" and row.get("offered_rate")]
    arrivals = blocks(lambda row: (_key(row), row["offered_rate"]), poisson)
    configurations = [
        Configuration(
            block,
            least[_key(block.row, "queue_depth")],
            {rate: one for (of_key, rate), one in _pairs(arrivals) if of_key == key},
        )
        for key, block in by_key.items()
        if block.qps.low > 0
    ]
    if not configurations:
        raise UsageError(
            f"--{tower}: no row bounds its throughput from below, and devices are counted by that; measure longer."
        )
    configurations.sort(key=lambda one: (one.batch_size, one.devices, _key(one.block.row)))
    return Curve(tower, tuple(configurations), believed.left_out)


def _key(row: Row, *across: str) -> str:
    return case_key(row, (*_LOOP, *across))


def _pairs(arrivals: Mapping[object, Block]) -> Iterable[tuple[tuple[str, float], Block]]:
    for key, block in arrivals.items():
        assert isinstance(key, tuple)
        yield key, block


def _of_model(tower: str, rows: Sequence[Row], model: str | None) -> list[Row]:
    models = list(dict.fromkeys(str(row["model"]) for row in rows if row.get("model")))
    wanted = models if len(models) == 1 else [name for name in models if tower in name.lower()]
    if model is not None:
        wanted = [name for name in models if name == model]
    if len(wanted) != 1:
        found = f"it has rows of {', '.join(models)}" if models else "it has no rows"
        raise UsageError(f"--{tower}: {found}; name the model of this tower by --{tower}-model.")
    return [row for row in rows if row.get("model") == wanted[0]]


def _why_nothing(rows: Sequence[Row], reasons: Sequence[str]) -> str:
    if any(row.get("qps_compute") for row in rows) and not any(row.get("qps") for row in rows):
        return (
            "its rows have qps_compute alone, what the device's own time would give if nothing ever waited; nobody can "
            "be served by that. Measure the model with clipperf sweep, at scope host."
        )
    told = ", ".join(dict.fromkeys(reasons)) or "all of them in an open loop or beside another tower"
    return f"no row tells what can be deployed ({told}); it takes closed-loop rows with qps, p50 and p99."
