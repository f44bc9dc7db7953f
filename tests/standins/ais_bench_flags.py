"""The flags of the stand-in for ais_bench, as releases and msit have them, with their refusals."""

from __future__ import annotations

import argparse
import os
import re
import stat
from collections.abc import Sequence

OLD = (
    *(
        "model",
        "input",
        "output",
        "output_dirname",
        "outfmt",
        "loop",
        "debug",
        "device",
        "dymBatch",
        "dymHW",
        "dymDims",
    ),
    *("dymShape", "outputSize", "auto_set_dymshape_mode", "auto_set_dymdims_mode", "batchsize", "pure_data_type"),
    *("profiler", "dump", "acl_json_path", "output_batchsize_axis", "run_mode", "display_all_summary", "warmup_count"),
    "dymShape_range",
)
NEW = (
    *("aipp_config", "energy_consumption", "npu_id", "backend", "perf", "pipeline", "profiler_rename", "dump_npy"),
    *("divide_input", "threads"),
)
MSIT = {
    "model": "om-model",
    "dymBatch": "dym-batch",
    "dymHW": "dym-hw",
    "dymDims": "dym-dims",
    "dymShape": "dym-shape",
    "dymShape_range": "dym-shape-range",
    "outputSize": "output-size",
    "batchsize": "batch-size",
}
DEFAULTS = {"loop": "1", "device": "0", "warmup_count": "1", "dymBatch": "0", "pure_data_type": "zero", "pipeline": "0"}
MOST = {"loop": 100_000, "warmup_count": 10_000, "batchsize": 4096, "dymBatch": 4096}


def read_flags(arguments: Sequence[str], form: str) -> argparse.Namespace:
    """The flags by ais_bench's own names; ends the program with 2 as argparse does, and with 0 after ``--help``."""
    is_msit = form == "msit"
    parser = argparse.ArgumentParser(prog="msit benchmark" if is_msit else "__main__.py")
    lacks = os.environ.get("AIS_LACKS", "").split()
    for name in (*OLD, *(() if form == "2023-06" else NEW)):
        if name not in lacks:
            flag = MSIT.get(name, name.replace("_", "-")) if is_msit else name
            parser.add_argument(f"--{flag}", dest=name, default=DEFAULTS.get(name), required=name == "model")
    given = parser.parse_args(arguments[1:] if is_msit else arguments)
    if form != "2023-06":
        _check(parser, given)
    return given


def _check(parser: argparse.ArgumentParser, given: argparse.Namespace) -> None:
    for name, most in MOST.items():
        value = getattr(given, name)
        if value is not None and not (value.isdigit() and int(value) <= most):
            parser.error(f"argument --{name}: {value} is not in [0, {most}]")
    if not re.fullmatch(r"\d+(,\d+)*", given.device) or max(map(int, given.device.split(","))) > 255:
        parser.error(f"argument --device/-d: device:{given.device} is invalid. valid value range is [0, 255]")
    if refusal := refusal_of(given.model):
        print(f"[ERROR] {refusal}", flush=True)
        parser.error(f"argument --model/-m: om path:{given.model} is illegal. Please check.")
    if given.output and os.stat(given.output).st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        print(f"[ERROR] The file {given.output} is group writable, or is others writable", flush=True)
        parser.error(f"argument --output/-o: output path:{given.output} is illegal. Please check.")
    if given.output_dirname and given.output_dirname.startswith("/"):
        raise ValueError("--output_dirname do not support abs path!")


def refusal_of(path: str) -> str:
    """Why a file is not read, empty where it is."""
    if re.search(r"[^_A-Za-z0-9/.-]", path):
        return f"path:{path} contains illegal char, legal chars include A-Z a-z 0-9 _ - / ."
    if not os.path.exists(path):
        return f"path: {path} not exist, please check if file or dir is exist"
    if os.path.islink(path):
        return f"path :{path} is a soft link, not supported, please import file(or directory) directly"
    if os.stat(path).st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return f"The file {path} is group writable, or is others writable, as import file(or directory)"
    return "" if path.endswith(".om") else f"path:{path}, file type not in ['om']"
