"""The blocks of ``clipperf modes``: each mode as VastStreamX's profilers print one, side by side, with ratios."""

from __future__ import annotations

from clipperf.analysis.modes import OBJECTIVE
from clipperf.analysis.modes_answer import Answer
from clipperf.analysis.remeasured import Block
from clipperf.report.grid import Style
from clipperf.report.ratio_text import interval_text, ratio_text
from clipperf.report.side_by_side import COLUMNS, side_by_side


def blocks_text(answer: Answer, style: Style) -> str:
    """The table of the second measurements; latencies in ms. A bound that the data do not give is left open."""
    if not answer.ratios:
        return side_by_side(_named(answer), style)
    outcomes = [answer.ratios.get(name) for name in COLUMNS]
    ratios = [None if outcome is None else outcome.ratio for outcome in outcomes]
    beside = {
        "max ÷ min": (list(map(ratio_text, ratios)), "right"),
        "95 % interval": (list(map(interval_text, ratios)), "left"),
    }
    return side_by_side(_named(answer), style, beside)


def _named(answer: Answer) -> dict[str, Block]:
    """One block for each point, under all the modes that it stands for; the objective by its text."""
    told = {mode: answer.objective.text if mode == OBJECTIVE and answer.objective else mode for mode in answer.blocks}
    return {
        ", ".join(told[mode] for mode in modes if mode in answer.blocks): answer.blocks[modes[0]]
        for modes in answer.found.chosen.values()
        if modes[0] in answer.blocks
    }
