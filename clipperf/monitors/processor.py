"""What the processor is: name, cores, threads of a core, NUMA nodes, instructions, and whether it is lent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clipperf.monitors.text_file import read_text

if TYPE_CHECKING:
    from pathlib import Path

_NAMES = ("model name", "Model", "Hardware", "cpu model", "cpu")
_ARITHMETIC = [
    "avx2",
    "fma",
    "f16c",
    "avx_vnni",
    "avx512f",
    "avx512_vnni",
    "avx512_bf16",
    "avx512_fp16",
    "amx_tile",
    "amx_int8",
    "amx_bf16",
    "asimd",
    "asimdhp",
    "asimddp",
    "bf16",
    "i8mm",
    "sve",
    "sve2",
    "sme",
]
"""Those that decide how fast, and in which precision, a matrix product can be; /proc/cpuinfo's names for them."""


def parse_cpuinfo(text: str) -> dict[str, str]:
    """The first value of every field."""
    fields: dict[str, str] = {}
    for line in text.splitlines():
        name, separator, value = line.partition(":")
        if separator and value.strip():
            fields.setdefault(name.strip(), value.strip())
    return fields


def processor_model(cpuinfo: dict[str, str]) -> str | None:
    """The processor's name; Arm servers give numbers, which tell as much to who knows them."""
    for name in _NAMES:
        if name in cpuinfo:
            return cpuinfo[name]
    if "CPU implementer" in cpuinfo:
        return f"implementer {cpuinfo['CPU implementer']} part {cpuinfo.get('CPU part', '?')}"
    return None


def arithmetic(cpuinfo: dict[str, str]) -> list[str]:
    """The instruction sets for arithmetic that the processor, or the hypervisor, offers."""
    flags = f"{cpuinfo.get('flags', '')} {cpuinfo.get('Features', '')}".split()
    return [name for name in _ARITHMETIC if name in flags]


def virtual_machine(cpuinfo: dict[str, str], root: Path) -> str | None:
    """What lends this machine its processor: the product's name, or just ``hypervisor``; None on bare metal."""
    product = read_text(root / "sys/class/dmi/id/product_name")
    vendor = read_text(root / "sys/class/dmi/id/sys_vendor") or ""
    kind = read_text(root / "sys/hypervisor/type")
    if "hypervisor" in cpuinfo.get("flags", "").split():
        return product or kind or "hypervisor"
    return product or vendor if vendor.startswith(("QEMU", "Xen", "VMware", "KVM")) else kind


def parse_cores(text: str) -> list[int]:
    """A list as the kernel writes it, such as ``0-3,8-11``."""
    cores: list[int] = []
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        cores.extend(range(int(first), int(last or first) + 1))
    return cores


def numa_nodes(root: Path) -> dict[str, list[int]] | None:
    """The cores of every NUMA node by its number; None where the kernel knows of none."""
    folders = (root / "sys/devices/system/node").glob("node[0-9]*")
    nodes = {folder.name[len("node") :]: read_text(folder / "cpulist") or "" for folder in folders}
    return {node: parse_cores(nodes[node]) for node in sorted(nodes, key=int)} or None


def physical_cores(root: Path) -> list[list[int]] | None:
    """The logical cores of every physical one; more than one in a list is simultaneous multithreading."""
    folders = (root / "sys/devices/system/cpu").glob("cpu[0-9]*")
    texts = {read_text(folder / "topology/thread_siblings_list") for folder in folders}
    return sorted(parse_cores(text) for text in texts if text is not None) or None
