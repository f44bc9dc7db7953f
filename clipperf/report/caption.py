"""What all rows of a frame share, in a line."""

from __future__ import annotations

import pandas as pd

from clipperf.analysis.circumstances import OPTION, circumstances, words

PARTS = (
    "model", "runner", "precision", "device", "loop", "arrival", "offered_rate", "options", "scope", "host",
    "measured_by",
)  # fmt: skip
"""What a caption may say, in its order; ``runner`` brings its version along."""

_EXPECTED = {"loop": "closed", "instances": "1", "queue_depth": "1"}


def shared(frame: pd.DataFrame, parts: tuple[str, ...] = PARTS) -> list[str]:
    """Those circumstances that are the same in every row, in words; what differs has a column or a curve instead.

    Runners with their versions and who measured are named even where there are several, as they may have no column.
    What a reader expects, a closed loop, one instance and depth 1, is not named.
    """
    texts = circumstances(frame)
    said = []
    for part in parts:
        if part == "runner":
            said.append(_all((texts["runner"] + " " + texts["runner_version"]).str.strip()))
        elif part == "measured_by":
            by = _all(texts["measured_by"])
            said.append(f"measured by {by}" if by else "")
        elif part == "options":
            said += [_word(texts, str(column)) for column in texts.columns if str(column).startswith(OPTION)]
        else:
            said.append(_word(texts, part))
    return [word for word in said if word]


def requests(frame: pd.DataFrame) -> str:
    """The number of requests over all rows; empty where no row tells it."""
    total = frame["requests"].sum(min_count=1)
    return "" if pd.isna(total) else f"{int(total):,} requests"


def _all(column: pd.Series) -> str:
    return ", ".join(column[column != ""].unique())


def _word(texts: pd.DataFrame, column: str) -> str:
    told = texts[column].unique()
    return words(column, told[0]) if len(told) == 1 and told[0] not in ("", _EXPECTED.get(column)) else ""
