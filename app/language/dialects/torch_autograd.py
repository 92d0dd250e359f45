"""PyTorch's autograd: backward, torch.autograd.grad, and the modes that switch it off."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, cast

from app.engine import GraphFreed, Tensor, fault, gradients, ones_like
from app.engine.awaited import receivers
from app.engine.primitives.own import own_gradient
from app.language.dialects.torch_hooks import hooks_of
from app.language.errors import ProgramError, type_error
from app.language.functions import under
from app.language.grad_fn import UNDERIVED, underived
from app.language.machine import Machine
from app.language.misfits import seed_misfit
from app.language.values import TORCH, Array, Function, Mode, Value, type_name
from app.language.versions import count_change, renew
from app.language.walks import iterate

FREED = (
    "Trying to backward through the graph a second time (or directly access saved tensors after "
    "they have already been freed). Saved intermediate values of the graph are freed when you call "
    ".backward() or autograd.grad(). Specify retain_graph=True if you need to backward through the "
    "graph a second time or if you need to access saved tensors after calling backward."
)


def _seed_of(target: Array, gradient: Value) -> Any:
    tensor = target.tensor
    if not tensor.tracked:
        words = "element 0 of tensors does not require grad and does not have a grad_fn"
        raise ProgramError("no_history", framework=f"RuntimeError: {words}")
    if gradient is None:
        if tensor.size != 1:
            words = "grad can be implicitly created only for scalar outputs"
            shape = tuple(tensor.shape)
            raise ProgramError("not_scalar", framework=f"RuntimeError: {words}", shape=shape)
        return ones_like(tensor.data)
    if not isinstance(gradient, Array):
        raise type_error("gradients can be either Tensors or None")
    if gradient.tensor.shape != tensor.shape:
        raise seed_misfit(TORCH, tuple(gradient.tensor.shape), tuple(tensor.shape), 0)
    return gradient.tensor.data


class _Way(NamedTuple):
    """What a backward carries out: the results whose rules it asks, and, where it is to end in
    certain tensors, the ids of these and of what was made from them."""

    nodes: list[Tensor]
    leads: set[int] | None

    def follow(self, node: Tensor, x: Tensor) -> bool:
        return x.tracked and (self.leads is None or id(x) in self.leads)


def _way(targets: list[Tensor], ends: list[Tensor] | None = None) -> _Way:
    """The way from the targets to the ends (default: to every leaf), oldest first.

    Raises ProgramError where PyTorch has no derivative to go on with.
    """
    nodes = _below(targets)
    leads = None if ends is None else {id(x) for x in ends}
    if leads is not None:
        kept = []
        for node in nodes:
            if any(id(x) in leads for x in _behind(node)):
                leads.add(id(node))
                kept.append(node)
        nodes = kept
    for name in filter(None, map(underived, nodes)):
        words = f"RuntimeError: derivative for aten::{name} is not implemented"
        kind = "no_derivative" if name == "floor_divide" else "underived"
        raise ProgramError(kind, framework=words, name=name)
    return _Way(nodes, leads)


def _below(targets: list[Tensor]) -> list[Tensor]:
    """The targets and every tracked Tensor that they were made from, oldest first."""
    seen: dict[int, Tensor] = {}
    waiting = list(targets)
    while waiting:
        node = waiting.pop()
        if id(node) not in seen:
            seen[id(node)] = node
            waiting += _behind(node)
    return sorted(seen.values(), key=lambda node: node.tick)


def _behind(node: Tensor) -> Iterable[Tensor]:
    """The inputs that PyTorch links a result to."""
    if node.op is UNDERIVED:
        return [x for x in node.inputs if isinstance(x, Tensor) and x.tracked]
    return receivers(node)


def backward(
    m: Machine,
    target: Array,
    gradient: Value = None,
    retain_graph: Value = None,
    create_graph: Value = False,
    inputs: Value = None,
) -> None:
    """loss.backward()"""
    _backward(m, [target], [gradient], retain_graph, create_graph, inputs)


def backward_of(
    m: Machine,
    tensors: Value,
    grad_tensors: Value = None,
    retain_graph: Value = None,
    create_graph: Value = False,
    *,
    inputs: Value = None,
) -> None:
    """torch.autograd.backward([loss, penalty])"""
    targets = _listed(m, tensors)
    seeds = [None] * len(targets) if grad_tensors is None else _listed(m, grad_tensors)
    if len(seeds) != len(targets):
        words = f"got {len(targets)} tensors and {len(seeds)} gradients"
        raise ProgramError("value", framework=f"RuntimeError: {words}", detail=words)
    _backward(m, targets, seeds, retain_graph, create_graph, inputs)


def _listed(m: Machine, tensors: Value) -> list[Any]:
    """One tensor, or all of anything that can be walked through."""
    return [tensors] if isinstance(tensors, Array) else list(iterate(m, tensors))


def _ends(m: Machine, inputs: Value) -> list[Tensor]:
    """What gradients are asked for."""
    found = _listed(m, inputs)
    for one in found:
        if not isinstance(one, Array) or one.kind != TORCH:
            words = f"all inputs have to be Tensors or GradientEdges, but got {type_name(one)}"
            raise ProgramError("type", framework=f"RuntimeError: {words}", detail=words)
    return [x.tensor for x in found]


def _backward(
    m: Machine,
    targets: list[Array],
    seeds: list[Value],
    retain_graph: Value,
    create_graph: Value,
    inputs: Value,
) -> None:
    pairs = [(x.tensor, _seed_of(x, seed)) for x, seed in zip(targets, seeds, strict=True)]
    made = [x for x, _ in pairs]
    if inputs is None:
        way = _way(made)
        leaves = [x for x in way.nodes if x.op is None]
    else:
        leaves = _chosen(m, inputs)
        way = _way(made, leaves)
    renew(m, way.nodes)
    call = m.recorder.call("backward", pairs, leaves, keeps=True)
    for leaf in leaves:
        m.recorder.holds(call, leaf, leaf.grad.data if leaf.grad is not None else None)
    arrived = _run(m, pairs, call, bool(create_graph), way)
    holding = {id(x) for x in leaves}
    for tensor, found in arrived.items():
        if id(tensor) in holding or id(tensor) in m.retained:
            old = tensor.grad
            fresh = found if isinstance(found, Tensor) else Tensor(found)
            if old is not None and fault.get() != "overwrite":
                fresh = Tensor(old.data + fresh.data)
                if not create_graph:  # then it is added in place, to the same .grad
                    count_change(m, old, fresh)
            tensor.grad = fresh
            m.recorder.totals(call, tensor, tensor.grad.data)
    if not (retain_graph if retain_graph is not None else create_graph):
        _free(way)


def _chosen(m: Machine, inputs: Value) -> list[Tensor]:
    """What backward(inputs=…) is to give a .grad to."""
    chosen = _ends(m, inputs)
    if not chosen:
        words = "`inputs` argument to `backward()` cannot be empty."
        raise ProgramError("value", framework=f"RuntimeError: {words}", detail=words)
    if not all(x.tracked for x in chosen):
        words = "One of the differentiated Tensors does not require grad"
        raise ProgramError("unused", framework=f"RuntimeError: {words}")
    return chosen


def _run(m: Machine, pairs: Any, call: Any, create_graph: bool, way: _Way) -> dict[Tensor, Any]:
    m.backward()
    try:
        hooks = hooks_of(m, call, create_graph) if m.hooks else {}
        if way.leads is not None:  # a target's hooks are called whatever it leads to
            met = way.leads | {id(x) for x, _ in pairs}
            hooks = {x: hook for x, hook in hooks.items() if id(x) in met}
        listener = m.recorder.listener(call)
        return gradients(pairs, way.follow, create_graph, listener, hooks)
    except GraphFreed:
        raise ProgramError("backward_twice", framework=f"RuntimeError: {FREED}") from None


def _free(way: _Way) -> None:
    """Releases the operands that rules have read, as PyTorch does after a backward."""
    for node in way.nodes:
        if node.op is own_gradient:
            node.inputs[-1].freed = True
        elif node.op is not None and node.op.saves:
            node.values = None


def grad(
    m: Machine,
    outputs: Value,
    inputs: Value,
    grad_outputs: Value = None,
    retain_graph: Value = None,
    create_graph: Value = False,
    allow_unused: Value = None,
    only_inputs: Value = True,
) -> Value:
    """torch.autograd.grad. A dict of inputs gives a dict of gradients."""
    targets = _listed(m, outputs)
    wanted = _ends(m, list(inputs.values()) if isinstance(inputs, dict) else inputs)
    if not wanted:
        words = "`inputs` argument to `grad()` cannot be empty."
        raise ProgramError("value", framework=f"RuntimeError: {words}", detail=words)
    given = [None] * len(targets) if grad_outputs is None else _listed(m, grad_outputs)
    pairs = [(x.tensor, _seed_of(x, seed)) for x, seed in zip(targets, given, strict=True)]
    way = _way([x.tensor for x in targets], wanted)
    renew(m, way.nodes)
    call = m.recorder.call("torch.autograd.grad", pairs, wanted)
    arrived = _run(m, pairs, call, bool(create_graph), way)
    results: list[Value] = []
    for i, tensor in enumerate(wanted):
        found = arrived.get(tensor)
        if found is None and not allow_unused:
            words = f"The differentiated Tensor at index {i} appears to not have been used in the "
            words += "graph. Set allow_unused=True if this is the desired behavior."
            if not tensor.tracked:
                words = "One of the differentiated Tensors does not require grad"
            raise ProgramError("unused", framework=f"RuntimeError: {words}")
        results.append(_result(m, found))
    if not (retain_graph if retain_graph is not None else create_graph):
        _free(way)
    return dict(zip(inputs, results, strict=True)) if isinstance(inputs, dict) else tuple(results)


def _result(m: Machine, found: Any) -> Value:
    if found is None:
        return None
    if isinstance(found, Tensor):
        m.tell(found, TORCH, False, derived=True)
        return Array(found, TORCH)
    return m.leaf(found, TORCH)


# -- modes


def mode(enabled: bool) -> Callable[..., Value]:
    def make(m: Machine, *function: Value) -> Value:
        kept: list[bool] = []

        def enter() -> None:
            kept.append(m.grad_enabled)
            m.grad_enabled = enabled
            m.recorder.tape("grad" if enabled else "no_grad")

        def leave() -> None:
            again = kept.pop()
            if again is not m.grad_enabled:
                m.recorder.tape("grad" if again else "no_grad")
            m.grad_enabled = again

        made = Mode(enter, leave)
        bare = function and isinstance(function[0], Function)  # @torch.no_grad without brackets
        return under(made, function[0]) if bare else made

    return make


def set_grad_enabled(m: Machine, mode: Value) -> Mode:
    """Holds from the call on, and where it is the head of a block up to the block's end."""
    if not isinstance(mode, bool):
        words = "set_grad_enabled(): argument 'enabled' (position 1) must be bool, not "
        raise type_error(f"{words}{type_name(mode)}")
    before = m.grad_enabled

    def switch(enabled: bool) -> None:
        if enabled is not m.grad_enabled:
            m.recorder.tape("grad" if enabled else "no_grad")
        m.grad_enabled = enabled

    def for_function() -> Mode:
        switch(before)
        return cast(Mode, (_enabling if mode else _disabling)(m))

    switch(mode)
    return Mode(lambda: switch(mode), lambda: switch(before), for_function)


_enabling, _disabling = mode(True), mode(False)
MODES: dict[str, Value] = {
    "no_grad": _disabling,
    "enable_grad": _enabling,
    "inference_mode": _disabling,
    "set_grad_enabled": set_grad_enabled,
    "is_grad_enabled": lambda m: m.grad_enabled,
}
