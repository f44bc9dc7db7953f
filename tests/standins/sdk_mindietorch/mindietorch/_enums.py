"""The enumerations of mindietorch."""

from standin_torch_aie import PrecisionPolicy  # noqa: F401
