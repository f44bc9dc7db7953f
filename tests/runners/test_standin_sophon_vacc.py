"""The stand-ins of SAIL and VastStreamX punish what the real ones would, as recorded of SAIL over its simulator."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from standin_sdks import Sdk, write_model

SAIL = """
import sophon.sail as sail
def engine(mode="SYSIO"):
    return sail.Engine(path, 0, sail.IOMode[mode])
def tensors(made, rows=2, sys_too=True):
    handle, kind = made.get_handle(), sail.Dtype.BM_FLOAT32
    one = {"image": sail.Tensor(handle, [rows, 3, 4, 4], kind, sys_too, True)}
    return one, {"embed": sail.Tensor(handle, [rows, 6], kind, sys_too, True)}
"""
VSX = """
import vaststreamx as vsx
def stream():
    op = vsx.ModelOperator(vsx.Model(path, 2, ""))
    graph = vsx.Graph(vsx.GraphOutputType.GRAPH_OUTPUT_TYPE_NCHW_DEVICE)
    graph.add_operators(op)
    made = vsx.Stream(graph, vsx.StreamBalanceMode.RUN)
    made.register_operator_output(op)
    return made
"""
BEGINNINGS = {"sail": SAIL, "vacc": VSX}


def run(runner: str, folder: Path, code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A program that uses the SDK by itself; its model takes any batch, and is in ``path``."""
    sdk = Sdk(runner)
    begin = f"import threading, time\nimport numpy as np\npath = {str(write_model(folder, runner))!r}\n"
    image = "image = np.random.default_rng(1).uniform(-1, 1, (2, 3, 4, 4)).astype('float32')\n"
    return subprocess.run(
        [sys.executable, "-c", begin + image + BEGINNINGS[runner] + textwrap.dedent(code)],
        env={**sdk.environment(folder / "device"), **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    return (done.stdout + done.stderr).strip().splitlines()[-1]


@pytest.mark.parametrize("code", ["engine().process('nope', {'image': image})", "engine().get_input_names('nope')"])
def test_a_wrong_net_kills_the_process(code: str, tmp_path: Path):
    done = run("sail", tmp_path, code)
    assert done.returncode == -signal.SIGSEGV
    assert last_line(done) == "[BMRT][bmrt_get_network_info:782] WRONG:net name:nope invalid"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("engine('DEVIO').process('net', {'image': image})", "sophon.sail.SailEngineError: bad input"),
        ("engine().process('net', {'image': image[:, :1]})", "sophon.sail.SailEngineError: bad input"),
        ("sail.Engine('/none', 0, sail.IOMode.SYSIO)", "sophon.sail.SailEngineError: invalid bmodel"),
        ("sail.Engine(path, 5, sail.IOMode.SYSIO)", "sophon.sail.SailDeviceError: init device failure"),
        ("sail.Engine(path, 0)", "TypeError"),
        # With the outputs left on the device the numpy form gives whatever lies there.
        ("print(np.abs(engine('SYSI').process('net', {'image': image})['embed']).max() < 1e-30)", "True"),
        (
            "e = engine()\nfirst = e.process('net', {'image': image})['embed']\n"
            "print((e.process('net', {})['embed'] == first).all())",
            "True",
        ),
        (
            "x = image.transpose(3, 2, 1, 0).copy().transpose(3, 2, 1, 0)\nbefore = x.copy()\n"
            "engine().process('net', {'image': x})\nprint((x == before).all())",
            "False",
        ),
        (
            "e = engine('DEVIO')\nins, outs = tensors(e)\nins['image'].update_data(image.astype('float16'))",
            "sophon.sail.SailTensorError: Wrong dtype of input array!",
        ),
        # What was not copied to the device is not there.
        (
            "e = engine('DEVIO')\nins, outs = tensors(e)\nins['image'].update_data(image)\n"
            "e.process('net', ins, outs)\nouts['embed'].sync_d2s()\nprint((outs['embed'].asnumpy() == 0).all())",
            "True",
        ),
        (
            "e = engine('SYSIO')\nins, outs = tensors(e, sys_too=False)\ne.process('net', ins, outs)",
            "sophon.sail.SailEngineError: bad input",
        ),
    ],
)
def test_sail_does_what_it_is_told(code: str, said: str, tmp_path: Path):
    assert last_line(run("sail", tmp_path, code)).startswith(said)


def test_a_launch_that_fails_is_only_said(tmp_path: Path):
    code = "e = engine()\nfirst, again = (e.process('net', {'image': x})['embed'] for x in (image, 0 * image))\n"
    done = run("sail", tmp_path, code + "print((again == first).all())", STANDIN_FAILS="execute@1")
    assert "bmrt_launch_tensor_ex() err" in done.stdout
    assert last_line(done) == "True"


WATCHED = """
seen, stop = [], []
def look():
    while not stop:
        seen.append(time.monotonic_ns())
        time.sleep(0.0005)
made = engine({mode!r})
ins, outs = tensors(made)
thread = threading.Thread(target=look)
thread.start()
for _ in range(5):
    made.process("net", {arguments})
stop.append(1)
thread.join()
print(*seen)
"""


@pytest.mark.parametrize(
    ("mode", "arguments", "runs_meanwhile"),
    [("SYSIO", '{"image": image}', False), ("DEVIO", "ins, outs", True)],
)
def test_the_numpy_form_keeps_the_interpreter_s_lock(mode: str, arguments: str, runs_meanwhile: bool, tmp_path: Path):
    code = WATCHED.format(mode=mode, arguments=arguments)
    seen = list(map(int, last_line(run("sail", tmp_path, code, STANDIN_TIMES="4")).split()))
    ledger = [line.split() for line in (tmp_path / "device" / "ledger").read_text(encoding="utf-8").splitlines()]
    times_ns = [(int(began), int(answered)) for kind, _, began, answered in ledger if kind == "compute"]
    inside = [one for one in seen for began, ended in times_ns if began + 1_000_000 < one < ended - 1_000_000]
    # The last of the five may not be written down.
    assert len(times_ns) >= 4
    assert bool(inside) == runs_meanwhile


def test_two_threads_in_one_engine_spoil_each_other_s_answers(tmp_path: Path):
    code = """
    e = engine("DEVIO")
    sets = [tensors(e), tensors(e)]
    for number, (ins, outs) in enumerate(sets):
        ins["image"].update_data(image * (1 + number))
        ins["image"].sync_s2d()
        e.process("net", ins, outs)
    def answers():
        return [outs["embed"].dev.copy() for _, outs in sets]
    right = answers()
    threads = [threading.Thread(target=e.process, args=("net", *one)) for one in sets]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    print(all((one == other).all() for one, other in zip(right, answers())))
    """
    assert last_line(run("sail", tmp_path, code, STANDIN_TIMES="4")) == "False"


@pytest.mark.parametrize(
    ("code", "status"),
    [("sail.Engine(path, 5, sail.IOMode.SYSIO)", 1), ("sail.Engine('/none', 0, sail.IOMode.SYSIO)", 21)],
)
def test_old_releases_end_the_process(code: str, status: int, tmp_path: Path):
    assert run("sail", tmp_path, code, STANDIN_SAIL="old").returncode == status


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("vsx.Model(path, 2, '')", "RuntimeError: no device is set in this thread"),
        ("print(vsx.set_device(5))", "-1"),
        ("vsx.set_device(0)\nstream().run_sync([])", "RuntimeError: stream is not ready on this device"),
        (
            "vsx.set_device(0)\ns = stream()\ns.build()\nt = [[vsx.from_numpy(x, 0)] for x in image]\n"
            "thread = threading.Thread(target=s.run_sync, args=(t,))\nthread.start()\nthread.join()",
            "RuntimeError: no device is set in this thread",
        ),
        (
            "vsx.set_device(0)\ns = stream()\ns.build()\nt = vsx.from_numpy(image[0], 0)\ns.run_sync([[t], [t], [t]])",
            "RuntimeError: batch is larger than the model's",
        ),
        (
            "vsx.set_device(0)\ns = stream()\ns.build()\nt = vsx.from_numpy(image[0], 1)\ns.run_sync([[t]])",
            "RuntimeError: a tensor is on another device",
        ),
        ("vsx.set_device(0)\nvsx.Graph(False)", "TypeError: incompatible constructor arguments"),
        ("vsx.set_device(0)\nvsx.Model('/none/mod', 1, '')", "RuntimeError: load model /none/mod failed"),
    ],
)
def test_vaststreamx_belongs_to_threads_and_has_to_be_built(code: str, said: str, tmp_path: Path):
    assert last_line(run("vacc", tmp_path, code)).startswith(said)
