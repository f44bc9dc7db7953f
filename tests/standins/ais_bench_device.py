"""The device under the stand-in for ais_bench: spends the time of every execution and keeps what it did."""

from __future__ import annotations

import random
import struct
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


class AclError(RuntimeError):
    """What aclruntime raises."""


def float32(value: float) -> float:
    """The value as C++ keeps it."""
    return float(struct.unpack("f", struct.pack("f", value))[0])


@dataclass
class Session:
    """One loaded model on one device; ``say`` takes a line of C++, which is flushed at once.

    ``exec_times_ms`` are what the program will tell: durations in float32, or with ``has_timeline`` differences of
    float32 instants since the session began. ``executions_ns`` are the truth: begin and end by a clock of the device.
    """

    device: int
    model: Mapping[str, Any]
    has_timeline: bool
    say: Callable[[str], None]
    fails_at: int = -1
    exec_times_ms: list[float] = field(default_factory=list)
    executions_ns: list[tuple[int, int]] = field(default_factory=list)
    zero_s: float = field(default_factory=time.time)
    _count: int = 0

    def __post_init__(self) -> None:
        self._draw = random.Random(f"{self.device}")

    def run(self, loops: int) -> None:
        """Executes synchronously, so many times, and says each."""
        for number in range(loops):
            self._execute()
            if loops > 1:
                self.say(f"\rloop inference exec: ({number + 1}/{loops})")
        if loops > 1:
            self.say("\n")

    def reset(self) -> None:
        """Forgets the warm-up."""
        self.exec_times_ms.clear()
        self.executions_ns.clear()

    def ledger(self) -> dict[str, Any]:
        """What it did, as a test reads it: the tool never does."""
        return {"device": self.device, "executions_ns": self.executions_ns}

    def _execute(self) -> None:
        self._count += 1
        if self._count == self.fails_at:
            self.say(
                "[ACL ERROR] E39999: Inner Error! (stand-in)\n[ERROR] execute model failed, modelId is 1\n"
                "[ERROR] acl execute failed:1\n[ERROR] execute Infer failed ret:-1\n"
            )
            raise AclError("[-1][ACL: general failure] ")
        jitter = self.model.get("jitter", 0.0)
        takes_s = self.model["execute_ms"] / 1e3 * self._draw.uniform(1 - jitter, 1 + jitter)
        begin_s, begin_ns = time.time(), time.monotonic_ns()
        time.sleep(takes_s)
        end_ns, end_s = time.monotonic_ns(), time.time()
        self.executions_ns.append((begin_ns, end_ns))
        if self.has_timeline:
            begin_ms, end_ms = (float32((at_s - self.zero_s) * 1e3) for at_s in (begin_s, end_s))
            self.exec_times_ms.append(end_ms - begin_ms)
        else:
            self.exec_times_ms.append(float32((end_s - begin_s) * 1e3))
