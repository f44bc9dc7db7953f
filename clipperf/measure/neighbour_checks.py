"""What a row has to say that was measured while another model ran on the same device."""

from __future__ import annotations

from clipperf.measure.row_warning import RowWarning

ENOUGH = 0.95
"""Share of a row's window in which its neighbour must have been measured as well."""


def check_neighbour(neighbour: str, together_share: float) -> RowWarning:
    """Whether another model ran on the same device meanwhile; ``neighbour`` names it.

    ``together_share`` is the part of the window that fell into that of the neighbour.
    """
    sentence = (
        f"{neighbour} ran on the same device meanwhile, so this is not what the device does for this model alone."
    )
    if together_share < ENOUGH:
        sentence += f" Only {100 * together_share:.0f} % of the window fell into that of the other."
    return RowWarning(
        "neighbour",
        sentence,
        "Hold it against the row of the same case alone; where windows fell apart, lengthen them.",
    )
