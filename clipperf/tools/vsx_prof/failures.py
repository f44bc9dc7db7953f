"""What a run of a profiler died of, in a sentence with what to do.

The words are those of the profilers' own sources: their assertions, and the complaints of their two parsers of command
lines. What VastStreamX itself says is not published; it is told in its own words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from clipperf.errors import CaseFailed
from clipperf.tools.base import Captured
from clipperf.tools.endings import ending_of
from clipperf.tools.known_failures import known_failures, shortened

_LAST_LINES = 4
_EXCEPTION = re.compile(r"^(?:[\w.]+\.)?\w*(?:Error|Exception|Interrupt|Exit)(?::.*)?$")
_THREAD = re.compile(r"^Exception in thread ")
_SAYS_ERROR = re.compile(
    r"(?i)\b(?:error|failed|fail|cannot|can't|exception|fatal|abort\w*|core dumped|terminate called|need option|"
    r"undefined option)\b"
)


_KNOWN = known_failures(
    (
        "no-vaststreamx",
        r"No module named '?vaststreamx'?",
        "Name the Python in which VastStreamX is installed, with --worker-python.",
    ),
    ("missing-module", r"No module named", "Install it in the Python that runs the profiler."),
    (
        "no-library",
        r"error while loading shared libraries|cannot open shared object file",
        "Set LD_LIBRARY_PATH to VastStreamX's libraries in the shell that starts clipperf.",
    ),
    (
        "bad-arguments",
        r"need option: --|the following arguments are required",
        "Give it with --option.",
    ),
    (
        "bad-arguments",
        r"undefined (?:short )?option|unrecognized arguments",
        "This profiler does not take it: leave the option out that it stands for.",
    ),
    ("bad-arguments", r"option value is invalid|error: argument \S+: invalid", "Give that option another value."),
    (
        "bad-device",
        r"set_device|SetDevice|(?i:no such device|invalid device)",
        "Give a --device that the driver lists; vasmi does.",
    ),
    (
        "no-npz",
        r"(?i)\.npz\b",
        "Give --option test_input_npz=FILE.npz, as make_input_npz.py of the CLIP sample writes it.",
    ),
    (
        "profiler-race",
        r"len\(ticks\) == len\(tocks\)|ticks and tocks should be the same size",
        "The profiler lost count of its own requests, which its threads count without a lock: measure the case "
        "again, or take the profiler in C++.",
    ),
    (
        "queue-refused",
        r"queue_size.{0,20}must be larger than 0",
        "This profiler is of the asynchronous family: name it so with --option family=async.",
    ),
    (
        "out-of-memory",
        r"(?i)out of memory|bad_alloc|MemoryError|\bno ?mem(?:ory)?\b",
        "Give a smaller --batch, fewer --instances or a smaller --queue-depth.",
    ),
    (
        "bad-model",
        r"(?i)vsx\.Model\(|no such file|(?:model|mod\.\w+).{0,60}(?:not (?:exist|found)|fail|invalid)|"
        r"(?:fail\w*|can ?not|cannot|unable) to (?:open|load|read)",
        "Check that --model is the prefix of a model that was built for this card and release, such as DIR/mod.",
    ),
)


def check_ended(captured: Captured) -> None:
    """Raises CaseFailed where the process did not end well, or lost one of its instances on the way."""
    texts = [line.text for line in captured.lines]
    if captured.returncode:
        kind, ending = ending_of(captured.returncode)
        raise _failure(captured, kind, ending, texts)
    if any(_THREAD.match(text) for text in texts):
        # A thread of Python's that dies does not end the program, which then reports what the others did.
        raise _failure(captured, "instance-died", "lost an instance and went on without it", texts)


def no_block(captured: Captured, broken: int) -> CaseFailed:
    """The error for a process that ended well and printed no figures, or none that hold together."""
    texts = [line.text for line in captured.lines]
    ending = "printed figures that are not whole" if broken else "ended well without figures"
    remedy = "Run the command by hand, as the log of the case has it, and look at what it prints."
    return CaseFailed("no-figures", _sentence(captured, ending, words_of(texts) or _last(texts), remedy))


def words_of(texts: Sequence[str]) -> str:
    """What in the lines is an error by its own words, the last of it first; empty where nothing is."""
    exceptions = [text.strip() for text in texts if _EXCEPTION.match(text.strip())]
    errors = [text.strip() for text in texts if _SAYS_ERROR.search(text) and text.strip() not in exceptions]
    return shortened([*exceptions[-1:], *errors[:2]])


def _failure(captured: Captured, kind: str, ending: str, texts: Sequence[str]) -> CaseFailed:
    whole = "\n".join(texts)
    words, remedy = words_of(texts) or _last(texts), ""
    for known in _KNOWN:
        if found := known.pattern.search(whole):
            line = whole[whole.rfind("\n", 0, found.start()) + 1 :].partition("\n")[0].strip()
            words = shortened([line] if line in words else [line, words])
            kind, remedy = known.kind, known.remedy
            break
    return CaseFailed(kind, _sentence(captured, ending, words, remedy))


def _sentence(captured: Captured, ending: str, words: str, remedy: str) -> str:
    argv = captured.command.argv
    name = next((word for word in argv if word.endswith(".py")), argv[0]).rpartition("/")[2]
    said = f"It said: {words.rstrip('.')}." if words else "It said nothing."
    return f"{name} on device {captured.command.device} {ending}. {said} {remedy}".rstrip()


def _last(texts: Sequence[str]) -> str:
    return shortened([text.strip() for text in texts if text.strip()][-_LAST_LINES:])
