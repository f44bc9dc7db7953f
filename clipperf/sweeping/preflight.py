"""Asks the runner, in a worker of its own, what is here and whether the plan can be placed, before measuring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clipperf.errors import CaseFailed, RunnerUnavailable
from clipperf.monitors import UnknownMonitor, load_monitor
from clipperf.sweeping.lone_worker import lone_worker

_TIMEOUT_S = 120.0


@dataclass(frozen=True)
class RunnerFacts:
    """What the runner found and can do; ``problems`` are sentences about devices and options that cannot be used.

    ``default_devices`` holds one for each set of options; ``default_scope`` is what its clock goes round if nothing
    else is asked for; ``monitor`` names the monitor of the devices; ``variants`` are the precisions for which an ONNX
    model is converted before the runner gets it.
    """

    version: str
    driver_version: str
    devices: tuple[str, ...]
    default_devices: tuple[str, ...]
    model_formats: tuple[str, ...]
    libraries: Mapping[str, str]
    dynamic_batch: bool
    concurrent_slots: bool
    releases_gil: bool
    problems: tuple[str, ...]
    default_scope: str = "host"
    monitor: str = ""
    variants: tuple[str, ...] = ()


def ask_runner(
    runner: str, model: str, sets: Sequence[list[str]], options: Sequence[Mapping[str, Any]], python: str | None
) -> RunnerFacts:
    """The facts, given the sets of devices and of options to place.

    Raises RunnerUnavailable with the remedy where the SDK is not here or ends the worker.
    """
    with lone_worker(python) as worker:
        try:
            worker.order("check", runner=runner, model=model, sets=list(sets), options=list(options))
            found = worker.answer(_TIMEOUT_S)
        except CaseFailed as error:
            raise RunnerUnavailable(f"--runner {runner}: it could not be asked what is here. {error}") from None
    return RunnerFacts(
        version=found["version"],
        driver_version=found["driver_version"],
        devices=tuple(found["devices"]),
        default_devices=tuple(found["default_devices"]),
        model_formats=tuple(found["model_formats"]),
        libraries=found["libraries"],
        dynamic_batch=found["dynamic_batch"],
        concurrent_slots=found["concurrent_slots"],
        releases_gil=found["releases_gil"],
        problems=(*found["problems"], *_unknown(found["monitor"])),
        monitor=found["monitor"],
        variants=tuple(found["variants"]),
    )


def _unknown(monitor: str) -> tuple[str, ...]:
    try:
        load_monitor(monitor)
    except UnknownMonitor as error:
        return (str(error),)
    return ()
