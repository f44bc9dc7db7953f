"""What a reader of rows of several scopes has to know before he sets one beside the other."""

from __future__ import annotations

import pandas as pd

from clipperf.analysis.series import measured
from clipperf.report.notes import note_text

_GOES_ROUND = {
    "host": "from the input on the host to the output on the host",
    "pipeline": "from the raw image or text to the output on the host",
    "device-io": "from the input on the device to the output left there: no copies",
    "compute": "execution on the device alone: neither copies nor the host's part",
}


def scope_text(frame: pd.DataFrame) -> str:
    """A note where rows with figures differ in scope, or hold both kinds of throughput; empty where they do not."""
    told = measured(frame)
    scopes = sorted(told["scope"].dropna().unique())
    lines = []
    if len(scopes) > 1:
        lines += [f"{scope}: {_GOES_ROUND.get(scope, 'not known')}." for scope in scopes]
        lines.append(
            "→ Their clocks went round different things: read them apart, and take no ratio of the one and other."
        )
    if told["qps"].notna().any() and told["qps_compute"].notna().any():
        lines.append(
            "qps was counted over wall time; qps (device compute) is what the device's own time would give if nothing "
            "ever waited, so it is an upper bound. No picture has both on one axis."
        )
    return note_text("scope", ", ".join(scopes), lines) if lines else ""
