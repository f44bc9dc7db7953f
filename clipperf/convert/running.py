"""Runs conversions where the vendor's program is installed: one after the other, each with a log of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO

from clipperf.convert.conversion import Conversion
from clipperf.errors import CaseFailed, RunnerUnavailable, UsageError

_LAST_LINES = 5


def check_here(conversions: Iterable[Conversion]) -> None:
    """Raises RunnerUnavailable, with what to install or to set, where a command could not even start."""
    for one in conversions:
        for variable in (one.root, *one.variables):
            if variable and not os.environ.get(variable):
                raise RunnerUnavailable(f"--run: the environment variable {variable} is not set. {one.remedy}")
        if shutil.which(one.argv[0]) is None:
            raise RunnerUnavailable(f"--run: there is no {one.argv[0]} on PATH. {one.remedy}")
        script = _folder(one) / one.argv[1]
        if script.suffix == ".py" and not script.is_file():
            raise RunnerUnavailable(f"--run: there is no {script}. {one.remedy}")
        if one.argv[1] == "-m" and not _has_package(*one.argv[:3]):
            raise RunnerUnavailable(f"--run: {one.argv[0]} has no {one.argv[2]}. {one.remedy}")


def _has_package(python: str, _flag: str, module: str) -> bool:
    """Whether the package is installed, for which nothing of it is run."""
    package = module.partition(".")[0]
    search = f"import sys; from importlib.util import find_spec; sys.exit(find_spec({package!r}) is None)"
    done = subprocess.run([python, "-c", search], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return done.returncode == 0


def convert(conversion: Conversion, log: Path) -> None:
    """Runs the command to its end, all that it prints in ``log``.

    Raises CaseFailed with its last lines where it cannot be started, fails, or ends well without its file; UsageError
    where there is no place for the file.
    """
    output = conversion.output
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        before = _stamp(output)
        with log.open("wb") as printed:
            printed.write(f"$ {conversion.line}\n".encode())
            printed.flush()
            returncode = _run(conversion, printed)
    except OSError as error:
        raise UsageError(
            f"--out {output.parent}: {error.filename or output} cannot be used ({error.strerror})."
        ) from None
    program = _program(conversion.argv)
    if returncode != 0:
        how = f"exit code {returncode}" if returncode > 0 else f"signal {-returncode}"
        raise CaseFailed("conversion", f"{output.name}: {program} ended with {how}. {_last_words(log)}")
    if _stamp(output) in (None, before):
        raise CaseFailed("conversion", f"{output.name}: {program} ended well and wrote no {output}. {_last_words(log)}")


def _program(argv: Sequence[str]) -> str:
    if argv[1] == "-m":
        return argv[2]
    return argv[1] if argv[1].endswith(".py") else argv[0]


def _run(conversion: Conversion, printed: IO[bytes]) -> int:
    # While the program starts nobody would know what to kill. It inherits this; its own session gets no Ctrl-C anyway.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process = subprocess.Popen(
            conversion.argv,
            cwd=_folder(conversion),
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            # Compilers start processes of their own, which would outlive an interruption.
            start_new_session=True,
        )
    except OSError as error:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        raise CaseFailed("conversion", f"{conversion.argv[0]} cannot be started ({error.strerror}).") from None
    try:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return process.wait()
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise


def _folder(conversion: Conversion) -> Path:
    return Path(os.environ[conversion.root] if conversion.root else ".") / conversion.folder


def _stamp(path: Path) -> tuple[int, int] | None:
    """What tells a file that was just written from an older one."""
    return (path.stat().st_mtime_ns, path.stat().st_size) if path.exists() else None


def _last_words(log: Path) -> str:
    _, *lines = log.read_text(encoding="utf-8", errors="replace").replace("\r", "\n").splitlines()
    last = [text for line in lines if (text := line.strip())][-_LAST_LINES:]
    said = f"It said: {' | '.join(last)}" if last else "It said nothing."
    return f"{said.rstrip('.')}. All of it is in {log}."
