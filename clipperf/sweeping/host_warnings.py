"""What the host, the threads and the inputs of a case give cause to warn of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from clipperf.measure.host_checks import (
    check_denormals,
    check_frequency,
    check_heat,
    check_monitor_cost,
    check_others,
    check_quota,
    check_steal,
    check_swap,
    check_threads,
    check_throttling,
)
from clipperf.measure.row_warning import RowWarning
from clipperf.monitors.cgroup import cpu_quota_cores
from clipperf.plan import Case
from clipperf.worker.conduct import Recording


def host_warnings(
    case: Case, recording: Recording, ran: Mapping[str, Any], cores: Sequence[int] | None
) -> tuple[RowWarning, ...]:
    """The warnings of a measured case; ``cores`` are those of its devices, None where devices are no cores."""
    host = recording.host
    cores_per_device = None if cores is None else len(cores) // len(case.device_ids)
    found = (
        check_others(host.other_share, host.resolution_share, host.cores),
        check_steal(host.steal_share, host.resolution_share),
        check_throttling(host.throttled_periods, host.throttled_s),
        check_frequency(host.frequency_min_mhz, host.frequency_max_mhz),
        check_swap(host.swapped_in_pages, host.swapped_out_pages),
        check_heat(host.temperature_c, host.temperature_margin_c, host.thermal_throttles),
        check_monitor_cost(host.own_cost_share),
        check_threads(ran["threads"], case.instances, cores_per_device),
        check_quota(cpu_quota_cores(Path("/")), None if cores is None else host.cores),
        check_denormals(max(report["denormal_share"] for report in recording.reports)),
    )
    return tuple(warning for warning in found if warning is not None)
