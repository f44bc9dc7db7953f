"""What the user knows of a measurement and its log may not say, put together with what the log says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Any

from clipperf.errors import ProfileError
from clipperf.importing.files import BATCH_PATTERN
from clipperf.tools.base import Report
from clipperf.tools.rates import rate_of

_FLAGS = {
    "batch_size": "--batch",
    "precision": "--precision",
    "device": "--device",
    "instances": "--instances",
    "queue_depth": "--queue-depth",
    "runner_version": "--runner-version",
    "driver_version": "--driver-version",
}
"""What a log may say as well; the model is compared by name, as a log names a file on a host that is not here."""

_BATCH_UNKNOWN = "batch-unknown"
"""The warning of tools that cannot tell the samples of a request; a flag answers it."""


@dataclass(frozen=True)
class Told:
    """What flags said, the same for all measurements; empty and None where the log alone shall speak."""

    model: str = ""
    precision: str = ""
    device: str = ""
    instances: int | None = None
    queue_depth: int | None = None
    host: str = ""
    runner_version: str = ""
    driver_version: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)


def completed(report: Report, told: Told, batch_size: int | None, where: str) -> Report:
    """The report with what the flags add; raises ProfileError naming every flag that says otherwise than the log.

    ``--model`` may be the file that the log names, with {batch} for the batch size in it, so that files of several
    batch sizes are one model. A name that is no file's, such as one of the catalogue, says what the file holds.
    """
    said = {"batch_size": batch_size, **{name: getattr(told, name) for name in _FLAGS if name != "batch_size"}}
    problems = [
        _contradiction(where, f"{flag} {said[name]}", getattr(report, name))
        for name, flag in _FLAGS.items()
        if said[name] and getattr(report, name) and str(said[name]) != str(getattr(report, name))
    ]
    problems += [
        _contradiction(where, f"--option {key}={value}", report.options[key])
        for key, value in told.options.items()
        if key in report.options and str(report.options[key]) != str(value)
    ]
    filled: dict[str, Any] = {name: getattr(report, name) or said[name] for name in _FLAGS}
    full = _counted(replace(report, **filled, options={**told.options, **report.options}))
    if report.batch_size is None:
        full = _of_device_time(full)
    if told.model and report.model and not _is_same_model(told.model, full):
        problems.append(_contradiction(where, f"--model {told.model}", report.model))
    if problems:
        raise ProfileError(problems)
    return replace(full, model=told.model or report.model)


def _counted(report: Report) -> Report:
    """Samples a second from requests a second, where only the flags know how many samples a request has."""
    if report.batch_size is None or report.requests_per_s is None or report.qps is not None:
        return report
    warnings = tuple(warning for warning in report.warnings if warning.code != _BATCH_UNKNOWN)
    return replace(report, qps=report.requests_per_s * report.batch_size, warnings=warnings)


def _of_device_time(report: Report) -> Report:
    """The same from single durations of a device that executed one request at a time."""
    is_told = report.batch_size is not None and report.durations_ms and (report.instances or 1) == 1
    if not is_told or report.scope != "compute" or report.qps_compute is not None:
        return report
    return replace(report, qps_compute=rate_of(report, report.durations_ms))


def pattern_of(models: Mapping[int, str]) -> str:
    """The one name with {batch} that gives all these model files by batch size; empty where not just one does."""
    if len(set(models.values())) < 2 or not all(models.values()):
        return ""
    found: set[str] | None = None
    for batch_size, model in models.items():
        name, number = PurePath(model).name, str(batch_size)
        starts = [start for start in range(len(name)) if name.startswith(number, start)]
        patterns = {name[:start] + BATCH_PATTERN + name[start + len(number) :] for start in starts}
        found = patterns if found is None else found & patterns
    return found.pop() if found and len(found) == 1 else ""


def _is_same_model(told: str, report: Report) -> bool:
    if "/" not in told and not PurePath(told).suffix:
        return True
    number = BATCH_PATTERN if report.batch_size is None else str(report.batch_size)
    return PurePath(told.replace(BATCH_PATTERN, number)).name == PurePath(report.model).name


def _contradiction(where: str, flag: str, log: object) -> str:
    return f"{where}: {flag} was given, but the log says {log}; leave the flag out, or import this file by itself."
