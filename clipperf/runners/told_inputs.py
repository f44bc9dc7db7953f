"""Inputs as the option ``inputs`` describes them, for SDKs whose files do not tell what they take."""

from __future__ import annotations

import re
from typing import Collection, Mapping

from clipperf.errors import Unsupported
from clipperf.runners.base import Option, Tensor

_INPUT = re.compile(r"(\d{1,6}(?:x\d{1,6})*)?(?::(\w+))?")


def told_inputs(options: Mapping[str, Option], dtypes: Collection[str], batch_size: int | None) -> tuple[Tensor, ...]:
    """Each input of ``3x224x224`` or ``77:int64/77:int64`` at this batch size: dimensions after it, and the type.

    A type that is left out is float32. Raises Unsupported where the option is missing, has another form, or names a
    type that is not one of ``dtypes``.
    """
    if "inputs" not in options:
        raise Unsupported(
            "--option inputs is needed: the file does not tell its inputs. Give the dimensions after the batch, such "
            "as inputs=3x224x224, or inputs=77:int64; several inputs are joined by /."
        )
    found = []
    for place, entry in enumerate(str(options["inputs"]).split("/")):
        match = _INPUT.fullmatch(entry)
        dtype = (match.group(2) or "float32") if match and entry else ""
        if match is None or dtype not in dtypes:
            raise Unsupported(
                f"--option inputs={options['inputs']}: write each input as its dimensions after the batch, and its "
                f"type ({', '.join(dtypes)}) where it is not float32, such as 3x224x224/77:int64."
            )
        dims = tuple(map(int, match.group(1).split("x"))) if match.group(1) else ()
        found.append(Tensor(f"input{place}", dtype, (batch_size, *dims)))
    return tuple(found)
