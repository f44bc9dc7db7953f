"""What a row says against itself where its window was not steady."""

from __future__ import annotations

from clipperf.measure.row_warning import RowWarning
from clipperf.measure.steadiness import Steadiness


def check_steadiness(steadiness: Steadiness | None, window_s: float) -> RowWarning | None:
    """Whether the window met one and the same device, by the clearest of what the tests found.

    A variation is told last, since steps and slopes vary too.
    """
    if steadiness is None or steadiness.is_steady:
        return None
    if steadiness.change is not None and steadiness.change_at is not None:
        return RowWarning(
            "not-steady",
            f"Requests took {_more(steadiness.change)} from {steadiness.change_at * window_s:.3g} s into the window "
            "on: two levels are mixed in these figures.",
            "Keep other work off the machine and measure again with --repeat 3, which shows whether it comes back; "
            "if it does, start behind it with a longer --warmup.",
        )
    if steadiness.slope is not None:
        return RowWarning(
            "drift",
            f"Requests took {_more(steadiness.slope)} at the end of the window than at its start, more than their "
            "noise explains.",
            "Warm up for longer, such as --warmup 30s; where it goes on, --duration 300 shows how far, and heat or "
            "power limits are the usual cause.",
        )
    assert steadiness.variation is not None
    return RowWarning(
        "not-steady",
        f"Parts of the window differ among each other by ±{100 * steadiness.variation:.2g} %, more than the noise "
        "within them explains.",
        "Keep other work off the machine, or take in more of the coming and going with --duration 300.",
    )


def _more(share: float) -> str:
    return f"{100 * abs(share):.2g} % {'longer' if share > 0 else 'less'}"
