"""The grid of ``clipperf modes`` where none is given: small, and fitting the runner and the machine."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from clipperf.profile import Profile
from clipperf.runners.cpu_cores import parse_cores
from clipperf.sweeping.preflight import RunnerFacts

AXES = ("batch", "instances", "queue_depth")
_THREADS = "intra_op_num_threads"
_BATCHES = [1, 8, 32]
_BUSY_STAGES = 3
_MOST_COPIES = 4
_PROCESSOR = "CPUExecutionProvider"
_HINT = "performance_hint"
_STREAMS = "num_streams"


@dataclass(frozen=True)
class Grid:
    """Keys of a profile that make the grid, and a sentence that says which and why."""

    keys: Mapping[str, Any]
    why: str


def is_grid_given(keys: Collection[str], profile: Profile) -> bool:
    """Whether the keys that the user gave, in flags or a file, span a grid: any axis, or several devices or options."""
    has_several = len(profile.device) > 1 or any(len(values) > 1 for values in profile.option.values())
    return has_several or not set(AXES).isdisjoint(keys)


def default_grid(profile: Profile, facts: RunnerFacts) -> Grid:
    """The axes for a runner that is known; ``profile`` is that of the user, ``facts`` are of its runner.

    On onnxruntime's processor the cores are shared out: one instance with all of them, or several with a part each. On
    that of OpenVINO its own streams do this, fed by as many requests. On every other device instances and requests in
    flight are tried, as far as the runner can have several at a time.
    """
    device = (profile.device or list(facts.default_devices))[0].split(",")[0]
    if profile.runner == "onnxruntime" and set(profile.option.get("provider", [_PROCESSOR])) == {_PROCESSOR}:
        return _processor_grid(profile, len(parse_cores(device)))
    if profile.runner == "openvino" and device[0].isdigit() and profile.option.keys().isdisjoint((_HINT, _STREAMS)):
        return _streams_grid(profile, len(parse_cores(device)))
    depths = [1, _BUSY_STAGES] if facts.concurrent_slots else [1]
    keys = {"batch": _BATCHES, "instances": [1, 2], "queue_depth": depths}
    why = (
        "at depth 3 copies in and out can run beside an execution"
        if facts.concurrent_slots
        else "this runner has one request in flight per instance"
    )
    return Grid(keys, f"{_axes(keys)}; {why}")


def _processor_grid(profile: Profile, cores: int) -> Grid:
    copies = min(cores, _MOST_COPIES)
    keys: dict[str, Any] = {"batch": _BATCHES, "queue_depth": [1]}
    if copies == 1 or _THREADS in profile.option:
        keys["instances"] = sorted({1, copies})
        return Grid(keys, f"{_axes(keys)}; a processor has no copies to run beside an execution")
    shares = [[1, cores], [copies, cores // copies]]
    threads = list(dict.fromkeys(share for _, share in shares))
    keys |= {
        "instances": [1, copies],
        "option": {**profile.option, _THREADS: threads},
        "where": _where(profile, f"[instances, {_THREADS}] in {shares}"),
    }
    told = f"{_axes({'batch': _BATCHES})}, one instance of {cores} threads or {copies} of {cores // copies}"
    return Grid(keys, f"{told}; a processor's {cores} cores are shared out, and it has no copies to overlap")


def _streams_grid(profile: Profile, cores: int) -> Grid:
    """One request on all cores, or OpenVINO's own number of streams with so many requests that each has one waiting.

    How many streams its hint makes is not known before; on few cores there is one for each.
    """
    fewest = max(2, cores if cores <= _MOST_COPIES else cores // 2)
    fed = [[1, "latency"], [fewest, "throughput"], [2 * fewest, "throughput"]]
    keys = {
        "batch": _BATCHES,
        "instances": [1],
        "queue_depth": [depth for depth, _ in fed],
        "option": {**profile.option, _HINT: ["latency", "throughput"]},
        "where": _where(profile, f"[queue_depth, {_HINT}] in {fed}"),
    }
    told = f"{_axes({'batch': _BATCHES})}, {_HINT}=latency at depth 1 or throughput at {fewest} and {2 * fewest}"
    return Grid(keys, f"{told}; OpenVINO shares a processor's {cores} cores out to its streams")


def _where(profile: Profile, shared: str) -> str:
    return shared if profile.where is None else f"({profile.where}) and {shared}"


def _axes(keys: Mapping[str, Any]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {','.join(map(str, values))}" for name, values in keys.items())
