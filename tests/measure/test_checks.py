"""Every check speaks at its threshold, with the figures and something to type; below it is silent."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipperf.measure.checks import (
    FEWEST,
    check_littles_law,
    check_precision,
    check_record,
    check_tails,
    check_timeouts,
)
from clipperf.measure.distribution_checks import check_bursts, check_modes
from clipperf.measure.harness_checks import check_harness, check_lateness, check_resolution
from clipperf.measure.modes import Modes
from clipperf.measure.outliers import Outliers
from clipperf.measure.percentile import Percentile, interval_ranks
from clipperf.measure.row_warning import RowWarning
from clipperf.measure.steadiness import Steadiness
from clipperf.measure.steadiness_checks import check_steadiness

BOUNDED, OPEN = Percentile(1.0, 0.5, 2.0), Percentile(1.0, 0.5, None)
INDEPENDENT = dict.fromkeys((50, 90, 95, 99), 1.0)
SPOKEN: dict[str, RowWarning | None] = {
    "too-few-for-p99": check_tails(100, {99: OPEN}, INDEPENDENT),
    "littles-law": check_littles_law(3.0, 100.0, 0.02),
    "not-precise": check_precision(False, "qps", 0.04, 0.01, 12.0),
    "timeouts": check_timeouts(3, 100, 5_000_000),
    "record-full": check_record(True),
    "bursts": check_bursts(Outliers(9, 15e6, 2, 8), 1000),
    "bimodal": check_modes(Modes(10e6, 13e6, 0.15)),
    "sub-resolution": check_resolution(600.0, 10.0),
    "harness-share": check_harness(9_000.0, 150_000.0),
    "late-issue": check_lateness(1_300_000.0, 5_000_000.0),
    "drift": check_steadiness(Steadiness(slope=0.05), 10.0),
    "not-steady": check_steadiness(Steadiness(change=-0.2, change_at=0.5), 10.0),
}


@pytest.mark.parametrize("code", SPOKEN)
def test_a_warning_has_its_code_a_sentence_with_figures_and_a_flag_to_type(code: str):
    warning = SPOKEN[code]
    assert warning is not None
    assert warning.code == code
    assert warning.sentence.endswith(".")
    assert re.search(r"\d", warning.sentence) or code == "record-full"
    assert "--" in warning.remedy


@given(st.floats(0.01, 1000), st.floats(0.96, 1.04))
def test_littles_law_within_five_percent_is_silent(in_flight: float, off: float):
    assert check_littles_law(in_flight, in_flight * off / 0.01, 0.01) is None


def test_littles_law_tells_both_sides():
    warning = check_littles_law(3.0, 100.0, 0.0279)
    assert warning is not None
    assert "3.00" in warning.sentence
    assert "2.79" in warning.sentence


def test_bounded_tails_are_silent():
    assert check_tails(1000, dict.fromkeys((50, 90, 95, 99), BOUNDED), INDEPENDENT) is None


@pytest.mark.parametrize("name", FEWEST)
def test_the_numbers_it_names_are_enough(name: int):
    assert interval_ranks(FEWEST[name], name / 100)[1] is not None
    assert interval_ranks(FEWEST[name] - 1, name / 100)[1] is None


def test_dependent_requests_are_told_what_they_are_worth():
    warning = check_tails(1000, {95: BOUNDED, 99: OPEN}, {95: 4.0, 99: 5.0})
    assert warning is not None
    assert "worth 200" in warning.sentence
    assert "--iterations (1840 for p99)" in warning.remedy


@pytest.mark.parametrize(
    ("half_width", "words"), [(None, "cannot be told"), (0.0412, "±4.1 %"), (0.008, "worth 12 independent")]
)
def test_why_it_is_not_precise(half_width: float | None, words: str):
    warning = check_precision(False, "the mean latency", half_width, 0.01, 12.0)
    assert warning is not None
    assert words in warning.sentence
    assert "the mean latency" in warning.sentence
    assert "±1 % was asked for" in warning.sentence
    assert check_precision(True, "qps", half_width, 0.01, 12.0) is None


@pytest.mark.parametrize(("timeouts", "timeout_ns"), [(0, 5_000_000), (3, None)])
def test_no_timeouts(timeouts: int, timeout_ns: int | None):
    assert check_timeouts(timeouts, 100, timeout_ns) is None


def test_timeouts_are_counted():
    warning = check_timeouts(3, 400, 5_000_000)
    assert warning is not None
    assert "3 of 400 requests (0.75 %) took longer than 5 ms" in warning.sentence


@pytest.mark.parametrize(
    "silent",
    [
        check_record(False),
        check_bursts(None, 10),
        check_bursts(Outliers(5, 1e6, 0, 0), 1000),
        check_modes(None),
        check_resolution(1000.0, 10.0),
        check_resolution(1.0, None),
        check_harness(5_000.0, 100_000.0),
        check_harness(None, 1.0),
        check_lateness(5_000.0, 100_000.0),
        check_lateness(None, 1.0),
        check_steadiness(None, 1.0),
        check_steadiness(Steadiness(), 1.0),
    ],
)
def test_silence(silent: RowWarning | None):
    assert silent is None


def test_one_burst_reads_well():
    warning = check_bursts(Outliers(4, 15e6, 1, 4), 1000)
    assert warning is not None
    assert "4 of 1000 requests took over 15 ms" in warning.sentence
    assert "one burst" in warning.sentence


def test_two_modes_are_told_with_their_shares():
    warning = check_modes(Modes(10e6, 13e6, 0.15))
    assert warning is not None
    assert "85 % of the requests took about 10 ms and 15 % about 13 ms" in warning.sentence


@pytest.mark.parametrize(
    ("found", "code", "words"),
    [
        (Steadiness(slope=0.21), "drift", "Requests took 21 % longer at the end"),
        (Steadiness(slope=-0.05), "drift", "Requests took 5 % less at the end"),
        (Steadiness(change=0.3, change_at=0.5), "not-steady", "30 % longer from 5 s into the window on"),
        (Steadiness(slope=0.1, variation=0.04), "drift", "10 % longer"),
        (Steadiness(variation=0.04), "not-steady", "±4 %"),
    ],
)
def test_what_was_not_steady(found: Steadiness, code: str, words: str):
    warning = check_steadiness(found, 10.0)
    assert warning is not None
    assert warning.code == code
    assert words in warning.sentence
