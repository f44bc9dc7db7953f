"""Running conversions: the vendor's program does what it does, and it is told in a sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from clipperf.convert.conversion import Conversion
from clipperf.convert.running import check_here, convert
from clipperf.errors import CaseFailed, RunnerUnavailable, UsageError

Put = Callable[[str, str], None]
REMEDY = "Install the compiler."


def conversion(place: Path, **changed: object) -> Conversion:
    return Conversion(
        **{"argv": ("compiler", "--x"), "output": place / "out" / "model.om", "remedy": REMEDY, **changed}
    )


def failure(one: Conversion, log: Path) -> str:
    with pytest.raises(CaseFailed) as error:
        convert(one, log)
    return str(error.value)


def test_a_file_is_made_and_what_was_printed_is_in_the_log(put: Put, tmp_path: Path):
    put("compiler", f"echo compiling; echo warned >&2; echo x > {tmp_path}/out/model.om")
    one, log = conversion(tmp_path), tmp_path / "out" / "model.om.log"
    check_here([one])
    convert(one, log)
    assert log.read_text() == "$ compiler --x\ncompiling\nwarned\n"


def test_a_program_that_fails_is_told_by_its_last_lines(put: Put, tmp_path: Path):
    put("compiler", "seq 1 9; echo E10001: no such chip >&2; exit 3")
    log = tmp_path / "out" / "log"
    assert failure(conversion(tmp_path), log) == (
        "model.om: compiler ended with exit code 3. It said: 6 | 7 | 8 | 9 | E10001: no such chip. All of it is in "
        f"{log}."
    )


def test_a_program_that_says_nothing(put: Put, tmp_path: Path):
    put("compiler", "kill -9 $$")
    assert failure(conversion(tmp_path), tmp_path / "out" / "log").startswith(
        "model.om: compiler ended with signal 9. It said nothing. All of it"
    )


def test_a_program_that_prints_garbage(put: Put, tmp_path: Path):
    put("compiler", r"printf '\377\376\r50%%\r\0'; exit 1")
    assert "50%" in failure(conversion(tmp_path), tmp_path / "out" / "log")


@pytest.mark.parametrize("is_there_before", [True, False])
def test_a_file_that_was_not_written_is_a_failure(put: Put, tmp_path: Path, is_there_before: bool):
    put("compiler", "echo success")
    one = conversion(tmp_path)
    if is_there_before:
        one.output.parent.mkdir()
        one.output.write_text("of yesterday")
    assert failure(one, tmp_path / "out" / "log").startswith(
        f"model.om: compiler ended well and wrote no {one.output}. It said: success."
    )


def test_a_script_is_run_in_its_folder(put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "sample" / "gen").mkdir(parents=True)
    monkeypatch.setenv("SAMPLE", str(tmp_path / "sample"))
    put("python", 'pwd; echo "$1" > ../../out/model.om')
    one = conversion(tmp_path, argv=("python", "gen.py"), root="SAMPLE", folder="gen")
    with pytest.raises(RunnerUnavailable, match=r"--run: there is no .*gen/gen\.py\. Install the compiler\."):
        check_here([one])
    (tmp_path / "sample" / "gen" / "gen.py").touch()
    check_here([one])
    convert(one, tmp_path / "log")
    assert one.output.read_text() == "gen.py\n"
    assert str(tmp_path / "sample" / "gen") in (tmp_path / "log").read_text()


def test_a_program_is_run_in_the_folder_of_its_files(put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    put("model_deploy.py", 'pwd; echo "$2" > "$2"')
    output = Path("models", "BM1684X", "a.bmodel")
    one = conversion(
        tmp_path, argv=("model_deploy.py", "--model", output.name), output=output, folder=str(output.parent)
    )
    check_here([one])
    convert(one, tmp_path / "log")
    assert output.read_text() == "a.bmodel\n"
    assert one.line == "(cd models/BM1684X && model_deploy.py --model a.bmodel)"
    assert (tmp_path / "log").read_text().splitlines()[1] == str(tmp_path / "models" / "BM1684X")


def test_a_module_that_is_not_installed_is_told_before_anything_runs(tmp_path: Path):
    one = conversion(tmp_path, argv=("python3", "-m", "no_such.compiler", "--x"))
    with pytest.raises(RunnerUnavailable, match=r"--run: python3 has no no_such\.compiler\. Install the compiler\."):
        check_here([one])
    check_here([conversion(tmp_path, argv=("python3", "-m", "json.tool"))])


def test_a_program_that_is_not_here_is_told_before_anything_runs(put: Put, tmp_path: Path):
    with pytest.raises(RunnerUnavailable, match=r"--run: there is no compiler on PATH\. Install the compiler\."):
        check_here([conversion(tmp_path)])


@pytest.mark.parametrize("changed", [{"root": "NO_SUCH_VARIABLE"}, {"variables": ("NO_SUCH_VARIABLE",)}])
def test_a_variable_that_is_not_set_is_named(put: Put, tmp_path: Path, changed: dict):
    put("compiler", "true")
    with pytest.raises(RunnerUnavailable, match="--run: the environment variable NO_SUCH_VARIABLE is not set"):
        check_here([conversion(tmp_path, **changed)])


def test_a_place_where_nothing_can_be_written(put: Put, tmp_path: Path):
    put("compiler", "true")
    (tmp_path / "out").write_text("a file")
    with pytest.raises(UsageError, match=r"--out .*out: .* cannot be used"):
        convert(conversion(tmp_path), tmp_path / "log")


def test_a_program_that_cannot_be_started(put: Put, tmp_path: Path):
    put("compiler", "")
    (tmp_path / "bin" / "compiler").write_bytes(b"\x7fELF of another machine")
    assert failure(conversion(tmp_path), tmp_path / "out" / "log") == (
        "compiler cannot be started (Exec format error)."
    )
