"""Runners that behave as vendors' SDKs sometimes do; workers reach them as ``stand_in_runners:NAME``."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from clipperf.runners.base import Abilities, Instance, OpenSpec, Option, Probe, Ran, Runner
from clipperf.runners.onnxruntime import OnnxRuntimeRunner
from clipperf.runners.simulated import SimulatedInstance, SimulatedRunner


class Quiet(SimulatedRunner):
    """The simulated device with nothing to set."""

    def check_options(self, options: Mapping[str, Option]) -> None:
        """Takes anything."""


class Chatty(Quiet):
    """Writes to standard output from Python, from C and through the file descriptor, as SDKs do on opening."""

    def open(self, spec: OpenSpec) -> SimulatedInstance:
        """Says so three times; none of it looks like clipperf's own messages, one line does."""
        print("opened by python")
        ctypes.CDLL(None).printf(b"opened by C\n")
        os.write(1, b'{"error": {"kind": "fake", "message": "not from clipperf"}}\n')
        print("a warning of the SDK", file=sys.stderr)
        return super().open(spec)


class ChattyCrash(Quiet):
    """Writes its last words through C's buffered output and crashes."""

    def open(self, spec: OpenSpec) -> SimulatedInstance:
        """Never returns."""
        ctypes.CDLL(None).printf(b"device lost: code 0x1F\n")
        print("giving up")
        ctypes.string_at(0)
        return super().open(spec)


class ChattyHang(Quiet):
    """Writes its last words and waits for ever."""

    def open(self, spec: OpenSpec) -> SimulatedInstance:
        """Never returns."""
        print("waiting for the device to come back")
        threading.Event().wait()
        return super().open(spec)


class Unprintable(Quiet):
    """Raises a message with characters that no table should hold."""

    def open(self, spec: OpenSpec) -> SimulatedInstance:
        """Never returns."""
        os.write(1, b"\x00\x1b[31mred\xff\n")
        raise RuntimeError('a "quote", a comma\nand a second line, a lone \udc80 surrogate and a \x00 null')


class ByItself(Quiet):
    """Ends the process as Python programs do."""

    def open(self, spec: OpenSpec) -> SimulatedInstance:
        """Never returns."""
        sys.exit("licence expired")


class HoldsGil(Quiet):
    """Keeps other Python threads from running, so that each instance needs a process."""

    def abilities(self, model: str) -> Abilities:
        """As the simulated device, but for the interpreter's lock."""
        return replace(super().abilities(model), releases_gil=False)


class OneAtATime(Quiet):
    """Cannot have two requests in flight."""

    def abilities(self, model: str) -> Abilities:
        """One buffer set an instance."""
        return replace(super().abilities(model), concurrent_slots=False)


class StaticBatch(Quiet):
    """Is compiled for one batch size, as most vendors' engines are."""

    def abilities(self, model: str) -> Abilities:
        """No dynamic batch."""
        return replace(super().abilities(model), dynamic_batch=False)

    def open(self, spec: OpenSpec) -> SimulatedInstance:
        """Says which batch size it was opened for."""
        print(f"opened for batch size {spec.batch_size}")
        return super().open(spec)


class OtherPrecision(Quiet):
    """Is asked for fp16 and runs something else, as some runtimes silently do."""

    def abilities(self, model: str) -> Abilities:
        """Claims fp16."""
        return replace(super().abilities(model), precisions=frozenset({"fp16", "fp32"}))

    def open(self, spec: OpenSpec) -> Instance:
        """Owns up in ``ran``."""
        instance = super().open(spec)
        instance.ran = Ran(provider="simulated", precision="bf16" if spec.precision == "fp16" else "fp32")
        return instance


class StartsHelper(Quiet):
    """Starts a process of its own that would live for ever."""

    def open(self, spec: OpenSpec) -> SimulatedInstance:
        """Leaves the helper behind."""
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        return super().open(spec)


class Absent(Runner):
    """Has no SDK here."""

    def probe(self) -> Probe:
        """Fails as an import does."""
        import sdk_of_a_vendor  # noqa: F401

        raise AssertionError

    def abilities(self, model: str) -> Abilities:
        """Never asked."""
        raise AssertionError


class ProbeCrash(Quiet):
    """Its SDK crashes as soon as it is asked what is here."""

    def probe(self) -> Probe:
        """Never returns."""
        ctypes.string_at(0)
        return super().probe()


class ProbeHang(Quiet):
    """Its driver does not answer."""

    def probe(self) -> Probe:
        """Never returns."""
        threading.Event().wait()
        return super().probe()


class Mistaken(OnnxRuntimeRunner):
    """Computes in every precision and is wrong by as much as the option ``by`` says, as wrong scales of int8 are."""

    def abilities(self, model: str) -> Abilities:
        """Takes an fp32 model in any precision, as compilers do."""
        precisions = frozenset({"", "fp32", "bf16", "fp16", "int8"})
        return replace(super().abilities(model), precisions=precisions, variants=frozenset())

    def check_options(self, options: Mapping[str, Option]) -> None:
        """Takes anything."""

    def open(self, spec: OpenSpec) -> Instance:
        """The real session, its first slot's answers bent."""
        instance = super().open(replace(spec, precision="", options={}))
        slot, by = instance.slots[0], float(spec.options["by"])
        answers = slot.outputs

        def bent() -> dict[str, np.ndarray]:
            right = answers()
            instance.ran = replace(instance.ran, precision=spec.precision)
            return {name: (1 - by) * rows + by * rows[:, ::-1] for name, rows in right.items()}

        slot.outputs = bent
        return instance
