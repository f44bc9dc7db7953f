"""The answer of ``clipperf provision`` as people read it."""

from __future__ import annotations

from clipperf.analysis.provision_answer import Answer
from clipperf.report.caption import shared
from clipperf.report.grid import Style, escape
from clipperf.report.provision_sentences import provision_sentences
from clipperf.report.provision_table import curve_text, plan_text, shared_text
from clipperf.results.frame import frame_of

_CAPTION = ("runner", "precision", "device", "options", "scope", "host", "measured_by")


def provision_text(answer: Answer, style: Style = "plain") -> str:
    """Caption, the plan, the sentences, what sharing showed, and the curve of each tower."""
    rows = [plan.curve.row for plan in answer.plans]
    end = "  \n" if style == "github" else "\n"
    parts = [escape(" · ".join(shared(frame_of(rows), _CAPTION)), style)]
    if any(plan.chosen is not None for plan in answer.plans):
        parts.append(plan_text(answer, style))
    parts.append(end.join(escape(sentence, style) for sentence in provision_sentences(answer)))
    if answer.tried:
        parts.append("Both towers on one device, each at its share of the rate:\n\n" + shared_text(answer, style))
    parts += [f"The curve of {plan.curve.tower}:\n\n{curve_text(plan, style)}" for plan in answer.plans]
    return "\n\n".join(parts)
