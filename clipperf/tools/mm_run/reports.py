"""From a device's summary to a report in clipperf's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

from clipperf.measure.row_warning import RowWarning
from clipperf.tools.base import Report
from clipperf.tools.mm_run import row_warnings
from clipperf.tools.mm_run.parameters import Parameters
from clipperf.tools.mm_run.summary import Summary
from clipperf.tools.precision_words import our_precision, precision_word_in

_COMPUTE = ("mean", "p50", "p99")
_VENDOR = {"mean": "vendor_latency_mean_ms", "p50": "vendor_latency_p50_ms", "p99": "vendor_latency_p99_ms"}


@dataclass(frozen=True)
class Counted:
    """The samples of an iteration, and the top dimension of every input; None and empty where not known."""

    batch: int | None
    tops: tuple[int, ...] = ()


@dataclass
class _Rates:
    """What could be counted, and in ``warnings`` what could not."""

    qps: float | None = None
    requests_per_s: float | None = None
    warnings: list[RowWarning] = field(default_factory=list)


def report_of(
    summary: Summary, parameters: Parameters, counted: Counted, *, scope: str, device: str, model: str
) -> Report:
    """The report of one device.

    The total latency by the host's clock is the latency, computing by the device's clock is ``compute_ms``: the two
    clocks are never mixed. mm_run's total is the sum of copy in, computing and copy out of a request.
    """
    rates = _rates(summary, counted)
    only = summary.groups[0].stages if len(summary.groups) == 1 else {}
    latency = only.get(("total", "host"), {})
    compute = only.get(("compute", "dev"), {})
    vendor = {} if summary.printed_qps is None else {"vendor_qps": summary.printed_qps}
    vendor.update({column: latency[name] for name, column in _VENDOR.items() if name in latency})
    word = precision_word_in(PurePath(model).name)
    requests = summary.totals.get("iterations")
    several = (row_warnings.several_shapes(len(summary.groups)),) if len(summary.groups) > 1 else ()
    return Report(
        scope=scope,
        device=device,
        model=model,
        precision=our_precision(word),
        batch_size=counted.batch,
        instances=parameters.number("threads"),
        queue_depth=parameters.number("infer_depth"),
        requests=None if requests is None else round(requests),
        window_s=summary.totals.get("wall_s"),
        latency_ms=latency,
        compute_ms={name: compute[name] for name in _COMPUTE if name in compute},
        qps=rates.qps,
        requests_per_s=rates.requests_per_s,
        vendor=vendor,
        device_readings=summary.readings,
        options={"precision": word} if word else {},
        warnings=(*rates.warnings, *several),
        runner_version=parameters.runtime(),
        driver_version=_driver(parameters.versions),
    )


def _rates(summary: Summary, counted: Counted) -> _Rates:
    """qps is iterations a second times the batch that is meant; as printed only where that can mean nothing else."""
    rates = _Rates()
    printed_qps = summary.printed_qps
    iterations, wall_s = summary.totals.get("iterations"), summary.totals.get("wall_s")
    divided = iterations / wall_s if iterations is not None and wall_s else None
    rates.requests_per_s = divided if summary.iterations_per_s is None else summary.iterations_per_s
    if summary.iterations_per_s is not None and divided is not None:
        rates.warnings += _told(row_warnings.check_rates(summary.iterations_per_s, divided))
    if counted.batch is not None and rates.requests_per_s is not None:
        rates.qps = rates.requests_per_s * counted.batch
        if printed_qps is not None:
            rates.warnings += _told(row_warnings.check_printed_qps(printed_qps, rates.qps, counted.batch))
    elif len(counted.tops) > 1:
        rates.warnings.append(row_warnings.which_batch(counted.tops))
    elif printed_qps is not None:
        rates.qps = printed_qps
        rates.requests_per_s = rates.requests_per_s or (printed_qps / counted.batch if counted.batch else None)
        rates.warnings += () if counted.tops else (row_warnings.inputs_unknown(),)
    return rates


def _driver(versions: Mapping[str, str]) -> str:
    """CNAPI is the library of the driver."""
    return f"CNAPI {versions['CNAPI']}" if "CNAPI" in versions else ""


def _told(warning: RowWarning | None) -> tuple[RowWarning, ...]:
    return () if warning is None else (warning,)
