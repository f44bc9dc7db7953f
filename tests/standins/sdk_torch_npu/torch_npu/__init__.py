"""A stand-in of Ascend's torch_npu: importing it gives torch the device ``npu``."""

import torch
from standin_torch_accelerator import Accelerator

torch.npu = Accelerator("npu")
