"""Which precisions are to be made where int8 is calibrated with data of the user's."""

from __future__ import annotations

from collections.abc import Iterable

from clipperf.convert.conversion import Wanted
from clipperf.errors import UsageError

INT8 = "int8"
_SAMPLES = 100
"""As the scripts of sophon-demo's CLIP sample have it; Sophgo's manuals ask for 100 to 1000."""


def precisions_of(wanted: Wanted, able: Iterable[str], default: str) -> tuple[str, ...]:
    """Those that are asked for; without that the default, and int8 where there is data to calibrate it with.

    Raises UsageError for a precision that is not in ``able``, and for int8 and its data where one is without the other.
    """
    able = tuple(able)
    precisions = wanted.precisions or (default, *((INT8,) if wanted.calibration else ()))
    for precision in precisions:
        if precision not in able:
            raise UsageError(f"--precision {precision}: take one of {', '.join(able)}.")
    if INT8 in precisions and wanted.calibration is None:
        raise UsageError(
            "--precision int8: it has to be calibrated; name the data by --calibration DIR, preprocessed as the model "
            "takes it."
        )
    if INT8 not in precisions and wanted.calibration is not None:
        raise UsageError("--calibration: int8 alone is calibrated; add it to --precision, or leave the data out.")
    if wanted.calibration_samples is not None and wanted.calibration is None:
        raise UsageError("--calibration-samples counts those of --calibration; give that too.")
    return precisions


def samples_of(wanted: Wanted) -> int:
    """How many samples to calibrate with."""
    return wanted.calibration_samples or _SAMPLES
