"""What a plan of ``clipperf provision`` rests on and takes for granted."""

from __future__ import annotations

from clipperf.analysis.provision import MODELLED, OBSERVED
from clipperf.analysis.provision_answer import Answer
from clipperf.analysis.provision_cost import energy_of
from clipperf.report.notes import note_text

_WHOLE = ("host", "pipeline")


def provision_notes(answer: Answer) -> list[str]:
    """The notes under the plan, the assumptions first."""
    towers = ", ".join(plan.curve.tower for plan in answer.plans)
    notes = [note_text("devices", towers, _devices(answer)), note_text("response", towers, _response(answer))]
    scope = str(answer.plans[0].curve.row["scope"])
    if scope not in _WHOLE:
        line = (
            f"The clock went round {scope} only: copies and the host's part are in no figure here, so that real "
            "service takes more devices and longer."
        )
        notes.append(note_text("scope", scope, [line, "→ Measure the curves at --scope host or pipeline."]))
    if any(plan.chosen is not None and energy_of(plan.chosen) for plan in answer.plans):
        line = (
            "The lower figure is that of devices which always work, as they were measured; the higher if they drew as "
            "much while the plan leaves them idle."
        )
        notes.append(note_text("energy", towers, [line]))
    return notes


def _devices(answer: Answer) -> list[str]:
    lines = [
        f"Counted from the lower bound of qps, of which {100 * answer.headroom:.0f} % are kept free (--headroom). Of "
        "the configurations that meet the objective the one of fewest devices is taken, of ties that of the shortest "
        "response."
    ]
    more = [
        f"{plan.curve.tower} on {plan.chosen.configuration.devices}"
        for plan in answer.plans
        if plan.chosen is not None and plan.chosen.sets > 1
    ]
    if more:
        lines.append(f"Measured was {', '.join(more)}; that more of them give as much each is taken for granted.")
    return lines


def _response(answer: Answer) -> list[str]:
    hows = {plan.chosen.how for plan in answer.plans if plan.chosen is not None}
    lines = [
        "What a sample waits from its arrival to its answer. Samples are taken to arrive one by one at random "
        "(Poisson); a batch leaves only when it is full, for the device that is free first. A closed loop has no such "
        "waits, so its latency is not this."
    ]
    if MODELLED in hows:
        lines.append(
            "The waits are simulated with batches that all take batch ÷ qps; added is the percentile of a request as "
            "it was measured with the fewest in flight. A sum of percentiles is on the safe side."
        )
    if OBSERVED in hows:
        lines.append("Where rows with arrivals (--rate) at that rate or above were there, they were taken instead.")
    return lines
