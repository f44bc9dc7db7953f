"""How far dependence of neighbouring requests takes from what a percentile's interval may claim."""

from __future__ import annotations

from statistics import NormalDist
from typing import Mapping, Sequence

import numpy as np

from clipperf.measure.batch_means import independent_batches
from clipperf.measure.gaussian_copula import tail_inefficiency
from clipperf.measure.mean_interval import FEWEST_VALUES, cells_of
from clipperf.measure.ranks import ranks_of
from clipperf.measure.student import t_quantile

_DEPENDENT = 1.64
"""√n × lag-one correlation of the ranks, above which requests count as dependent: 5 % of independent series do."""

_TOLD_APART = 1e-3
"""Share of the median below which two requests took equally long: such a difference moves no percentile by more than
that, while the clock's own wander would make requests of one length look dependent on each other."""

_UPPER = 0.975
_CLUSTERED = 2.33
_FEWEST_PAIRS = 2
"""The same for slow requests alone: 1 %, and two pairs of neighbours, since one pair is soon there by chance."""


def inefficiencies(values: np.ndarray, shares: Sequence[float]) -> Mapping[float, float]:
    """For each share (0 to 1), how many of these requests tell as much about it as one independent request would.

    ``values`` stand in the order of time. 1 exactly where neither the ranks of neighbouring requests nor the places of
    the slow ones give evidence of dependence, so that the intervals of independent requests are exact. Otherwise the
    larger of two: the inefficiency of the ranks carried to the tail (``tail_inefficiency``), and that of the indicator
    value > percentile itself, which sees slow requests that come together while the others are independent.
    """
    number = int(values.size)
    if number < FEWEST_VALUES:
        return dict.fromkeys(shares, 1.0)
    ranks = ranks_of(_told_apart(values))
    of_ranks = _inefficiency(ranks) if _score(ranks) > _DEPENDENT else 1.0
    found = {}
    for share in shares:
        slow = ranks > share * number
        of_tail = 1.0
        if int((slow[1:] & slow[:-1]).sum()) >= _FEWEST_PAIRS and _score(slow.astype(np.float64)) > _CLUSTERED:
            of_tail = _inefficiency(slow.astype(np.float64))
        found[share] = max(tail_inefficiency(of_ranks, share), of_tail)
    return found


def _told_apart(values: np.ndarray) -> np.ndarray:
    step = _TOLD_APART * float(np.median(values))
    rounded: np.ndarray = np.round(values / step) if step > 0.0 else values
    return rounded


def _score(values: np.ndarray) -> float:
    """√n × the plain lag-one correlation: about standard normal for independent values."""
    centred = values - values.mean()
    total = float(centred @ centred)
    return float(centred[1:] @ centred[:-1]) / total * float(values.size) ** 0.5 if total > 0.0 else 0.0


def _inefficiency(values: np.ndarray) -> float:
    """Variance of the mean ÷ what it would be if the values were independent; more where it is told by few batches.

    Order statistics know nothing of an estimated variance, so Student's t over the normal quantile goes in here.
    """
    alone = float(values.var(ddof=1)) / values.size
    batches = independent_batches(cells_of(values))
    doubt = t_quantile(_UPPER, max(2, round(batches.effective) - 1)) / NormalDist().inv_cdf(_UPPER)
    return max(1.0, batches.variance / alone * doubt**2)
