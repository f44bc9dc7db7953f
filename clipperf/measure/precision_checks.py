"""The check of a row whose precision nobody read back. It gives a warning or None."""

from __future__ import annotations

from clipperf.measure.row_warning import RowWarning


def check_precision_told(asked: str, ran: str) -> RowWarning | None:
    """Whether anything told in which precision the model ran."""
    if not asked or ran:
        return None
    return RowWarning(
        "precision-untold",
        f"{asked} was asked for, and nothing tells whether the model ran in it.",
        "Hold its answers against those of a runner that tells its precision before the figures are compared.",
    )
