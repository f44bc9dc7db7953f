"""Warm-up, window, stop and figures over virtual samples, in the order in which the harness would come to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from clipperf.measure.samples import Samples
from clipperf.measure.stop_rule import StopRule
from clipperf.measure.stopping import Closing
from clipperf.measure.warmup import WarmUp, judge_warmup
from clipperf.measure.window import opening_ns
from clipperf.results.figures import Figures, figures_of
from clipperf.results.measured import Measured

_SHORTEST_PAUSE_NS, _LONGEST_PAUSE_NS, _GROWTH = 5_000_000, 100_000_000, 1.3
"""As often as the harness looks at what its workers have recorded."""


@dataclass(frozen=True)
class VirtualRun:
    """What the harness would have kept: the samples up to the stop, how the warm-up ended, and the figures."""

    samples: Samples
    warm_up: WarmUp
    is_precise: bool
    figures: Figures


def run_virtual(samples: Samples, rule: StopRule, slots: int, batch_size: int = 1, start_ns: int = 0) -> VirtualRun:
    """Judges ``samples`` as ``worker.conduct`` does while they arrive; raises ValueError where they end too early."""
    last_ns = int(samples.completed_ns[-1])
    for warm_ns in _looks(start_ns, last_ns):
        warm_up = judge_warmup(rule, _seen(samples, warm_ns), slots, start_ns, warm_ns)
        if warm_up.ended:
            break
    else:
        raise ValueError("The samples end before the warm-up does.")
    closing: Closing | None = None
    for now_ns in _looks(warm_ns, last_ns):
        so_far = _seen(samples, now_ns)
        if closing is None and (open_ns := opening_ns(so_far, slots, warm_ns)) is not None:
            closing = Closing(rule, open_ns, slots)
        if closing is None:
            continue
        inside = so_far.after(closing.open_ns)
        if closing.is_due(inside, now_ns):
            break
    else:
        raise ValueError("The samples end before the window does.")
    precise = rule.is_fixed or closing.is_precise(inside)
    kept = samples.select(samples.issued_ns <= now_ns)
    measured = Measured(kept, slots, warm_ns, now_ns, precise, False)
    return VirtualRun(kept, warm_up, precise, figures_of(measured, rule, batch_size))


def _looks(start_ns: int, end_ns: int) -> Iterator[int]:
    at_ns, pause_ns = start_ns, float(_SHORTEST_PAUSE_NS)
    while at_ns < end_ns:
        pause_ns = min(pause_ns * _GROWTH, _LONGEST_PAUSE_NS)
        at_ns += int(pause_ns)
        yield at_ns


def _seen(samples: Samples, now_ns: int) -> Samples:
    return samples.select(slice(0, int(np.searchsorted(samples.completed_ns, now_ns, side="right"))))
