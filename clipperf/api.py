"""What notebooks call: a sweep as a function, its rows as a DataFrame."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from clipperf.analysis.related import with_related
from clipperf.profile import make_profile, overridden, read_profile, sources_in
from clipperf.results.folder import RESULTS
from clipperf.results.frame import read_rows
from clipperf.sweeping.display import Silent
from clipperf.sweeping.planning import make_plan
from clipperf.sweeping.run import start_sweep


def sweep(*, profile: str | None = None, out: str | Path | None = None, **keys: Any) -> pd.DataFrame:
    """Measures as ``clipperf sweep`` does and gives the rows, one a case, with every column of the schema.

    Keywords are the keys of a profile: ``sweep(model="vision", batch=[1, 4, 8])``; with ``profile`` they override its.
    The run folder is in ``frame.attrs["folder"]``. Raises ProfileError with every problem before anything is measured.
    """
    named, sources = {}, {}
    if profile is not None:
        stored, file = read_profile(profile)
        named = {"name": file.stem, **stored}
        sources = sources_in(file, named)
    sources.update({key: f"{key}={value!r}" for key, value in keys.items()})
    plan = make_plan(make_profile(overridden(named, keys), sources))
    folder = start_sweep(plan, Path(out) if out is not None else None, Silent())
    frame = read_rows(folder / RESULTS)
    frame.attrs["folder"] = str(folder)
    return frame


def related(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows with what each is among the others: knee, Pareto front, marginal gain, and scaling efficiency with why.

    These columns relate rows, so ``sweep`` and run folders do not have them; ``clipperf.results.schema.RELATED`` lists
    them.
    """
    return with_related(frame)
