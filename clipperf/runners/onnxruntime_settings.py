"""Settings of onnxruntime's execution providers by their own names, and the values that each takes.

Newer releases have more: what is not listed here onnxruntime itself judges. From the parsers of its source:
cuda_execution_provider_info.cc, tensorrt_execution_provider_info.cc, cann_execution_provider_info.cc,
migraphx_execution_provider_info.cc, openvino_provider_factory.cc, dml_provider_factory.cc; and from CANN's manual of
ATC for the words of its precision modes.
"""

from __future__ import annotations

import re
from typing import Mapping, Tuple, Union

from clipperf.errors import Unsupported
from clipperf.runners.base import Option

Values = Union[str, Tuple[str, ...]]
"""The words that a setting takes, or one of the kinds below."""

FLAG, NUMBER, TEXT, ADDRESS = "true or false", "a whole number", "a text", "an address"

_GROWTH = ("kNextPowerOfTwo", "kSameAsRequested")
_YES, _NO = ("true", "1"), ("false", "0")


def _all(kind: Values, names: str, prefix: str = "") -> dict[str, Values]:
    return {prefix + name: kind for name in names.split()}


CUDA: Mapping[str, Values] = {
    "cudnn_conv_algo_search": ("EXHAUSTIVE", "HEURISTIC", "DEFAULT"),
    "arena_extend_strategy": _GROWTH,
    **_all(NUMBER, "gpu_mem_limit tunable_op_max_tuning_duration_ms sdpa_kernel"),
    **_all(FLAG, "do_copy_in_default_stream cudnn_conv_use_max_workspace cudnn_conv1d_pad_to_nc1d enable_cuda_graph"),
    **_all(FLAG, "tunable_op_enable tunable_op_tuning_enable enable_skip_layer_norm_strict_mode prefer_nhwc use_tf32"),
    **_all(FLAG, "use_ep_level_unified_stream fuse_conv_bias"),
    **_all(ADDRESS, "has_user_compute_stream user_compute_stream"),
    **_all(ADDRESS, "gpu_external_alloc gpu_external_free gpu_external_empty_cache"),
}
TENSORRT: Mapping[str, Values] = {
    **_all(NUMBER, "max_partition_iterations min_subgraph_size max_workspace_size dla_core", "trt_"),
    **_all(NUMBER, "builder_optimization_level auxiliary_streams ep_context_embed_mode", "trt_"),
    **_all(FLAG, "fp16_enable bf16_enable int8_enable int8_use_native_calibration_table dla_enable", "trt_"),
    **_all(FLAG, "dump_subgraphs engine_cache_enable engine_decryption_enable force_sequential_engine_build", "trt_"),
    **_all(FLAG, "context_memory_sharing_enable layer_norm_fp32_fallback timing_cache_enable", "trt_"),
    **_all(FLAG, "force_timing_cache detailed_build_log build_heuristics_enable sparsity_enable", "trt_"),
    **_all(FLAG, "cuda_graph_enable dump_ep_context_model engine_hw_compatible weight_stripped_engine_enable", "trt_"),
    **_all(TEXT, "int8_calibration_table_name engine_cache_path engine_cache_prefix timing_cache_path", "trt_"),
    **_all(TEXT, "engine_decryption_lib_path tactic_sources extra_plugin_lib_paths op_types_to_exclude", "trt_"),
    **_all(TEXT, "profile_min_shapes profile_max_shapes profile_opt_shapes ep_context_file_path", "trt_"),
    **_all(TEXT, "onnx_model_folder_path preview_features", "trt_"),
    **_all(ADDRESS, "has_user_compute_stream user_compute_stream trt_onnx_bytestream trt_external_data_bytestream"),
}
OPENVINO: Mapping[str, Values] = {
    "precision": ("FP32", "FP16", "ACCURACY"),
    "model_priority": ("LOW", "MEDIUM", "HIGH", "DEFAULT"),
    **_all(NUMBER, "num_of_threads num_streams"),
    **_all(FLAG, "enable_qdq_optimizer disable_dynamic_shapes enable_opencl_throttling"),
    **_all(TEXT, "cache_dir load_config reshape_input layout"),
    **_all(ADDRESS, "context"),
}
CANN: Mapping[str, Values] = {
    "arena_extend_strategy": _GROWTH,
    "precision_mode": (
        *("force_fp32", "force_fp16", "allow_fp32_to_fp16", "must_keep_origin_dtype", "allow_mix_precision"),
        *("cube_fp16in_fp32out", "allow_mix_precision_fp16", "allow_mix_precision_bf16", "allow_fp32_to_bf16"),
    ),
    "precision_mode_v2": ("origin", "fp16", "cube_fp16in_fp32out", "mixed_float16", "mixed_bfloat16"),
    "op_select_impl_mode": ("high_precision", "high_performance"),
    **_all(NUMBER, "npu_mem_limit"),
    **_all(FLAG, "do_copy_in_default_stream enable_cann_graph enable_cann_subgraph dump_graphs dump_om_model"),
    **_all(TEXT, "optypelist_for_implmode input_format dynamic_batch_size dynamic_image_size dynamic_dims"),
}
MIGRAPHX: Mapping[str, Values] = {
    "migraphx_arena_extend_strategy": _GROWTH,
    **_all(FLAG, "fp16_enable bf16_enable fp8_enable int8_enable exhaustive_tune", "migraphx_"),
    **_all(FLAG, "int8_use_native_calibration_table save_compiled_model load_compiled_model", "migraphx_"),
    **_all(NUMBER, "mem_limit max_dynamic_batch max_compiled_models", "migraphx_"),
    **_all(TEXT, "int8_calibration_table_name model_cache_dir save_model_name load_model_name", "migraphx_"),
    **_all(ADDRESS, "external_alloc external_free external_empty_cache", "migraphx_"),
}
DIRECTML: Mapping[str, Values] = {
    "performance_preference": ("default", "high_performance", "minimum_power"),
    "device_filter": ("gpu", "npu", "any"),
    **_all(FLAG, "disable_metacommands enable_graph_capture enable_dynamic_graph_fusion"),
}


def as_text(option: str, value: Option, values: Values) -> str:
    """The value of ``--option option=`` as onnxruntime is given it; raises Unsupported where it can be none such.

    A flag is True or False, which the parsers of all providers and releases know; TensorRT's once knew only these.
    """
    text = str(value)
    if values == ADDRESS:
        raise Unsupported(
            f"--option {option}: it is an address in the memory of a process, which cannot be known before there is "
            "one; leave it out."
        )
    if values == FLAG and text.lower() in (*_YES, *_NO):
        return str(text.lower() in _YES)
    if values == TEXT or (values == NUMBER and re.fullmatch(r"-?\d+", text)):
        return text
    if isinstance(values, tuple) and text in values:
        return text
    allowed = f"one of {', '.join(values)}" if isinstance(values, tuple) else values
    raise Unsupported(f"--option {option}={value}: give {allowed}.")


def is_same(told: str, given: str) -> bool:
    """Whether a setting as a provider tells it is the one that it was given."""
    return _plain(told) == _plain(given)


def _plain(text: str) -> str:
    lower = text.lower()
    return "1" if lower in _YES else "0" if lower in _NO else lower
