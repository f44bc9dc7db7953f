"""Rows in the form in which VastStreamX's profilers print theirs, so that a reader of those finds his way.

A block stands for a row that went the same way as theirs: the pipeline, in a closed loop. ``clipperf import vsx_prof``
reads it back, with latencies in whole microseconds and six digits of throughput.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import pandas as pd

from clipperf.analysis.circumstances import circumstances, label, labels, varying
from clipperf.errors import Unsupported
from clipperf.report.safe_text import safe_text
from clipperf.results.schema import MEASURED, PERCENTILES
from clipperf.tools.vsx_prof.queue_size import Family

_SCOPE = "pipeline"
_ORDINARY = {"avg": "mean", "min": "min", "max": "max"}
_TITLE = ("model", "precision", "scope", "measured_by")


@dataclass(frozen=True)
class Exported:
    """The blocks as one text, empty where no row has the form, and a sentence for each reason to leave rows out."""

    text: str
    left_out: tuple[str, ...]


class _NoForm(Exception):
    """Why a row cannot be told in this form, as the end of a sentence."""


def vsx_blocks(frame: pd.DataFrame) -> Exported:
    """A block for each row, in their order, under a comment that names it."""
    texts = circumstances(frame)
    shown = [*dict.fromkeys([*(name for name in _TITLE if name in texts), *varying(texts)])]
    called = labels(frame)
    blocks: list[str] = []
    left_out: dict[str, list[str]] = {}
    for place in range(len(frame)):
        row = {str(name): value for name, value in frame.iloc[place].items()}
        title = called.iloc[place] or label(texts.iloc[place], shown)
        try:
            blocks.append(f"# {safe_text(_with_program(title, row))}\n{_block(row)}")
        except _NoForm as reason:
            left_out.setdefault(str(reason), []).append(_short(texts.iloc[place], varying(texts), row))
    sentences = [
        f"Left out, since {reason}: {len(names)} row{'s' if len(names) > 1 else ''} ({'; '.join(names)})."
        for reason, names in left_out.items()
    ]
    return Exported("\n".join(blocks), tuple(sentences))


def _with_program(title: str, row: Mapping[str, Any]) -> str:
    program = PurePath(str(_options(row).get("program", ""))).name
    return title if program in title else f"{title} · {program}"


def _short(texts: pd.Series, shown: list[str], row: Mapping[str, Any]) -> str:
    batch = "" if pd.isna(row["batch_size"]) else f"batch {row['batch_size']}"
    return safe_text(" · ".join(part for part in (label(texts, shown), batch) if part))


def _block(row: Mapping[str, Any]) -> str:
    _check(row)
    devices = str(row["device"]).split(",")
    lines = [
        f"- number of instances: {row['instances'] * len(devices)}",
        f"  devices: [ {' '.join(devices)} ]",
        f"  queue size: {_queue_size(row)}",
        f"  batch size: {row['batch_size']}",
        f"  throughput (qps): {row['qps']:.6g}",
        "  latency (us):",
    ]
    figures = {name: row[f"latency_{ours}_ms"] for name, ours in _ORDINARY.items()}
    figures |= {f"p{percent}": row[f"latency_p{percent}_ms"] for percent in PERCENTILES}
    lines += [f"    {name} latency: {round(1e3 * ms)}" for name, ms in figures.items() if not pd.isna(ms)]
    return "\n".join(lines) + "\n"


def _check(row: Mapping[str, Any]) -> None:
    """Raises _NoForm for a row that the form would tell wrongly, or not at all."""
    if row["status"] not in MEASURED:
        raise _NoForm(f"{row['status']} rows have no figures")
    if row["scope"] != _SCOPE:
        raise _NoForm(f"the form is of the scope {_SCOPE} and theirs is {row['scope']}")
    if row["loop"] == "open":
        raise _NoForm("the form has a number of requests in flight, and an open loop has none")
    for name in ("device", "instances", "queue_depth", "batch_size"):
        if pd.isna(row[name]):
            raise _NoForm(f"their {name} is not known")
    if not all(device.isascii() and device.isdecimal() for device in str(row["device"]).split(",")):
        raise _NoForm("the form has numbers of devices, which theirs are not")
    figures = [row["qps"], *(row[f"latency_{ours}_ms"] for ours in _ORDINARY.values())]
    if any(pd.isna(figure) for figure in figures):
        raise _NoForm("they lack counted qps, or the mean, least and largest latency")


def _queue_size(row: Mapping[str, Any]) -> int:
    """That of the profilers for the row's depth; an imported row of the asynchronous family has kept its own."""
    kept = _options(row).get("queue_size")
    if isinstance(kept, int):
        return kept
    try:
        return Family(is_async=False, is_python=False).queue_size(int(row["queue_depth"]))
    except Unsupported:
        raise _NoForm("no queue size stands for a queue depth of 2 (0 is depth 1, and q is depth q + 2)") from None


def _options(row: Mapping[str, Any]) -> dict[str, Any]:
    try:
        options = json.loads(row["options"])
    except (TypeError, ValueError):
        return {}
    return options if isinstance(options, dict) else {}
