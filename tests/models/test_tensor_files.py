"""Files of tensors: what cannot be read is refused in words, and nothing that a file brings along is ever run."""

from __future__ import annotations

import pickle
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from clipperf.errors import UsageError
from clipperf.models.tensor_file import open_tensor_file

CALLS_PRINT = b"cbuiltins\nprint\n(S'the code of a stranger'\ntR."


def script_archive(path: Path, tree: bytes) -> Path:
    """A TorchScript archive of one float32 storage, 0 to 5."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("model/constants.pkl", pickle.dumps(()))
        archive.writestr("model/data.pkl", tree)
        archive.writestr("model/data/0", np.arange(6, dtype="<f4").tobytes())
    return path


def module_tree(shape: bytes, strides: bytes, offset: int = 0) -> bytes:
    """The pickle of a module `visual` in a module, with a tensor `proj` and a flag, as torch.jit.save spells them."""
    tensor = (
        b"ctorch._utils\n_rebuild_tensor_v2\n((S'storage'\nctorch\nFloatStorage\nS'0'\nS'cpu'\nI6\ntQ"
        + f"I{offset}\n".encode()
        + b"("
        + shape
        + b"t("
        + strides
        + b"tI00\nccollections\nOrderedDict\n(tRtR"
    )
    inner = b"c__torch__.clip.model\nVision\n)\x81(S'training'\nI00\nS'proj'\n" + tensor + b"db"
    return b"\x80\x02c__torch__.clip.model\nCLIP\n)\x81(S'visual'\n" + inner + b"db."


def test_a_script_archive_gives_its_tensors_under_the_names_of_the_state_dict(tmp_path: Path) -> None:
    path = script_archive(tmp_path / "ViT.pt", module_tree(b"I2\nI3\n", b"I1\nI2\n"))
    file = open_tensor_file(path)
    assert list(file.tensors) == ["visual.proj"]
    np.testing.assert_array_equal(file.read("visual.proj"), np.arange(6, dtype=np.float32).reshape(3, 2).T)


@pytest.mark.filterwarnings("ignore:.*torch.jit.* is deprecated")
def test_the_archive_that_torch_writes_is_read_as_torch_reads_it(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra, and far larger than all the rest")
    network = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.LayerNorm(4)).half()
    network.register_buffer("input_resolution", torch.tensor(224))
    torch.jit.save(torch.jit.script(network), tmp_path / "scripted.pt")
    file = open_tensor_file(tmp_path / "scripted.pt")
    assert set(file.tensors) == set(network.state_dict())
    for name, expected in network.state_dict().items():
        np.testing.assert_array_equal(file.read(name), expected.float().numpy())


@pytest.mark.parametrize(
    ("tree", "told"),
    [
        (CALLS_PRINT, "it asks for builtins.print, which is neither a module nor a tensor"),
        (module_tree(b"I9\n", b"I1\n"), "cut short or not what its suffix says"),
        (module_tree(b"I2\n", b"I-1\n"), "cut short or not what its suffix says"),
        (module_tree(b"I6\n", b"I1\n", offset=3), "cut short or not what its suffix says"),
        (b"\x80\x02c__torch__", "cut short or not what its suffix says"),
    ],
)
def test_a_script_archive_with_anything_else_is_refused(tree: bytes, told: str, tmp_path: Path, capsys) -> None:
    with pytest.raises(UsageError, match=told):
        open_tensor_file(script_archive(tmp_path / "model.pt", tree))
    assert capsys.readouterr().out == ""


def test_a_pickle_of_a_stranger_is_not_run(tmp_path: Path, capsys) -> None:
    pytest.importorskip("torch", reason="torch is an extra, and far larger than all the rest")
    (tmp_path / "model.bin").write_bytes(b"\x80\x02" + CALLS_PRINT)
    with pytest.raises(UsageError, match=r"model\.bin: the file"):
        open_tensor_file(tmp_path / "model.bin")
    assert capsys.readouterr().out == ""


def test_a_training_checkpoint_gives_its_state_dict_and_names_the_averaged_one(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra, and far larger than all the rest")
    weights = {"module.norm.weight": torch.tensor([1.5, 2.0], dtype=torch.bfloat16)}
    torch.save({"epoch": 3, "state_dict": weights, "state_dict_ema": weights}, tmp_path / "last.pt")
    file = open_tensor_file(tmp_path / "last.pt")
    assert file.other_sets == ("state_dict_ema",)
    np.testing.assert_array_equal(file.read("norm.weight"), [1.5, 2.0])


def test_without_torch_the_remedy_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    (tmp_path / "model.bin").write_bytes(b"\x80\x02}.")
    with pytest.raises(UsageError, match=r"pip install 'clipperf\[torch\]', or give the same weights as \.safetensors"):
        open_tensor_file(tmp_path / "model.bin")


def test_a_pickled_array_in_an_npz_is_not_run(tmp_path: Path) -> None:
    np.savez(tmp_path / "objects.npz", cls=np.array([{}], dtype=object))
    with pytest.raises(UsageError, match=r"objects\.npz: the file is cut short or not what its suffix says"):
        open_tensor_file(tmp_path / "objects.npz")


@pytest.mark.parametrize("suffix", [".safetensors", ".npz"])
@pytest.mark.parametrize("content", [b"", b"half a file"])
def test_what_is_no_file_of_tensors_is_refused(suffix: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / f"broken{suffix}"
    path.write_bytes(content)
    with pytest.raises(UsageError, match="cut short or not what its suffix says"):
        open_tensor_file(path)


def test_a_file_cut_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.safetensors"
    save_file({"a": np.zeros(100, np.float32)}, path)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(UsageError, match="cut short"):
        open_tensor_file(path)


def test_a_missing_file_and_another_suffix_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"absent\.npz: there is no such file"):
        open_tensor_file(tmp_path / "absent.npz")
    with pytest.raises(
        UsageError, match=r"model\.h5: weights are read of \.safetensors, \.npz, \.pt, \.pth, \.bin files"
    ):
        open_tensor_file(tmp_path / "model.h5")
