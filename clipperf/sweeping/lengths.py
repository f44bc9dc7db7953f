"""How long a case warms up and measures, and the load that lasts for it."""

from __future__ import annotations

from dataclasses import replace

from clipperf.measure.schedule import arrival_offsets_ns
from clipperf.measure.stop_rule import StopRule
from clipperf.measure.warmup import AUTO_NS, AUTO_REQUESTS, AUTO_SHARE
from clipperf.plan import Case
from clipperf.profile import Profile
from clipperf.sweeping.artefact import Artefact
from clipperf.worker.conduct import Load

_NS_PER_S = 1_000_000_000


def stop_rule(profile: Profile) -> StopRule:
    """The profile's lengths in the measuring core's words."""
    max_duration_ns = int(profile.max_duration * _NS_PER_S)
    requests, warmup_ns, bound_ns = _warmup(profile.warmup, max_duration_ns)
    return StopRule(
        warmup_requests=requests,
        warmup_ns=warmup_ns,
        warmup_bound_ns=bound_ns,
        iterations=profile.iterations,
        duration_ns=None if profile.duration is None else int(profile.duration * _NS_PER_S),
        target_ci=profile.target_ci,
        max_duration_ns=max_duration_ns,
        timeout_ns=None if profile.timeout_ms is None else int(profile.timeout_ms * 1e6),
    )


def _warmup(text: str, max_duration_ns: int) -> tuple[int, int, int | None]:
    """Least requests of a slot, least time in ns, and the most where it is not fixed."""
    if text.isdigit():
        return int(text), 0, None
    if text == "auto":
        return AUTO_REQUESTS, AUTO_NS, int(AUTO_SHARE * max_duration_ns)
    milliseconds = float(text[:-2]) if text.endswith("ms") else float(text[:-1]) * 1000
    # One request is owed even to a warm-up by time: no slot may enter the window cold.
    return 1, int(milliseconds * 1e6), None


def longest_case_s(rule: StopRule) -> float:
    """What a case takes at most where its requests are short: warm-up and window, and a second for its workers."""
    window_ns = rule.max_duration_ns if rule.duration_ns is None else rule.duration_ns
    return (rule.longest_warmup_ns + window_ns) / _NS_PER_S + 1.0


def longest_s(rule: StopRule, rate_per_s: float) -> float:
    """How long the schedule of an open loop must last: the longest window, a warm-up before it, and some to spare."""
    fixed_ns = rule.duration_ns if rule.duration_ns is not None else rule.max_duration_ns
    window_s = fixed_ns / _NS_PER_S if rule.iterations is None else 2 * rule.iterations / rate_per_s
    warm_up_s = max(rule.longest_warmup_ns / _NS_PER_S, (rule.warmup_requests + 1) / rate_per_s)
    return 1.5 * window_s + 2 * warm_up_s + 5.0


def load_of(case: Case, profile: Profile, artefact: Artefact, rule: StopRule, place: int) -> Load:
    """What a case puts on its workers, the arrivals of an open loop included; those of another ``place`` differ."""
    load = Load(case.batch_size, artefact.inputs, profile.seed)
    if case.offered_rate is None or case.arrival is None:
        return load
    seconds = longest_s(rule, case.offered_rate)
    offsets_ns = arrival_offsets_ns(case.arrival, case.offered_rate, seconds, profile.seed + place)
    return replace(load, rate_per_s=case.offered_rate, offsets_ns=offsets_ns)
