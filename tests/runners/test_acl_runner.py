"""The acl runner's own rules: modes, and times that a session's clock can no longer tell."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from clipperf.errors import Unsupported
from clipperf.runners.acl import AclRunner, HostSlot
from clipperf.runners.acl_mode import mode_of, set_mode
from clipperf.runners.base import OpenSpec, Signature, Tensor
from clipperf.runners.vendor_sdk import EachThread


def signature(*shape: int | None) -> Signature:
    return Signature((Tensor("image", "float32", shape), Tensor("scale", "float32", (1,))), ())


@pytest.mark.parametrize(
    ("shape", "options", "mode"),
    [
        ((4, 3, 8, 8), {}, "static"),
        ((4, 3, 8, 8), {"mode": "static"}, "static"),
        ((None, 3, 8, 8), {}, "dymbatch"),
        ((None, 3, 8, 8), {"mode": "dymdims"}, "dymdims"),
        ((4, 3, None, None), {"mode": "dymhw"}, "dymhw"),
        ((None, 3, None, None), {"mode": "dymshape"}, "dymshape"),
    ],
)
def test_the_mode_follows_from_the_file_or_is_asked_for(shape, options, mode: str):
    assert mode_of(signature(*shape), options) == mode


@pytest.mark.parametrize(
    ("shape", "options", "sentence"),
    [
        ((4, 3, 8, 8), {"mode": "dymbatch"}, "fixed dimensions"),
        ((None, 3, 8, 8), {"mode": "static"}, "leaves dimensions open"),
        ((None, 3, None, None), {}, r"dimensions \[0, 2, 3\] of its inputs open; tell how .*=dymhw\|dymdims\|dymshape"),
        ((None, 3, None, None), {"mode": "dymbatch"}, r"leaves the dimensions \[0, 2, 3\]"),
        ((None, 3, 8, 8), {"mode": "dymhw"}, r"leaves the dimensions \[0\]"),
    ],
)
def test_a_mode_that_does_not_go_with_the_file_is_refused(shape, options, sentence: str):
    with pytest.raises(Unsupported, match=sentence):
        mode_of(signature(*shape), options)


@pytest.mark.parametrize(
    ("mode", "shape", "called"),
    [
        ("static", (4, 3, 8, 8), [("set_staticbatch",)]),
        ("dymbatch", (None, 3, 8, 8), [("set_dynamic_batchsize", 4)]),
        ("dymhw", (4, 3, None, None), [("set_dynamic_hw", 8, 8)]),
        ("dymdims", (None, 3, None, 8), [("set_dynamic_dims", "image:4,3,8,8;scale:1")]),
        (
            "dymshape",
            (None, None, None, None),
            [("set_dynamic_shape", "image:4,3,8,8;scale:1"), ("set_custom_outsize", [])],
        ),
    ],
)
def test_a_session_is_told_the_shapes_by_the_call_of_its_mode(mode: str, shape, called):
    calls = []
    session = SimpleNamespace(
        **{
            name: lambda *arguments, name=name: calls.append((name, *arguments))
            for name in (
                *("set_staticbatch", "set_dynamic_batchsize", "set_dynamic_hw", "set_dynamic_dims"),
                *("set_dynamic_shape", "set_custom_outsize"),
            )
        }
    )
    set_mode(session, mode, signature(*shape), [(4, 3, 8, 8), (1,)], 100)
    assert calls == called


def slot(times: list) -> HostSlot:
    session = SimpleNamespace(summary=lambda: SimpleNamespace(exec_time_list=times))
    spec = OpenSpec("model.om", "0", "", "host", None, 1, {})
    return HostSlot(session, signature(4, 3, 8, 8), spec, EachThread(lambda: None))


@pytest.mark.parametrize("times", [[5.0, 6.0], [(100.0, 105.0), (110.0, 116.0)]])
def test_times_of_both_kinds_of_release_are_ns(times):
    assert slot(times).stage_ns() == {"compute": [5e6, 6e6]}


def test_times_are_left_out_once_the_session_s_float32_clock_is_too_coarse_for_them():
    minute, hour = 60_000.0, 3_600_000.0
    assert slot([(minute, minute + 5.0)]).stage_ns() == {"compute": [5e6]}
    assert slot([(hour, hour + 5.0)]).stage_ns() == {}


def test_infer_is_given_the_room_for_outputs_too():
    calls = []
    session = SimpleNamespace(infer=lambda *arguments: calls.append(arguments))
    spec = OpenSpec("model.om", "0", "", "host", None, 1, {"mode": "dymshape", "output_size": 4096})
    HostSlot(session, signature(None, None, 8, 8), spec, EachThread(lambda: None)).run()
    assert calls == [((), "dymshape", 4096)]


def test_no_request_no_times():
    assert slot([]).stage_ns() == {"compute": []}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"mode": "dynbatch"}, "take one of static, dymbatch"),
        ({"mode": "dymshape", "output_size": 0}, "give the bytes of an output"),
        ({"mode": "dymshape", "output_size": "1k"}, "give the bytes of an output"),
        ({"output_size": 100}, "only --option mode=dymshape needs it"),
    ],
)
def test_options_are_refused_with_what_they_may_be(options, sentence: str):
    with pytest.raises(Unsupported, match=sentence):
        AclRunner().check_options(options)


def test_a_thread_is_prepared_once():
    calls = []
    each = EachThread(lambda: calls.append(1))
    each()
    each()
    assert calls == [1]
