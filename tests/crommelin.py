"""The M/D/c queue, exactly: Poisson arrivals, constant service, c servers, first come first served.

Crommelin (Post Office Electrical Engineers' Journal 25, 1932) found the distribution of the wait; the form taken here
is Franx's (Operations Research Letters 29, 2001), whose terms are all positive, so that nothing cancels near
saturation. ``clipperf.validation`` has the means; this is what a percentile is held against.
"""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np
from scipy.optimize import brentq
from scipy.stats import poisson

_REST = 1e-10
"""What may lie beyond the longest queue that is counted."""


class ConstantService:
    """``rate`` arrivals in a unit of time to ``servers``, each of which takes ``service`` of these units."""

    def __init__(self, rate: float, service: float, servers: int = 1) -> None:
        self.rate, self.service, self.servers = rate, service, servers
        self.load = rate * service / servers
        if not 0.0 < self.load < 1.0:
            raise ValueError(f"A load of {self.load:g} has no steady state.")

    @cached_property
    def waiting(self) -> np.ndarray:
        """P(at most m wait), for m from 0 on.

        Whoever is in service now has left one service time later, and all who are there then have come since or waited
        now; this solves for the law of the number present that such a step leaves as it is.
        """
        offered, servers = self.rate * self.service, self.servers
        # The number in the queue falls off geometrically, by about exp(-2 (1 - load)) for each in it.
        size = 60 + 4 * servers + int(-math.log(_REST) / (2 * (1 - self.load)))
        came = poisson.pmf(np.arange(size), offered)
        step = np.zeros((size, size))
        for present in range(size):
            left = max(0, present - servers)
            step[present, left:] = came[: size - left]
        step /= step.sum(axis=1, keepdims=True)
        balance = np.vstack([(step.T - np.eye(size))[:-1], np.ones(size)])
        found = np.linalg.solve(balance, np.append(np.zeros(size - 1), 1.0))
        return np.minimum(np.cumsum(found)[servers:], 1.0)

    def waits_at_most(self, wait: float) -> float:
        """P(wait ≤ ``wait``)."""
        if wait < 0:
            return 0.0
        blocks = math.floor(wait / self.service) + 1
        mean = self.rate * (blocks * self.service - wait)
        number = blocks * self.servers
        lengths = np.minimum(number - 1 - np.arange(number), self.waiting.size - 1)
        return float(poisson.pmf(np.arange(number), mean) @ self.waiting[lengths])

    def response(self, share: float) -> float:
        """The response time that a share of the requests does not exceed."""
        if self.waits_at_most(0.0) >= share:
            return self.service
        high = self.service
        while self.waits_at_most(high) < share:
            high *= 2
        return self.service + float(brentq(lambda wait: self.waits_at_most(wait) - share, 0.0, high, xtol=1e-9))


def highest_rate(service: float, servers: int, share: float, limit: float) -> float:
    """The rate at which that share of the requests is answered within ``limit``; the load is then under 0.99."""
    most = servers / service

    def excess(load: float) -> float:
        return ConstantService(load * most, service, servers).response(share) - limit

    return most * float(brentq(excess, 1e-3, 0.99, xtol=1e-6))
