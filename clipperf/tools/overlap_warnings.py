"""What rows of several devices or instances have to say of the time in which all of them measured."""

from __future__ import annotations

from collections.abc import Sequence

from clipperf.measure.row_warning import RowWarning
from clipperf.tools.overlap import ENOUGH, FEWEST, Span, common, share

_SEPARATELY = (
    "Measure for longer, with --duration or --iterations, so that the different starts weigh less; without "
    "--vendor-multi-device clipperf starts a process for each device and lets them begin together."
)


def check_overlap(spans: Sequence[Span], is_counted: bool) -> RowWarning | None:
    """Whether the devices of one measurement measured at the same time.

    ``is_counted`` tells whether the row counts what they did together.
    """
    together = share(spans)
    if together >= ENOUGH:
        return None
    if together == 0:
        gap_s = -common(spans).length_s
        return RowWarning(
            "devices-did-not-overlap",
            f"The devices did not measure at the same time: the last began {gap_s:.2g} s after the first had ended. "
            "Each was alone, so their rates do not add up and there is no sum here.",
            _SEPARATELY,
        )
    seconds = f"{common(spans).length_s:.3g} of {max(span.length_s for span in spans):.3g} s"
    counted = (
        "are those of that time"
        if is_counted
        else "are left out, since the log does not tell which requests fell in it"
    )
    return RowWarning(
        "devices-overlapped-partly",
        f"The devices measured together for {seconds} ({100 * together:.0f} %). Figures that are summed {counted}.",
        _SEPARATELY,
    )


def too_few_together(requests: int) -> RowWarning:
    """Whether the devices of one measurement measured at the same time for long enough to make a rate."""
    return RowWarning(
        "devices-did-not-overlap",
        f"While all devices measured, one of them ended {requests} requests; under {FEWEST} make no rate and no sum.",
        _SEPARATELY,
    )


def overlap_unknown() -> RowWarning:
    """Whether anything tells when the devices of one measurement measured."""
    return RowWarning(
        "overlap-unknown",
        "Nothing tells whether the devices measured at the same time, so their rates are not summed.",
        "Keep all that the program prints, to its last line.",
    )
