"""The row of a case: what it was, under which circumstances, how it ended, and its figures."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import clipperf
from clipperf.errors import CaseFailed, CaseTimedOut, ClipperfError, Unsupported, WrongOutput
from clipperf.measure.row_warning import RowWarning
from clipperf.plan import Case
from clipperf.results.environment import git_revision
from clipperf.results.figures import Figures
from clipperf.results.reported import Reported
from clipperf.results.schema import SCHEMA_VERSION
from clipperf.sweeping.artefact import Artefact
from clipperf.sweeping.planning import Plan
from clipperf.tools import TABLE as TOOLS
from clipperf.worker.conduct import Recording

_STATUS_OF: dict[type[ClipperfError], str] = {
    Unsupported: "unsupported",
    WrongOutput: "wrong-output",
    CaseTimedOut: "timed-out",
}
_KIND_OF: dict[type[ClipperfError], str] = {Unsupported: "unsupported", WrongOutput: "wrong-output"}


def run_columns(plan: Plan, run_id: str) -> dict[str, Any]:
    """The columns that are the same in every row of a run."""
    return {
        "schema_version": SCHEMA_VERSION,
        "run_id": run_id,
        "host": socket.gethostname(),
        "measured_by": _clock_of(plan),
        "runner_version": plan.facts.version,
        "driver_version": plan.facts.driver_version or None,
        "clipperf_version": clipperf.__version__,
        "git_rev": git_revision(Path.cwd()) or None,
        "profile": plan.profile.name or None,
        "seed": plan.profile.seed,
    }


def _clock_of(plan: Plan) -> str:
    """Who holds the clock, or would have held it where a case fails before it is started."""
    runner = plan.profile.runner
    return f"{runner} {plan.facts.version}".strip() if runner in TOOLS else "clipperf"


def case_columns(case: Case, artefact: Artefact) -> dict[str, Any]:
    """Identity and circumstances of a case that begins now."""
    return {
        **case.identity,
        "options": json.dumps(case.identity["options"], sort_keys=True),
        "case_id": case.case_id,
        "started_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "model_sha256": artefact.sha256 or None,
    }


def measured_columns(
    recording: Recording,
    figures: Figures,
    warnings: Sequence[RowWarning],
    ran: Mapping[str, Any],
    gflops_per_request: float | None,
) -> dict[str, Any]:
    """Status and figures of a case that was measured; imprecise ones are kept, as ``inconclusive``."""
    per_s = figures.values["requests_per_s"]
    loads = [report["load_s"] for report in recording.reports if "load_s" in report]
    firsts = [report["first_infer_ms"] for report in recording.reports if "first_infer_ms" in report]
    return {
        **figures.values,
        "status": "ok" if recording.is_precise else "inconclusive",
        "warnings": json.dumps([asdict(warning) for warning in (*figures.warnings, *warnings)], ensure_ascii=False),
        "warmup_end": recording.warmed_up or None,
        "provider_ran": ran["provider"],
        # Looked at after a first request, by which some SDKs tell it.
        "precision_ran": recording.reports[0]["precision"],
        "threads_ran": ran["threads"],
        "harness_ms": max(report["harness_ms"] for report in recording.reports),
        "load_s": max(loads, default=None),
        "first_infer_ms": max(firsts, default=None),
        "cpu_pct": recording.host.cpu_pct,
        "cpu_cores": recording.host.cores,
        "cpu_mhz": recording.host.frequency_mean_mhz,
        "rss_mb": recording.host.rss_mb,
        "temperature_c": recording.host.temperature_c,
        "gflops_per_s": None if gflops_per_request is None else gflops_per_request * per_s,
    }


def reported_columns(found: Reported, runner: str, gflops_per_request: float | None, batch_size: int) -> dict[str, Any]:
    """Status and figures of a case that a vendor's tool measured."""
    qps = found.values.get("qps")
    # Some tell their version only while they measure.
    version = found.values.get("runner_version")
    return {
        **found.values,
        **({} if version is None else {"measured_by": f"{runner} {version}"}),
        "status": "ok" if found.is_precise else "inconclusive",
        "warnings": json.dumps([asdict(warning) for warning in found.warnings], ensure_ascii=False),
        "gflops_per_s": None if qps is None or gflops_per_request is None else gflops_per_request * qps / batch_size,
    }


def error_columns(error: ClipperfError) -> dict[str, Any]:
    """Status of a case that gave no figures."""
    kind = error.kind if isinstance(error, CaseFailed) else _KIND_OF.get(type(error), type(error).__name__)
    return {
        "status": _STATUS_OF.get(type(error), "failed"),
        "error_kind": kind,
        "error": str(error),
        "warnings": "[]",
    }
