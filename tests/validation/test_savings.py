"""What the adaptive stop saves on the published sweeps of the Ascend 910B4, against 1,000 iterations a case."""

from __future__ import annotations

import numpy as np
import pytest
from coverage_study import default_rule
from noises import Noise, lognormal, normal

from clipperf.validation.virtual import closed_load
from clipperf.validation.virtual_run import run_virtual

QPS = {
    "vision": {1: 181, 4: 251, 8: 285, 16: 306, 32: 319, 64: 326},
    "text": {1: 407, 4: 1031, 8: 1944, 16: 2999, 32: 4139, 64: 4502},
}
FIXED, MOST_SHARE = 1000, 0.25
RUNS = 10
NOISES = (normal(0.002), normal(0.02), lognormal(0.02), normal(0.02, 0.3))


def swept(tower: str, noise: Noise) -> dict[int, float]:
    """Mean number of requests in the window by batch size."""
    random = np.random.default_rng(1)
    found = {}
    for batch, qps in QPS[tower].items():
        request_ns = 1e9 * batch / qps
        requests = int(30e9 / request_ns) + 50
        load = closed_load([(noise.draw(random, RUNS, requests) * request_ns).astype(np.int64)], 1)
        runs = [run_virtual(load.samples(run), default_rule(), 1, batch) for run in range(RUNS)]
        assert all(run.is_precise for run in runs)
        found[batch] = float(np.mean([run.figures.values["requests"] for run in runs]))
    return found


@pytest.mark.parametrize(
    "noise", [normal(0.002), normal(0.02), lognormal(0.02), normal(0.02, 0.3)], ids=lambda n: n.name
)
@pytest.mark.parametrize("tower", QPS)
def test_a_quarter_of_the_iterations_and_of_the_samples_is_enough(tower: str, noise: Noise):
    requests = swept(tower, noise)
    assert sum(requests.values()) <= MOST_SHARE * FIXED * len(requests)
    samples = sum(batch * number for batch, number in requests.items())
    assert samples <= MOST_SHARE * FIXED * sum(requests)
