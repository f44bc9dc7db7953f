"""Each reason from both sides: rows that speak for it, and rows that differ in what must not."""

from __future__ import annotations

import json

import pytest
from rows import Row, row

from clipperf.analysis.scaling_reasons import EVIDENCE, REASONS, reasons_for, untold


def pair(instances: int = 4, devices: int = 1, one: Row | None = None, more: Row | None = None) -> tuple[Row, Row]:
    """One copy, and the given number of them, 20 and 40 requests/s; no evidence but what is given."""
    many = {"instances": instances, "devices": devices, "device": ",".join(map(str, range(devices)))}
    base = row(1, 20.0, device="0", requests_per_s=20.0, **(one or {}))
    return base, row(1, 40.0, requests_per_s=40.0, **many | (more or {}))


def codes(*rows: Row) -> list[str]:
    return [reason.code for reason in reasons_for(*rows)]


def warned(*named: str) -> Row:
    return {"warnings": json.dumps([{"code": code, "sentence": f"It was {code}.", "remedy": ""} for code in named])}


def test_without_evidence_there_is_no_reason():
    assert codes(*pair()) == codes(*pair(1, 4)) == []
    assert untold(*pair()) == list(EVIDENCE)


HOST = {"cpu_pct": 100.0, "cpu_cores": 4}
TIMES = {"latency_mean_ms": 10.0, "compute_mean_ms": 8.0}
SLOWER = {"latency_mean_ms": 30.0, "compute_mean_ms": 8.0}


@pytest.mark.parametrize(
    ("code", "holds", "fails"),
    [
        (
            "oversubscribed",
            pair(4, 1, {"threads_ran": 2, "cpu_cores": 4}, {"threads_ran": 2, "cpu_cores": 4}),
            pair(2, 1, {"threads_ran": 2, "cpu_cores": 4}, {"threads_ran": 2, "cpu_cores": 4}),
        ),
        (
            "host-bound",
            pair(4, 1, HOST, HOST | {"cpu_pct": 370.0}),
            pair(4, 1, HOST, HOST | {"cpu_pct": 300.0}),
        ),
        (
            "host-bound",
            pair(1, 4, HOST, HOST | {"cpu_pct": 370.0}),
            # Sets of cores that are devices bring cores of their own.
            pair(1, 4, {"cpu_pct": 100.0, "cpu_cores": 1}, {"cpu_pct": 390.0, "cpu_cores": 4}),
        ),
        (
            "device-full",
            pair(4, 1, {"device_util_pct": 60.0}, {"device_util_pct": 98.0}),
            pair(4, 1, {"device_util_pct": 60.0}, {"device_util_pct": 93.0}),
        ),
        (
            "device-full",
            pair(4, 1, {"compute_mean_ms": 25.0}, {"compute_mean_ms": 24.8}),
            # 40 a second that execute 60 ms each: 2.4 at a time, and nobody knows how many there could be.
            pair(4, 1, {"compute_mean_ms": 25.0}, {"compute_mean_ms": 60.0}),
        ),
        (
            "copies",
            pair(4, 1, TIMES, SLOWER),
            # What grew is the execution.
            pair(4, 1, TIMES, {"latency_mean_ms": 30.0, "compute_mean_ms": 21.0}),
        ),
        (
            "copies",
            pair(1, 4, TIMES, SLOWER),
            pair(1, 4, TIMES | {"scope": "compute"}, SLOWER | {"scope": "compute"}),
        ),
        (
            "queue-starved",
            pair(4, 1, {"in_flight_mean": 1.0}, {"in_flight_mean": 3.2}),
            pair(4, 1, {"in_flight_mean": 1.0}, {"in_flight_mean": 3.9}),
        ),
        (
            "queue-starved",
            pair(1, 4, {"device_util_pct": 95.0}, {"device_util_pct": 60.0}),
            pair(1, 4, {"device_util_pct": 62.0}, {"device_util_pct": 60.0}),
        ),
        (
            "queue-starved",
            pair(2, 1, {"device_util_pct": 40.0}, {"device_util_pct": 50.0}),
            pair(2, 1, {"device_util_pct": 40.0}, {"device_util_pct": 80.0}),
        ),
        (
            "clocks-down",
            pair(4, 1, {"cpu_mhz": 3500.0}, {"cpu_mhz": 3000.0}),
            pair(4, 1, {"cpu_mhz": 3500.0}, {"cpu_mhz": 3400.0}),
        ),
        (
            "clocks-down",
            pair(4, 1, {"temperature_c": 60.0}, {"temperature_c": 80.0, "drift_pct": -8.0}),
            pair(4, 1, {"temperature_c": 79.0}, {"temperature_c": 80.0, "drift_pct": -8.0}),
        ),
        (
            "clocks-down",
            pair(1, 4, {"compute_mean_ms": 5.0}, {"compute_mean_ms": 6.0}),
            # Instances of one device wait for each other, whatever its clock.
            pair(4, 1, {"compute_mean_ms": 5.0}, {"compute_mean_ms": 6.0}),
        ),
        ("clocks-down", pair(4, 1, {}, warned("hot")), pair(4, 1, warned("hot"), warned("hot"))),
        (
            "power-cap",
            pair(1, 4, {"power_w": 80.0, "device_util_pct": 97.0}, {"power_w": 240.0, "device_util_pct": 96.0}),
            # Idle devices take less power for another reason.
            pair(1, 4, {"power_w": 80.0, "device_util_pct": 97.0}, {"power_w": 240.0, "device_util_pct": 70.0}),
        ),
        (
            "power-cap",
            pair(1, 2, {"power_w": 80.0, "device_util_pct": 97.0}, {"power_w": 110.0, "device_util_pct": 97.0}),
            # One meter for all: the single device had the power of the other in it.
            pair(
                1, 2, {"power_w": 80.0, "device_util_pct": 97.0} | warned("shared-meter"),
                {"power_w": 110.0, "device_util_pct": 97.0},
            ),
        ),
        ("disturbed", pair(4, 1, {}, warned("host-busy")), pair(4, 1, warned("host-busy"), warned("bursts"))),
    ],
)  # fmt: skip
def test_a_reason_holds_on_its_evidence_alone(code: str, holds: tuple[Row, Row], fails: tuple[Row, Row]):
    assert code in codes(*holds)
    assert code not in codes(*fails)


def test_a_sentence_has_the_figures_of_both_rows():
    (reason,) = reasons_for(*pair(4, 1, HOST, HOST | {"cpu_pct": 370.0}))
    assert reason.sentence == "3.70 of 4 cores are busy (with 1: 1.00)."
    (reason,) = reasons_for(*pair(2, 2, HOST | {"devices": 2}, HOST | {"cpu_pct": 370.0}))
    assert reason.sentence == "3.70 of 4 cores are busy (with 2 devices: 1.00)."


def test_a_disturbance_of_both_is_said_to_be_one():
    (reason,) = reasons_for(*pair(4, 1, warned("host-busy"), warned("host-busy")))
    assert reason.sentence == "It was host-busy. So it was with 1."


def test_several_may_hold():
    threads = {"threads_ran": 4}
    assert codes(*pair(4, 1, HOST | threads, HOST | threads | {"cpu_pct": 395.0})) == ["oversubscribed", "host-bound"]


def test_every_reason_has_a_question_of_its_own():
    assert len({reason.__doc__ for reason in REASONS}) == len(REASONS)
