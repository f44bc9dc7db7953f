"""What a process of mm_run died of, in a sentence with what to do.

It prints the reason as ERROR lines and aborts (SIGABRT), whatever is wrong. The words are those of Cambricon's source;
what is not among them is told in mm_run's own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from clipperf.errors import CaseFailed
from clipperf.tools.base import Captured, Line
from clipperf.tools.endings import ending_of
from clipperf.tools.mm_run.printed import without_stamp

_COMPLAINT = re.compile(r"(?i)error|failed|terminate called|what\(\):")
_MOST_CHARACTERS = 300
_LAST_LINES = 5


@dataclass(frozen=True)
class _Known:
    """A reason: where ``pattern`` is found, the sentence is filled with its groups."""

    kind: str
    pattern: re.Pattern[str]
    remedy: str


_KNOWN = (
    _Known(
        "bad-arguments",
        re.compile(r"Unrecognized args:[\s|]+--\w|Unknown command line arg format: "),
        "This release does not take it: leave the option out that it stands for, or use another mm_run with "
        "--option command=PATH.",
    ),
    _Known(
        "bad-arguments",
        re.compile(r"--(?P<flag>\w+)<[\w<>]*> miss its type restriction"),
        "Give --{flag} another value.",
    ),
    _Known(
        "bad-arguments",
        re.compile(r"--(?P<flag>\w+)<[\w<>]*> is required but not given"),
        "It needs --{flag}.",
    ),
    _Known(
        "wrong-inputs",
        re.compile(r"batchs_\.size\(\)\((?P<given>\d+)\) should be equal to input_shapes\.size\(\)\((?P<inputs>\d+)\)"),
        "The model has {inputs} inputs and was given batches for {given}: name each, such as --option "
        "input_batches={{batch}}:100, with {{batch}} at those that the batch size is for.",
    ),
    _Known(
        "bad-device",
        re.compile(r"Invalid dev id (?P<device>\d+), dev_num is:\s*(?P<devices>\d+)"),
        "There are {devices} devices, counted from 0: give --device one of them.",
    ),
    _Known(
        "own-devices",
        re.compile(r"std::future_error|No associated state"),
        "This mm_run cannot drive several devices from one process: leave --vendor-multi-device away.",
    ),
    _Known(
        "no-requests",
        re.compile(r"Empty trace data"),
        "No iteration ended in its window: give a longer --duration.",
    ),
    _Known(
        "out-of-memory",
        re.compile(r"(?i)out of memory|bad_alloc|\bno ?mem(?:ory)?\b"),
        "Give a smaller --batch, fewer --instances or a smaller --queue-depth.",
    ),
    _Known(
        "bad-model",
        re.compile(r"(?i)deserialize|no such file|can ?not open"),
        "Check that --model is a file built for MagicMind, of a version that this mm_run reads.",
    ),
    _Known(
        "device-error",
        re.compile(r"(?i)\bcnrt|\bcndev|\bcn_"),
        "Look at the device with cnmon; the runtime or the driver gave up.",
    ),
)


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
    return _shortened(found)


def _last_words(lines: Sequence[Line]) -> str:
    return _shortened([text for line in lines if (text := line.text.strip())][-_LAST_LINES:])


def _shortened(texts: Sequence[str]) -> str:
    words = " | ".join(texts)
    return words if len(words) <= _MOST_CHARACTERS else f"{words[:_MOST_CHARACTERS]} …"
