"""A tower that is open on a runner: arrays go in, their embeddings come out, in the order of the samples."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from clipperf.errors import UsageError, WrongOutput
from clipperf.plan import Case
from clipperf.sweeping.agreement import read_rows_by_output
from clipperf.sweeping.artefact import Artefact, must_build, prepare
from clipperf.sweeping.conversions import is_comparable
from clipperf.sweeping.crew import Crew
from clipperf.sweeping.display import Display
from clipperf.sweeping.planning import Plan
from clipperf.sweeping.variants import converted
from clipperf.tools import TABLE as TOOLS

_EMBEDDING_ENDINGS = ("embed", "embeds", "embedding")


class Tower:
    """Embeds what it is given, for as long as it is open."""

    def __init__(self, crew: Crew, case: Case, folder: Path, log: Path, timeout_s: float) -> None:
        self._crew, self._case, self._folder, self._log, self._timeout_s = crew, case, folder, log, timeout_s

    def embed(self, samples: np.ndarray) -> np.ndarray:
        """A row of float32 for each sample, as the model gives it.

        ``samples`` go through a file; of a large data set give a part at a time. Raises WrongOutput where the answer is
        not finite, constant, or no embedding can be told from the model's other outputs, and what a worker raises.
        """
        rows, found = self._folder / "rows.npy", self._folder / "answers.npz"
        np.save(rows, samples)
        self._crew.embed(rows, found, self._case.batch_size, self._log, self._timeout_s)
        return _embedding(read_rows_by_output(found))


def check_embeds(plan: Plan) -> None:
    """Raises UsageError where clipperf does not get to see the answers of the plan's runner, or there are none."""
    runner = plan.profile.runner
    if runner in TOOLS:
        raise UsageError(f"--runner {runner}: a vendor's program keeps the answers; take a runner that is no tool.")
    if not plan.facts.model_formats:
        raise UsageError(f"--runner {runner}: it reads no model, so its answers mean nothing; take another one.")
    if len(plan.cases) != 1:
        raise UsageError(
            f"The flags make {len(plan.cases)} cases; give one --batch, --precision, --device and value of an --option."
        )


@contextmanager
def open_tower(plan: Plan, display: Display) -> Iterator[Tower]:
    """The model of a plan with one case, open in a worker; raises what cannot be made, opened or built.

    Raises Unsupported where the runner cannot open the model as the case asks.
    """
    (case,), profile = plan.cases, plan.profile
    with tempfile.TemporaryDirectory(prefix="clipperf-") as name:
        folder = Path(name)
        log = folder / "worker.log"
        artefact = _artefact(case, plan, display)
        crew = Crew(case, artefact.location, plan.facts, profile.worker_python, log, profile.case_timeout)
        try:
            yield Tower(crew, case, folder, log, profile.case_timeout)
        except BaseException:
            crew.kill()
            raise
        crew.close()


def _artefact(case: Case, plan: Plan, display: Display) -> Artefact:
    formats = plan.facts.model_formats
    if must_build(case.model, plan.profile, formats):
        display.note(f"Building {case.model}; it is kept in the cache and not built again.")
    source = prepare(case.model, case.batch_size, plan.profile, formats)
    return converted(case, source, plan, display) if is_comparable(case.model, plan.profile, plan.facts) else source


def _embedding(rows: Mapping[str, np.ndarray]) -> np.ndarray:
    named = [name for name in rows if name.endswith(_EMBEDDING_ENDINGS)]
    candidates = named if len(rows) > 1 else list(rows)
    if len(candidates) != 1:
        raise WrongOutput(
            f"The model gives {', '.join(rows) or 'no row of floats per sample'}, of which none or several are an "
            "embedding; give a file with one output, or with one whose name ends in embed."
        )
    return rows[candidates[0]]
