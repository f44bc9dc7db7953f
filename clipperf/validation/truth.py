"""What queues and pipelines must do, in closed form; times in the unit of the mean service time that is given."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Queue:
    """Poisson arrivals of ``rate`` to ``servers`` first-come-first-served servers of mean service time ``service``.

    Raises ValueError where the load reaches 1: the queue then grows for ever.
    """

    rate: float
    service: float
    servers: int = 1

    def __post_init__(self) -> None:
        if not 0.0 < self.load < 1.0:
            raise ValueError(f"A load of {self.load:g} has no steady state.")

    @property
    def load(self) -> float:
        """The share of time that a server is busy."""
        return self.rate * self.service / self.servers

    @property
    def mean_wait_exponential(self) -> float:
        """M/M/c: Erlang's C over the rate that is to spare (Kleinrock, Queueing Systems 1, 3.5)."""
        return self.waiting_share / (self.servers / self.service - self.rate)

    @property
    def waiting_share(self) -> float:
        """M/M/c: the share of arrivals that find all servers busy, Erlang's C, from his recursion for B."""
        offered, blocked = self.rate * self.service, 1.0
        for servers in range(1, self.servers + 1):
            blocked = offered * blocked / (servers + offered * blocked)
        return blocked / (1.0 - self.load * (1.0 - blocked))

    @property
    def mean_wait_constant(self) -> float:
        """M/D/1: half that of M/M/1, by Pollaczek and Khinchine (Kleinrock 1, 5.6); for one server alone."""
        if self.servers != 1:
            raise ValueError("M/D/c has no closed form.")
        return self.load * self.service / (2.0 * (1.0 - self.load))

    def wait_quantile_exponential(self, share: float) -> float:
        """M/M/c: the wait that a share of arrivals does not exceed; 0 where as many do not wait at all."""
        return max(0.0, math.log(self.waiting_share / (1.0 - share)) / (self.servers / self.service - self.rate))

    def response_quantile_exponential(self, share: float) -> float:
        """M/M/1: the response time is exponential; for one server alone."""
        if self.servers != 1:
            raise ValueError("The quantile of the response time is given for one server.")
        return -math.log(1.0 - share) / (1.0 / self.service - self.rate)

    def mean_wait_error_exponential(self, arrivals: int) -> float:
        """M/M/1: standard error of the mean wait of so many consecutive arrivals (Daley, J. Appl. Prob. 5, 1968)."""
        rho = self.load
        variance = rho * (2.0 + 5.0 * rho - 4.0 * rho**2 + rho**3) / (1.0 - rho) ** 4
        return self.service * math.sqrt(variance / arrivals)


@dataclass(frozen=True)
class Pipeline:
    """Stages of constant time, one request at a time in each, in a closed loop of ``depth`` requests."""

    stages: Sequence[float]
    depth: int

    @property
    def rate(self) -> float:
        """Requests per unit of time: the loop's or the slowest stage's limit, whichever is lower."""
        return min(self.depth / sum(self.stages), 1.0 / max(self.stages))

    @property
    def latency(self) -> float:
        """Of every request, by Little's law."""
        return self.depth / self.rate
