"""The streams of torch_aie."""

from standin_torch_aie import Stream, stream  # noqa: F401
