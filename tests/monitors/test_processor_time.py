from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from clipperf.monitors.processor_time import CoreTicks, Shares, parse_processor_ticks, shares_between

ticks = st.integers(0, 10**6)


def shares(idle: int, iowait: int, interrupt: int, steal: int, capacity: float) -> Shares | None:
    """The shares of one core that counted so much."""
    none, some = CoreTicks(0, 0, 0, 0, 0), CoreTicks(int(capacity) + 1, idle, iowait, interrupt, steal)
    return shares_between({0: none}, {0: some}, [0], capacity)


@given(st.lists(ticks, min_size=4, max_size=10))
def test_columns_of_every_kernel_are_read(columns: list[int]) -> None:
    line = "cpu3 " + " ".join(map(str, columns))
    core = parse_processor_ticks(f"cpu  1 2 3 4\n{line}\nintr 5 0 0\nctxt 12\ncpu_family 3 4 5\n")[3]
    assert core.idle == columns[3]
    assert core.steal == (columns[7] if len(columns) > 7 else 0)
    assert core.counted == sum(columns[:8])


@given(ticks, ticks, ticks, ticks, st.floats(1, 1e6))
def test_shares_lie_between_0_and_1(idle: int, iowait: int, interrupt: int, steal: int, capacity: float) -> None:
    found = shares(idle, iowait, interrupt, steal, capacity)
    assert found is not None
    assert all(0 <= share <= 1 for share in (found.busy, found.steal))


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_busy_is_what_is_left(idle: int, more: int) -> None:
    found, busier = shares(idle + more, 0, 0, 0, 2000), shares(idle, 0, 0, 0, 2000)
    assert found is not None
    assert busier is not None
    assert busier.busy >= found.busy


def test_a_column_that_steps_back_is_none_of_its_time() -> None:
    found = shares_between({0: CoreTicks(0, 0, 5, 0, 0)}, {0: CoreTicks(100, 50, 3, 0, 0)}, [0], 100)
    assert found == Shares(busy=0.5, steal=0.0)


def test_cores_that_are_not_counted_tell_nothing() -> None:
    assert shares_between({}, {}, [0], 100) is None
    assert shares_between({0: CoreTicks(5, 0, 0, 0, 0)}, {0: CoreTicks(5, 0, 0, 0, 0)}, [0], 100) is None
