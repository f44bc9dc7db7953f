"""Energy and price of a million embeddings, by hand."""

from __future__ import annotations

import pytest
from provisioning import chosen, made

from clipperf.analysis.provision import Demand
from clipperf.analysis.provision_cost import energy_of, price_of


def test_a_device_that_is_half_idle_draws_between_half_and_all():
    # 100 qps at 36 W: 0.36 J a sample, 0.1 kWh a million; at 50 a second it may draw 36 W for half as many.
    for columns in ({"power_w": 36.0}, {"energy_j_per_sample": 0.36}):
        energy = energy_of(chosen([made("vision", 1, 10.0, **columns)], 50.0))
        assert energy is not None
        assert energy.busy_kwh == pytest.approx(0.1)
        assert energy.at_most_kwh == pytest.approx(0.2)


def test_energy_that_nobody_measured_is_none():
    assert energy_of(chosen([made("vision", 1, 10.0)], 50.0)) is None


def test_devices_are_paid_for_whether_they_work_or_not():
    # 3 devices at 2 an hour; 1,000 samples a second are 3.6 million an hour.
    assert price_of(3, [Demand(1000.0, None)], 2.0) == pytest.approx(6 / 3.6)
    assert price_of(3, [Demand(400.0, None), Demand(600.0, None)], 2.0) == pytest.approx(6 / 3.6)
