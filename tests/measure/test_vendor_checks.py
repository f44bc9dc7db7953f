import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipperf.measure.vendor_checks import check_vendor

LATENCIES = st.lists(st.floats(0.01, 1e4), min_size=1, max_size=80).map(np.array)
METHODS = ("linear", "lower", "higher", "nearest", "midpoint", "inverted_cdf", "hazen", "weibull", "median_unbiased")


@given(LATENCIES, st.integers(1, 64), st.sampled_from(METHODS), st.sampled_from((5, 17)))
def test_statistics_of_the_latencies_themselves_agree_however_they_are_interpolated_and_printed(
    latencies_ms: np.ndarray, batch_size: int, method: str, digits: int
):
    p50, p99 = np.percentile(latencies_ms, [50, 99], method=method)
    vendor = {
        "vendor_latency_mean_ms": latencies_ms.mean(),
        "vendor_latency_p50_ms": p50,
        "vendor_latency_p99_ms": p99,
        "vendor_qps": 1000 * batch_size / latencies_ms.mean(),
    }
    printed = {name: float(f"{value:.{digits}g}") for name, value in vendor.items()}
    assert check_vendor(latencies_ms, batch_size, printed) is None


@given(LATENCIES, st.integers(1, 64), st.floats(1.01, 8))
def test_a_mean_that_was_divided_is_found(latencies_ms: np.ndarray, batch_size: int, threads: float):
    mean = latencies_ms.mean() / threads
    found = check_vendor(
        latencies_ms, batch_size, {"vendor_latency_mean_ms": mean, "vendor_qps": 1e3 * batch_size / mean}
    )
    assert found is not None
    assert found.code == "vendor-disagrees"
    assert "vendor_latency_mean_ms is" in found.sentence
    assert "vendor_qps is" in found.sentence


@pytest.mark.parametrize("name", ["vendor_latency_p50_ms", "vendor_latency_p99_ms"])
def test_a_percentile_beyond_its_neighbours_is_found(name: str):
    latencies_ms = np.linspace(1, 2, 101)
    assert check_vendor(latencies_ms, 1, {name: 0.9}) is not None
    assert check_vendor(latencies_ms, 1, {name: 2.1}) is not None
