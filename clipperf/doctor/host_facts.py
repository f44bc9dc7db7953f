"""Findings from what the host is: its processor, clock policy, limits, memory and settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clipperf.doctor.finding import Finding
from clipperf.measure.host_checks import check_quota

FAST_CLOCKS = ("tsc", "kvm-clock", "arch_sys_counter", "hyperv_clocksource_tsc_page", "timebase", "stp")
"""Sources that are read without a system call (the kernel's vDSO); with others a reading costs about 1 µs."""

LEAST_MEMORY_MB = 4000
"""ViT-L/14 in fp32 has 1.7 GB of weights, which a runtime may hold twice while it loads them."""


def host_findings(environment: Mapping[str, Any]) -> list[Finding]:
    """Findings from an environment as environment.json has it."""
    cpu, memory = environment["cpu"], environment["memory"]
    return [
        _host(environment),
        _processor(environment),
        _nodes(cpu),
        _policy(cpu),
        _quota(cpu, environment["container"]),
        _memory(memory, environment["now"]),
        _settings(environment["thread_settings"]),
        _clock(environment["clock"], environment["now"]["clock_step_ns"]),
    ]


def _host(environment: Mapping[str, Any]) -> Finding:
    places = [environment["container"] and f"{environment['container']} container", environment["virtual_machine"]]
    inside = ", ".join(place for place in places if place)
    python = environment["python"]
    text = f"{environment['host']}, {environment['system']}, {environment['libc']}, Python {python['version']}"
    return Finding("host", "ok", f"{text} ({inside})" if inside else text)


def _processor(environment: Mapping[str, Any]) -> Finding:
    cpu = environment["cpu"]
    told = [cpu["model"] or "model not told"]
    if cpu["cores_physical"]:
        told.append(f"{cpu['cores_physical']} cores" + (f", {cpu['cores_logical']} threads" if cpu["smt"] else ""))
    told.append(f"{len(cpu['cores_available'])} available here")
    if cpu["arithmetic"]:
        told.append(" ".join(cpu["arithmetic"]))
    remedy = "Threads of one core share it: put each device on whole cores, or leave the second threads out."
    return Finding("processor", "ok", "; ".join(told), remedy if cpu["smt"] else "")


def _nodes(cpu: Mapping[str, Any]) -> Finding:
    nodes = cpu["numa_nodes"] or {}
    if len(nodes) < 2:
        return Finding("memory nodes", "ok", "one" if nodes else "not told")
    places = "; ".join(f"node {node}: {len(cores)} cores" for node, cores in nodes.items())
    return Finding(
        "memory nodes", "note", places, "Keep each device within one node, such as --device 0-15 and not 8-23."
    )


def _policy(cpu: Mapping[str, Any]) -> Finding:
    governors, bounds = cpu["governors"], cpu["frequency_bounds_mhz"]
    told = [f"governor {', '.join(governors)}"] if governors else []
    told += [f"{bounds[0]:.0f} to {bounds[1]:.0f} MHz"] if bounds else []
    told += [] if cpu["turbo"] is None else [f"turbo {'on' if cpu['turbo'] else 'off'}"]
    remedies = []
    if governors and governors != ["performance"]:
        remedies.append("cpupower frequency-set -g performance keeps the clock from following the load")
    if cpu["turbo"]:
        remedies.append("turbo off makes it independent of heat and of the other cores")
    remedy = "; ".join(remedies)
    return Finding(
        "processor clock",
        "note" if remedies else "ok",
        "; ".join(told) or "not told by the host",
        f"{remedy[0].upper()}{remedy[1:]}." if remedy else "",
    )


def _quota(cpu: Mapping[str, Any], container: str | None) -> Finding:
    warning = check_quota(cpu["quota_cores"], len(cpu["cores_available"]))
    if warning is not None:
        return Finding("processor quota", "note", warning.sentence, warning.remedy)
    quota = cpu["quota_cores"]
    return Finding("processor quota", "ok", "none" if quota is None else f"{quota:g} cores")


def _memory(memory: Mapping[str, Any], now: Mapping[str, Any]) -> Finding:
    available, limit = now["memory_available_mb"], memory["limit_mb"]
    if available is None:
        return Finding("memory", "ok", "not told")
    text = f"{available:,} of {memory['total_mb']:,} MB available"
    text += f", the container's limit is {limit:,} MB" if limit else ""
    text += f", {now['swap_used_mb']:,} MB in swap" if now["swap_used_mb"] else ""
    if min(available, limit or available) >= LEAST_MEMORY_MB:
        return Finding("memory", "ok", text)
    return Finding("memory", "note", text, "Free memory, or measure small models with few instances.")


def _settings(settings: Mapping[str, str]) -> Finding:
    threads = {name: value for name, value in settings.items() if name.endswith("_NUM_THREADS")}
    text = ", ".join(f"{name}={value}" for name, value in settings.items()) or "none"
    if not threads:
        return Finding("thread settings", "ok", text)
    remedy = f"unset {' '.join(threads)}: else runtimes take that and not the cores of their device."
    return Finding("thread settings", "note", text, remedy[0].upper() + remedy[1:])


def _clock(clock: Mapping[str, Any], step_ns: int | None) -> Finding:
    source = clock["source"]
    text = f"{clock['name']} from {source or 'a source not told'}"
    text += "" if step_ns is None else f", steps of {step_ns} ns"
    if source is None or source in FAST_CLOCKS:
        return Finding("clock", "ok", text)
    return Finding(
        "clock",
        "note",
        text,
        "Each reading is a system call; boot with clocksource=tsc where the processor's own is among the available.",
    )
