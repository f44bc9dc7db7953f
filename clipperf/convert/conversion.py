"""What is to be converted, in which variants, and the command that makes one file."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

from clipperf.models.dimensions import BATCH


@dataclass(frozen=True)
class Input:
    """An input of the model; in its dimensions stands `BATCH` where the batch size goes."""

    name: str
    dims: tuple[int | str, ...]

    def at(self, batch_size: int) -> tuple[int, ...]:
        """The dimensions at a batch size."""
        return tuple(batch_size if dim == BATCH else int(dim) for dim in self.dims)


@dataclass(frozen=True)
class Source:
    """A model as ONNX or TorchScript; ``name`` is that of the catalogue, or of the file without its ending."""

    name: str
    path: Path
    inputs: tuple[Input, ...]


@dataclass(frozen=True)
class Wanted:
    """The variants: a file for each batch size, precision and optimisation level that the vendor's program tells apart.

    ``chip`` is the vendor's name of the device, None for what its program takes by itself. ``calibration`` is the
    folder of the samples, as the model takes them, by which int8 is calibrated, ``calibration_samples`` how many.
    """

    folder: Path
    batches: tuple[int, ...]
    precisions: tuple[str, ...] = ()
    optim_levels: tuple[str, ...] = ()
    chip: str | None = None
    is_batch_fixed: bool = False
    calibration: Path | None = None
    calibration_samples: int | None = None


@dataclass(frozen=True)
class Conversion:
    """One command, and the file that is there when it has succeeded.

    It runs in ``folder``, below the folder that the variable ``root`` names or else below where the user is;
    ``variables`` are others that must be set. ``remedy`` says what to do where the program is not here. ``needs`` are
    the files that commands before it make.
    """

    argv: tuple[str, ...]
    output: Path
    remedy: str
    root: str = ""
    folder: str = ""
    variables: tuple[str, ...] = ()
    needs: tuple[Path, ...] = ()

    @property
    def line(self) -> str:
        """The line to type; a folder is entered in a shell of its own, so that the next line begins where this did."""
        command = shlex.join(self.argv)
        if not self.root and not self.folder:
            return command
        below = f'"${self.root}"/' if self.root else ""
        return f"(cd {below}{shlex.quote(self.folder)} && {command})"
