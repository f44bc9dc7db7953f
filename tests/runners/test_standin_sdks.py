"""The stand-ins of vendors' SDKs punish what the real ones would: otherwise nothing is shown by passing over them."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from standin_sdks import SDKS, Sdk, write_model

BY_LABEL = {sdk.label: sdk for sdk in SDKS}


def run(sdk: Sdk, folder: Path, code: str) -> str:
    """What a program prints that uses the SDK by itself; its model takes any batch, and is in ``path``."""
    model = write_model(folder, sdk.runner)
    begin = f"import threading\nimport numpy as np\npath = {str(model)!r}\nimage = np.ones((2, 3, 4, 4), 'float32')\n"
    done = subprocess.run(
        [sys.executable, "-c", begin + textwrap.dedent(code)],
        env=sdk.environment(folder / "device"),
        capture_output=True,
        text=True,
        timeout=60,
    )
    return (done.stdout + done.stderr).strip().splitlines()[-1]


ACL = "from ais_bench.infer.interface import InferSession\nsession = InferSession(0, path)\n"


@pytest.mark.parametrize(
    ("release", "code", "said"),
    [
        ("2025", "session.infer([image], mode='dynbatch')", "ValueError: infer mode is illegal, Please check."),
        ("2025", "session.infer([image])", "RuntimeError: [-1][ACL: general failure]"),
        ("2025", "session.infer([image.astype('float64')], 'dymbatch')", "RuntimeError: [-1][ACL: general failure]"),
        ("2025", "session.set_dynamic_batchsize(9)", "RuntimeError: [-1][ACL: general failure]"),
        (
            "2025",
            "session.free_resource()\nsession.infer([image], 'dymbatch')",
            "RuntimeError: [-1][ACL: general failure]",
        ),
        ("2025", "InferSession(300, path)", "ValueError: device_id is illegal. Please check."),
        # June 2023 does not take the batch from the arrays.
        ("2023", "session.infer([image], 'dymbatch')", "RuntimeError: [-1][ACL: general failure]"),
        ("2023", "session.summary()", "AttributeError: 'InferSession' object has no attribute 'summary'"),
        (
            "2025",
            "session.set_dynamic_batchsize(2)\nfeeds = [session.create_tensor_from_arrays_to_device(image)]\n"
            "np.array(session.run(feeds, out_array=False)[0])",
            "RuntimeError: tensor is in npu. can't convert to numpy array",
        ),
    ],
)
def test_a_session_refuses(release: str, code: str, said: str, tmp_path: Path):
    assert run(BY_LABEL[f"acl-{release}"], tmp_path, ACL + code).startswith(said)


@pytest.mark.parametrize("release", ["2025", "2023"])
def test_a_session_fails_in_a_thread_without_its_context(release: str, tmp_path: Path):
    code = """
    session.set_dynamic_batchsize(2)
    def work():
        try:
            session.infer([image], "dymbatch")
        except RuntimeError as error:
            print("in the thread:", error)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    """
    said = run(BY_LABEL[f"acl-{release}"], tmp_path, ACL + textwrap.dedent(code))
    assert said == "in the thread: [-1][ACL: general failure]"


@pytest.mark.parametrize(("release", "kind"), [("2025", "tuple"), ("2023", "float")])
def test_times_of_execution_are_told_as_the_releases_do(release: str, kind: str, tmp_path: Path):
    name = "summary" if release == "2025" else "sumary"
    code = f"session.set_dynamic_batchsize(2)\nsession.infer([image], 'dymbatch')\ntold = session.{name}()\n"
    tell = "print(len(told.exec_time_list), type(told.exec_time_list[0]).__name__)"
    said = run(BY_LABEL[f"acl-{release}"], tmp_path, ACL + code + tell)
    assert said == f"1 {kind}"


MAGICMIND = """
import magicmind.python.runtime as mm
model = mm.Model()
model.deserialize_from_file(path)
system = mm.System()
system.__enter__()
device = mm.Device()
device.active()
config = mm.Model.EngineConfig()
config.device_type = "MLU"
context = model.create_i_engine(config).create_i_context()
queue, ins, outs = device.create_queue(), context.create_inputs(), []
ins[0].from_numpy(image)
"""


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("print(context.enqueue(ins, outs, queue).error_message())", "cnrtInvokeKernel: invalid device"),
        ("print(ins[0].from_numpy(image.astype('float64')).error_message())", "image: float64 is not float32"),
        ("device.id = 9\nprint(device.active().error_message())", "cnrtSetDevice: invalid device 9"),
        ("print(mm.Model().deserialize_from_file('/none').ok())", "False"),
        ("ins[0].to(device)\ncontext.enqueue(ins, outs, queue)\nprint(np.isnan(outs[0].asnumpy()).all())", "True"),
        (
            "ins[0].to(device)\ncontext.enqueue(ins, outs, queue)\nqueue.sync()\n"
            "print(np.isnan(outs[0].asnumpy()).any())",
            "False",
        ),
    ],
)
def test_magicmind_answers_with_statuses_and_waits_for_nothing_by_itself(code: str, said: str, tmp_path: Path):
    assert run(BY_LABEL["magicmind"], tmp_path, MAGICMIND + code) == said


TORCH = """
import torch, {name} as sdk
from {name}._enums import PrecisionPolicy
sdk.set_device(0)
module = sdk.compile(torch.jit.load(path), inputs=[sdk.Input((2, 3, 4, 4))], precision_policy=PrecisionPolicy.FP16)
stream, x = sdk.npu.Stream("npu:0"), torch.from_numpy(image).to("npu:0")
"""


@pytest.mark.parametrize("name", ["torch_aie", "mindietorch"])
@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("module(x)", "RuntimeError: the current context is NULL"),
        (
            "with sdk.npu.stream(stream): module(x).numpy()",
            "TypeError: can't convert npu:0 device type tensor to numpy.",
        ),
        ("with sdk.npu.stream(stream): module(torch.from_numpy(image))", "RuntimeError: Expected all tensors"),
        ("torch.jit.load(path)(x)", "RuntimeError: Expected all tensors"),
        ("sdk.set_device(5)", "RuntimeError: Set device failed, device id 5 is invalid."),
        ("sdk.finalize()\nwith sdk.npu.stream(stream): module(x)", "RuntimeError: mindietorch has been finalized"),
        (
            # Without waiting a request is over at once, and nothing is there.
            "with sdk.npu.stream(stream): y = module(x)\nprint(np.isnan(y.to('cpu').numpy()).all())",
            "True",
        ),
        (
            "with sdk.npu.stream(stream):\n    y = module(x)\n    stream.synchronize()\n"
            "print(np.isnan(y.to('cpu').numpy()).any())",
            "False",
        ),
    ],
)
def test_torch_aie_only_enqueues_and_belongs_to_threads(name: str, code: str, said: str, tmp_path: Path):
    assert run(BY_LABEL[f"torch_aie-{name}"], tmp_path, TORCH.format(name=name) + code).startswith(said)
