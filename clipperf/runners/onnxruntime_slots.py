"""Requests of onnxruntime as most programs make them, arrays to arrays, and the look at the first one of a session."""

from __future__ import annotations

from typing import Any, Callable, Mapping, Sequence

import numpy as np

from clipperf.runners.base import Slot


class ArraysSlot(Slot):
    """The feeds of one request; sessions are shared by the slots of an instance.

    ``look`` is called after the first request, before another.
    """

    def __init__(self, session: Any, output_names: list[str], look: Callable[[], None]) -> None:
        self._look, self._session_run = look, session.run
        self._run = self._run_profiled
        self._output_names = output_names
        self._feeds: dict[str, np.ndarray] = {}
        self._answers: Sequence[np.ndarray] = ()

    def load(self, inputs: Mapping[str, np.ndarray]) -> None:
        """Keeps the arrays; onnxruntime reads numpy memory in place on the CPU provider."""
        self._feeds = dict(inputs)

    def run(self) -> None:
        """Input on the host to output on the host."""
        self._answers = self._run(self._output_names, self._feeds)

    def outputs(self) -> dict[str, np.ndarray]:
        """The answer of the last run; raises Unsupported where the first one of all shows what was not asked for."""
        if self._answers:
            self._settle()
        return {name: np.asarray(answer) for name, answer in zip(self._output_names, self._answers)}

    def _run_profiled(self, names: list[str], feeds: dict[str, np.ndarray]) -> Sequence[np.ndarray]:
        """The first request; the second ends the profiling where nobody has taken the first one's answer."""
        if self._answers:
            self._settle()
        answers: Sequence[np.ndarray] = self._session_run(names, feeds)
        return answers

    def _settle(self) -> None:
        self._run = self._session_run
        self._look()
