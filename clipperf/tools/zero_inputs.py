"""Inputs of zeros, which several vendors' programs make by themselves."""

from __future__ import annotations

from clipperf.measure.row_warning import RowWarning


def zero_inputs(program: str, remedy: str) -> RowWarning:
    """Whether the model was given nothing but zeros."""
    return RowWarning(
        "zero-inputs",
        f"The model was given zeros, as {program} does by itself. A device takes less power on zeros and may clock "
        "higher, and work that depends on the data is not done.",
        remedy,
    )
