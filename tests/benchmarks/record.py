"""What the speed comparisons share: figures with their spread, and a Markdown file of them beside each script."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from clipperf.results.environment import environment_of_host


@dataclass(frozen=True)
class Figure:
    """Several measurements of one thing; ``demand`` says what their median has to hold, where something has to."""

    name: str
    unit: str
    values: Sequence[float]
    demand: str = ""

    def row(self) -> str:
        """The line of a Markdown table: the median, what half of the values lie between, how many there are."""
        low, middle, high = np.quantile(self.values, (0.25, 0.5, 0.75))
        shown = [f"{value:.4g}" for value in (middle, low, high)]
        return f"| {self.name} | {self.unit} | {' | '.join(shown)} | {len(self.values)} | {self.demand} |"


def arguments(purpose: str) -> argparse.Namespace:
    """``--quick`` for a try that shows only that the script runs, ``--record`` to keep what was found."""
    parser = argparse.ArgumentParser(description=purpose)
    parser.add_argument("--quick", action="store_true", help="a try: too short for figures")
    parser.add_argument("--record", action="store_true", help="write the figures to the .md file beside the script")
    return parser.parse_args()


def tell(script: str, purpose: str, figures: Sequence[Figure], record: bool) -> None:
    """Prints the table of the figures; with ``record`` also writes it, with date, machine and command."""
    head = "| what | unit | median | from (25 %) | to (75 %) | times | demand on the median |"
    tell_lines(script, purpose, [head, "|---|---|--:|--:|--:|--:|---|", *(figure.row() for figure in figures)], record)


def tell_lines(script: str, purpose: str, found: Sequence[str], record: bool) -> None:
    """The same for lines of Markdown."""
    host = environment_of_host()
    cpu, libraries = host["cpu"], host["libraries"]
    machine = (
        f"{cpu['model']}, {cpu['cores_logical']} cores, {host['memory']['total_mb'] / 1000:.0f} GB, "
        f"{host['system']}, Python {host['python']['version']}, onnxruntime {libraries['onnxruntime']}, "
        f"numpy {libraries['numpy']}, load average at the end {os.getloadavg()[0]:.1f}"
    )
    command = shlex.join(["python", f"tests/benchmarks/{Path(script).name}", *sys.argv[1:]])
    lines = [
        f"# {Path(script).stem}",
        "",
        purpose,
        "",
        f"- date: {datetime.now(UTC):%Y-%m-%d}",
        f"- machine: {machine}",
        f"- clipperf: {host['clipperf']}, revision {host['git_rev'] or 'unknown'}",
        f"- command: `{command}`",
        "",
        *found,
    ]
    text = "\n".join(lines) + "\n"
    print(text)
    if record:
        Path(script).with_suffix(".md").write_text(text, encoding="utf-8")
