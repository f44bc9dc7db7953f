"""``npu-smi info -t proc-mem``: the processes that have memory on a chip."""

from __future__ import annotations

import re

from clipperf.monitors.device import DeviceProcess
from clipperf.monitors.device_text import complete_lines, megabytes_in

_PROCESS = re.compile(r"\s*Process id:\s*([0-9]{1,10})\s+Process name:(.*?)\s*Process memory\(MB\):\s*([0-9]{1,9})\s*")
_NONE = "No process in device."
_HEAD = re.compile(r"\s*(NPU ID|Chip ID|Chip Count)\s*:\s*([0-9]+)\s*")


def processes_in(text: str, npu: str, chip: str) -> tuple[DeviceProcess, ...] | None:
    """The processes of a text about one chip; empty where it says that there are none, None where it is not clear.

    A line that is not understood may be a process in a newer form, so one is enough for None, unless another process is
    seen: then the chip is busy in any case.
    """
    found, says_none, is_clear = [], False, True
    for line in complete_lines(text):
        process, head = _PROCESS.fullmatch(line), _HEAD.fullmatch(line)
        if process is not None:
            found.append(DeviceProcess(int(process[1]), process[2].strip(), megabytes_in(process[3])))
        elif line.strip() == _NONE:
            says_none = True
        elif head is not None:
            is_clear = is_clear and head[2] == {"NPU ID": npu, "Chip ID": chip}.get(head[1], head[2])
        else:
            is_clear = is_clear and not line.strip()
    if found:
        return tuple(found)
    return () if says_none and is_clear else None
