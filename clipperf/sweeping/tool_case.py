"""Measures a case with a vendor's tool: as long as asked, or again and longer until its figures are precise."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from clipperf.errors import CaseFailed, CaseTimedOut, Unsupported
from clipperf.measure.stop_rule import StopRule
from clipperf.plan import Case
from clipperf.results.reported import Reported, reported
from clipperf.sweeping.tool_processes import run_together
from clipperf.tools.base import Length, Report, Tool, ToolCase

_PILOT_REQUESTS = 20
"""To find out how long a request takes; the tools load a model for seconds, so that a few more cost nothing."""

_UNJUDGED_S = 5.0
"""How long a tool measures that tells no single latencies, where precision cannot end it; mm_run's own default is 3."""

_MOST_ROUNDS = 4
_BLIND = 4.0
"""How much longer the next round is where the last one told no interval."""

_MARGIN = 1.3
"""Each round is this much longer than the last one's interval asks for: a round costs the loading of the model."""


def measure_with_tool(tool: Tool, case: Case, location: str, rule: StopRule, timeout_s: float, log: Path) -> Reported:
    """The figures of a case; the tool's own files stay in the folder ``log`` without its suffix.

    Raises Unsupported for what the tool cannot do, CaseFailed or CaseTimedOut where its programs fail.
    """
    asked = _asked(tool, case, location)
    tool.check_case(asked)
    rounds = _Rounds(tool, asked, log, timeout_s)
    places = 1 if asked.with_own_devices else len(asked.device_ids) * asked.instances
    requests = None if rule.iterations is None else math.ceil(rule.iterations / places)
    if tool.counts_seconds:
        seconds = None if requests is not None else _seconds(rule)
        length = Length(requests, seconds, rule.warmup_requests, rule.warmup_ns / 1e9)
        return reported(rounds.run(length), rule, case.batch_size)
    if requests is not None and not (tool.warms_up and rule.warmup_ns):
        return reported(rounds.run(Length(requests, None, rule.warmup_requests)), rule, case.batch_size)
    pilot = rounds.run(Length(_PILOT_REQUESTS, None, rule.warmup_requests))
    request_s = _request_s(pilot, places)
    warmup = max(rule.warmup_requests, math.ceil(rule.warmup_ns / 1e9 / request_s))
    if requests is not None or rule.duration_ns is not None or not any(report.durations_ms for report in pilot):
        length = Length(requests or _holds(_seconds(rule), request_s), None, warmup)
        return reported(rounds.run(length), rule, case.batch_size)
    most = min(tool.most_requests, _holds(rule.max_duration_ns / 1e9, request_s))
    fewest = max(math.ceil(rule.min_requests / places), _holds(rule.min_duration_ns / 1e9, request_s))
    return _until_precise(rounds, rule, case.batch_size, Length(min(most, fewest), None, warmup), most)


def _until_precise(rounds: _Rounds, rule: StopRule, batch_size: int, length: Length, most: int) -> Reported:
    """Only the last round counts: to pool rounds that luck made precise with others would bias them."""
    requests = length.requests or most
    for _ in range(_MOST_ROUNDS):
        found = reported(rounds.run(replace(length, requests=requests)), rule, batch_size)
        low, high = found.values.get("qps_compute_ci_low"), found.values.get("qps_compute_ci_high")
        if found.is_precise or requests >= most:
            return found
        half = math.inf if low is None or high is None else (high - low) / 2 / found.values["qps_compute"]
        growth = _BLIND if not math.isfinite(half) else max(_MARGIN, _MARGIN * (half / rule.target_ci) ** 2)
        requests = min(most, math.ceil(requests * growth))
    return found


class _Rounds:
    """Runs of the tool's programs for one case, each in a folder of its own, within one time-out."""

    def __init__(self, tool: Tool, case: ToolCase, log: Path, timeout_s: float) -> None:
        self._tool, self._case, self._log, self._timeout_s = tool, case, log, timeout_s
        self._give_up = time.monotonic() + timeout_s
        self._number = 0

    def run(self, length: Length) -> Sequence[Report]:
        self._number += 1
        folder = self._log.with_suffix("") / str(self._number)
        folder.mkdir(parents=True)
        commands = self._tool.commands(self._case, length, folder)
        try:
            captured = run_together(commands, self._give_up - time.monotonic(), self._log)
        except CaseTimedOut as error:
            asked = f"The case did not end within --case-timeout {self._timeout_s:g} s."
            raise CaseTimedOut(f"{asked} {error}".rstrip()) from None
        return self._tool.parse(self._case, captured)


def _asked(tool: Tool, case: Case, location: str) -> ToolCase:
    if case.offered_rate is not None:
        raise Unsupported(
            f"--rate {case.offered_rate:g}: {tool.name} makes its load itself and sends a request when the last came "
            "back; measure an open loop with a runner in which clipperf makes the load."
        )
    if case.scope not in tool.scopes:
        raise Unsupported(f"--scope {case.scope}: {tool.name} times {' or '.join(tool.scopes)}.")
    return ToolCase(
        location,
        case.batch_size,
        case.device_ids,
        case.instances,
        case.queue_depth,
        case.precision,
        case.scope,
        dict(case.options),
        case.vendor_multi_device,
    )


def _request_s(reports: Sequence[Report], places: int) -> float:
    """The mean time from one request of a place of execution to its next; with several in flight a latency is longer.

    By the rate that the tool told where it tells no single durations, and by its mean latency where it tells no rate.
    """
    durations = [duration for report in reports for duration in report.durations_ms]
    rates = [report.requests_per_s for report in reports if report.requests_per_s]
    means = [report.latency_ms["mean"] for report in reports if "mean" in report.latency_ms]
    if not durations and rates:
        return places / sum(rates)
    if durations or means:
        request_s = float(np.mean(durations or means)) / 1e3
        if request_s > 0:
            return request_s
    raise CaseFailed("no-requests", "A short run told no time of a request, so that a time cannot be turned into one.")


def _seconds(rule: StopRule) -> float:
    return _UNJUDGED_S if rule.duration_ns is None else rule.duration_ns / 1e9


def _holds(seconds: float, request_s: float) -> int:
    return max(1, math.ceil(seconds / request_s))
