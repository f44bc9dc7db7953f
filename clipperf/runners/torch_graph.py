"""TorchScript as a graph of torch.fx: the same operations, each called from Python, as ``mode=eager`` runs them.

That form is also what ``torch.compile`` takes, which looks into Python and not into TorchScript. PyTorch's own way from
TorchScript to it (``torch._export.converter``) is private, came with 2.5 and needs example inputs.
"""

from __future__ import annotations

import operator
from typing import Any, Callable, Sequence

from clipperf.errors import Unsupported

_BRANCHES = ("prim::If", "prim::Loop")


def graph_module(torch: Any, module: Any) -> Any:
    """The operations of a traced module in a ``torch.fx.GraphModule``, over the module's own tensors.

    Raises Unsupported where the module branches, or does what only TorchScript can do.
    """
    from torch import fx

    reader = _Reader(torch, fx.Graph(), torch.nn.Module(), module)
    return fx.GraphModule(reader.root, reader.read(module.inlined_graph))


class _Reader:
    """Goes through the nodes in their order; ``values`` holds what each name of the script stands for."""

    def __init__(self, torch: Any, graph: Any, root: Any, module: Any) -> None:
        self._torch, self._graph, self.root, self._module = torch, graph, root, module
        self._values: dict[str, Any] = {}
        self._special: dict[str, Callable[[Any, Sequence[Any]], Any]] = {
            "prim::Constant": lambda node, _: self._constant(node.output().toIValue()),
            "prim::GetAttr": lambda node, given: self._attribute(getattr(given[0], node.s("name"))),
            "prim::ListConstruct": lambda _, given: list(given),
            "prim::TupleConstruct": lambda _, given: tuple(given),
            # A number on its way through a tensor: a trace writes so, and takes it out again.
            "prim::NumToTensor": lambda _, given: given[0],
            "aten::Int": lambda _, given: self._graph.call_function(int, tuple(given)),
            "aten::size": lambda _, given: self._graph.call_method("size", tuple(given)),
        }

    def read(self, script: Any) -> Any:
        """The fx graph of a script."""
        own, *inputs = script.inputs()
        self._values[own.debugName()] = self._module
        for value in inputs:
            self._values[value.debugName()] = self._graph.placeholder(_identifier(value.debugName()))
        for node in script.nodes():
            self._take(node)
        answers = tuple(self._values[value.debugName()] for value in script.outputs())
        self._graph.output(answers[0] if len(answers) == 1 else answers)
        self._graph.lint()
        return self._graph

    def _take(self, node: Any) -> None:
        kind, given = node.kind(), [self._values[value.debugName()] for value in node.inputs()]
        outputs = [value.debugName() for value in node.outputs()]
        if kind in ("prim::ListUnpack", "prim::TupleUnpack"):
            for place, name in enumerate(outputs):
                self._values[name] = self._element(given[0], place)
            return
        result = self._special[kind](node, given) if kind in self._special else self._call(node, given)
        for place, name in enumerate(outputs):
            self._values[name] = result if len(outputs) == 1 else self._element(result, place)

    def _element(self, value: Any, place: int) -> Any:
        if isinstance(value, (list, tuple)):
            return value[place]
        return self._graph.call_function(operator.getitem, (value, place))

    def _call(self, node: Any, given: Sequence[Any]) -> Any:
        kind = node.kind()
        space, _, name = kind.partition("::")
        if kind in _BRANCHES or space == "prim":
            raise Unsupported(
                f"--option mode: the model holds {kind}, which is TorchScript's own; trace it without branches, or "
                "leave the option out."
            )
        told = list(zip(self._torch._C.parse_schema(node.schema()).arguments, given))
        return self._graph.call_function(
            getattr(getattr(self._torch.ops, space), name),
            tuple(value for argument, value in told if not argument.kwarg_only),
            {argument.name: value for argument, value in told if argument.kwarg_only},
        )

    def _constant(self, value: Any) -> Any:
        if not isinstance(value, self._torch.Tensor):
            return value
        # A trace writes the numbers of products and sums as tensors, which compilers take for data.
        return self._attribute(value) if value.dim() else value.item()

    def _attribute(self, value: Any) -> Any:
        """A node for a tensor, which the module of the graph then holds; anything else, such as a module, as it is."""
        if not isinstance(value, self._torch.Tensor):
            return value
        name = f"tensor{len(self.root._buffers)}"
        self.root.register_buffer(name, value)
        return self._graph.get_attr(name)


def _identifier(name: str) -> str:
    return name.partition(".")[0]
