"""The streams of mindietorch."""

from standin_torch_aie import Stream, stream  # noqa: F401
