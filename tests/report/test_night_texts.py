"""A night as text, Markdown, JSON, JUnit XML and OpenMetrics."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from nights import figures, night, track

from clipperf.analysis.night_summary import CONTROL, NightSummary, NightSweep
from clipperf.analysis.night_verdict import judge_night
from clipperf.report.night_json import night_record
from clipperf.report.night_junit import night_junit
from clipperf.report.night_markdown import night_markdown
from clipperf.report.night_text import night_text
from clipperf.report.open_metrics import open_metrics

AXES = {
    "model": "vision", "precision": "fp32", "batch_size": 8, "runner": "onnxruntime", "device": "0-1", "instances": 1,
    "queue_depth": 1, "loop": "closed", "arrival": None, "offered_rate": None, "scope": "host", "side": None,
    "options": "{}",
}  # fmt: skip


@pytest.fixture(scope="module")
def summary() -> NightSummary:
    """One series slower for three nights while the control stood still, one quiet, one new."""
    slow = track(figures(0.01, 23, {20: -0.1}), series="aaaa1111")
    slow_ms = track(figures(0.01, 23, {20: 0.11}, seed=1), "latency_p50_ms", "aaaa1111")
    quiet, new = track(figures(0.01, 23), series="bbbb2222"), track([float("nan")] * 22 + [5.0], series="cccc3333")
    control = track(figures(0.01, 23, seed=4), series="dddd4444")
    return NightSummary(
        night(22), "box", 0.02, (NightSweep("cpu", Path("runs/cpu"), 3, 0),),
        tuple(judge_night([slow, slow_ms, quiet, new], night(22))),
        {"aaaa1111": AXES, "bbbb2222": {**AXES, "batch_size": 1}, "cccc3333": {**AXES, "model": "text"},
         "dddd4444": {**AXES, "model": "tiny-vision", "side": CONTROL}},
        tuple(judge_night([control], night(22))), ("swap: in use",), ("cpu.governor: performance → powersave",),
    )  # fmt: skip


def hostile(summary: NightSummary) -> NightSummary:
    """The same with names that mean harm."""
    name = "<script>alert(1)</script>'; DROP TABLE runs; --\x1b[2J=1+1](http://x)\n# head\x00 | cell"
    series: dict[str, dict[str, Any]] = {key: {**axes, "model": name} for key, axes in summary.series.items()}
    sweep = NightSweep(name, Path("runs/x"), 1, 1, name)
    return replace(summary, series=series, sweeps=(sweep,), host=name, unfit=(name,), changes=(name,))


def test_the_terminal_has_the_news_and_its_evidence(summary: NightSummary):
    text = night_text(summary)
    first, *_ = text.splitlines()
    assert first == "2026-01-23: 1 series slower."
    assert "aaaa1111  vision · onnxruntime · fp32 · device 0-1 · batch 8" in text
    assert re.search(r"qps 99\.\d+ → 8\d\.\d+, -1\d\.\d % \(-1\d\.\d to -\d\.\d %\) since 2026-01-21; noise ± ", text)
    assert re.search(r"p50 \d+\.?\d* ms → 11\d\.?\d* ms, \+\d+\.\d % ", text)
    assert "The control stood still" in text
    assert "cccc3333  text · onnxruntime" in text
    assert "1 night of the 6 that a verdict takes." in text
    assert "1 figure is quiet." in text
    assert "Not fit: swap: in use" in text
    assert "Changed since the night before: cpu.governor: performance → powersave" in text


def test_a_quiet_night_says_so(summary: NightSummary):
    quiet = replace(summary, verdicts=tuple(each for each in summary.verdicts if each.kind == "quiet"))
    assert night_text(quiet).startswith("2026-01-23: Quiet: nothing changed in 1 series.")


def test_markdown_names_series_and_night(summary: NightSummary):
    text = night_markdown(summary)
    assert text.startswith("# clipperf, night of 2026-01-23\n\n**1 series slower.** Host box.\n")
    assert "## Regressions" in text
    assert "since 2026-01-21" in text
    assert "| cpu | 3 | 0 |  |" in text


def test_json_has_the_figures(summary: NightSummary):
    record = json.loads(json.dumps(night_record(summary)))
    assert (record["exit_code"], record["counts"]["regression"], record["counts"]["quiet"]) == (3, 2, 1)
    verdict = next(each for each in record["verdicts"] if each["metric"] == "qps" and each["verdict"] == "regression")
    assert verdict["series"] == "aaaa1111"
    assert verdict["since"] == "2026-01-21"
    assert verdict["cause"] == "code"
    assert verdict["gain_low"] < verdict["gain"] < verdict["gain_high"] < 0
    assert verdict["before"] > 95 > verdict["after"]


def test_junit_counts_as_ci_systems_do(summary: NightSummary):
    root = ET.fromstring(night_junit(replace(summary, sweeps=(NightSweep("cpu", Path("r"), 3, 2),))))
    counts = {
        suite.get("name"): [suite.get(name) for name in ("tests", "failures", "errors", "skipped")] for suite in root
    }
    assert counts == {"sweeps": ["1", "0", "1", "0"], "figures": ["4", "2", "0", "1"]}
    (failure, _) = root.iter("failure")
    assert "since 2026-01-21" in (failure.get("message") or "")


def test_open_metrics_are_in_base_units_and_end(summary: NightSummary):
    text = open_metrics(summary)
    lines = text.splitlines()
    assert lines[-1] == "# EOF"
    (p50,) = [line for line in lines if line.startswith("clipperf_latency_p50_seconds{")]
    assert 0.1 < float(p50.rsplit(" ", 1)[1]) < 0.12
    assert "# UNIT clipperf_latency_p50_seconds seconds" in lines
    assert 'clipperf_verdicts{verdict="regression",host="box"} 2' in lines
    assert 'clipperf_exit_code{host="box"} 3' in lines
    names = [line.split("{")[0] for line in lines if not line.startswith("#")]
    assert names == sorted(names, key=names.index), "the samples of a metric stand together"


def test_names_that_mean_harm_come_out_harmless(summary: NightSummary):
    bad = hostile(summary)
    assert "\x1b" not in night_text(bad)
    markdown = night_markdown(bad)
    assert "<script>" not in markdown
    assert "\n# head" not in markdown
    assert re.search(r"(?<!\\)[\[\]*_|`]\(http", markdown) is None
    ET.fromstring(night_junit(bad))
    metrics = open_metrics(bad)
    for line in metrics.splitlines():
        assert re.fullmatch(r'# .*|\w+\{(\w+="(\\.|[^"\\\n])*",?)*\} \S+', line), line
    assert json.loads(json.dumps(night_record(bad)))["host"] == bad.host
