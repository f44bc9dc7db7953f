"""The one list of columns: the writer, the readers, the README table and the tests all come from it.

A row is one case of one repeat. Names carry their unit. Identity comes first, then the circumstances, then the status,
then the figures; what a runner or a host cannot tell stays empty and is never filled with a guess.

Schema history
    1  first version
"""

from __future__ import annotations

from dataclasses import dataclass

SCHEMA_VERSION = 1

STATUSES = ("ok", "inconclusive", "unsupported", "wrong-output", "failed", "timed-out")
"""What ``status`` may hold; ``unsupported`` counts as no failure, the last three do."""

MEASURED = ("ok", "inconclusive")
FAILURES = ("wrong-output", "failed", "timed-out")
PERCENTILES = (50, 90, 95, 99)
"""The percentiles whose order-statistic intervals have columns of their own."""


@dataclass(frozen=True)
class Column:
    """One column: ``dtype`` is the pandas dtype, ``unit`` is empty for names, counts and flags."""

    name: str
    dtype: str
    unit: str
    meaning: str
    group: str
    since: int = 1


_TEXT, _INT, _FLOAT, _FLAG = "string", "Int64", "float64", "boolean"


def _interval(percentile: int) -> list[tuple[str, str, str, str]]:
    name, bound = f"latency_p{percentile}", "two-sided 95 % order-statistic bound"
    return [
        (f"{name}_low_ms", _FLOAT, "ms", f"lower {bound} of the p{percentile} latency"),
        (f"{name}_high_ms", _FLOAT, "ms", f"upper {bound}; empty where too few requests give one"),
    ]


_GROUPS: dict[str, list[tuple[str, str, str, str]]] = {
    "identity": [
        ("schema_version", _INT, "", "version of this list of columns"),
        ("run_id", _TEXT, "", "name of the run folder the row was written to"),
        ("case_id", _TEXT, "", "hash of every axis of the case; the same case has the same id in every run"),
        ("repeat", _INT, "", "which repeat of the case, from 0; each repeat has fresh workers"),
        ("side", _TEXT, "", "ab: A or B; modes: the modes measured again; provision: alone or beside; else empty"),
        ("started_at", _TEXT, "", "UTC time at which the case began, ISO 8601"),
        ("host", _TEXT, "", "host name"),
    ],
    "circumstances": [
        ("model", _TEXT, "", "catalogue name or path of the model"),
        ("precision", _TEXT, "", "precision asked for"),
        ("batch_size", _INT, "samples", "samples per request"),
        ("runner", _TEXT, "", "back end"),
        ("device", _TEXT, "", "device ids of the set, comma separated; on CPUs an id is a set of cores such as 0-1"),
        ("devices", _INT, "", "number of devices in the set"),
        ("instances", _INT, "", "loaded copies of the model per device"),
        ("queue_depth", _INT, "", "requests in flight per instance"),
        ("loop", _TEXT, "", "closed or open"),
        ("arrival", _TEXT, "", "open loop: poisson or constant"),
        ("offered_rate", _FLOAT, "1/s", "open loop: requests per second offered"),
        ("scope", _TEXT, "", "what the clock went round: host, pipeline, device-io or compute"),
        ("options", _TEXT, "", "runner options of the case, JSON"),
        ("measured_by", _TEXT, "", "who held the clock: clipperf, or a vendor's tool with its version"),
        ("runner_version", _TEXT, "", "version of the runtime or tool behind the runner"),
        ("driver_version", _TEXT, "", "version of the device's driver, where there is one"),
        ("clipperf_version", _TEXT, "", "version of clipperf"),
        ("git_rev", _TEXT, "", "revision of the git checkout the command was run in, with + when it was changed"),
        ("profile", _TEXT, "", "profile the run came from, empty for flags alone"),
        ("model_sha256", _TEXT, "", "SHA-256 of the model file"),
        ("seed", _INT, "", "seed of inputs, weights and case order"),
        ("precision_ran", _TEXT, "", "precision that really ran, as the runner read it back"),
        ("provider_ran", _TEXT, "", "execution provider or engine that really ran"),
        ("threads_ran", _INT, "", "threads of each instance, as the runner read them back"),
        ("device_idle_before", _FLAG, "", "whether the devices were idle before the case; empty where untold"),
    ],
    "status": [
        ("status", _TEXT, "", "one of " + ", ".join(STATUSES)),
        ("error_kind", _TEXT, "", "short name of what went wrong"),
        ("error", _TEXT, "", "what went wrong, in a sentence, with the last lines of the log"),
        ("warnings", _TEXT, "", "JSON list of code, sentence and remedy"),
    ],
    "figures": [
        ("requests", _INT, "", "requests in the window"),
        ("samples", _INT, "samples", "samples in the window: requests × batch size"),
        ("warmup_requests", _INT, "", "requests completed before the window opened"),
        ("warmup_end", _TEXT, "", "how the warm-up ended: fixed by the user, found steady, or at its bound"),
        ("window_s", _FLOAT, "s", "length of the window common to all instances"),
        ("qps", _FLOAT, "samples/s", "samples in the window ÷ window_s, counted"),
        ("qps_ci_low", _FLOAT, "samples/s", "lower bound of the 95 % confidence interval of qps; empty where untold"),
        ("qps_ci_high", _FLOAT, "samples/s", "upper bound of the 95 % confidence interval of qps; empty where untold"),
        ("requests_per_s", _FLOAT, "1/s", "requests in the window ÷ window_s"),
        ("qps_compute", _FLOAT, "samples/s", "derived by a vendor's tool from device compute time; never beside qps"),
        ("qps_compute_ci_low", _FLOAT, "samples/s", "lower bound of the 95 % confidence interval of qps_compute"),
        ("qps_compute_ci_high", _FLOAT, "samples/s", "upper bound of the 95 % confidence interval of qps_compute"),
        ("latency_mean_ms", _FLOAT, "ms", "mean response time of a request (the whole batch)"),
        ("latency_min_ms", _FLOAT, "ms", "shortest response time"),
        ("latency_p50_ms", _FLOAT, "ms", "median response time, nearest rank"),
        ("latency_p90_ms", _FLOAT, "ms", "90th percentile of the response time, nearest rank"),
        ("latency_p95_ms", _FLOAT, "ms", "95th percentile of the response time, nearest rank"),
        ("latency_p99_ms", _FLOAT, "ms", "99th percentile of the response time, nearest rank"),
        ("latency_p999_ms", _FLOAT, "ms", "99.9th percentile of the response time, nearest rank"),
        ("latency_max_ms", _FLOAT, "ms", "longest response time"),
        ("compute_mean_ms", _FLOAT, "ms", "mean time of the execution stage, where the SDK tells"),
        ("compute_p50_ms", _FLOAT, "ms", "median time of the execution stage, where the SDK tells"),
        ("compute_p99_ms", _FLOAT, "ms", "99th percentile of the execution stage, where the SDK tells"),
        *(column for percentile in PERCENTILES for column in _interval(percentile)),
        ("service_p50_ms", _FLOAT, "ms", "median of completed − issued"),
        ("service_p99_ms", _FLOAT, "ms", "99th percentile of completed − issued"),
        ("in_flight_mean", _FLOAT, "", "mean requests in flight, integrated over instants; of tools: Little's law"),
        ("late_p99_ms", _FLOAT, "ms", "99th percentile of the harness's own lateness in issuing a request"),
        ("timeouts", _INT, "", "requests over --timeout-ms"),
        ("is_steady", _FLAG, "", "whether slope, change point and variation found the window steady"),
        ("drift_pct", _FLOAT, "%", "change of the rate over the window by linear fit; empty where noise explains it"),
        ("harness_ms", _FLOAT, "ms", "cost of the harness per request at this concurrency, by the null runner"),
    ],
    "model and answers": [
        ("load_s", _FLOAT, "s", "time to open all instances; only in a worker's first row"),
        ("first_infer_ms", _FLOAT, "ms", "first request after opening; only in a worker's first row"),
        ("cosine_mean", _FLOAT, "", "mean cosine of the outputs with the reference"),
        ("cosine_min", _FLOAT, "", "smallest cosine of the outputs with the reference"),
        ("top1_pct", _FLOAT, "%", "top-1 accuracy"),
        ("top5_pct", _FLOAT, "%", "top-5 accuracy"),
        ("recall_at_1_pct", _FLOAT, "%", "retrieval recall at 1"),
        ("recall_at_5_pct", _FLOAT, "%", "retrieval recall at 5"),
        ("recall_at_10_pct", _FLOAT, "%", "retrieval recall at 10"),
    ],
    "host and device": [
        ("cpu_pct", _FLOAT, "%", "processor time of the workers ÷ wall time, 100 = one core"),
        ("cpu_cores", _INT, "", "cores that cpu_pct was spent on: those of the devices, else all that may be used"),
        ("cpu_mhz", _FLOAT, "MHz", "clock of the fastest of these cores, mean over the window"),
        ("rss_mb", _FLOAT, "MB", "largest resident memory of the workers, summed over workers (10⁶ bytes)"),
        ("device_util_pct", _FLOAT, "%", "utilisation by the devices' monitor, mean over window and devices"),
        ("device_memory_mb", _FLOAT, "MB", "largest device memory in use, summed over devices; the monitor's MB"),
        ("power_w", _FLOAT, "W", "mean power in the window, summed over devices; the board's if it has one meter"),
        ("energy_j_per_sample", _FLOAT, "J", "power × window ÷ samples, if power was read all over the window"),
        ("temperature_c", _FLOAT, "°C", "highest in the window, of the devices if told, else of the processor"),
        ("gflops_per_s", _FLOAT, "GFLOP/s", "qps × the model's GFLOP per sample"),
    ],
    "vendor": [
        ("vendor_qps", _FLOAT, "samples/s", "throughput as the vendor's tool printed it"),
        ("vendor_latency_mean_ms", _FLOAT, "ms", "mean latency as the vendor's tool printed it"),
        ("vendor_latency_p50_ms", _FLOAT, "ms", "median latency as the vendor's tool printed it"),
        ("vendor_latency_p99_ms", _FLOAT, "ms", "99th percentile as the vendor's tool printed it"),
    ],
}


def _scaling(axis: str) -> list[tuple[str, str, str, str]]:
    bound = "bound of the 95 % confidence interval of it; empty where untold"
    return [
        (f"{axis}_efficiency", _FLOAT, "", f"qps ÷ (number of {axis} × qps of one), everything else equal"),
        (f"{axis}_efficiency_low", _FLOAT, "", f"lower {bound}"),
        (f"{axis}_efficiency_high", _FLOAT, "", f"upper {bound}"),
        (f"{axis}_reasons", _TEXT, "", "why it is below 1: JSON list of code, sentence and remedy"),
    ]


_RELATED_GROUPS: dict[str, list[tuple[str, str, str, str]]] = {
    "operating points": [
        ("is_batch_knee", _FLAG, "", "whether it is the smallest batch size with 95 % of the best qps of its curve"),
        ("is_on_front", _FLAG, "", "whether no other point has more qps at the same or less p99"),
        ("is_surely_beaten", _FLAG, "", "whether another is better beyond the intervals of both"),
        ("is_knee", _FLAG, "", "whether it is the point of least p99 with at least 95 % of the best qps"),
        ("qps_per_doubling", _FLOAT, "samples/s", "qps gained over the next smaller batch, for each doubling"),
        ("qps_per_doubling_low", _FLOAT, "samples/s", "lower bound of the 95 % confidence interval of it"),
        ("qps_per_doubling_high", _FLOAT, "samples/s", "upper bound of the 95 % confidence interval of it"),
        ("ms_per_extra_qps", _FLOAT, "ms", "p99 paid for each sample/s more than the point before it on the front"),
    ],
    "scaling": [*_scaling("instances"), *_scaling("devices")],
}


def _columns(groups: dict[str, list[tuple[str, str, str, str]]]) -> tuple[Column, ...]:
    return tuple(
        Column(name, dtype, unit, meaning, group)
        for group, columns in groups.items()
        for name, dtype, unit, meaning in columns
    )


COLUMNS: tuple[Column, ...] = _columns(_GROUPS)
NAMES: tuple[str, ...] = tuple(column.name for column in COLUMNS)
TEXTS: tuple[str, ...] = tuple(column.name for column in COLUMNS if column.dtype == _TEXT)
"""The columns that hold words, which come from names and logs."""

RELATED: tuple[Column, ...] = _columns(_RELATED_GROUPS)
"""What a row is among the others of its run: made from a whole frame, so no results.csv has it."""
