"""What a run of ais_bench died of, in a sentence with what to do.

The words are those of its sources, of aclruntime's and of the captures; what is not among them is told in the program's
own. ``msit benchmark`` ends with 0 even where its devices failed, so that the exit code alone tells nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from clipperf.tools.endings import ending_of
from clipperf.tools.known_failures import known_failures

_MOST_CHARACTERS = 240
_ERROR = re.compile(r"\[(?:ACL )?ERROR\]\s*(.+)|(?:^|\s)error: (.+)|(E[A-Z]\d{3,4}: .+)")
_EXCEPTION = re.compile(r"^(?:[\w.]+\.)?(\w*(?:Error|Exception|Interrupt|Exit))(?:: (.*))?$")


@dataclass(frozen=True)
class Reason:
    """``kind`` goes to error_kind, ``sentence`` has the program's words and the remedy."""

    kind: str
    sentence: str


_KNOWN = known_failures(
    (
        "no-aclruntime",
        r"No module named '?aclruntime'?",
        "Install the aclruntime wheel that was built for this Python and CPU, beside ais_bench.",
    ),
    ("no-ais-bench", r"No module named '?ais_bench'?", "Install ais_bench in this Python, or name another one."),
    (
        "no-pkg-resources",
        r"(?:aclruntime_version.{0,40}(?:referenced before|not associated)|variable 'aclruntime_version')",
        "This build needs pkg_resources: install setuptools below version 82 in its Python.",
    ),
    (
        "no-cann",
        r"\S*\.so\S*: cannot open shared object file",
        "Source CANN's set_env.sh in the shell that starts clipperf.",
    ),
    (
        "size-mismatch",
        r"tensorsize: ?\d+,? filesize: ?\d+ not match|ndata size:\S+ not match|invalid inputs count|"
        r"fileslist:.* intensor\S*:.* not match",
        "Give --option input a file of the size of each input, for the batch size that the model was built for.",
    ),
    (
        "dynamic-model",
        r"dynamic batch om model detected|the dym\w+ parameter is not correct|dynamic_\w+ parameter is not "
        r"(?:specified|correct)|dymShape parameter set error|get DynamicBatch failed|get DynamicHW failed",
        "A model with dynamic batch needs --option dymBatch=true and one of the sizes it was built for; others "
        "need --option dymHW, dymDims or dymShape.",
    ),
    (
        "no-aipp-config",
        r"aipp model without aipp config|can't find aipp config file|more than (?:one|1) (?:dynamic )?aipp input",
        "The model wants --option aipp_config=FILE.config.",
    ),
    (
        "out-of-memory",
        r"malloc device buffer failed|ACL: memory allocation|\[207001\]|(?i:out of memory)|MemoryError|EL0004",
        "Give a smaller --batch or fewer --instances, and look with npu-smi for other programs on the device.",
    ),
    (
        "bad-device",
        r"acl open device \d+ failed|SetDevice failed|rtSetDevice execute failed|device:\S+ is invalid|"
        r"Failed to open device|RuntimeError: \[(?:107001|507033)\]",
        "Give a --device that npu-smi info -m lists as a chip logic id; where it is one, look at its health.",
    ),
    (
        "bad-model",
        r"load model from file failed|om path:\S* is illegal|model path:\S* is illegal|not a loadable model|"
        r"path: ?\S+ not exist|is a soft link|is group writable|file type not in|"
        r"\[1\]\[ACL: invalid parameter\]",
        "Give --model an .om that was built for this chip and release of CANN, and that nobody else may write.",
    ),
    (
        "execute-failed",
        r"execute model failed|acl execute failed|[Ee]xecute Infer failed|"
        r"RuntimeError: \[-1\]\[ACL: general failure\]",
        "The device gave up in the middle: look at its health with npu-smi, and in ~/ascend/log.",
    ),
    (
        "bad-arguments",
        r"error: (?:argument|unrecognized arguments|the following arguments|ambiguous option)",
        "This build does not take it: leave out the option that it stands for, or use another build.",
    ),
    ("disk-full", r"No space left on device", "Make room where the run folder is."),
    (
        "permission-denied",
        r"PermissionError|Permission denied|Permission not permitted",
        "Look at who may read the model and the device files (/dev/davinci*), and write the run folder.",
    ),
)


def reason_of(texts: Sequence[str], returncode: int | None) -> Reason | None:
    """Why it failed, None where nothing says that it did; the exit code of a stored log is not known."""
    words = _words(texts)
    whole = "\n".join(texts)
    for known in _KNOWN:
        if found := known.pattern.search(whole):
            line = whole[whole.rfind("\n", 0, found.start()) + 1 :].partition("\n")[0]
            return Reason(known.kind, f"{_said(_own(line), words)} {known.remedy}")
    kind, ending = ending_of(returncode) if returncode else ("", "")
    if ending and (kind != "exit" or not words):
        said = f" {_said(words[-1], ())}" if words else ""
        return Reason(kind, f"It {ending}.{said}")
    if not words:
        return None
    is_exception = any(_EXCEPTION.match(text.strip()) for text in texts)
    return Reason("vendor-exception" if is_exception else "vendor-error", _said(words[-1], ()))


def has_error_lines(texts: Sequence[str]) -> bool:
    """Whether anything in the lines is an error by the program's own word."""
    return bool(_words(texts))


def _said(first: str, words: Sequence[str]) -> str:
    """The line that tells the kind, and the last error where it says something else."""
    last = words[-1] if words else ""
    text = first if not last or last in first or first in last else f"{first} … {last}"
    short = text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]} …"
    return f"It said: {short.rstrip('. ')}."


def _own(line: str) -> str:
    """A line without what a progress bar left before it."""
    found = _ERROR.search(line)
    return next(group for group in found.groups() if group).strip() if found else line.strip()


def _words(texts: Sequence[str]) -> list[str]:
    """What the program itself calls an error, and the exceptions at the end of tracebacks."""
    found = []
    for text in texts:
        if _ERROR.search(text):
            found.append(_own(text))
        elif exception := _EXCEPTION.match(text.strip()):
            found.append(": ".join(part.strip() for part in exception.groups() if part and part.strip()))
    return found
