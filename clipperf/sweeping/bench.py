"""Measures cases, each to a row; workers stay open from case to case for as long as they can."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Hashable, Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

from clipperf.errors import ClipperfError, Unsupported
from clipperf.measure.precision_checks import check_precision_told
from clipperf.measure.stop_rule import StopRule
from clipperf.monitors.device_readings import DeviceReadings, readings_over
from clipperf.plan import Case
from clipperf.results.figures import figures_of
from clipperf.results.folder import RunFolder
from clipperf.results.measured import Measured
from clipperf.sweeping.agreement import Agreement, agreement_of, check_agreement
from clipperf.sweeping.artefact import Artefact
from clipperf.sweeping.crew import Crew
from clipperf.sweeping.device_guard import DeviceGuard, device_columns, device_warnings, tool_device_columns
from clipperf.sweeping.display import Display
from clipperf.sweeping.host_warnings import host_warnings
from clipperf.sweeping.lengths import load_of, stop_rule
from clipperf.sweeping.planning import Plan
from clipperf.sweeping.reference import sample_order
from clipperf.sweeping.row import case_columns, error_columns, measured_columns, reported_columns, run_columns
from clipperf.sweeping.tool_case import measure_with_tool
from clipperf.tools import TABLE as TOOLS
from clipperf.tools import load_tool
from clipperf.tools.base import Tool
from clipperf.worker.company import Alone, Company
from clipperf.worker.conduct import Progress

_ALONE = Alone()
Artefacts = Mapping[Hashable, Artefact]
"""What cases open, by ``artefact_key``."""


def artefact_key(case: Case) -> Hashable:
    """The axes that decide which file a case opens."""
    return (case.model, case.batch_size, case.precision, case.int8)


class Bench:
    """The device side of a run: at most one crew at a time is open.

    Whatever a case does, ``measure`` gives its row; only an interruption leaves it otherwise, with the workers killed.
    ``company`` is what other benches measure at the same time, each in a thread of its own; ``rule`` is how long it
    measures where not as long as the profile says.
    """

    def __init__(
        self,
        plan: Plan,
        artefacts: Artefacts,
        folder: RunFolder,
        display: Display,
        company: Company = _ALONE,
        rule: StopRule | None = None,
    ) -> None:
        self._plan, self._artefacts, self._folder, self._display = plan, artefacts, folder, display
        self._company = company
        self._rule = rule or stop_rule(plan.profile)
        self._columns = run_columns(plan, folder.path.name)
        profile = plan.profile
        self._tool = load_tool(profile.runner, profile.worker_python) if profile.runner in TOOLS else None
        self._devices = DeviceGuard(plan.facts.monitor, plan.profile.worker_python)
        self._crew: Crew | None = None
        self._key: tuple[Any, ...] = ()
        self._refusal: Unsupported | None = None

    def __enter__(self) -> Bench:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if self._crew is not None:
            if error is None:
                self._crew.close()
            else:
                self._crew.kill()

    def kill(self) -> None:
        """Ends the workers at once; may be called from another thread than the one that measures."""
        crew, self._crew = self._crew, None
        if crew is not None:
            crew.kill()

    def measure(self, case: Case, repeat: int | str) -> dict[str, Any]:
        """The row of a case; workers of another case or repeat are reused where ``open`` would receive the same."""
        log = self._folder.log(case.case_id, repeat)
        log.touch()
        artefact = self._artefacts[artefact_key(case)]
        row = {**self._columns, **case_columns(case, artefact), "repeat": repeat}
        try:
            if artefact.refusal is not None:
                raise artefact.refusal
            if self._tool is not None:
                row.update(self._reported(self._tool, case, repeat, artefact, log))
            else:
                crew = self._crew_for(case, repeat, artefact, log)
                if artefact.reference is not None:
                    found = self._agreement(crew, case, artefact, artefact.reference, log)
                    # Also in the row of answers that are refused.
                    row.update(cosine_mean=found.mean, cosine_min=found.least)
                    check_agreement(found, case.precision)
                row.update(self._figures(crew, case, repeat, artefact, log))
        except ClipperfError as error:
            self._company.leave()
            row.update(error_columns(error))
            self._drop(case, repeat)
        row["device_idle_before"] = self._devices.idleness.is_idle
        return row

    def _crew_for(self, case: Case, repeat: int | str, artefact: Artefact, log: Path) -> Crew:
        key = (repeat, artefact.location, *case.open_key)
        if not self._plan.facts.dynamic_batch:
            key = (*key, case.batch_size)
        if key != self._key:
            if self._crew is not None:
                self._crew.close()
            self._crew, self._refusal, self._key = None, None, key
            # Now and not before every case: workers that are kept stay on the device as its processes.
            self._devices.look_before(case.device_ids)
        # Company opens only now: on a device that was looked at later its workers would be strangers.
        self._company.meet(self._plan.profile.case_timeout)
        if self._refusal is not None:
            raise self._refusal
        if self._crew is None:
            profile = self._plan.profile
            try:
                self._crew = Crew(
                    case, artefact.location, self._plan.facts, profile.worker_python, log, profile.case_timeout
                )
            except Unsupported as error:
                # The same for all cases that open alike: no need to try each.
                self._refusal = error
                raise
        return self._crew

    def _agreement(self, crew: Crew, case: Case, artefact: Artefact, reference: Path, log: Path) -> Agreement:
        """That of the answers of all devices to the samples of the reference."""
        profile = self._plan.profile
        self._display.progress(Progress("comparing answers"))
        with tempfile.TemporaryDirectory(prefix="clipperf-") as folder:
            wanted = sample_order(artefact.inputs, case.batch_size, profile.seed)
            return agreement_of(reference, crew.answers(wanted, Path(folder), log, profile.case_timeout))

    def _figures(self, crew: Crew, case: Case, repeat: int | str, artefact: Artefact, log: Path) -> dict[str, Any]:
        load = load_of(case, self._plan.profile, artefact, self._rule, self._company.place)
        with self._devices.watch(case.device_ids) as watch:
            recording = crew.measure(
                load, self._rule, log, self._plan.profile.case_timeout, self._display.progress, self._company
            )
            record = watch.stop()
        measured = Measured(
            recording.samples,
            recording.slots,
            recording.warm_ns,
            recording.stop_ns,
            recording.is_precise,
            recording.is_full,
            recording.compute_ns,
            harness_ns=max(report["harness_ms"] for report in recording.reports) * 1e6,
            resolution_ns=time.get_clock_info("monotonic").resolution * 1e9,
            offered_rate=case.offered_rate,
        )
        figures = figures_of(measured, self._rule, case.batch_size)
        self._folder.save_samples(case.case_id, repeat, recording.samples, figures.window)
        window = figures.window
        readings = readings_over(record.looks, case.device_ids, window.open_ns, window.close_ns)
        untold = check_precision_told(case.precision, recording.reports[0]["precision"])
        warnings = (
            *host_warnings(case, recording, crew.ran, crew.cores),
            *device_warnings(self._devices.idleness, record, readings),
            *([untold] if untold else ()),
        )
        return {
            **measured_columns(recording, figures, warnings, crew.ran, artefact.gflops(case.batch_size)),
            **device_columns(readings, window.length_ns * 1e-9, figures.values["samples"]),
        }

    def _reported(self, tool: Tool, case: Case, repeat: int | str, artefact: Artefact, log: Path) -> dict[str, Any]:
        profile = self._plan.profile
        self._display.progress(Progress("measuring"))
        self._devices.look_before(case.device_ids)
        with self._devices.watch(case.device_ids) as watch:
            found = measure_with_tool(tool, case, artefact.location, self._rule, profile.case_timeout, log)
            record = watch.stop()
        seen = device_warnings(self._devices.idleness, record, DeviceReadings())
        if found.samples is not None:
            self._folder.save_samples(case.case_id, repeat, found.samples, found.window)
        told = replace(found, warnings=(*found.warnings, *seen))
        # What the tool itself read of its devices is that of its window, and stays.
        return {
            **tool_device_columns(record.looks, case.device_ids, found),
            **reported_columns(told, tool.name, artefact.gflops(case.batch_size), case.batch_size),
        }

    def _drop(self, case: Case, repeat: int | str) -> None:
        """Ends workers that failed, after saving what they had recorded; the next case gets new ones."""
        if self._crew is None:
            return
        samples = self._crew.samples()
        if len(samples):
            self._folder.save_samples(case.case_id, repeat, samples, None)
        self._crew.kill()
        self._crew = None
