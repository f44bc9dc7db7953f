"""Vastai's dies: VastStreamX is asked by a program of its own, under the interpreter that has it.

Neither it nor vasmi is known to tell processes or health, so that nobody can say that a die is idle, only that it is
not.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any, Callable, Mapping, Sequence

from clipperf.monitors.ask_program import ask_program
from clipperf.monitors.device import DeviceLook, DeviceMonitor, DeviceReading, MonitorFacts, never
from clipperf.monitors.vacc import vasmi
from clipperf.monitors.vacc.die_values import answer_in, is_other_unit, processor_s_in, reading_in
from clipperf.monitors.vacc.session import Reply, Session

START_TIMEOUT_S = 30.0
"""The first import of an SDK reads hundreds of megabytes from what may be a network disk."""

TIMEOUT_S = 5.0
_READER = str(Path(__file__).with_name("die_reader.py"))
_NO_SDK = 3


class Vacc(DeviceMonitor):
    """Keeps the reader, the processor time that is accounted for, and whether utilisation is in another unit."""

    tells_health = False

    def __init__(self) -> None:
        self._session: Session | None = None
        self._greeting: Mapping[str, Any] = {}
        self._accounted_s = 0.0
        self._has_sdk = True
        self._is_other_unit = False
        self._problem = ""

    def probe(self) -> MonitorFacts:
        """Whether VastStreamX or vasmi are here, VastStreamX's version, and the devices that it counts."""
        self._open(never)
        listed = self._greeting.get("devices")
        if isinstance(listed, list) and listed and all(isinstance(one, str) and one.isdecimal() for one in listed):
            return MonitorFacts(True, f"VastStreamX {self._greeting.get('version')}", tuple(listed))
        answer = ask_program(vasmi.COMMAND, TIMEOUT_S)
        if not self._has_sdk and answer.is_absent:
            return MonitorFacts(is_installed=False)
        if not self._has_sdk and vasmi.readings_in(answer.text, 0):
            return MonitorFacts(True, "", (vasmi.DEVICE,))
        problem = self._problem or answer.problem or "vasmi: it shows no single device in a layout that is known."
        return MonitorFacts(True, problem=problem)

    def read(self, device_ids: Sequence[str], is_over: Callable[[], bool] = never) -> DeviceLook:
        """Utilisation, memory, power and temperature."""
        reply = self._open(is_over)
        if self._session is None:
            if self._has_sdk:
                return DeviceLook(problem=self._problem, is_last=reply.is_mute)
            return self._by_vasmi(device_ids, is_over)
        began_ns = time.monotonic_ns()
        reply = self._session.ask(json.dumps([one for one in device_ids if one.isdecimal()]), TIMEOUT_S, is_over)
        at_ns = (began_ns + time.monotonic_ns()) // 2
        answer = answer_in(reply.line)
        told = answer.get("dies")
        dies: Mapping[str, Any] = told if isinstance(told, dict) else {}
        self._is_other_unit = self._is_other_unit or any(map(is_other_unit, dies.values()))
        readings = {device: self._reading(dies[device], at_ns) for device in device_ids if device in dies}
        readings = {device: reading for device, reading in readings.items() if _tells(reading)}
        return DeviceLook(readings, self._cost_s(answer), self._why(device_ids, readings, dies, reply), reply.is_mute)

    def inspect(self, device_ids: Sequence[str]) -> DeviceLook:
        """The same."""
        return self.read(device_ids)

    def close(self) -> None:
        """Ends the reader; the next look starts it again."""
        if self._session is not None:
            self._session.close()

    def _open(self, is_over: Callable[[], bool]) -> Reply:
        """The reader's first words; none where it runs already."""
        if not self._has_sdk or (self._session is not None and self._session.is_open()):
            return Reply()
        self._session, self._accounted_s = None, 0.0
        python = self.python or sys.executable
        try:
            session = Session([python, _READER])
        except OSError as error:
            self._problem = f"{python} cannot be started ({error.strerror})."
            return Reply(is_mute=True)
        reply = session.listen(START_TIMEOUT_S, is_over)
        greeting = answer_in(reply.line)
        if "devices" in greeting:
            self._session, self._greeting = session, greeting
            return reply
        session.close()
        if not greeting and not reply.is_mute and reply.returncode is None:
            # Not waited for.
            self._problem = ""
            return reply
        self._has_sdk = reply.returncode != _NO_SDK
        self._problem = f"VastStreamX under {python} tells nothing of its devices" + (
            f" ({greeting['problem']})." if isinstance(greeting.get("problem"), str) else "."
        )
        return Reply(is_mute=True)

    def _reading(self, die: object, at_ns: int) -> DeviceReading:
        reading = reading_in(die, at_ns)
        if not self._is_other_unit:
            return reading
        return DeviceReading(
            at_ns, memory_mb=reading.memory_mb, power_w=reading.power_w, temperature_c=reading.temperature_c
        )

    def _cost_s(self, answer: Mapping[str, Any]) -> float:
        so_far_s = processor_s_in(answer)
        cost_s, self._accounted_s = max(0.0, so_far_s - self._accounted_s), max(so_far_s, self._accounted_s)
        return cost_s

    def _why(
        self, device_ids: Sequence[str], readings: Mapping[str, Any], dies: Mapping[str, Any], reply: Reply
    ) -> str:
        if reply.is_mute:
            return f"VastStreamX: no answer within {TIMEOUT_S:g} s."
        missing = [device for device in device_ids if device not in readings]
        if missing and reply.line:
            words = {str(dies[device]["problem"]) for device in missing if "problem" in (dies.get(device) or {})}
            said = f" ({', '.join(sorted(words))})" if words else ""
            return f"VastStreamX tells nothing of device {', '.join(missing)}{said}."
        if reply.returncode is not None:
            return f"VastStreamX ended its interpreter with exit code {reply.returncode}."
        return ""

    def _by_vasmi(self, device_ids: Sequence[str], is_over: Callable[[], bool]) -> DeviceLook:
        began_ns = time.monotonic_ns()
        answer = ask_program(vasmi.COMMAND, TIMEOUT_S, is_over)
        found = vasmi.readings_in(answer.text, (began_ns + time.monotonic_ns()) // 2)
        readings = {device: found[device] for device in device_ids if device in found}
        problem = answer.problem
        if not problem and not is_over() and len(readings) < len(set(device_ids)):
            problem = "vasmi: which of its devices is which is not known, or its layout is not."
        return DeviceLook(readings, answer.processor_s, problem, answer.is_absent or answer.is_mute)


def _tells(reading: DeviceReading) -> bool:
    told = (reading.util_pct, reading.memory_mb, reading.power_w, reading.temperature_c)
    return any(value is not None for value in told)
