"""What the ``perf_test.py`` of torch_aie's samples prints.

The sample (Ascend/ModelZoo-PyTorch, AscendIE/TorchAIE/built-in, also under the package's later name mindietorch) sends
one request after the other on one stream, waits for each, and divides the batch size by the mean wall time of the
loop. Its input is on the device before and its output stays there, so the scope is ``device-io``. Of all this it
prints one line, ``FPS: 58.79``; batch size and model stand in the command, where a shell or a guide wrote it above.
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
_COMMAND = re.compile(r"perf_test\.py(?P<flags>\s+--\w.*)$")
_FLAG = re.compile(
    r"--(?P<name>model_path|batch_size|optim_level)(?:\s+|=)(?P<value>[^\s'\"]{1,4096}|'[^']*'|\"[^\"]*\")"
)
_NUMBER = re.compile(r"[0-9]{1,9}")
_FPS = re.compile(r"FPS:\s*([0-9]{1,12}(?:\.[0-9]{1,12})?)\s*$")


class PerfTest:
    """Reads the standard output of perf_test.py, also of several runs one after the other."""

    name = "perf_test.py"

    def read_log(self, name: str, text: str) -> Sequence[Report]:
        """A report for every line with a throughput; raises UsageError where the text has none."""
        reports: list[Report] = []
        options: dict[str, int] = {}
        commands: list[dict[str, str]] = []
        unfinished = False
        for line in lines_of(text):
            said = line.text.strip()
            if command := _COMMAND.search(said):
                # What was begun before it and has no throughput has failed.
                commands = [*([] if unfinished else commands), _flags(command["flags"])]
                options, unfinished = {}, False
            elif said.startswith(_BEGIN):
                options, unfinished = {}, True
            elif level := _LEVEL.search(said):
                options, unfinished = {"optim_level": int(level[1])}, True
            elif (rate := _FPS.match(said)) and float(rate[1]) > 0:
                reports.append(_report(float(rate[1]), options, _agreed(commands), len(reports) + 1))
                options, commands, unfinished = {}, [], False
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


def _flags(text: str) -> dict[str, str]:
    return {found["name"]: found["value"].strip("'\"") for found in _FLAG.finditer(text)}


def _agreed(commands: Sequence[dict[str, str]]) -> dict[str, str]:
    """What all commands since the last throughput say: a guide shows several above the one result that it prints."""
    first = commands[0] if commands else {}
    return {name: value for name, value in first.items() if all(one.get(name) == value for one in commands)}


def _whole(text: str) -> int | None:
    return int(text) if _NUMBER.fullmatch(text) and int(text) > 0 else None


def _report(fps: float, options: dict[str, int], asked: dict[str, str], number: int) -> Report:
    if not options and _NUMBER.fullmatch(asked.get("optim_level", "")):
        options = {"optim_level": int(asked["optim_level"])}
    return Report(
        scope="device-io",
        label=f"measurement {number}",
        model=asked.get("model_path", ""),
        batch_size=_whole(asked.get("batch_size", "")),
        instances=1,
        queue_depth=1,
        qps=fps,
        vendor={"vendor_qps": fps},
        options=options,
    )
