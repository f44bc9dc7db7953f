"""How often the nominal 95 % intervals hold the truth when the stop rule has chosen the window."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from noises import Noise
from scipy.stats import binom

from clipperf.measure.gaussian_copula import tail_inefficiency
from clipperf.measure.percentile import interval_ranks
from clipperf.measure.samples import Samples
from clipperf.measure.stop_rule import StopRule
from clipperf.measure.warmup import AUTO_NS, AUTO_REQUESTS, AUTO_SHARE
from clipperf.validation.virtual import closed_load
from clipperf.validation.virtual_run import VirtualRun, run_virtual

SHARES = {"p50": 0.5, "p90": 0.9, "p99": 0.99}
FIGURES = ("qps", *SHARES)
LOWEST = 0.935
MARGIN = 0.015
"""Limits of the coverage: 93.5 %, and 1.5 points over what exact ranks hold for as many independent requests."""

_MEAN_NS = 10_000_000
_CHUNK = 100


def default_rule(**changes: int | float | None) -> StopRule:
    """That of a sweep without flags."""
    rule = StopRule(AUTO_REQUESTS, AUTO_NS)
    bound_ns = int(AUTO_SHARE * rule.max_duration_ns)
    return StopRule(**{**vars(rule), "warmup_bound_ns": bound_ns, **changes})


@dataclass(frozen=True)
class Coverage:
    """Of one noise: share of runs whose interval holds the truth, and what exact ranks would hold, by figure."""

    noise: str
    runs: int
    requests: tuple[int, int, int]
    inconclusive: float
    unsteady: float
    held: dict[str, float]
    exact: dict[str, float]
    bounded: dict[str, float]

    def fails(self, slack: float = 0.0) -> list[str]:
        """Figures outside the limits, which ``slack`` widens."""
        return [
            figure
            for figure in FIGURES
            if not LOWEST - slack <= self.held[figure] <= self.exact[figure] + MARGIN + slack
        ]


def study(noise: Noise, runs: int, seed: int, rule: StopRule | None = None) -> Coverage:
    """The coverage over ``runs`` virtual runs of one slot with service times of 10 ms on average."""
    rule = rule or default_rule()
    held: dict[str, list[bool]] = {figure: [] for figure in FIGURES}
    exact: dict[str, list[float]] = {figure: [] for figure in FIGURES}
    bounded: dict[str, list[bool]] = {figure: [] for figure in FIGURES}
    inefficiency = {
        figure: tail_inefficiency((1.0 + noise.correlation) / (1.0 - noise.correlation), share)
        for figure, share in SHARES.items()
    }
    requests, precise, steady = [], [], []
    for run in virtual_runs(noise, runs, seed, rule):
        values = run.figures.values
        number = values["requests"]
        requests.append(number)
        precise.append(run.is_precise)
        steady.append(values["is_steady"] is not False)
        low, high = values["qps_ci_low"], values["qps_ci_high"]
        held["qps"].append(low is None or low <= 1e9 / _MEAN_NS <= high)
        exact["qps"].append(0.95)
        bounded["qps"].append(True)
        for figure, share in SHARES.items():
            truth_ms = noise.quantile(share) * _MEAN_NS / 1e6
            low, high = values[f"latency_{figure}_low_ms"], values[f"latency_{figure}_high_ms"]
            held[figure].append((low is None or low <= truth_ms) and (high is None or truth_ms <= high))
            exact[figure].append(exact_coverage(round(number / inefficiency[figure]), share))
            bounded[figure].append(high is not None)
    quantiles = np.quantile(requests, (0.05, 0.5, 0.95))
    return Coverage(
        noise.name,
        runs,
        (int(quantiles[0]), int(quantiles[1]), int(quantiles[2])),
        1.0 - float(np.mean(precise)),
        1.0 - float(np.mean(steady)),
        {figure: float(np.mean(found)) for figure, found in held.items()},
        {figure: float(np.mean(found)) for figure, found in exact.items()},
        {figure: float(np.mean(found)) for figure, found in bounded.items()},
    )


def virtual_runs(noise: Noise, runs: int, seed: int, rule: StopRule) -> Iterator[VirtualRun]:
    """Runs of a closed loop with one slot, as long as the rule may last."""
    random = np.random.default_rng(seed)
    longest_ns = 1.1 * (rule.max_duration_ns + (rule.warmup_bound_ns or rule.warmup_ns)) + 2e9
    for _ in range(-(-runs // _CHUNK)):
        service_ns = (noise.draw(random, _CHUNK, int(longest_ns / _MEAN_NS)) * _MEAN_NS).astype(np.int64)
        load = closed_load([service_ns], 1)
        for run in range(min(_CHUNK, runs)):
            samples: Samples = load.samples(run)
            yield run_virtual(samples, rule, 1)


def exact_coverage(number: int, share: float) -> float:
    """What the exact ranks hold for independent requests: over 95 %, since ranks are whole; half open without upper."""
    low, high = interval_ranks(number, share)
    below = binom.cdf((low or 0) - 1, number, share)
    return float((1.0 if high is None else binom.cdf(high - 1, number, share)) - below)
