"""A stand-in of mindietorch."""

import torch  # noqa: F401 (the SDK needs it to be there)
from standin_torch_aie import Input, compile, dtype, finalize, set_device  # noqa: A004, F401

from mindietorch import npu  # noqa: F401
