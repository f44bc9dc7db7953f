"""A kind of log that says everything a report can hold: a JSON object of its fields on each line."""

from __future__ import annotations

import json
from collections.abc import Sequence

from clipperf.errors import UsageError
from clipperf.tools.base import Report


class FakeLog:
    """Read by clipperf as ``fake``, once a test has put it into the table of formats."""

    name = "fake_bench"

    def read_log(self, name: str, text: str) -> Sequence[Report]:
        """A report for every line; raises UsageError where there is none."""
        try:
            fields = [json.loads(line) for line in text.splitlines()]
        except ValueError:
            fields = []
        if not fields:
            raise UsageError(f"{name}: it has no measurement of fake_bench.")
        return [
            Report(**{"scope": "compute", **one, "durations_ms": tuple(one.get("durations_ms", ()))}) for one in fields
        ]


def line(**fields: object) -> str:
    """A line of such a log."""
    return json.dumps(fields) + "\n"
