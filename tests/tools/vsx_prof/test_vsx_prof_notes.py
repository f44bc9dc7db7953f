"""Blocks in documents: each has what stands above it as its label, and the command that it came from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vsx_prof_cases import block, codes

from clipperf.tools import load_tool
from clipperf.tools.base import Report
from clipperf.tools.headings import above_lines, labels
from clipperf.tools.vsx_prof.spoken import commands_in

TOOL = load_tool("vsx_prof")
IMAGE = "/models/clip_image-fp16-none-1_3_224_224-vacc/mod"
SECOND = block("140.033", (7140, 7009, 7641), sizes=("queue size: 0", "batch size: 1"))
COMMAND = """```bash
# 测试最大吞吐
./bin/{program} \\
-m {model} \\
--device_ids  [0] \\
--batch_size  1 \\
--instance 1 \\
--shape "[3,224,224]" \\
--input_host 1 \\
--queue_size 1

# 测试最小时延
./bin/{program} -m {model} -d [0] -b 1 -i 1 --input_host 0 -q 0
```
"""


def read(text: str) -> list[Report]:
    return list(TOOL.read_log("README.md", text))


def section(title: str, program: str, model: str, blocks: str) -> str:
    command = COMMAND.format(program=program, model=model)
    return f"## {title}\n{program} 示例\n{command}{program} 结果示例\n```bash\n{blocks}```\n\n"


BOTH = f"# 测试最大吞吐{block()}# 测试最小时延{SECOND}"
README = (
    f"# CLIP\n\n{section('图像模型', 'clip_image_prof', IMAGE, BOTH)}"
    f"{section('文本模型', 'clip_text_prof', '/models/text/mod', BOTH)}"
)


def test_every_block_of_a_readme_has_its_heading_its_program_and_its_model():
    reports = read(README)
    assert [report.label for report in reports] == [
        "图像模型 / 测试最大吞吐",
        "图像模型 / 测试最小时延",
        "文本模型 / 测试最大吞吐",
        "文本模型 / 测试最小时延",
    ]
    assert [report.options["label"] for report in reports] == [report.label for report in reports]
    assert [report.options["program"] for report in reports] == ["clip_image_prof"] * 2 + ["clip_text_prof"] * 2
    assert [report.model for report in reports] == [IMAGE, IMAGE, "/models/text/mod", "/models/text/mod"]
    assert [report.precision for report in reports] == ["fp16", "fp16", "", ""]
    assert [report.options["input_host"] for report in reports] == [True, False] * 2
    assert reports[0].options["shape"] == "3x224x224"
    assert {code for report in reports for code in codes(report)} == {"told-by-command"}


def test_a_command_with_other_settings_is_not_that_of_the_block():
    other = README.replace("--queue_size 1", "--queue_size 4").replace("-q 0", "-q 7")
    assert [(report.model, report.options["program"]) for report in read(other)][:1] == [("", "clip_image_prof")]


def test_the_python_twin_is_told_by_the_form_of_its_block():
    text = section("x", "clip_image_prof.py", IMAGE, block(devices="[0]").replace("\n- ", "\n- ", 1))
    (report,) = read(text.replace("clip_image_prof.py 结果", "clip_image_prof 结果"))
    assert report.options["program"] == "clip_image_prof.py"
    (report,) = read(text.replace("[0]\n  queue", "[ 0 ]\n  queue").replace("clip_image_prof.py 结果", "结果"))
    assert report.model == ""


def test_what_stands_between_heading_and_block_tells_hosts_apart():
    text = f"### ViT\nx86, 835 MHz\n```\n# max{block()}```\naarch64, 1250 MHz\n```\n# max{block('192.9')}```\n"
    assert [report.label for report in read(text)] == ["ViT / x86, 835 MHz / max", "ViT / aarch64, 1250 MHz / max"]


def test_headings_above_tell_languages_apart():
    text = f"# ViT\n## C++\n### prof\n{block()}\n## Python\n### prof\n{block(devices='[0]')}"
    assert [report.label for report in read(text)] == ["ViT / C++ / prof", "ViT / Python / prof"]


def test_notes_without_markdown():
    for above in ("Max throughput:", "Max throughput", "* * *\n\n**Max throughput**\n"):
        assert [report.label for report in read(f"{above}\n{block()}\nMin latency：\n{SECOND}")] == [
            "Max throughput",
            "Min latency",
        ]
    under = f"# ViT\nMax throughput:\n{block()}\nMin latency:\n{SECOND}"
    assert [report.label for report in read(under)] == ["ViT / Max throughput", "ViT / Min latency"]


@pytest.mark.parametrize(
    "line", ["[INFO] done", "I1121 10:00:00.1 x.cc:3] done", "2026-11-21 10:00 done", "+ ./run", ""]
)
def test_what_a_program_logs_is_no_heading(line: str):
    reports = read(f"{line}\n{block()}{line}\n{block()}")
    assert [report.label for report in reports] == ["block 1", "block 2"]
    assert [report.options for report in reports] == [{}, {}]


def test_lines_of_another_system():
    reports = read(README.replace("\n", "\r\n"))
    assert [(report.label, report.model, report.qps) for report in reports] == [
        (report.label, report.model, report.qps) for report in read(README)
    ]
    assert reports[0].warnings == read(README)[0].warnings


def test_underlined_and_emphasised_headings():
    text = f"Image\n=====\n\n**Max** `q=1`\n----\n{block()}\n~~~\n// Latency\n{SECOND}~~~\n"
    assert [report.label for report in read(text)] == ["Max q=1", "Max q=1 / Latency"]


def test_a_log_has_its_command_where_the_shell_wrote_it():
    text = f"$ /bin/clip_image_prof --model_prefix {IMAGE} --device_ids [0] --queue_size=1\n{block()}"
    (report,) = read(text)
    assert (report.model, report.label) == (IMAGE, "")
    assert "label" not in report.options


def test_what_looks_like_a_command_and_is_none():
    assert commands_in(["usage: ./clip_text_prof --test_input_npz=string [options] ... "]) == []
    assert commands_in(["the clip_image_prof - it measures", "clip_image_prof 'open --queue_size 1"]) == []


@given(
    st.lists(
        st.sampled_from(["# a", "## b", "```", "text", "x\n===", "# c #", "", "> # q", "---"]) | st.text(), max_size=40
    )
)
def test_any_document_has_headings(parts: list[str]):
    lines = "\n".join(parts).split("\n")
    numbers = list(range(0, len(lines), 3))
    found = above_lines(lines, numbers, [])
    assert len(labels(found, numbers)) == len(numbers)
    assert all("\n" not in label for label in labels(found, [0] * len(found)))
    commands_in(lines)
