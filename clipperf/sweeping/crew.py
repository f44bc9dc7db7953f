"""The workers of a group of cases: one a device, or one an instance where the SDK cannot share a process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from clipperf.errors import CaseTimedOut
from clipperf.measure.samples import Samples
from clipperf.measure.stop_rule import StopRule
from clipperf.plan import Case
from clipperf.sweeping.preflight import RunnerFacts
from clipperf.worker.arrivals import Arrivals
from clipperf.worker.company import Company
from clipperf.worker.conduct import Load, Progress, Recording, conduct
from clipperf.worker.process import WorkerProcess
from clipperf.worker.reading import Reading


class Crew:
    """Workers with the model open; kept for as long as what ``open`` receives stays the same."""

    def __init__(
        self, case: Case, location: str, facts: RunnerFacts, python: str | None, log: Path, timeout_s: float
    ) -> None:
        self.ran: Mapping[str, Any] = {}
        self.cores: list[int] | None = None
        per_worker = case.instances if facts.releases_gil else 1
        self._slots_per_instance = case.queue_depth
        self._arrivals = Arrivals()
        self._workers: list[WorkerProcess] = []
        try:
            devices = [device for device in case.device_ids for _ in range(case.instances // per_worker)]
            for device in devices:
                worker = WorkerProcess(python, log, self._arrivals.fd)
                self._workers.append(worker)
                worker.share_board(per_worker * case.queue_depth)
                spec = {
                    "model": location,
                    "device": device,
                    "precision": case.precision,
                    "scope": case.scope,
                    "batch_size": None if facts.dynamic_batch else case.batch_size,
                    "slots": case.queue_depth,
                    "options": dict(case.options),
                }
                worker.order("open", runner=case.runner, spec=spec, instances=per_worker, log=str(log))
            answers = [worker.answer(timeout_s) for worker in self._workers]
            self.ran = answers[0]
            self.cores = sorted({core for answer in answers for core in answer["cores"]}) or None
        except CaseTimedOut:
            self.kill()
            raise self._timed_out(timeout_s) from None
        except BaseException:
            self.kill()
            raise

    def answers(self, wanted: Mapping[str, Any], folder: Path, log: Path, timeout_s: float) -> list[Path]:
        """A file in ``folder`` for each worker, of its answers to the samples of ``reference.sample_order``."""
        paths = [folder / f"{number}.npz" for number in range(len(self._workers))]
        for worker, path in zip(self._workers, paths, strict=True):
            worker.log = log
            worker.order("answer", **wanted, path=str(path), log=str(log))
        try:
            for worker in self._workers:
                worker.answer(timeout_s)
        except CaseTimedOut:
            raise self._timed_out(timeout_s) from None
        return paths

    def embed(self, rows: Path, found: Path, batch_size: int, log: Path, timeout_s: float) -> None:
        """Has the first worker answer the rows of an .npy file, one for each, into the file ``found``."""
        worker = self._workers[0]
        worker.log = log
        worker.order("embed", rows=str(rows), batch_size=batch_size, path=str(found), log=str(log))
        try:
            worker.answer(timeout_s)
        except CaseTimedOut:
            raise self._timed_out(timeout_s) from None

    def measure(
        self,
        load: Load,
        rule: StopRule,
        log: Path,
        timeout_s: float,
        show: Callable[[Progress], None],
        company: Company,
    ) -> Recording:
        """One case; its log gets what the workers print from now on."""
        for worker in self._workers:
            worker.log = log
        if load.offsets_ns is not None:
            self._arrivals.fill(load.offsets_ns)
        try:
            return conduct(self._workers, load, self._slots_per_instance, rule, self.cores, timeout_s, show, company)
        except CaseTimedOut:
            raise self._timed_out(timeout_s) from None

    def samples(self) -> Samples:
        """Whatever the workers have recorded of the running case, also after the death of one."""
        boards = [worker.board for worker in self._workers if worker.board]
        return Reading(boards, self._slots_per_instance).samples()

    def close(self) -> None:
        """Lets the workers end."""
        for worker in self._workers:
            worker.close()
        self._arrivals.close()

    def kill(self) -> None:
        """Ends the workers at once."""
        for worker in self._workers:
            worker.kill()
        self._arrivals.close()

    def _timed_out(self, timeout_s: float) -> CaseTimedOut:
        words = self._workers[0].last_log_lines()
        return CaseTimedOut(f"The case did not end within --case-timeout {timeout_s:g} s. {words}".rstrip())
