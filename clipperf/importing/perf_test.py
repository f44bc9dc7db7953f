"""What the ``perf_test.py`` of torch_aie's samples prints.

The sample (Ascend/ModelZoo-PyTorch, AscendIE/TorchAIE/built-in, also under the package's later name mindietorch) sends
one request after the other on one stream, waits for each, and divides the batch size by the mean wall time of the
loop. Its input is on the device before and its output stays there, so the scope is ``device-io``. Of all this it
prints one line, ``FPS: 58.79``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from clipperf.errors import UsageError
from clipperf.measure.row_warning import RowWarning
from clipperf.tools.base import Report, lines_of

_BEGIN = "Start compiling model"
_LEVEL = re.compile(r"Using optimization level\s+([0-9]{1,3})\b")
_FPS = re.compile(r"FPS:\s*([0-9]{1,12}(?:\.[0-9]{1,12})?)\s*$")


class PerfTest:
    """Reads the standard output of perf_test.py, also of several runs one after the other."""

    name = "perf_test.py"

    def read_log(self, name: str, text: str) -> Sequence[Report]:
        """A report for every line with a throughput; raises UsageError where the text has none."""
        reports: list[Report] = []
        options: dict[str, int] = {}
        unfinished = False
        for line in lines_of(text):
            said = line.text.strip()
            if said.startswith(_BEGIN):
                options, unfinished = {}, True
            elif level := _LEVEL.search(said):
                options, unfinished = {"optim_level": int(level[1])}, True
            elif (rate := _FPS.match(said)) and float(rate[1]) > 0:
                reports.append(_report(float(rate[1]), options, len(reports) + 1))
                options, unfinished = {}, False
        if not reports:
            raise UsageError(
                f"{name}: it has no line such as 'FPS: 58.79' with a throughput above 0, as torch_aie's perf_test.py "
                "prints it at its end; give its standard output."
            )
        if unfinished:
            reports[-1] = replace(reports[-1], warnings=(check_unfinished(),))
        return reports


def check_unfinished() -> RowWarning:
    """Whether the log goes on with a measurement that did not come to its end."""
    return RowWarning(
        "log-cut-off",
        "After this measurement the log begins another one that has no result.",
        "Look in the log for what ended it, and import the whole log once it is there.",
    )


def _report(fps: float, options: dict[str, int], number: int) -> Report:
    return Report(
        scope="device-io",
        label=f"measurement {number}",
        instances=1,
        queue_depth=1,
        qps=fps,
        vendor={"vendor_qps": fps},
        options=options,
    )
