"""Tonight's figures and verdicts in the text format of OpenMetrics, for Prometheus's textfile collector.

The format: https://prometheus.io/docs/specs/om/open_metrics_spec/. Base units there are seconds, so latencies are too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time

from clipperf.analysis.night_summary import NightSummary, exit_code
from clipperf.analysis.night_verdict import VERDICTS, Verdict
from clipperf.results.axes import text_of

_LABELS = ("model", "precision", "batch_size", "runner", "device", "instances", "queue_depth", "scope")


def open_metrics(summary: NightSummary) -> str:
    """A gauge for each figure by series, how many figures have each verdict, the exit code and the night's time."""
    midnight = datetime.combine(summary.night, time(), UTC).timestamp()
    lines = []
    names: dict[str, list[Verdict]] = {}
    for verdict in summary.verdicts:
        names.setdefault(_name(verdict), []).append(verdict)
    for name, verdicts in sorted(names.items()):
        lines += [f"# TYPE {name} gauge"]
        lines += ["# UNIT " + f"{name} seconds"] if name.endswith("_seconds") else []
        lines += [line for verdict in verdicts for line in _sample(name, verdict, summary)]
    lines += ["# TYPE clipperf_verdicts gauge"]
    lines += [
        f"clipperf_verdicts{_labels({'verdict': kind, 'host': summary.host})} {len(summary.of_kind(kind))}"
        for kind in VERDICTS
    ]
    lines += [
        "# TYPE clipperf_exit_code gauge",
        f"clipperf_exit_code{_labels({'host': summary.host})} {exit_code(summary)}",
    ]
    lines += ["# TYPE clipperf_night_timestamp_seconds gauge", "# UNIT clipperf_night_timestamp_seconds seconds"]
    lines += [f"clipperf_night_timestamp_seconds{_labels({'host': summary.host})} {midnight:.0f}", "# EOF"]
    return "\n".join(lines) + "\n"


def _name(verdict: Verdict) -> str:
    column = verdict.track.metric.column
    return f"clipperf_{column.removesuffix('_ms')}_seconds" if column.endswith("_ms") else f"clipperf_{column}"


def _sample(name: str, verdict: Verdict, summary: NightSummary) -> Iterator[str]:
    if verdict.tonight is None:
        return
    axes = summary.series[verdict.track.series]
    labels = {key: text_of(axes[key]) for key in _LABELS} | {"host": summary.host, "series": verdict.track.series}
    value = verdict.tonight / 1e3 if name.endswith("_seconds") else verdict.tonight
    yield f"{name}{_labels(labels)} {value:.10g}"


def _labels(labels: Mapping[str, str]) -> str:
    escaped = {key: text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") for key, text in labels.items()}
    return "{" + ",".join(f'{key}="{text}"' for key, text in escaped.items()) + "}"
