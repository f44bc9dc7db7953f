"""Device tables of the simulated device: which there are, what goes with them, and where they end."""

from __future__ import annotations

from typing import Any

import pytest

from clipperf.data.device_tables import device_tables, read_device_table
from clipperf.errors import Unsupported
from clipperf.runners.base import OpenSpec
from clipperf.runners.simulated import SimulatedRunner
from clipperf.runners.simulated_table import check_batch_size, options_of


def spec(model: str = "vision", **options: Any) -> OpenSpec:
    return OpenSpec(model, "0", "fp32", "host", None, 1, options)


@pytest.mark.parametrize("name", device_tables())
def test_a_table_holds_options_that_the_simulated_device_takes(name: str):
    for options in read_device_table(name).values():
        SimulatedRunner().check_options(options)


def test_there_is_no_other_table():
    with pytest.raises(KeyError):
        read_device_table("no-such")
    with pytest.raises(Unsupported, match="device_table=no-such: take one of ascend-310p3, ascend-910b4"):
        SimulatedRunner().check_options({"device_table": "no-such"})


def test_times_of_stages_beside_a_table_are_refused():
    with pytest.raises(Unsupported, match="--option copy_in_ms, execute_ms: --option device_table=ascend-910b4 gives"):
        SimulatedRunner().check_options({"device_table": "ascend-910b4", "execute_ms": 1, "copy_in_ms": 2})


def test_other_options_go_with_a_table():
    asked = {"device_table": "ascend-910b4", "jitter_pct": 5}
    SimulatedRunner().check_options(asked)
    assert options_of(spec(**asked)) == {**read_device_table("ascend-910b4")["vision"], "jitter_pct": 5}


def test_without_a_table_nothing_is_changed_or_refused():
    assert options_of(spec("whatever", execute_ms=3)) == {"execute_ms": 3}
    check_batch_size(spec("whatever", execute_ms="4:8"), 1000)


@pytest.mark.parametrize("batch_size", [1, 2, 64])
def test_between_the_published_batch_sizes_it_is_interpolated(batch_size: int):
    check_batch_size(spec(device_table="ascend-910b4"), batch_size)


def test_one_published_batch_size_is_all_there_is():
    with pytest.raises(Unsupported, match="has times of vit_base_patch8_224 for batch size 1; beyond that"):
        check_batch_size(spec("vit_base_patch8_224", device_table="ascend-310p3"), 2)
