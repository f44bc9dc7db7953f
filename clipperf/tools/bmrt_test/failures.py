"""What a process of bmrt_test died of, in a sentence with what to do.

It ends with 255 where it says FATAL, aborts where it does not know a flag, and dies of a signal where shapes do not fit
a model that is not dynamic. The words are those of the sources of libsophon; what is not among them is told in its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath

from clipperf.errors import CaseFailed
from clipperf.tools.base import Captured
from clipperf.tools.endings import ending_of
from clipperf.tools.known_failures import KnownFailure, known_failures, shortened

_LAST_LINES = 4
_COMPLAINT = re.compile(
    r"\bFATAL\b|\bWRONG\b|\bASSERT\b|terminate called|what\(\):|(?i:\berror\b|\bfailed\b|unrecognized option|"
    r"requires an argument|segmentation fault|core dumped|\baborted\b)"
)
_HARMLESS = re.compile(r"setpriority failed|ASSERT info: none|Not able to open libcustomcpuop")
_PREFIX = re.compile(r"^\[BM\w+\]\[[\w:]+\]\s*(?:INFO|WARNING|WRONG|FATAL)?:?\s*")


_KNOWN = known_failures(
    (
        "no-library",
        r"error while loading shared libraries|cannot open shared object file",
        "Set LD_LIBRARY_PATH to the lib of libsophon, as its env script does.",
    ),
    (
        "bad-arguments",
        r"unrecognized option|requires an argument|Unknown option|should larger than 0",
        "This release does not take it: leave out the option that it stands for.",
    ),
    (
        "wrong-chip",
        r"runtime arch\[.*\] is not the same with bmodel arch",
        "Compile the model for the chip that is here, or give another --device.",
    ),
    (
        "bad-device",
        r"dev_id < max_dev_cnt|bm_dev_(?:request|query) failed|TPU id .* is invalid|Cannot get chipid|"
        r"open /dev/bm-sophon|Unknown bmtpu arch",
        "Give a --device that is there: /dev/bm-sophonN, as bm-smi counts them.",
    ),
    (
        "out-of-memory",
        r"(?:alloc|malloc)\w* .{0,60}failed|alloc_gmem failed|\bERR_NOMEM\b|(?i:out of memory|bad_alloc)",
        "Give a smaller --batch or fewer --instances; each has the model once more on the device.",
    ),
    (
        "wrong-shapes",
        r"Shapes of the input tensors are not supported|get output shape\[.*\] failed",
        "Give --option shapes what one of the stages of the model was compiled for; model_tool --info tells.",
    ),
    (
        "bad-model",
        r"File\[.*\] (?:is broken|open failed)|Load bmodel.{0,300} ?[Ff]ailed|bmodel magic|no context files",
        "Give --model a bmodel that is whole and may be read; where it is, a restart of the host has been known to "
        "help.",
    ),
    (
        "execute-failed",
        r"inference failed|launch failed|bm_thread_sync|sync failed|bmrt_launch\w*",
        "The device gave up in the middle: look at it with bm-smi, and in dmesg.",
    ),
    ("no-stage", r"it hasn't stage idx", "Give --option stage_idx a stage that the net has."),
    ("permission-denied", r"Permission denied", "Look at who may open /dev/bm-sophonN, and read the model."),
)


def check_ended(captured: Captured) -> None:
    """Raises CaseFailed where the process did not end well, with its kind, its words and the remedy."""
    if captured.returncode == 0:
        return
    texts = [line.text for line in captured.lines]
    kind, ending = ending_of(captured.returncode)
    remedy = ""
    if kind == "SIGSEGV" and "--shapes" in captured.command.argv:
        remedy = "A model that is not dynamic takes no --option shapes but its own; model_tool --info tells them."
    found = _known(texts)
    if found is not None:
        kind, remedy = found.kind, found.remedy
    raise CaseFailed(kind, _sentence(captured, ending, error_words(texts) or _last(texts), remedy))


def no_figures(captured: Captured) -> CaseFailed:
    """The error for a process that ended well and told no time of a launch."""
    texts = [line.text for line in captured.lines]
    found = _known(texts)
    kind, remedy = "no-figures", "Run the command by hand, as the log of the case has it, and look at what it prints."
    if found is not None:
        kind, remedy = found.kind, found.remedy
    return CaseFailed(
        kind, _sentence(captured, "ended well and told no times", error_words(texts) or _last(texts), remedy)
    )


def failed(captured: Captured, kind: str, sentence: str) -> CaseFailed:
    """An error on one process, in our own words."""
    return CaseFailed(kind, f"bmrt_test on device {captured.command.device}: {sentence}")


def error_words(texts: Sequence[str]) -> str:
    """What the program and the libraries under it call an error, shortened; empty where there is nothing."""
    found = [_PREFIX.sub("", text.strip()) for text in texts if _COMPLAINT.search(text) and not _HARMLESS.search(text)]
    return shortened(list(dict.fromkeys(found)))


def _known(texts: Sequence[str]) -> KnownFailure | None:
    whole = "\n".join(text for text in texts if not _HARMLESS.search(text))
    return next((known for known in _KNOWN if known.pattern.search(whole)), None)


def _sentence(captured: Captured, ending: str, words: str, remedy: str) -> str:
    said = f"It said: {words.rstrip('. ')}." if words else "It said nothing."
    return f"{_name(captured)} on device {captured.command.device} {ending}. {said} {remedy}".rstrip()


def _name(captured: Captured) -> str:
    argv = captured.command.argv
    return PurePath(argv[argv.index("--devid") - 1] if "--devid" in argv[1:] else argv[0]).name


def _last(texts: Sequence[str]) -> str:
    return shortened([_PREFIX.sub("", text.strip()) for text in texts if text.strip()][-_LAST_LINES:])
