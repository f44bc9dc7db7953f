"""Vendors' SDKs as stand-ins: which runner finds which, models for them, and what their devices really did."""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from clipperf.results.samples_file import read_samples

STANDINS = Path(__file__).parent / "standins"
COMMON = STANDINS / "sdk"
FILES = {
    "onnxruntime": "model.onnx",
    "acl": "model.om",
    "magicmind": "model",
    "torch": "model.pt",
    "torch_aie": "model.ts",
    "sail": "model.bmodel",
    "vacc": "mod",
}
"""Names of model files, by runner."""

DIMENSIONS = (3, 4, 4)
OPTIONS = {runner: {"inputs": "x".join(map(str, DIMENSIONS))} for runner in ("torch_aie", "vacc")}
OF_ONE_BATCH = ("torch_aie", "vacc")
"""Their models are compiled or loaded for a batch size."""

VDSP_PARAMS = COMMON / "vdsp_params.json"
LARGEST_GEAR = 8


@dataclass(frozen=True)
class Sdk:
    """One vendor's SDK: the runner that it is for, its folder beside the common one, and its release."""

    runner: str
    folder: str = ""
    release: str = ""

    @property
    def path(self) -> list[str]:
        """What goes on the path of modules."""
        return [str(COMMON), *([str(STANDINS / self.folder)] if self.folder else [])]

    @property
    def label(self) -> str:
        """For the names of tests."""
        return "-".join(filter(None, (self.runner, self.folder.removeprefix("sdk_"), self.release)))

    def environment(self, folder: Path) -> dict[str, str]:
        """Variables of a process that is to find it; the devices keep their ledger in ``folder``."""
        folder.mkdir(exist_ok=True)
        variables = {"PYTHONPATH": os.pathsep.join(self.path), "STANDIN_FOLDER": str(folder)}
        return {**variables, "STANDIN_AIS_BENCH": self.release} if self.release else variables


SDKS = (
    Sdk("acl", release="2025"),
    Sdk("acl", release="2023"),
    Sdk("magicmind"),
    Sdk("torch_aie", "sdk_torch_aie"),
    Sdk("torch_aie", "sdk_mindietorch"),
    Sdk("sail"),
    Sdk("vacc"),
)

TORCH = {"npu:0": Sdk("torch", "sdk_torch_npu"), "cuda:0": Sdk("torch", "sdk_torch_cuda")}
"""The torch runner's, by device: that runner has no SDK of its own, it takes whatever torch has."""


ONNXRUNTIME = Sdk("onnxruntime", "sdk_onnxruntime")
"""Built for accelerators; the real one is here too, which most tests are to find."""


@contextlib.contextmanager
def importable(sdk: Sdk, folder: Path) -> Iterator[pytest.MonkeyPatch]:
    """The SDK on this process's path; what was imported of it is gone afterwards, a real one that it hid is back."""
    with pytest.MonkeyPatch.context() as patch:
        hidden = {place.stem for folder_of in sdk.path for place in Path(folder_of).iterdir()}
        for name in [name for name in sys.modules if name.partition(".")[0] in hidden]:
            patch.delitem(sys.modules, name)
        for key, value in sdk.environment(folder).items():
            patch.setenv(key, value)
        for place in sdk.path:
            patch.syspath_prepend(place)
        yield patch
        for name in loaded_from(sys.modules):
            del sys.modules[name]


def write_model(folder: Path, runner: str, batch: int | None = None, name: str = "") -> Path:
    """A model of one image and one embedding, of a fixed batch size or of any; its path, for vacc without ending."""
    rows = -1 if batch is None else batch
    described = {
        "inputs": [{"name": "image", "dtype": "float32", "shape": [rows, *DIMENSIONS]}],
        "outputs": [{"name": "embed", "dtype": "float32", "shape": [rows, 6]}],
        "gears": [] if batch else list(range(1, LARGEST_GEAR + 1)),
    }
    path = folder / (name or FILES[runner])
    file = path.with_name(f"{path.name}.json") if runner == "vacc" else path
    file.write_text(json.dumps(described), encoding="utf-8")
    file.chmod(0o644)
    return path


def truths_ns(folder: Path, issued_ns: Sequence[int], completed_ns: Sequence[int], scope: str) -> list[int]:
    """How long each of these requests really took, by the one entry of each kind that lies inside it.

    At other scopes than ``device-io`` that is from the begin of the copy to the device until the end of the copy back.
    Fails where a request has none or several: it was over before its device, or did more than it should.
    """
    kinds = ("h2d", "compute", "d2h") if scope != "device-io" else ("compute",)
    kept = [entries(folder, kind) for kind in kinds]
    truths = []
    for issued, completed in zip(issued_ns, completed_ns, strict=True):
        inside = [[one for one in kind if issued <= one[0] and one[1] <= completed] for kind in kept]
        assert [len(found) for found in inside] == [1] * len(kinds), f"request {issued} to {completed}: {inside}"
        truths.append(inside[-1][0][1] - inside[0][0][0])
    return truths


def true_median_ms(run: Path, row: pd.Series, scope: str) -> float:
    """Of the requests in the window, by the device's ledger."""
    samples, in_window = read_samples(run, row["case_id"], 0)
    inside = samples.select(in_window)
    truths = truths_ns(run.parent / "device", inside.issued_ns.tolist(), inside.completed_ns.tolist(), scope)
    return statistics.median_low(truths) / 1e6


def entries(folder: Path, kind: str) -> list[tuple[int, int]]:
    """When each copy or execution of that kind began and when it was answered, ns of the monotonic clock."""
    lines = (folder / "ledger").read_text(encoding="utf-8").splitlines()
    entries = [line.split() for line in lines if line.startswith(f"{kind} ")]
    return [(int(began), int(answered)) for _, _, began, answered in entries]


def loaded_from(modules: Mapping[str, object]) -> Iterator[str]:
    """Names of the loaded modules that are stand-ins."""
    for name, module in list(modules.items()):
        places = [getattr(module, "__file__", None), *getattr(module, "__path__", ())]
        if any(str(place).startswith(f"{STANDINS}{os.sep}sdk") for place in places):
            yield name
