"""Warnings about devices: what was seen is in their sentences, and nothing seen gives none."""

from __future__ import annotations

import pytest

from clipperf.measure.device_checks import (
    check_device_health,
    check_device_reading,
    check_device_watch,
    check_device_work,
    check_shared_meter,
)


def test_nothing_seen_gives_no_warning() -> None:
    assert check_device_work(()) is None
    assert check_device_health(()) is None
    assert check_device_reading("") is None
    assert check_shared_meter(0) is None
    assert check_device_watch(0.05, 0.05) is None


@pytest.mark.parametrize(
    ("warning", "code", "words"),
    [
        (check_device_work(["device 0 runs train (process 71)"]), "device-busy", "device 0 runs train (process 71)"),
        (check_device_health(["device 1 reports Alarm"]), "device-health", "device 1 reports Alarm"),
        (check_device_reading("npu-smi is not on PATH."), "device-unread", "npu-smi is not on PATH."),
        (check_shared_meter(1), "shared-meter", "1 chip that"),
        (check_shared_meter(3), "shared-meter", "3 chips that"),
        (check_device_watch(0.071, 0.05), "monitor-cost", "7.1 % of one core"),
    ],
)
def test_what_was_seen_is_told(warning, code: str, words: str) -> None:
    assert warning.code == code
    assert words in warning.sentence
    assert warning.remedy.endswith(".")
