"""The answer of ``clipperf capacity`` in plain sentences, and what a reader has to know of it."""

from __future__ import annotations

from collections.abc import Sequence

from clipperf.analysis.capacity import Capacity, Trial
from clipperf.analysis.objective import MISSED, Objective
from clipperf.report.capacity_words import percentile_text, rate_text, share_text, verdict_text
from clipperf.report.notes import case_names, note_text
from clipperf.report.number import figure
from clipperf.results.frame import frame_of

_LONGER = "→ Measure for longer, with a larger --max-duration."


def capacity_sentences(found: Sequence[Capacity], objective: Objective) -> list[str]:
    """What holds for each configuration; of several, first which carries most samples/s."""
    named = list(zip(configuration_names(found), found, strict=True))
    told = [f"{name}: {_answer(one, objective)}" if name else _answer(one, objective) for name, one in named]
    if len(found) == 1:
        return told
    best = max(found, key=samples_per_s)
    if best.met is None:
        return [f"{objective.text}: no configuration was shown to meet it at any rate.", *told]
    name = named[found.index(best)][0]
    return [f"{objective.text}: most is carried by {name}, {figure(samples_per_s(best))} samples/s.", *told]


def capacity_notes(found: Sequence[Capacity], objective: Objective) -> list[str]:
    """What keeps the answer from being sharper, or from being one."""
    notes = []
    for name, one in zip(configuration_names(found), found, strict=True):
        at = one.not_met
        if at is not None and at.verdict.outcome != MISSED:
            line = (
                f"{percentile_text(objective, at)} does not say whether {rate_text(one, at.rate)} meet {objective.text}"
            )
            reason = f"{line}: {at.verdict.reason}."
            notes.append(note_text("not known", name or f"{at.rate:.4g} requests/s", [reason, _LONGER]))
        odd = [trial for trial in one.trials if one.met is not None and trial.rate < one.met.rate]
        odd = [trial for trial in odd if trial.verdict.outcome == MISSED]
        if odd and one.met is not None:
            rates = ", ".join(f"{trial.rate:.4g}" for trial in odd)
            line = f"{rates} requests/s missed {objective.text}, and {one.met.rate:.4g} met it."
            remedy = "→ Other work may have come and gone; keep it off the machine and measure again."
            notes.append(note_text("contradiction", name or "rates", [line, remedy]))
    return notes


def configuration_names(found: Sequence[Capacity]) -> list[str]:
    """Each configuration by what tells it from the others; "" for a single one."""
    if len(found) == 1:
        return [""]
    frame = frame_of([one.closed for one in found])
    return [case_names(frame, [place]) for place in range(len(found))]


def samples_per_s(one: Capacity) -> float:
    """What the highest rate that meets the objective is in samples/s; 0 without one."""
    return 0.0 if one.met is None else one.met.rate * int(one.closed["batch_size"])


def _answer(one: Capacity, objective: Objective) -> str:
    if one.most_per_s is None:
        why = one.closed.get("error_kind") or one.closed["status"]
        return f"{objective.text}: the closed loop gave no figures ({why}), so that no rate was offered."
    if one.met is None:
        return _none(one, objective)
    share = share_text(one.utilisation(one.met))
    told = (
        f"{objective.text} is met up to {rate_text(one, one.met.rate)}, {share} of the closed-loop maximum of "
        f"{figure(one.most_per_s.value)} requests/s; there with a {percentile_text(objective, one.met)}."
    )
    return f"{told} {_above(one, one.met)}{_estimate(one, one.met, objective)}"


def _above(one: Capacity, met: Trial) -> str:
    if one.not_met is None:
        return "That is the highest rate that was offered."
    at = f"At {rate_text(one, one.not_met.rate)} it is {verdict_text(one.not_met)}"
    missed = one.missed
    if one.not_met.verdict.outcome != MISSED and missed is not None and missed.rate > met.rate:
        return f"{at}; from {missed.rate:.4g} requests/s on it is missed for certain."
    return f"{at}."


def _estimate(one: Capacity, met: Trial, objective: Objective) -> str:
    """How far the estimates go beyond what was shown, which longer measurements might show."""
    found = one.by_estimate(objective)
    if found is None or found.rate <= met.rate:
        return ""
    return f" The estimates alone stay within it up to {rate_text(one, found.rate)}."


def _none(one: Capacity, objective: Objective) -> str:
    if not one.trials:
        return f"{objective.text}: no rate was offered."
    lowest = one.trials[0]
    what = "no rate meets it" if lowest.verdict.outcome == MISSED else "no rate was shown to meet it"
    at = f"{rate_text(one, lowest.rate)} or {share_text(one.utilisation(lowest))} of the closed-loop maximum"
    told = f"has a {percentile_text(objective, lowest)}: {verdict_text(lowest)}"
    return f"{objective.text}: {what}; the lowest that was offered, {at}, {told}."
