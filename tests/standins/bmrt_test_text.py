"""What the stand-in for bmrt_test prints, in the forms of several releases."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from typing import Any

from bmrt_test_device import Times


class Printer:
    """Prints to standard output in blocks, or by line."""

    def __init__(self, form: str, *, is_by_line: bool) -> None:
        self._form = form
        self._out = open(1, "w", buffering=1 if is_by_line else 1 << 16, closefd=False)  # noqa: SIM115

    def say(self, text: str) -> None:
        """A line as it is."""
        self._out.write(text + "\n")

    def log(self, place: str, text: str, level: str = "INFO") -> None:
        """A line of the runtime's."""
        self.say(f"[BMRT][{place}] {level}:{text}")

    def flush(self) -> None:
        """Gives away what is held."""
        self._out.flush()

    def end(self, text: str, returncode: int) -> int:
        """The last words."""
        self.say(text)
        self.flush()
        return returncode

    def fatal(self, place: str, text: str) -> int:
        """An error; the program says nothing after it."""
        self.log(place, text, "FATAL")
        self.flush()
        sys.exit(255)

    def loading(self, device: int, path: str) -> None:
        """What comes before the model is there."""
        self.log("bmrt_test:833", f"device_index={device}, chip_id=5766")
        self.say("bmcpu init: skip cpu_user_defined")
        self.log("load_bmodel:2084", f"Loading bmodel from [{path}]. Thanks for your patience...")
        if self._form == "new":
            words = "BM Runtime: libbmrt_version:1.0.0, branch:master,commit:0123abcd ,compiled on 20260101-00:00:00."
            self.log("load_bmodel:1651", words)
            self.log("load_bmodel:1652", "BM Sophon driver version: 0.5.1")

    def nets(self, nets: Sequence[dict[str, Any]]) -> None:
        """The shapes that the model was compiled for."""
        self.log("load_bmodel:1654", f"pre net num: 0, load net num: {len(nets)}")
        for index, net in enumerate(nets if self._form != "bare" else ()):
            self.log("show_net_info:2293", " ########################")
            self.log("show_net_info:2298", f" NetName: {net['name']}, Index={index}, CoreNum=1")
            for stage, shapes in enumerate(net["stages"]):
                self.log("show_net_info:2301", f" ---- stage {stage} ----")
                for place, shape in enumerate(shapes):
                    dims = " ".join(map(str, shape))
                    words = (
                        f"   Input {place}) 'x{place}' shape=[ {dims} ] dtype=FLOAT32 scale=1 zero_point=0 device_id=0"
                    )
                    self.log("show_net_info:2304", words)

    def running(self, index: int, net: str, loop: int) -> None:
        """Before each net."""
        self.log("bmrt_test:888", f"==> running network #{index}, name: {net}, loop: {loop}")

    def turn(self, net: str, stage: int, shapes: Sequence[Sequence[int]], times: Times) -> None:
        """What a net and stage has done."""
        for place, shape in enumerate(shapes if self._form != "bare" else ()):
            self.log("bmrt_test:944", f"reading input #{place}, bytesize={4 * math.prod(shape)}")
            self.log("print_array:756", f"  --> input_data: < {'0 ' * 16}... > len={math.prod(shape)}")
        cpu_us = times.launch_us - times.npu_us
        npu = f"npu {times.npu_us} us"
        if times.groups > 1:
            npu += f" [{times.npu_us} us, {times.npu_us - 1} us]"
        words = f"net[{net}] stage[{stage}], launch total time is {times.launch_us} us ({npu}, cpu {cpu_us} us)"
        if self._form == "new":
            words += f", (launch func time {times.calculate_us - 5} us, sync 5 us)"
        self.log("bmrt_test:1138", words)
        self.log("bmrt_test:1146", f"+++ The network[{net}] stage[{stage}] output_data +++")
        self.log("bmrt_test:1208", f"load input time(s): {times.load_us / 1e6:.6f}")
        if self._form == "new":
            self.log("bmrt_test:1209", f"pre alloc  time(s): {times.prepare_us / 1e6:.6f}")
        self.log("bmrt_test:1210", f"calculate  time(s): {times.calculate_us / 1e6:.6f}")
        self.log("bmrt_test:1211", f"get output time(s): {times.fetch_us / 1e6:.6f}")
        self.log("bmrt_test:1212", f"compare    time(s): {40 / 1e6:.6f}")
