"""How an .om file is dynamic, and telling a session which shapes come next."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from clipperf.errors import Unsupported
from clipperf.runners.base import Option, Signature

MODES = ("static", "dymbatch", "dymhw", "dymdims", "dymshape")
"""In ais_bench's own spelling; its guide has another one, which its code refuses."""

_OPEN_AXES = {"dymbatch": {0}, "dymhw": {2, 3}}


def mode_of(signature: Signature, options: Mapping[str, Option]) -> str:
    """The mode that is asked for, else the one that follows from the dimensions which the file leaves open.

    Raises Unsupported where these leave a choice, or do not go with the mode asked for.
    """
    open_axes = {axis for tensor in signature.inputs for axis, size in enumerate(tensor.shape) if size is None}
    asked = str(options.get("mode", ""))
    if not open_axes:
        if asked not in ("", "static"):
            raise Unsupported(f"--option mode={asked}: the file has fixed dimensions; leave the option out.")
        return "static"
    if asked == "static":
        raise Unsupported(
            "--option mode=static: the file leaves dimensions open; leave the option out, or name another."
        )
    if asked in _OPEN_AXES and open_axes != _OPEN_AXES[asked]:
        raise Unsupported(
            f"--option mode={asked}: the file leaves the dimensions {sorted(open_axes)} of its inputs open."
        )
    if asked:
        return asked
    if open_axes != {0}:
        raise Unsupported(
            f"The file leaves the dimensions {sorted(open_axes)} of its inputs open; tell how it was made by --option "
            f"mode={'|'.join(MODES[2:])}."
        )
    return "dymbatch"


def set_mode(session: Any, mode: str, signature: Signature, shapes: Sequence[Sequence[int]], output_bytes: int) -> None:
    """Tells the session the shapes of the next requests; raises Unsupported where the file was not made for them."""
    named = ";".join(f"{tensor.name}:{','.join(map(str, shape))}" for tensor, shape in zip(signature.inputs, shapes))
    try:
        if mode == "static":
            session.set_staticbatch()
        elif mode == "dymbatch":
            session.set_dynamic_batchsize(_open_sizes(signature, shapes)[0])
        elif mode == "dymhw":
            session.set_dynamic_hw(*_open_sizes(signature, shapes)[:2])
        elif mode == "dymdims":
            session.set_dynamic_dims(named)
        else:
            session.set_dynamic_shape(named)
            session.set_custom_outsize([output_bytes] * len(signature.outputs))
    except RuntimeError as error:
        raise Unsupported(
            f"The file cannot run {named} ({' '.join(str(error).split())}); take sizes that it was made for by ATC."
        ) from error


def _open_sizes(signature: Signature, shapes: Sequence[Sequence[int]]) -> Sequence[int]:
    """The sizes asked for in the dimensions that the first input which has some leaves open."""
    for tensor, shape in zip(signature.inputs, shapes):
        sizes = [size for fixed, size in zip(tensor.shape, shape) if fixed is None]
        if sizes:
            return sizes
    return ()
