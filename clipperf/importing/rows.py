"""From a report of a log to a row: the same columns as a measured one, empty where nobody said anything."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

import clipperf
from clipperf.errors import UsageError
from clipperf.importing.told import Told
from clipperf.measure.row_warning import RowWarning
from clipperf.measure.stop_rule import StopRule
from clipperf.measure.vendor_checks import check_vendor
from clipperf.models.catalogue import catalogue
from clipperf.plan import Case
from clipperf.results.reported import Reported, reported
from clipperf.results.schema import SCHEMA_VERSION
from clipperf.tools.base import Report

_NO_AXES = ("batch_size", "batchsize", "input_dims", "loop", "iterations", "duration", "warmup", "warmup_count")
"""Flags of the vendors that say how long was measured, or what the column of the batch size says: rows that differ in
them only are the same case, or lie on one curve."""

_NEEDS_BATCH = ("samples", "qps_compute_ci_low", "qps_compute_ci_high")
"""What follows only from the number of samples in a request."""

_MOST = 1e9
"""No request takes a thousand hours in ms, and no device does as many samples a second."""

_FLAGS = {
    "model": "--model",
    "batch size": "--batch",
    "precision": "--precision",
    "device": "--device",
    "host": "--host",
    "instances": "--instances",
    "queue depth": "--queue-depth",
}


@dataclass(frozen=True)
class ImportedRow:
    """A row with its figures as ``reported`` has them; the samples are those of the log, where it has any."""

    columns: dict[str, Any]
    found: Reported


def imported_row(report: Report, told: Told, format_: str, measured_by: str) -> ImportedRow:
    """The row of one report, in which the flags are already; ``run_id`` and ``repeat`` are the folder's."""
    case = Case(
        model=report.model,
        precision=report.precision,
        batch_size=report.batch_size or 0,
        runner=format_,
        device=report.device,
        instances=report.instances or 0,
        queue_depth=report.queue_depth or 0,
        scope=report.scope,
        options=tuple(sorted((key, value) for key, value in report.options.items() if key not in _NO_AXES)),
    )
    found = _figures(report)
    columns = {
        **{name: value or None for name, value in case.identity.items()},
        "options": json.dumps(case.identity["options"], sort_keys=True),
        "devices": len(case.device_ids) if report.device else None,
        "case_id": case.case_id,
        "schema_version": SCHEMA_VERSION,
        "host": told.host or None,
        "measured_by": f"{measured_by} {report.runner_version}".strip(),
        "runner_version": report.runner_version or None,
        "driver_version": report.driver_version or None,
        "clipperf_version": clipperf.__version__,
        **found.values,
        "gflops_per_s": _gflops_per_s(report),
        "status": "ok",
    }
    warnings = [warning for warning in (*found.warnings, _check_vendor(report), check_told(columns)) if warning]
    columns["warnings"] = json.dumps([asdict(warning) for warning in warnings], ensure_ascii=False)
    return ImportedRow(columns, found)


def check_told(columns: dict[str, Any]) -> RowWarning | None:
    """Whether a log and the flags beside it left open what tells the row from others."""
    unknown = {name: flag for name, flag in _FLAGS.items() if columns.get(name.replace(" ", "_")) is None}
    if not unknown:
        return None
    return RowWarning(
        "not-told",
        f"Neither the log nor a flag says {_listed(list(unknown))}, so rows that differ there look alike.",
        f"Import it again with {', '.join(unknown.values())}.",
    )


def _figures(report: Report) -> Reported:
    told = [*report.durations_ms, *report.latency_ms.values(), *report.compute_ms.values(), *report.vendor.values()]
    told += [figure for figure in (report.qps, report.requests_per_s, report.qps_compute) if figure is not None]
    odd = next((figure for figure in told if not 0 <= figure <= _MOST), None)
    if odd is not None:
        raise UsageError(f"it has a figure of {odd:g}, which is no time and no rate; give the log as it was written.")
    found = reported([report], StopRule(0, 0, iterations=max(1, len(report.durations_ms))), report.batch_size or 1)
    if report.batch_size is None:
        found = replace(found, values={**found.values, **dict.fromkeys(_NEEDS_BATCH)})
    return found


def _check_vendor(report: Report) -> RowWarning | None:
    if not report.durations_ms or report.batch_size is None or (report.instances or 1) > 1:
        return None
    return check_vendor(np.asarray(report.durations_ms), report.batch_size, report.vendor)


def _gflops_per_s(report: Report) -> float | None:
    model = catalogue().get(report.model)
    if model is None or report.qps is None or report.batch_size is None:
        return None
    return report.qps * (model.gflops_per_sample + model.gflops_per_request / report.batch_size)


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else names[0]
