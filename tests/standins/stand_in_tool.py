"""A vendor's tool whose program obeys the options of a case: what clipperf does with tools is tested on it.

Run as a program it prints ``ready`` and then a duration for each request, as ``MODE`` says.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from clipperf.errors import CaseFailed, RunnerUnavailable, UsageError
from clipperf.measure.row_warning import RowWarning
from clipperf.runners.base import Option, Probe, take_options
from clipperf.tools.base import Captured, Command, Length, Report, Tool, ToolCase, lines_of

MODES = ("", "hang", "die", "torrent", "orphan", "scattered", "silent")


class StandInTool(Tool):
    """Two devices, one process for each instance of each."""

    name = "stand_in"
    scopes = ("compute",)
    model_formats = (".om",)

    def probe(self, options: Mapping[str, Option]) -> Probe:
        if options.get("mode") == "absent":
            raise RunnerUnavailable("--runner stand_in: it is not here; install it.")
        return Probe("1.2", ("0", "1"), "0")

    def check_options(self, options: Mapping[str, Option]) -> None:
        take_options(self.name, options, ("mode", "program"))

    def check_case(self, case: ToolCase) -> None:
        pass

    def commands(self, case: ToolCase, length: Length, folder: Path) -> Sequence[Command]:
        commands = []
        for place in range(1 if case.with_own_devices else len(case.device_ids) * case.instances):
            own = folder / str(place)
            own.mkdir()
            program = str(case.options.get("program", sys.executable))
            words = [str(case.options.get("mode", "")), str(length.requests), str(length.warmup_requests), str(place)]
            device = case.device_ids[place // case.instances]
            commands.append(Command((program, __file__, *words), own, device, hold_at="^ready$"))
        return commands

    def parse(self, case: ToolCase, captured: Sequence[Captured]) -> Sequence[Report]:
        reports = []
        for one in captured:
            if one.returncode:
                raise CaseFailed("stand-in-died", f"The program ended with exit code {one.returncode}.")
            text = "\n".join(line.text for line in one.lines if line.stream == "stdout")
            (report,) = self.read_log(one.command.device, text)
            reports.append(replace(report, qps_compute=case.batch_size * (report.qps_compute or 0.0)))
        return reports

    def read_log(self, name: str, text: str) -> Sequence[Report]:
        found = [float(line.text) for line in lines_of(text) if line.text.replace(".", "").isdigit()]
        if not found:
            raise UsageError(f"{name}: it holds no duration.")
        warning = RowWarning("stand-in", "This is a stand-in.", "Take the real one.")
        mean = sum(found) / len(found)
        return [
            Report("compute", device=name, durations_ms=tuple(found), qps_compute=1e3 / mean, warnings=(warning,)),
        ]


def main(mode: str, requests: str, warmup: str, place: str) -> None:
    """The program."""
    print("starting", file=sys.stderr)
    # The processes of a case are not ready at the same time; who is first has to be held.
    time.sleep(0.2 * int(place))
    print("ready", flush=True)
    time.sleep(0.1)  # warming up
    print(f"began at {time.monotonic_ns()}", flush=True)
    if mode == "hang":
        time.sleep(600)
    if mode == "die":
        sys.exit(7)
    while mode == "torrent":
        os.write(1, b"x" * 60_000 + b"\n")
    if mode == "orphan":
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    Path("written.json").write_text("{}")
    for request in range(int(requests)):
        spread = 0.2 * (request * 7919 % 101) / 101 if mode == "scattered" else 0.001 * (request % 7)
        print(f"\r{5.0 * (1 + spread):.4f}", end="")
    print()


if __name__ == "__main__":
    main(*sys.argv[1:])
