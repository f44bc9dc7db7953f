"""clipperf score: the sample's form for people, records for machines, an unreadable image that holds nothing up."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commands import called
from PIL import Image

DRAWN = (
    "The weights of tiny-vision and tiny-text are random numbers: these scores mean nothing. Build both towers with "
    "`clipperf models build NAME --weights FILE` and give them by --vision and --text.\n"
)


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """One of a single colour."""
    path = tmp_path / "blue.png"
    Image.new("RGB", (40, 30), "blue").save(path)
    return path


def test_people_read_the_sample_s_form(image: Path, capsys: pytest.CaptureFixture[str]):
    code, out, err = called(capsys, "score", image, "a diagram", "a dog", "a cat", "--model", "tiny-clip", "--top", 2)
    assert (code, err) == (0, DRAWN)
    head, *lines = out.splitlines()
    assert head == "Top2:"
    shares = [line.rpartition(" ")[2] for line in lines]
    assert [line.partition(",")[0] for line in lines] == ["0th", "1th"]
    assert all(line.split(", ")[1].startswith("string: a ") and ", score: " in line for line in lines)
    assert float(shares[0]) >= float(shares[1])


def test_an_unreadable_image_is_named_and_the_others_are_scored(
    image: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    broken, labels = tmp_path / "broken.jpg", tmp_path / "labels.txt"
    broken.write_bytes(b"\xff\xd8\xff")
    labels.write_text("a dog\n\n a cat \n", encoding="utf-8")
    code, out, err = called(
        capsys,
        "score",
        broken,
        image,
        "--image",
        image,
        "--labels",
        labels,
        "--model",
        "tiny-clip",
        "--json",
        "--quiet",
    )
    assert (code, err) == (1, f"Error: {broken}: it is no image that Pillow can read.\n")
    first, *rows = json.loads(out)
    assert first == {
        **dict.fromkeys(("rank", "string", "score")),
        "image": str(broken),
        "error": f"{broken}: it is no image that Pillow can read.",
    }
    assert [(row["image"], row["rank"], row["error"]) for row in rows] == [(str(image), n, "") for n in (0, 1)] * 2
    assert {row["string"] for row in rows} == {"a dog", "a cat"}
    assert rows[0]["score"] + rows[1]["score"] == pytest.approx(1)
    assert rows[:2] == rows[2:]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), 'No text is given to compare blue.png with; add some, such as "a dog" "a cat", or --labels.'),
        (("x", "--labels", "absent.txt"), "--labels absent.txt: it cannot be read (No such file or directory)."),
        (("x", "--vision", "v.onnx"), "--vision is one tower alone; give the other one by --text as well."),
        (("x", "--vision", "v", "--text", "t", "--model", "clip"), "--model clip with --vision and --text: give the"),
        (("x", "--json", "--format", "csv"), "--json with --format csv: give one of them."),
        (("x", "--model", "tiny-vit"), "--model tiny-vit: it has no text tower to compare images with; give one of"),
        (("x", "--runner", "simulated"), "--runner simulated: it reads no model, so its answers mean nothing;"),
        (("x", "--model", "tiny-clip", "--batch", "1,2"), "The flags make 2 cases; give one --batch, --precision,"),
    ],
)
def test_wrong_usage_fails_before_anything_runs(
    arguments: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
):
    code, out, err = called(capsys, "score", "blue.png", *arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"Error: {told}")
