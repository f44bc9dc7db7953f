"""What torch has of an accelerator, as ``torch.cuda`` and its likes have it: streams, events, a device by thread.

Everything is only enqueued when it is called, and done when its stream is synchronised: whoever reads an answer before
that, or after he has synchronised another stream, finds what was there before, which is no number.
"""

from __future__ import annotations

import contextlib
import threading
import time
from types import SimpleNamespace
from typing import Callable, Iterator

import standin_device


class Stream:
    """Work that is done in its order, and not before ``synchronize``."""

    def __init__(self, device: str) -> None:
        self.device = device
        self.work: list[Callable[[], None]] = []

    def synchronize(self) -> None:
        work, self.work = self.work, []
        for one in work:
            one()


class Event:
    """An instant of a stream."""

    def __init__(self, enable_timing: bool = False) -> None:
        self.enable_timing, self._at_ns = enable_timing, None

    def record(self, stream: Stream) -> None:
        self._at_ns = None
        stream.work.append(self._note)

    def elapsed_time(self, end: Event) -> float:
        """Milliseconds; refused, as by torch, before both are over."""
        if not self.enable_timing or self._at_ns is None or end._at_ns is None:
            raise RuntimeError("Both events must be completed before calculating elapsed time.")
        return (end._at_ns - self._at_ns) / 1e6

    def _note(self) -> None:
        self._at_ns = time.monotonic_ns()


class Accelerator:
    """The namespace of one kind, ``kind`` being its word in device strings."""

    Event = Event

    def __init__(self, kind: str, is_here: bool = True) -> None:
        self.kind, self._is_here, self._current = kind, is_here, threading.local()
        # As those of torch: that of convolutions is on until somebody turns it off.
        self.matmul, self.conv = SimpleNamespace(allow_hf32=False), SimpleNamespace(allow_hf32=True)

    def is_available(self) -> bool:
        return self._is_here

    def device_count(self) -> int:
        return standin_device.device_count() if self._is_here else 0

    def get_device_name(self, device: str) -> str:
        return f"Stand-in {device.partition(':')[2]}"

    def set_device(self, number: int) -> None:
        """Makes it this thread's."""
        standin_device.device(number)
        self._current.device = f"{self.kind}:{number}"

    def Stream(self, device: str) -> Stream:
        return Stream(device)

    @contextlib.contextmanager
    def stream(self, chosen: Stream) -> Iterator[None]:
        """Makes it the current one of this thread."""
        before = getattr(self._current, "stream", None)
        self._current.stream = chosen
        try:
            yield
        finally:
            self._current.stream = before

    def current_stream(self) -> Stream:
        """That of this thread; the default one is synchronised by nobody here."""
        if getattr(self._current, "device", None) is None:
            raise RuntimeError("the current context is NULL")
        return getattr(self._current, "stream", None) or Stream(self._current.device)
