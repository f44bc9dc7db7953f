"""Reading what goes in and out of any ONNX file."""

from __future__ import annotations

from pathlib import Path

import onnx
import pytest
from onnx import TensorProto, helper

from clipperf.errors import UsageError
from clipperf.models import TensorInfo, find, read_signature


def _save(path: Path, inputs: list[onnx.ValueInfoProto], initializers: list[onnx.TensorProto] | None = None) -> Path:
    output = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    node = helper.make_node("Identity", [inputs[0].name], ["y"])
    onnx.save(helper.make_model(helper.make_graph([node], "g", inputs, [output], initializers or [])), path)
    return path


@pytest.mark.parametrize("name", ["tiny-vision", "tiny-text", "tiny-clip", "tiny-vit"])
def test_a_built_file_says_what_the_catalogue_says(built, name: str) -> None:
    assert read_signature(built(name).path) == find(name).signature
    assert read_signature(built(name, static_batch=4).path) == find(name).static_signature(4)


def test_the_batch_is_dynamic_or_a_number(built) -> None:
    assert read_signature(built("tiny-clip").path).fixed_batch is None
    assert read_signature(built("tiny-clip", static_batch=4).path).fixed_batch == 4


def test_names_numbers_and_gaps_of_dimensions_are_kept(tmp_path: Path) -> None:
    inputs = [
        helper.make_tensor_value_info("named", TensorProto.FLOAT16, ["n", 3]),
        helper.make_tensor_value_info("gaps", TensorProto.INT32, [None, 3, -1]),
        helper.make_tensor_value_info("shapeless", TensorProto.DOUBLE, None),
        helper.make_tensor_value_info("scalar", TensorProto.BOOL, []),
        helper.make_tensor_value_info("odd", TensorProto.BFLOAT16, [1]),
    ]
    assert read_signature(_save(tmp_path / "m.onnx", inputs)).inputs == (
        TensorInfo("named", "float16", ("n", 3)),
        TensorInfo("gaps", "int32", (None, 3, None)),
        TensorInfo("shapeless", "float64", None),
        TensorInfo("scalar", "bool", ()),
        TensorInfo("odd", "bfloat16", (1,)),
    )


def test_weights_among_the_inputs_are_left_out(tmp_path: Path) -> None:
    inputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in ("x", "w")]
    weight = helper.make_tensor("w", TensorProto.FLOAT, [1], [1.0])
    assert [tensor.name for tensor in read_signature(_save(tmp_path / "m.onnx", inputs, [weight])).inputs] == ["x"]


def test_weights_in_another_file_need_not_be_there(built, tmp_path: Path) -> None:
    model = onnx.load(built("tiny-vision").path)
    onnx.save(model, tmp_path / "m.onnx", save_as_external_data=True, location="weights.bin", size_threshold=0)
    (tmp_path / "weights.bin").unlink()
    assert read_signature(tmp_path / "m.onnx") == find("tiny-vision").signature


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"absent\.onnx' cannot be read \(No such file"):
        read_signature(tmp_path / "absent.onnx")


@pytest.mark.parametrize("content", [b"", b"not a model at all\n", b"PK\x03\x04 a zip file"])
def test_what_is_no_model_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "m.onnx").write_bytes(content)
    with pytest.raises(UsageError, match=r"m\.onnx.*ONNX file"):
        read_signature(tmp_path / "m.onnx")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_half_a_file_is_refused(built, tmp_path: Path, share: float) -> None:
    whole = built("tiny-vision").path.read_bytes()
    (tmp_path / "m.onnx").write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(UsageError, match=r"m\.onnx.*cut short"):
        read_signature(tmp_path / "m.onnx")
