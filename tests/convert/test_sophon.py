"""Sophgo's conversions: the chains of the guide and of the sample, in every precision, and what is refused."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from clipperf.convert.conversion import Conversion, Source, Wanted
from clipperf.convert.source import of_catalogue, of_torchscript
from clipperf.convert.targets import conversions
from clipperf.errors import UsageError
from clipperf.tools.bmrt_test.model_name import batch_in, precision_in

FP32 = [
    "python3 -m bmnetp --mode=compile --model=ViT_224_1b.pt --outdir=models/fp32model/{batch} --target=BM1684 "
    "'--shapes=[[{batch},3,224,224]]' --net_name=ViT_224 --opt=2 --dyn=False --cmp=True",
    "cp models/fp32model/{batch}/compilation.bmodel models/fp32model/ViT_224_fp32_{batch}b.bmodel",
]
UMODELS = [
    "python3 -m ufw.tools.pt_to_umodel -m ViT_224_1b.pt -s '(1,3,224,224)' -d models/int8model -D data/lmdb --cmp",
    "calibration_use_pb quantize -model=models/int8model/ViT_224_1b_bmnetp_test_fp32.prototxt "
    "-weights=models/int8model/ViT_224_1b_bmnetp.fp32umodel -iterations=100 -bitwidth=TO_INT8",
]
INT8 = [
    "bmnetu -model=models/int8model/ViT_224_1b_bmnetp_deploy_int8_unique_top.prototxt "
    "-weight=models/int8model/ViT_224_1b_bmnetp.int8umodel -max_n={batch} -prec=INT8 -dyn=0 -cmp=1 -target=BM1684 "
    "-outdir=models/int8model/{batch}",
    "cp models/int8model/{batch}/compilation.bmodel models/int8model/ViT_224_int8_{batch}b.bmodel",
]
LMDB = Path("data/lmdb")


def at(lines: list[str], *batches: int) -> list[str]:
    return [line.format(batch=batch) for batch in batches for line in lines]


def lines(found: tuple[Conversion, ...]) -> list[str]:
    return [one.line for one in found]


def test_fp32_is_traced_and_compiled(vision: Source):
    found = conversions("sophon-bm1684", vision, Wanted(Path("models"), (1, 4)))
    assert lines(found) == ["python3 export.py", *at(FP32, 1, 4)]


def test_int8_goes_by_way_of_umodels_which_serve_all_batch_sizes(vision: Source):
    wanted = Wanted(Path("models"), (1, 4), ("int8",), calibration=LMDB)
    assert lines(conversions("sophon-bm1684", vision, wanted)) == ["python3 export.py", *UMODELS, *at(INT8, 1, 4)]


def test_data_to_calibrate_with_brings_int8(vision: Source):
    wanted = Wanted(Path("models"), (1,), calibration=LMDB)
    found = conversions("sophon-bm1684", vision, wanted)
    assert lines(found) == ["python3 export.py", *at(FP32, 1), *UMODELS, *at(INT8, 1)]


def test_a_traced_file_of_one_s_own(tmp_path: Path):
    source = of_torchscript(Path("my models/tower_4b.pt"), {"image": [3, 336, 336]})
    wanted = Wanted(Path("m"), (8,), calibration=LMDB, calibration_samples=7)
    found = conversions("sophon-bm1684", source, wanted)
    assert [one.output for one in found] == [
        Path("m/fp32model/8/compilation.bmodel"),
        Path("m/fp32model/tower_fp32_8b.bmodel"),
        Path("m/int8model/tower_4b_bmnetp.fp32umodel"),
        Path("m/int8model/tower_4b_bmnetp.int8umodel"),
        Path("m/int8model/8/compilation.bmodel"),
        Path("m/int8model/tower_int8_8b.bmodel"),
    ]
    assert "'--model=my models/tower_4b.pt'" in found[0].line
    assert "--shapes=[[8,3,336,336]]" in found[0].argv
    assert "-iterations=7" in found[3].argv


def test_several_inputs_are_one_argument():
    source = of_torchscript(Path("clip.pt"), {"image": [3, 224, 224], "text": [77]})
    found = conversions("sophon-bm1684", source, Wanted(Path("m"), (2,)))
    assert "--shapes=[[2,3,224,224],[2,77]]" in found[0].argv
    with pytest.raises(UsageError, match="--precision int8: how pt_to_umodel is told 2 inputs is not known"):
        conversions("sophon-bm1684", source, Wanted(Path("m"), (2,), calibration=LMDB))


def test_the_sample_s_steps_make_its_files(vision: Source):
    found = conversions("sophon-bm1684x", vision, Wanted(Path("models"), (1, 4)))
    assert lines(found) == [
        line.format(batch=batch, onnx=vision.path)
        for batch in (1, 4)
        for line in (
            "(cd models/BM1684X && model_transform.py --model_name clip_image_vitb32 --model_def {onnx} "
            "--input_shapes '[[{batch},3,224,224]]' --mlir clip_image_vitb32_{batch}b.mlir)",
            "(cd models/BM1684X && model_deploy.py --mlir clip_image_vitb32_{batch}b.mlir --quantize F16 --chip "
            "bm1684x --model clip_image_vitb32_bm1684x_f16_{batch}b.bmodel)",
        )
    ]


def test_one_calibration_serves_all_batch_sizes():
    wanted = Wanted(Path("models"), (8, 2), ("int8", "fp16"), calibration=Path("data/npz"), calibration_samples=32)
    found = conversions("sophon-bm1684x", of_catalogue("text", {}, 11), wanted)
    assert [one.output.name for one in found] == [
        "clip_text_vitb32_2b.mlir",
        "clip_text_vitb32_cali_table",
        "clip_text_vitb32_bm1684x_int8_2b.bmodel",
        "clip_text_vitb32_bm1684x_f16_2b.bmodel",
        "clip_text_vitb32_8b.mlir",
        "clip_text_vitb32_bm1684x_int8_8b.bmodel",
        "clip_text_vitb32_bm1684x_f16_8b.bmodel",
    ]
    assert found[1].line == (
        "(cd models/BM1684X && run_calibration.py clip_text_vitb32_2b.mlir "
        f"--dataset {shlex.quote(str(Path('data/npz').absolute()))} --input_num 32 -o clip_text_vitb32_cali_table)"
    )
    for one in found:
        assert ("--calibration_table" in one.argv) == ("_int8_" in one.output.name)


@pytest.mark.parametrize(
    ("chip", "precisions", "made"),
    [
        ("BM1688", (), ["f16"]),
        ("cv186x", ("fp32", "bf16"), ["f32", "bf16"]),
        ("bm1684", (), ["f32"]),
    ],
)
def test_chips_have_files_of_their_own(vision: Source, chip: str, precisions: tuple[str, ...], made: list[str]):
    found = conversions("sophon", vision, Wanted(Path("m"), (1,), precisions, chip=chip))
    folder = Path("m") / chip.upper()
    outputs = [one.output for one in found if one.output.suffix == ".bmodel"]
    assert outputs == [folder / f"clip_image_vitb32_{chip.lower()}_{word}_1b.bmodel" for word in made]


def test_names_tell_precision_and_batch_size_to_whoever_measures(vision: Source):
    precisions = ("fp32", "fp16", "bf16", "int8")
    wanted = Wanted(Path("m"), (4,), precisions, calibration=LMDB)
    names = [one.output.name for one in conversions("sophon-bm1684x", vision, wanted)]
    names = [name for name in names if name.endswith(".bmodel")]
    assert [precision_in(name) for name in names] == list(precisions)
    assert [batch_in(name) for name in names] == [4] * 4


@pytest.mark.parametrize("target", ["sophon-bm1684", "sophon-bm1684x"])
def test_a_step_comes_after_those_that_make_its_files(target: str, vision: Source):
    wanted = Wanted(Path("m"), (1, 4), ("fp32", "int8"), calibration=LMDB)
    made: set[Path] = set()
    for one in conversions(target, vision, wanted):
        assert set(one.needs) <= made
        made.add(one.output)
    assert len({one.output for one in conversions(target, vision, wanted)}) == len(made)


@pytest.mark.parametrize(
    ("target", "changed", "message"),
    [
        ("sophon-bm1684", {"precisions": ("fp16",)}, "--precision fp16: take one of fp32, int8."),
        (
            "sophon-bm1684",
            {"precisions": ("int8",)},
            "--precision int8: it has to be calibrated; name the data by --cal",
        ),
        ("sophon-bm1684x", {"precisions": ("int8",)}, "--precision int8: it has to be calibrated; name the data by"),
        ("sophon-bm1684x", {"precisions": ("int4",)}, "--precision int4: take one of fp32, fp16, bf16, int8."),
        ("sophon", {}, "--chip: TPU-MLIR compiles for one chip; give its name, such as --chip bm1688."),
        ("sophon", {"chip": "bm1684", "precisions": ("fp16",)}, "--precision fp16: take one of fp32, int8."),
        ("sophon", {"chip": "BM1684", "precisions": ("bf16",)}, "--precision bf16: take one of fp32, int8."),
        ("sophon-bm1684x", {"chip": "bm1688"}, "--chip: --for sophon-bm1684x takes none"),
        (
            "sophon-bm1684x",
            {"precisions": ("fp16",), "calibration": LMDB},
            "--calibration: int8 alone is calibrated; add it to --precision, or leave the data out.",
        ),
        (
            "sophon-bm1684",
            {"calibration_samples": 5},
            "--calibration-samples counts those of --calibration; give that too",
        ),
    ],
)
def test_what_cannot_be_made_is_refused(target: str, changed: dict, message: str, vision: Source):
    with pytest.raises(UsageError, match=re.escape(message)):
        conversions(target, vision, Wanted(Path("m"), (1,), **changed))


@pytest.mark.parametrize("name", ["text", "clip", "vit_base_patch8_224"])
def test_bmnetp_is_for_the_guide_s_model_or_a_traced_one(name: str):
    with pytest.raises(
        UsageError, match=f"'{name}' is no model that the guide traces; give vision, or the path of a .pt"
    ):
        conversions("sophon-bm1684", of_catalogue(name, {}, 11), Wanted(Path("m"), (1,)))
