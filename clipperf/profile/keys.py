"""The keys of a profile, with what each may hold and what it means."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from clipperf.profile.values import (
    Scalar,
    as_device_sets,
    as_list,
    as_number,
    as_options,
    as_pairs,
    as_shapes,
    as_share,
    as_text,
)

WARMUP = r"^(auto|\d+|\d+(\.\d+)?(s|ms))$"
Count = Annotated[int, BeforeValidator(as_number), Field(ge=1)]
Counts = Annotated[list[Count], BeforeValidator(as_list), Field(min_length=1)]
Name = Annotated[str, Field(min_length=1)]
Names = Annotated[list[Name], BeforeValidator(as_list), Field(min_length=1)]
Rate = Annotated[float, BeforeValidator(as_number), Field(gt=0, le=1e6)]
Positive = Annotated[float, BeforeValidator(as_number), Field(gt=0, allow_inf_nan=False)]
DeviceId = Annotated[str, Field(pattern=r"^[\w:.+-]+(,[\w:.+-]+)*$")]


class Profile(BaseModel):
    """The keys of a profile, which are the flags of ``sweep`` with underscores."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field("", description="name of the profile in rows and reports; by default that of its file")
    why: str = Field("", description="why this profile exists, printed above its reports")
    model: Names = Field(
        ["vision"], description="catalogue names or model files, {batch} in a path stands for the batch size"
    )
    runner: Name = Field("onnxruntime", description="back end, or package.module:Class of your own")
    batch: Counts = Field([1], description="batch sizes, samples per request")
    instances: Counts = Field([1], description="loaded copies of the model per device")
    queue_depth: Counts = Field([1], description="requests in flight per instance")
    device: Annotated[list[DeviceId], BeforeValidator(as_device_sets)] = Field(
        [], description="a set of devices such as 0,1; given again, another set; on CPUs 0-1 is one device of two cores"
    )
    rate: Annotated[list[Rate], BeforeValidator(as_list)] = Field(
        [], description="open loop: requests per second that arrive whether or not earlier ones came back"
    )
    arrival: Literal["poisson", "constant"] = Field("poisson", description="open loop: how the requests arrive")
    precision: Annotated[list[Name], BeforeValidator(as_list)] = Field(
        [], description="precisions; default: the model's own"
    )
    int8: Literal["static", "dynamic"] = Field(
        "static", description="how int8 is made of an ONNX model: with calibrated ranges, or with those of each request"
    )
    verify: bool = Field(
        False, description="hold answers against those of fp32 also where the precision is the model's own"
    )
    scope: Literal["host", "pipeline", "device-io", "compute"] | None = Field(
        None, description="what the clock goes round; default: host, for a vendor's tool what it times"
    )
    vendor_multi_device: bool = Field(
        False, description="let a vendor's tool serve a set of devices by its own means, which may not overlap"
    )
    option: Annotated[dict[str, Annotated[list[Scalar], Field(min_length=1)]], BeforeValidator(as_options)] = Field(
        {}, description="runner options, each an axis: KEY=V1,V2"
    )
    where: str | None = Field(
        None, description="keep only cases for which this holds, such as batch_size*queue_depth<=128"
    )
    iterations: Count | None = Field(
        None, description="requests in the window over all instances, instead of stopping by --target-ci"
    )
    duration: Positive | None = Field(None, description="seconds of window, instead of stopping by --target-ci")
    warmup: Annotated[str, BeforeValidator(as_text), Field(pattern=WARMUP)] = Field(
        "auto", description="before the window: requests of every slot, a time such as 2s or 500ms, or auto"
    )
    target_ci: Annotated[float, BeforeValidator(as_share), Field(gt=0, lt=1)] = Field(
        0.01, description="stop when the 95 % interval of qps is within this share of it, such as 1%"
    )
    max_duration: Positive = Field(
        30.0, description="seconds of window at which a case ends all the same, as inconclusive"
    )
    timeout_ms: Positive | None = Field(
        None, description="response time beyond which a request is counted as an error, in the column timeouts"
    )
    case_timeout: Positive = Field(
        600.0, description="seconds after which a case is given up and its workers are killed"
    )
    repeat: Count = Field(1, description="how often every case is measured, each time by fresh workers")
    order: Literal["shuffled", "listed"] = Field(
        "shuffled", description="order of the cases; shuffled keeps drift from looking like scaling"
    )
    control: bool = Field(True, description="measure the first case once more at the end of three or more cases")
    require_idle: bool = Field(False, description="measure nothing where a device or the host is busy or not told of")
    seed: Annotated[int, BeforeValidator(as_number), Field(ge=0, lt=2**31)] = Field(
        0, description="seed of inputs, weights and case order"
    )
    shape: Annotated[dict[str, list[Count]], BeforeValidator(as_shapes)] = Field(
        {}, description="dimensions after the batch of an input whose file leaves them open: NAME=3,224,224"
    )
    input: Annotated[dict[str, str], BeforeValidator(as_pairs)] = Field(
        {}, description="real data for an input: NAME=FILE.npy"
    )
    worker_python: str | None = Field(None, description="interpreter for the workers, where the vendor's SDK lives")
