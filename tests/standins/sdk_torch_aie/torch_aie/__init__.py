"""A stand-in of torch_aie."""

import torch  # noqa: F401 (the SDK needs it to be there)
from standin_torch_aie import Input, compile, dtype, finalize, set_device  # noqa: A004, F401

from torch_aie import npu  # noqa: F401
