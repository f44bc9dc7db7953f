"""A stand-in of ais_bench's ``InferSession`` over the stand-in aclruntime, by the names of 2025 or of June 2023."""

from __future__ import annotations

import os
import stat

import aclruntime
import numpy as np

if not aclruntime.IS_OLD:

    def _check_model(path: str) -> None:
        if os.path.islink(path) or os.stat(path).st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise ValueError(f"model_path:{path} is illegal. Please check.")
else:

    def _check_model(path: str) -> None:
        pass


class InferSession:
    """What both releases have."""

    def __init__(
        self, device_id: int, model_path: str, acl_json_path: str | None = None, debug: bool = False, loop: int = 1
    ) -> None:
        _check_model(model_path)
        if not isinstance(device_id, int) or not 0 <= device_id <= 255:
            raise ValueError("device_id is illegal. Please check.")
        self.device_id, self.model_path, self.loop = device_id, model_path, loop
        self.session = aclruntime.InferenceSession(model_path, device_id, aclruntime.session_options())
        self.outputs_names = [one.name for one in self.session.get_outputs()]

    def get_inputs(self) -> list:
        return self.session.get_inputs()

    def get_outputs(self) -> list:
        return self.session.get_outputs()

    def set_staticbatch(self) -> None:
        self.session.set_staticbatch()

    def set_dynamic_batchsize(self, size: object) -> None:
        self.session.set_dynamic_batchsize(size)

    def set_dynamic_hw(self, height: int, width: int) -> None:
        self.session.set_dynamic_hw(height, width)

    def set_dynamic_dims(self, named: str) -> None:
        self.session.set_dynamic_dims(named)

    def set_dynamic_shape(self, named: str) -> None:
        self.session.set_dynamic_shape(named)

    def set_custom_outsize(self, sizes: list) -> None:
        self.session.set_custom_outsize(sizes)

    def create_tensor_from_arrays_to_device(self, array: np.ndarray) -> aclruntime.Tensor:
        tensor = aclruntime.Tensor(array)
        tensor.to_device(self.device_id)
        return tensor

    def run(self, feeds: list, out_array: bool = False) -> list:
        if len(feeds) and isinstance(feeds[0], np.ndarray):
            feeds = [aclruntime.BaseTensor(one.__array_interface__["data"][0], one.nbytes) for one in feeds]
        answers = self.session.run(self.outputs_names, feeds)
        if not out_array:
            return answers
        for answer in answers:
            answer.to_host()
        return [np.array(answer) for answer in answers]


if aclruntime.IS_OLD:

    def _infer(self: InferSession, feeds: list, mode: str = "static", custom_sizes: object = 100000) -> list:
        """Takes the mode from what was set before, but for two."""
        if mode in ("dymshape", "dymdims"):
            self.set_dynamic_dims(_named(self, feeds))
        return self.run(feeds, out_array=True)

    def _sumary(self: InferSession) -> object:
        return self.session.sumary()

    def _reset_sumaryinfo(self: InferSession) -> None:
        self.session.reset_sumaryinfo()

    def _finalize(self: InferSession) -> None:
        raise SystemExit("this would end every session of the process")

    InferSession.infer, InferSession.sumary, InferSession.finalize = _infer, _sumary, _finalize
    InferSession.reset_sumaryinfo = _reset_sumaryinfo
else:

    def _infer(
        self: InferSession, feeds: list, mode: str = "static", custom_sizes: object = 100000, out_array: bool = True
    ) -> list:
        """Sets the mode from the arrays each time."""
        feeds = [np.ascontiguousarray(one) if isinstance(one, np.ndarray) else one for one in feeds]
        if mode == "static":
            self.set_staticbatch()
        elif mode == "dymbatch":
            self.set_dynamic_batchsize(feeds[0].shape[0])
        elif mode == "dymhw":
            self.set_dynamic_hw(feeds[0].shape[2], feeds[0].shape[3])
        elif mode in ("dymdims", "dymshape"):
            self.set_dynamic_dims(_named(self, feeds))
        else:
            raise ValueError("infer mode is illegal, Please check.")
        return self.run(feeds, out_array)

    def _summary(self: InferSession) -> object:
        return self.session.sumary()

    def _reset_summaryinfo(self: InferSession) -> None:
        self.session.reset_sumaryinfo()

    def _free_resource(self: InferSession) -> None:
        self.session.free_resource()

    def _set_context(self: InferSession) -> None:
        self.session.set_context()

    InferSession.infer, InferSession.summary, InferSession.free_resource = _infer, _summary, _free_resource
    InferSession.reset_summaryinfo, InferSession.set_context = _reset_summaryinfo, _set_context


def _named(session: InferSession, feeds: list) -> str:
    shapes = [",".join(map(str, feed.shape)) for feed in feeds]
    return ";".join(f"{one.name}:{shape}" for one, shape in zip(session.get_inputs(), shapes))
