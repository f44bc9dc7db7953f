from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from clipperf.doctor.finding import Finding, verdict_of

findings = st.lists(st.builds(Finding, st.sampled_from("abc"), st.sampled_from(["ok", "note", "mend"]), st.just("")))


def test_the_verdict_names_what_it_rests_on() -> None:
    fine, noted, bad = Finding("heat", "ok", ""), Finding("quota", "note", ""), Finding("steal", "mend", "")
    assert verdict_of([fine]).sentence == "This machine is fit to measure."
    assert verdict_of([fine, noted]).sentence == "This machine is fit, with notes: quota."
    assert verdict_of([bad, noted, bad]).sentence == "This machine is not fit now: mend steal, steal."


@given(findings, findings)
def test_more_findings_never_make_it_fit(some: list[Finding], more: list[Finding]) -> None:
    assert verdict_of(some).is_fit or not verdict_of(some + more).is_fit
    assert verdict_of(some).is_fit == all(finding.level != "mend" for finding in some)
