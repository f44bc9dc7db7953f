"""The scenarios that run in real time: devices that sleep, through the harness as a user runs it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from clipperf.data import published
from clipperf.measure.percentile import nearest_rank
from clipperf.validation.check import Check, says, within
from clipperf.validation.lindley import completions_ns
from clipperf.validation.scenario import Outcome, Scenario

QPS_SHARE, LATENCY_SHARE, LINDLEY_SHARE, TABLE_SHARE = 0.005, 0.01, 0.03, 0.01
IN_FLIGHT_ALLOWED = 0.02
_NS_PER_MS = 1_000_000
_EXECUTE_MS = 5.0
_COPY_MS, _PIPELINE_MS = 1.954, 5.186
_STALL_MS, _STALL_EVERY_S, _STALL_SERVICE_MS = 1000, 60, 2
_SLOW_SHARE, _SLOW_FACTOR = 0.05, 4


def _judge_closed(name: str, outcome: Outcome) -> Iterator[Check]:
    for depth in (1, 2, 4, 8):
        row = outcome.row(queue_depth=depth)
        yield within(name, f"qps, depth {depth}", "samples/s", 1e3 / _EXECUTE_MS, row["qps"], QPS_SHARE)
        yield within(name, f"p50, depth {depth}", "ms", depth * _EXECUTE_MS, row["latency_p50_ms"], LATENCY_SHARE)


def _judge_pipeline(name: str, outcome: Outcome) -> Iterator[Check]:
    for depth, qps, p50_ms in (
        (1, 1e3 / (_COPY_MS + _PIPELINE_MS), _COPY_MS + _PIPELINE_MS),
        (3, 1e3 / _PIPELINE_MS, 3 * _PIPELINE_MS),
    ):
        row = outcome.row(queue_depth=depth)
        yield within(name, f"qps, depth {depth}", "samples/s", qps, row["qps"], QPS_SHARE)
        yield within(name, f"p50, depth {depth}", "ms", p50_ms, row["latency_p50_ms"], LATENCY_SHARE)
        yield Check(name, f"in flight, depth {depth}", "", depth, row["in_flight_mean"], IN_FLIGHT_ALLOWED)


def _judge_open(name: str, outcome: Outcome) -> Iterator[Check]:
    for _, row in outcome.rows.iterrows():
        load = f"{row['offered_rate'] * _EXECUTE_MS / 10:.0f} % load"
        mean_ms, p99_ms = _by_lindley(outcome, row, _EXECUTE_MS, 0, 1)
        yield within(name, f"mean, {load}", "ms", mean_ms, row["latency_mean_ms"], LINDLEY_SHARE)
        yield within(name, f"p99, {load}", "ms", p99_ms, row["latency_p99_ms"], LINDLEY_SHARE)


def _judge_stall(name: str, outcome: Outcome) -> Iterator[Check]:
    row = outcome.rows.iloc[0]
    stall = (_STALL_MS * _NS_PER_MS, _STALL_EVERY_S * 1000 * _NS_PER_MS)
    _, p99_ms = _by_lindley(outcome, row, _STALL_SERVICE_MS, *stall)
    yield within(name, "p99", "ms", p99_ms, row["latency_p99_ms"], LINDLEY_SHARE)
    longest_ms = _STALL_MS + _STALL_SERVICE_MS
    yield within(name, "longest", "ms", longest_ms, row["latency_max_ms"], LINDLEY_SHARE)


def _judge_overload(name: str, outcome: Outcome) -> Iterator[Check]:
    row = outcome.rows.iloc[0]
    yield says(name, "overload", "overload" in _codes(row))
    # Not 200: until the queue has built up, the device now and then waits for an arrival.
    samples, in_window = outcome.samples(row)
    done_ns = completions_ns(np.sort(samples.scheduled_ns), round(_EXECUTE_MS * _NS_PER_MS))
    first, last = (int(place) for place in np.flatnonzero(in_window)[[0, -1]])
    truth = 1e9 * (last - first + 1) / float(done_ns[last] - done_ns[first - 1])
    yield within(name, "qps", "samples/s", truth, row["qps"], QPS_SHARE)


def _judge_bimodal(name: str, outcome: Outcome) -> Iterator[Check]:
    row = outcome.rows.iloc[0]
    mean_ms = _EXECUTE_MS * (1 + _SLOW_SHARE * (_SLOW_FACTOR - 1))
    deviation_ms = _EXECUTE_MS * (_SLOW_FACTOR - 1) * (_SLOW_SHARE * (1 - _SLOW_SHARE)) ** 0.5
    three_errors_ms = 3 * deviation_ms / row["requests"] ** 0.5
    yield within(name, "p50", "ms", _EXECUTE_MS, row["latency_p50_ms"], LATENCY_SHARE)
    yield within(name, "p99", "ms", _EXECUTE_MS * _SLOW_FACTOR, row["latency_p99_ms"], LATENCY_SHARE)
    yield Check(name, "mean", "ms", mean_ms, row["latency_mean_ms"], three_errors_ms)


def _judge_drift(name: str, outcome: Outcome) -> Iterator[Check]:
    yield says(name, "not steady", outcome.rows.iloc[0]["is_steady"] is np.False_)


def _judge_devices(name: str, outcome: Outcome) -> Iterator[Check]:
    for _, row in outcome.rows.iterrows():
        copies = row["devices"] * row["instances"]
        what = f"qps, {row['devices']} devices × {row['instances']} instances"
        yield within(name, what, "samples/s", copies * 1e3 / _EXECUTE_MS, row["qps"], LATENCY_SHARE)


def _judge_table(name: str, outcome: Outcome) -> Iterator[Check]:
    for batch, qps in _ascend_table(name.rpartition(" ")[2]).items():
        yield within(name, f"qps, batch {batch}", "samples/s", qps, outcome.row(batch_size=batch)["qps"], TABLE_SHARE)


def _by_lindley(outcome: Outcome, row: Any, service_ms: float, stall_ns: int, every_ns: int) -> tuple[float, float]:
    """Mean and p99 in ms that the row's window must have, by the very schedule that was drawn."""
    samples, in_window = outcome.samples(row)
    order = np.argsort(samples.scheduled_ns, kind="stable")
    due, counts = samples.scheduled_ns[order], in_window[order]
    latency_ns = completions_ns(due, round(service_ms * _NS_PER_MS), stall_ns, every_ns)[counts] - due[counts]
    return float(latency_ns.mean()) / _NS_PER_MS, nearest_rank(np.sort(latency_ns), 0.99) / _NS_PER_MS


def _codes(row: Any) -> set[str]:
    return {warning["code"] for warning in json.loads(row["warnings"])}


def _ascend_table(tower: str) -> dict[int, float]:
    """Batch size to samples/s of the published Ascend 910B4 table, for ``vision`` or ``text``."""
    rows = [row for row in published() if row["device"] == "Ascend910B4" and row["model"].startswith(tower)]
    return {int(row["batch_size"]): float(row["qps_compute"]) for row in rows}


def _simulated(**keys: Any) -> Mapping[str, Any]:
    return {"model": "vision", "runner": "simulated", "warmup": "500ms", "control": False, **keys}


def _ascend(tower: str) -> Scenario:
    option = {"device_table": "ascend-910b4"}
    keys = _simulated(model=tower, batch=list(_ascend_table(tower)), option=option, duration=2)
    return Scenario(f"Ascend 910B4 {tower}", "the published table, batch by batch", keys, _judge_table)


_FIVE_MS = {"execute_ms": _EXECUTE_MS}
SCENARIOS: tuple[Scenario, ...] = (
    Scenario(
        "closed loop",
        "a fixed service time at depths 1 to 8",
        _simulated(queue_depth=[1, 2, 4, 8], option=_FIVE_MS, duration=2),
        _judge_closed,
    ),
    Scenario(
        "pipeline",
        "copies beside execution, as published for VACC",
        _simulated(queue_depth=[1, 3], option={"copy_in_ms": _COPY_MS, "execute_ms": _PIPELINE_MS}, duration=4),
        _judge_pipeline,
    ),
    Scenario(
        "open loop",
        "Poisson arrivals at 50 and 80 % load, against the Lindley recursion over the same schedule",
        _simulated(rate=[100, 160], option=_FIVE_MS, duration=20),
        _judge_open,
    ),
    Scenario("overload", "105 % load", _simulated(rate=[210], option=_FIVE_MS, duration=10), _judge_overload),
    Scenario(
        "stall",
        "a stall of 1 s in 60 s: no coordinated omission",
        _simulated(
            rate=[100],
            arrival="constant",
            option={"execute_ms": _STALL_SERVICE_MS, "stall_ms": _STALL_MS, "stall_every_s": _STALL_EVERY_S},
            duration=_STALL_EVERY_S,
        ),
        _judge_stall,
    ),
    Scenario(
        "bimodal",
        "one request in twenty takes four times as long",
        _simulated(option={**_FIVE_MS, "slow_share": _SLOW_SHARE, "slow_factor": _SLOW_FACTOR}, duration=8),
        _judge_bimodal,
    ),
    Scenario(
        "drift",
        "2 % slower every second",
        _simulated(option={**_FIVE_MS, "drift_pct_per_s": 2}, duration=8),
        _judge_drift,
    ),
    Scenario(
        "devices",
        "several devices, several instances on units of their own",
        _simulated(device=["0", "0,1,2"], instances=[1, 2], option={**_FIVE_MS, "units": 2}, duration=2),
        _judge_devices,
    ),
    _ascend("vision"),
    _ascend("text"),
)
