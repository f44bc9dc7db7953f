"""How often compare and ab call two like devices different, and how often they find a device that is 3 % faster.

Virtual runs with the noises of tests/noises.py, by the default stop rule unless a length is given. Each run has a speed
of its own with the deviation stated; in turn (ab) both runs of a pair share one that deviates by 3 % besides.
"false" is the share of comparisons of two like devices that say faster or slower, which must be under 5 %; "found" the
share of those with a device 3 % faster (or, of latencies, 3 % shorter) that say faster. Threshold 2 %.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from record import arguments, tell_lines

sys.path.insert(0, str(Path(__file__).parents[1]))

from noises import HARDER, NOISES
from virtual_runs import pool_of, sides_of

from clipperf.analysis.compare import Comparison, compare, compare_in_turn
from clipperf.analysis.compare_case import Question
from clipperf.analysis.compare_verdict import FASTER, SLOWER, Metric, read_metrics
from clipperf.measure.stop_rule import StopRule

METRICS = read_metrics(["qps", "p50", "p99"])
FASTER_BY = 1.03
BETWEEN_PAIRS = 0.03


@dataclass(frozen=True)
class Setting:
    """How both sides are measured; ``requests`` fixes the length of a run."""

    name: str
    repeats: int
    between_runs: float
    in_turn: bool = False
    requests: int | None = None


SETTINGS = (
    Setting("one run a side, no spread between runs", 1, 0.0),
    Setting("one run of 10,000 requests a side, no spread between runs", 1, 0.0, requests=10_000),
    Setting("5 repeats a side, 0.5 % between runs", 5, 0.005),
    Setting("6 repeats a side, 1 % between runs", 6, 0.01),
    Setting("ab, 6 pairs, 1 % between runs", 6, 0.01, in_turn=True),
    Setting("one run a side, 0.5 % between runs: what the note under the table warns of", 1, 0.005),
    Setting("one run a side, 1 % between runs: what the note under the table warns of", 1, 0.01),
)


@dataclass(frozen=True)
class Found:
    """Shares of comparisons by metric; ``left_out`` of those not compared, since a run was not steady."""

    false: dict[str, float]
    found: dict[str, float]
    left_out: float


def study(place: int, comparisons: int) -> dict[str, Found]:
    """Every setting for one noise."""
    noise = (*NOISES, *HARDER)[place]
    runs = min(2 * comparisons, 2000)
    pools = {
        None: pool_of(noise, runs, seed=place),
        10_000: pool_of(noise, max(runs // 5, 4), place, StopRule(1, 0, iterations=10_000, max_duration_ns=10**11)),
    }
    answers = {}
    for number, setting in enumerate(SETTINGS):
        random = np.random.default_rng([place, number])
        alike, faster = (
            _compared(pools[setting.requests], random, setting, comparisons, slower) for slower in (1.0, 1 / FASTER_BY)
        )
        answers[setting.name] = Found(
            {metric.heading: _share(alike, metric, FASTER, SLOWER) for metric in METRICS},
            {metric.heading: _share(faster, metric, FASTER) for metric in METRICS},
            1.0 - sum(case.outcomes[0].ratio is not None for case in alike.cases) / comparisons,
        )
    return answers


def _compared(
    pool: list[dict[str, object]], random: np.random.Generator, setting: Setting, comparisons: int, slower: float
) -> Comparison:
    between_pairs = BETWEEN_PAIRS if setting.in_turn else 0.0
    a, b = sides_of(pool, random, comparisons, setting.repeats, slower, setting.between_runs, between_pairs)
    return (compare_in_turn if setting.in_turn else compare)(a, b, Question(METRICS))


def _share(comparison: Comparison, metric: Metric, *verdicts: str) -> float:
    """Of the comparisons that were made at all."""
    counts = comparison.verdicts(metric)
    made = [outcome for outcome in comparison.outcomes(metric) if outcome.ratio is not None]
    return sum(counts[verdict] for verdict in verdicts) / max(1, len(made))


def table(setting: Setting, answers: dict[str, dict[str, Found]]) -> list[str]:
    """The lines of one setting, a row for each noise."""
    names = [metric.heading.removesuffix(" ms") for metric in METRICS]
    lines = [
        f"## {setting.name}",
        "",
        f"| noise | {' | '.join(f'{name} false | {name} found' for name in names)} | left out |",
        f"|---|{'--:|' * (2 * len(names) + 1)}",
    ]
    for noise, found in answers.items():
        of = found[setting.name]
        cells = [f"{100 * shares[metric.heading]:.1f} %" for metric in METRICS for shares in (of.false, of.found)]
        lines.append(f"| {noise} | {' | '.join(cells)} | {100 * of.left_out:.1f} % |")
    return [*lines, ""]


def main() -> None:
    """The noises on all cores."""
    chosen = arguments(__doc__)
    comparisons = 10 if chosen.quick else 1000
    noises = NOISES[:1] if chosen.quick else (*NOISES, *HARDER)
    with ProcessPoolExecutor() as cores:
        found = cores.map(study, range(len(noises)), [comparisons] * len(noises))
        answers = dict(zip((noise.name for noise in noises), found, strict=True))
    lines = [f"{comparisons:,} comparisons for each figure.", ""]
    for setting in SETTINGS:
        lines += table(setting, answers)
    tell_lines(__file__, __doc__, lines[:-1], chosen.record)


if __name__ == "__main__":
    main()
