"""What mm_run says about itself when it starts: every flag with its value, and the versions of the libraries."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_FLAG = re.compile(r"^\s*--(?P<name>\w+)<[\w<>]*>\s*:(?:\s+(?P<value>.*))?$")
_LIBRARY = re.compile(r"^\s*(?P<name>MagicMind|CNRT|CNAPI):\s+(?P<value>\S+)\s*$")


@dataclass(frozen=True)
class Parameters:
    """The flags in effect, defaults included, as text; and the versions as the libraries number themselves."""

    flags: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)

    def number(self, flag: str) -> int | None:
        """A flag's whole number; None where it is absent or not one."""
        text = self.flags.get(flag, "")
        return int(text) if re.fullmatch(r"\d{1,9}", text) else None

    def numbers(self, flag: str) -> tuple[int, ...]:
        """A flag's list of whole numbers, which mm_run takes with blanks or with commas."""
        parts = self.flags.get(flag, "").replace(",", " ").split()
        return tuple(int(part) for part in parts) if all(re.fullmatch(r"\d{1,9}", part) for part in parts) else ()

    def switch(self, flag: str) -> bool | None:
        """A flag that is on or off; None where it is absent or neither."""
        return {"true": True, "1": True, "false": False, "0": False}.get(self.flags.get(flag, "").lower())

    def runtime(self) -> str:
        """The libraries that did the work, such as ``MagicMind 11534336, CNRT 50801``; empty where not told."""
        return ", ".join(f"{name} {self.versions[name]}" for name in ("MagicMind", "CNRT") if name in self.versions)


def read_parameters(lines: Sequence[str]) -> Parameters:
    """The lines under ``Parameter Information``; what is no parameter among them is passed over."""
    flags: dict[str, str] = {}
    versions: dict[str, str] = {}
    for line in lines:
        if found := _FLAG.match(line):
            flags.setdefault(found["name"], (found["value"] or "").strip())
        elif found := _LIBRARY.match(line):
            versions.setdefault(found["name"], found["value"])
    return Parameters(flags, versions)
