"""A stand-in for Sophon's bmrt_test: its flags, its output and its ways to fail, over a device that is made up.

Its "bmodel" is a JSON file: ``nets``, each with ``name``, ``dynamic`` and ``stages``, which are lists of the shapes of
their inputs; ``us_per_sample`` is how long a launch takes, the first one ten times as long. Environment variables say
the rest:

- ``BMRT_LEDGER``: where the device writes, turn by turn, what it did;
- ``BMRT_FORMAT``: ``new`` (default), ``old`` (as of BM1684's years), ``bare`` (nothing of the net is shown);
- ``BMRT_DEVICES``: how many there are (2); ``BMRT_LACKS``: flags that this release has not, with blanks between;
- ``BMRT_FAILS``: ``hang``, ``half-way``, ``killed``, ``garbage``, ``silent``, ``no-memory``, ``wrong-chip``,
  ``gives-up``, ``fewer-loops``, ``ignores-loopnum``, ``not-root``.

Like a program in C it keeps what it prints to a pipe until a block is full, unless ``stdbuf -oL`` has started it.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import threading

from bmrt_test_device import Device
from bmrt_test_text import Printer

VALUES = (
    *("context_dir", "append_dir", "bmodel", "bmodel_list", "devid", "compare", "accuracy_f", "accuracy_i", "loopnum"),
    *("calculate_times", "thread_num", "prealloc", "net_idx", "stage_idx", "shapes", "output_shapes"),
    *("cascade_device", "core_list", "decrypt_lib"),
)
SWITCHES = (
    *("version", "help", "export_neuron", "export_output", "profile", "subnet_time", "debug_output"),
    *("memory_prealloc", "only_cmp_last"),
)
FAILS = os.environ.get("BMRT_FAILS", "")


def known() -> list[str]:
    """The flags of this release."""
    lacks = os.environ.get("BMRT_LACKS", "").split()
    return [flag for flag in (*VALUES, *SWITCHES) if flag not in lacks]


def flags_given() -> dict[str, str]:
    """As getopt_long takes them; an unknown one aborts the program."""
    given: dict[str, str] = {}
    words = iter(sys.argv[1:])
    for word in words:
        name = word[2:]
        if not word.startswith("--") or name not in known():
            sys.stderr.write(f"{sys.argv[0]}: unrecognized option '{word}'\n")
            sys.stderr.write("terminate called after throwing an instance of 'std::runtime_error'\n")
            sys.stderr.write("  what():  BMRuntime internal error.\n")
            os.abort()
        given[name] = next(words, "") if name in VALUES else "1"
    return given


def cores(text: str) -> int:
    """How many groups of cores launch at once."""
    return len([group for group in text.split(":") if group])


def main() -> int:
    """One run."""
    # To abort is its way to say no; no file shall be left of it.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    given = flags_given()
    printer = Printer(os.environ.get("BMRT_FORMAT", "new"), is_by_line=os.environ.get("_STDBUF_O") == "L")
    if "version" in given:
        return printer.end("stand-in-build", 0)
    if "help" in given or len(sys.argv) < 2:
        return printer.end("Usage:\n" + "\n".join(f"  --{flag:<17}: Some words." for flag in known()), 255)
    loops, launches = int(given.get("loopnum", "1")), int(given.get("calculate_times", "1"))
    if FAILS == "ignores-loopnum":
        loops = 1
    printer.log("deal_with_options:1634", f"Loop num: {loops}")
    if FAILS == "garbage":
        os.write(1, b"\xff\xfe\x00 calculate  time(s): many\n\x00net[ stage[0], launch total time is us\n" * 20)
        return 0
    if FAILS == "silent":
        return 0
    if FAILS == "not-root":
        printer.log("bmrt_test:806", "setpriority failed, cpu time might flutuate.", "WARNING")
    device = int(given.get("devid", "0"))
    if device >= int(os.environ.get("BMRT_DEVICES", "2")):
        return printer.fatal("bmrt_test:822", f"bm_dev_request failed, id:[{device}]")
    path = given.get("bmodel", "")
    printer.loading(device, path)
    try:
        with open(path, encoding="utf-8") as file:
            model = json.load(file)
    except (OSError, ValueError) as error:
        word = "open failed." if isinstance(error, OSError) else "is broken .."
        printer.say(f"[BMODEL][ModelCtx:514] FATAL: File[{path}] {word}")
        return printer.fatal("load_bmodel:730", f"Load bmodel[{path}] failed")
    if FAILS == "wrong-chip":
        printer.log(
            "load_bmodel:1721", "Error: runtime arch[BM1684X] is not the same with bmodel arch[BM1684]", "WRONG"
        )
        return printer.fatal("load_bmodel:730", f"Load bmodel[{path}] failed")
    if FAILS == "no-memory":
        return printer.fatal("must_alloc:2895", "device mem alloc failed: size=12[0xc] type_len=4 status=5 desc=coeff")
    printer.nets(model["nets"])
    if FAILS == "hang":
        printer.flush()
        threading.Event().wait()
    groups = cores(given["core_list"]) if "core_list" in given else 1
    measured = Device(device, launches, groups, model)
    shapes = [
        [int(dim) for dim in shape.split(",")] for shape in given.get("shapes", "").strip("[]").split("],[") if shape
    ]
    for loop in range(loops - 1 if FAILS == "fewer-loops" else loops):
        for index, net in enumerate(model["nets"]):
            if str(index) != given.get("net_idx", str(index)):
                continue
            printer.running(index, net["name"], loop)
            for stage, own in enumerate(net["stages"][:1] if shapes else net["stages"]):
                if str(stage) != given.get("stage_idx", str(stage)):
                    continue
                if shapes and not net["dynamic"] and shapes != own:
                    os.kill(os.getpid(), signal.SIGSEGV)
                times = measured.turn(net["name"], stage, loop, shapes or own)
                if loop == 3 and FAILS == "half-way":
                    os.kill(os.getpid(), signal.SIGSEGV)
                if loop == 3 and FAILS == "killed":
                    os.kill(os.getpid(), signal.SIGKILL)
                if loop == 3 and FAILS == "gives-up":
                    return printer.fatal("bmrt_test:700", f"The 0-th neuron network '{net['name']}' inference failed")
                printer.turn(net["name"], stage, shapes or own, times)
    measured.write_ledger()
    return printer.end("BMLIB Send Quit Message", 0)


if __name__ == "__main__":
    sys.exit(main())
