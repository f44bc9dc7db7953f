"""Stands in for libsophon's model_tool: ``--info FILE`` of the JSON files that the stand-in for bmrt_test takes."""

from __future__ import annotations

import json
import sys


def main() -> int:
    """Prints the nets."""
    if sys.argv[1:2] != ["--info"]:
        return 1
    with open(sys.argv[2], encoding="utf-8") as file:
        nets = json.load(file)["nets"]
    print("bmodel version: B.2.2+v1.30.2-20260101\nchip: BM1684X\ncreate time: Thu Jan  1 00:00:00 2026\n")
    print("==========================================")
    for index, net in enumerate(nets):
        print(f"net {index}: [{net['name']}]  {'dynamic' if net['dynamic'] else 'static'}")
        for stage, shapes in enumerate(net["stages"]):
            print(f"------------\nstage {stage}, core num: 1")
            for place, shape in enumerate(shapes):
                dims = ", ".join(f"max:{dim}" if net["dynamic"] else str(dim) for dim in shape)
                print(f"input: x{place}, [{dims}], float32, scale: 1, zero_point: 0")
            print(f"output: y, [{shapes[0][0]}, 64], float32, scale: 1, zero_point: 0")
    return 0


if __name__ == "__main__":
    sys.exit(main())
