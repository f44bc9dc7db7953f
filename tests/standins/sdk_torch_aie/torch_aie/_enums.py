"""The enumerations of torch_aie."""

from standin_torch_aie import PrecisionPolicy  # noqa: F401
