"""The commands for each vendor's program, against those of the guides, and what is refused."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipperf.convert.conversion import Conversion, Input, Source, Wanted
from clipperf.convert.source import of_catalogue, of_file
from clipperf.convert.targets import TARGETS, conversions
from clipperf.convert.torch_aie import MODELS
from clipperf.errors import UsageError
from clipperf.models.build import build
from clipperf.models.catalogue import catalogue
from clipperf.models.dimensions import BATCH
from clipperf.profile import make_profile, read_profile
from clipperf.tools.precision_words import OURS_BY_WORD, precision_word_in

WANTED = Wanted(Path("models"), (1, 4))
ATC = (
    "atc --framework=5 --model={onnx} --output=models/vit_b_32_{tower}_bs{batch} --input_format={layout} "
    "--input_shape={name}:{batch},{dims} --log=error --soc_version=Ascend910B4"
)


@pytest.mark.parametrize(
    ("tower", "name", "layout", "dims"), [("vision", "image", "NCHW", "3,224,224"), ("text", "text", "ND", "77")]
)
def test_atc_is_called_as_in_the_guide(tower: str, name: str, layout: str, dims: str):
    source = of_catalogue(tower, {}, 11)
    lines = [one.line for one in conversions("ascend-910b4", source, WANTED)]
    assert lines == [
        ATC.format(onnx=source.path, tower=tower, batch=batch, layout=layout, name=name, dims=dims) for batch in (1, 4)
    ]


def test_atc_gets_several_inputs_as_one_argument(clip: Source):
    (one,) = conversions("ascend", clip, Wanted(Path("models"), (8,), chip="310P3"))
    assert "--input_shape=image:8,3,224,224;text:100,77" in one.argv
    assert "--input_format=ND" in one.argv
    assert one.argv[-1] == "--soc_version=Ascend310P3"
    assert "'--input_shape=image:8,3,224,224;text:100,77'" in one.line


def test_a_chip_is_not_guessed(vision: Source):
    with pytest.raises(UsageError, match="--chip: atc compiles for one chip; give its name as 'npu-smi info' prints"):
        conversions("ascend", vision, WANTED)


def test_magicmind_is_built_as_in_the_guide(clip: Source):
    wanted = Wanted(Path("/data/models"), (1, 64))
    found = conversions("cambricon-mlu", clip, wanted)
    assert [one.output.name for one in found] == [
        "clip_onnx_force_float32_true",
        "clip_onnx_force_float16_true",
        "clip_onnx_qint8_mixed_float16_true",
    ]
    assert found[0].line == (
        '(cd "$PROJ_ROOT_PATH"/gen_model && python gen_model.py --precision force_float32 --input_dims 64 3 224 224 '
        "--input_dims 100 77 --batch_size 64 100 --dynamic_shape true --dim_range_min 1 3 224 224 "
        "--dim_range_max 64 3 224 224 --dim_range_min 100 77 --dim_range_max 100 77 "
        f"--magicmind_model /data/models/clip_onnx_force_float32_true --onnx {clip.path} "
        "--type64to32_conversion true --conv_scale_fold true --device_id 0)"
    )
    assert [one.variables for one in found] == [(), (), ("CIFAR100_DATASETS_PATH",)]


def test_magicmind_builds_a_file_for_each_size_where_asked(vision: Source):
    wanted = Wanted(Path("/m"), (1, 4), ("fp16",), chip="mtp_592", is_batch_fixed=True)
    found = conversions("cambricon-mlu", vision, wanted)
    assert [one.output.name for one in found] == [
        "vision_onnx_force_float16_false_1",
        "vision_onnx_force_float16_false_4",
    ]
    for one, batch in zip(found, ("1", "4"), strict=True):
        words = list(one.argv)
        assert words[words.index("--batch_size") + 1] == batch
        assert words[words.index("--dynamic_shape") + 1] == "false"
        assert words[words.index("--mlu_arch") + 1] == "mtp_592"
        assert "--dim_range_min" not in words


def test_names_tell_the_precision_to_whoever_measures(clip: Source):
    words = [precision_word_in(one.output.name) for one in conversions("cambricon-mlu", clip, WANTED)]
    assert [OURS_BY_WORD[word] for word in words] == ["fp32", "fp16", "int8"]


def test_without_a_calibration_there_is_no_int8(vision: Source):
    names = [one.output.name for one in conversions("cambricon-mlu", vision, WANTED)]
    assert names == ["vision_onnx_force_float32_true", "vision_onnx_force_float16_true"]
    with pytest.raises(UsageError, match="int8: it needs a calibration, and magicmind_cloud has one for clip alone"):
        conversions("cambricon-mlu", vision, Wanted(Path("m"), (1,), ("int8",)))


@pytest.mark.parametrize("name", MODELS)
def test_torch_aie_is_exported_and_compiled_as_in_the_guide(name: str):
    export, *compiled = conversions("ascend-310p3", of_catalogue(name, {}, 11), WANTED)
    size = name[-3:]
    assert export.line == (f"python3 export.py --model_name {name} --checkpoint_path ./{name}.npz --image_size {size}")
    assert export.output == Path(f"{name}.ts")
    assert [one.output.name for one in compiled] == [
        f"{name}_bs{batch}_optim{level}_aie.ts" for batch in (1, 4) for level in (1, 2)
    ]
    assert compiled[1].line == (
        f"python3 compile.py --model_path ./{name}.ts --batch_size 1 --image_size {size} --optim_level 2 "
        f"--output_path models/{name}_bs1_optim2_aie.ts"
    )


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"precisions": ("fp32",)}, "--precision fp32: the guide's compile.py has fp16 written into it; give fp16."),
        ({"optim_levels": ("3",)}, "--optim-level 3: give one of 0, 1, 2."),
        ({"optim_levels": ("x",)}, "--optim-level x: give one of 0, 1, 2."),
    ],
)
def test_torch_aie_makes_nothing_that_its_scripts_cannot(changed: dict, message: str):
    with pytest.raises(UsageError, match=re.escape(message)):
        conversions("ascend-310p3", of_catalogue(MODELS[0], {}, 11), Wanted(Path("m"), (1,), **changed))


def test_torch_aie_is_for_models_of_timm(vision: Source):
    with pytest.raises(UsageError, match="'vision' is no model that the guide's export"):
        conversions("ascend-310p3", vision, WANTED)


def test_a_flag_that_a_program_has_no_use_for_is_refused(vision: Source):
    wanted = Wanted(Path("m"), (1,), ("fp16",), ("1",), "910B4", True, Path("data"), 8)
    with pytest.raises(UsageError) as refusal:
        conversions("ascend-910b4", vision, wanted)
    flags = [line.partition(":")[0] for line in str(refusal.value).splitlines()]
    assert flags == [
        "--precision",
        "--optim-level",
        "--chip",
        "--static-batch",
        "--calibration",
        "--calibration-samples",
    ]


def test_every_model_can_be_converted_for_some_device():
    for name in catalogue():
        for target in ("ascend-910b4", "cambricon-mlu", "sophon-bm1684x"):
            assert conversions(target, of_catalogue(name, {}, 11), WANTED)


@pytest.mark.parametrize("target", [name for name in TARGETS if name not in ("ascend", "sophon")])
def test_files_have_the_names_that_the_profile_measures(target: str):
    profile = make_profile(read_profile(target)[0], {})
    models = {
        "ascend-910b4": ("vision", "text"),
        "cambricon-mlu": ("clip",),
        "ascend-310p3": ("vit_base_patch8_224",),
        "sophon-bm1684": ("vision",),
        "sophon-bm1684x": ("vision", "text"),
    }
    calibration = Path("lmdb") if target == "sophon-bm1684" else None
    wanted = Wanted(Path("models"), tuple(profile.batch), calibration=calibration)
    made = [one.output for model in models[target] for one in conversions(target, of_catalogue(model, {}, 11), wanted)]
    expected = {
        Path(model.replace("{batch}", str(batch))).absolute() for model in profile.model for batch in profile.batch
    }
    assert expected <= {path.absolute() for path in made}


def test_a_file_of_one_s_own(tmp_path: Path):
    path = build("tiny-clip", folder=tmp_path).path
    source = of_file(path, {"text": [5, 16]}, [1, 2])
    assert [one.dims for one in source.inputs] == [(BATCH, 3, 32, 32), (5, 16)]
    (one,) = conversions("ascend", source, Wanted(Path("m"), (2,), chip="Ascend310P3"))
    assert one.output == Path("m", f"{path.stem}_bs2.om")
    assert "--input_shape=image:2,3,32,32;text:5,16" in one.argv


def test_a_file_of_another_batch_size_is_refused(tmp_path: Path):
    path = build("tiny-vision", static_batch=4, folder=tmp_path).path
    assert of_file(path, {}, [4]).inputs[0].dims == (BATCH, 3, 32, 32)
    with pytest.raises(UsageError, match=r"--batch 1,4: .* is fixed to batch size 4"):
        of_file(path, {}, [1, 4])


@given(st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0/"), min_size=1))
def test_a_line_is_the_command_however_the_file_is_called(name: str):
    source = Source("model", Path(f"/{name}"), (Input(name, (BATCH, 3)),))
    (one,) = conversions("ascend", source, Wanted(Path(name), (1,), chip="X"))
    assert shlex.split(one.line) == list(one.argv)


def test_a_line_with_a_folder_leaves_the_shell_where_it_was(tmp_path: Path):
    folder = tmp_path / "it's a folder" / "of scripts"
    folder.mkdir(parents=True)
    one = Conversion(("echo", "a b", "$HOME"), tmp_path / "x", "", "PLACE", "of scripts")
    done = subprocess.run(
        ["sh", "-euc", f"{one.line.replace('echo', 'pwd; echo')}; pwd"],
        cwd=tmp_path,
        env={"PLACE": str(folder.parent)},
        capture_output=True,
        text=True,
    )
    assert done.stdout.splitlines() == [str(folder), "a b $HOME", str(tmp_path)]
