"""What a process of mm_run died of, in a sentence with what to do.

It prints the reason as ERROR lines and aborts (SIGABRT), whatever is wrong. The words are those of Cambricon's source;
what is not among them is told in mm_run's own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath

from clipperf.errors import CaseFailed
from clipperf.tools.base import Captured, Line
from clipperf.tools.endings import ending_of
from clipperf.tools.known_failures import known_failures, shortened
from clipperf.tools.mm_run.printed import without_stamp

_COMPLAINT = re.compile(r"(?i)error|failed|terminate called|what\(\):")
_LAST_LINES = 5


_KNOWN = known_failures(
    (
        "bad-arguments",
        r"Unrecognized args:[\s|]+--\w|Unknown command line arg format: ",
        "This release does not take it: leave the option out that it stands for, or use another mm_run with "
        "--option command=PATH.",
    ),
    (
        "bad-arguments",
        r"--(?P<flag>\w+)<[\w<>]*> miss its type restriction",
        "Give --{flag} another value.",
    ),
    (
        "bad-arguments",
        r"--(?P<flag>\w+)<[\w<>]*> is required but not given",
        "It needs --{flag}.",
    ),
    (
        "wrong-inputs",
        r"batchs_\.size\(\)\((?P<given>\d+)\) should be equal to input_shapes\.size\(\)\((?P<inputs>\d+)\)",
        "The model has {inputs} inputs and was given batches for {given}: name each, such as --option "
        "input_batches={{batch}}:100, with {{batch}} at those that the batch size is for.",
    ),
    (
        "bad-device",
        r"Invalid dev id (?P<device>\d+), dev_num is:\s*(?P<devices>\d+)",
        "There are {devices} devices, counted from 0: give --device one of them.",
    ),
    (
        "own-devices",
        r"std::future_error|No associated state",
        "This mm_run cannot drive several devices from one process: leave --vendor-multi-device away.",
    ),
    (
        "no-requests",
        r"Empty trace data",
        "No iteration ended in its window: give a longer --duration.",
    ),
    (
        "out-of-memory",
        r"(?i)out of memory|bad_alloc|\bno ?mem(?:ory)?\b",
        "Give a smaller --batch, fewer --instances or a smaller --queue-depth.",
    ),
    (
        "bad-model",
        r"(?i)deserialize|no such file|can ?not open",
        "Check that --model is a file built for MagicMind, of a version that this mm_run reads.",
    ),
    (
        "device-error",
        r"(?i)\bcnrt|\bcndev|\bcn_",
        "Look at the device with cnmon; the runtime or the driver gave up.",
    ),
)
"""What to do is filled with the groups of the pattern."""


def check_ended(captured: Captured) -> None:
    """Raises CaseFailed where the process did not end well, with its kind, its words and the remedy."""
    if captured.returncode == 0:
        return
    errors = error_words(captured.lines)
    kind, ending = ending_of(captured.returncode)
    remedy = ""
    for known in _KNOWN:
        if found := known.pattern.search(errors):
            kind, remedy = known.kind, known.remedy.format(**found.groupdict())
            break
    raise CaseFailed(kind, _sentence(captured, ending, errors or _last_words(captured.lines), remedy))


def no_summary(captured: Captured) -> CaseFailed:
    """The error for a process that ended well and yet printed no throughput."""
    words = _last_words(captured.lines)
    remedy = "Run the command by hand, as the log of the case has it, and look at what it prints."
    return CaseFailed("no-figures", _sentence(captured, "ended well without a summary", words, remedy))


def _sentence(captured: Captured, ending: str, words: str, remedy: str) -> str:
    program = PurePath(captured.command.argv[0]).name
    said = f"It said: {words.rstrip('.')}." if words else "It said nothing."
    return f"{program} on device {captured.command.device} {ending}. {said} {remedy}".rstrip()


def error_words(lines: Sequence[Line]) -> str:
    """The ERROR lines in one, shortened, and those in which a library underneath complains in its own form."""
    found: list[str] = []
    for line in lines:
        level, text = without_stamp(line.text)
        is_error = level in ("ERROR", "FATAL") or (not level and _COMPLAINT.search(text) is not None)
        if is_error and text.strip():
            found.append(text.strip())
    return shortened(found)


def _last_words(lines: Sequence[Line]) -> str:
    return shortened([text for line in lines if (text := line.text.strip())][-_LAST_LINES:])
