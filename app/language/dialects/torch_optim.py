"""torch.optim: descent's optimizers on the parameters of a program."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from app.descent import FURTHER, OPTIMIZERS
from app.engine import N_, fault
from app.language.builtins import call, iterate
from app.language.dialects.common import namespace
from app.language.dialects.stepping import Memory, options_of
from app.language.dialects.torch_cycles import CYCLES
from app.language.dialects.torch_lbfgs import lbfgs
from app.language.dialects.torch_schedules import SCHEDULERS
from app.language.errors import type_error, unsupported, value_error
from app.language.items import replace
from app.language.machine import Machine
from app.language.values import TORCH, Array, Record, Value, type_name

# options without a meaning here, as they are written in a repr
SPEED = {"differentiable": False, "foreach": None, "maximize": False}
EXTRAS: dict[str, dict[str, Value]] = {
    "SGD": {**SPEED, "fused": None},
    "Adagrad": {**SPEED, "fused": None},
    "RMSprop": {**SPEED, "capturable": False},
    "Adam": {**SPEED, "fused": None, "capturable": False, "decoupled_weight_decay": False},
    "AdamW": {**SPEED, "fused": None, "capturable": False, "decoupled_weight_decay": True},
    **{
        kind: {**SPEED, "capturable": False}
        for kind in ("Adadelta", "Adamax", "NAdam", "RAdam", "ASGD", "Rprop")
    },
}
SIGNED = {"lr": "learning rate", "weight_decay": "weight_decay value", "momentum": "momentum value"}


def _maker(name: str) -> Callable[..., Record]:
    optimizer, extras = (OPTIMIZERS | FURTHER)[name.lower()], EXTRAS[name]
    order = ["lr", *(option for option in optimizer.options if option != "lr")]
    defaults = {key: one.default for key, one in optimizer.options.items()}
    zeros = [key for key, value in defaults.items() if value == 0 and value is not False]

    def make(m: Machine, params: Value, *given: Value, **named: Value) -> Record:
        if len(given) > len(order):
            raise type_error(f"{name}() takes {len(order) + 1} arguments, {len(given) + 1} given")
        settings = dict(zip(order, given, strict=False)) | named
        if twice := next((key for key in order[: len(given)] if key in named), None):
            raise type_error(f"{name}.__init__() got multiple values for argument '{twice}'")
        if settings.get("decoupled_weight_decay") and name == "Adam":
            raise unsupported(N_("Adam with decoupled_weight_decay; write torch.optim.AdamW"))
        unused = {key: settings.pop(key) for key in extras if key in settings}
        options = options_of(optimizer, settings, name) | extras | unused
        options |= {key: 0 for key in zeros if key not in settings}  # as PyTorch writes them
        for option, words in SIGNED.items():
            if option in options and options[option] < 0:
                raise value_error(f"Invalid {words}: {options[option]}")
        if options.get("nesterov") and (options["momentum"] <= 0 or options["dampening"]):
            raise value_error("Nesterov momentum requires a momentum and zero dampening")
        memories: dict[int, Memory] = {}
        return _made(
            m,
            name,
            params,
            options,
            lambda m, x, closure=None: _step(m, x, closure, optimizer, memories),
        )

    return make


def _made(
    m: Machine, name: str, params: Value, options: dict[str, Value], step: Callable[..., Value]
) -> Record:
    groups = [{**options, **group} for group in _groups(m, params)]
    members: dict[str, Value] = {"param_groups": groups, "defaults": options}
    return Record(name, members, None, {**METHODS, "step": step}, _shown)


def _groups(m: Machine, params: Value) -> list[dict[str, Value]]:
    """The groups of parameters that an optimizer was given."""
    if isinstance(params, Array):
        words = "params argument given to the optimizer should be an iterable of Tensors or dicts, "
        raise type_error(f"{words}but got torch.FloatTensor")
    found = list(iterate(m, params))
    if not found:
        raise value_error("optimizer got an empty parameter list")
    groups = found if all(isinstance(one, dict) for one in found) else [{"params": found}]
    for group in groups:
        entries = group.get("params")
        group["params"] = [entries] if isinstance(entries, Array) else list(iterate(m, entries))
        for x in group["params"]:
            if isinstance(x, tuple) and len(x) == 2:  # of named_parameters()
                x = x[1]
            if not isinstance(x, Array) or x.kind != TORCH:
                words = (
                    f"optimizer can only optimize Tensors, but one of the params is {type_name(x)}"
                )
                raise type_error(words)
            if x.tensor.op is not None and x.tensor.tracked:
                raise value_error("can't optimize a non-leaf Tensor")
        group["params"] = [x[1] if isinstance(x, tuple) else x for x in group["params"]]
    return groups


def _step(
    m: Machine, optimizer: Record, closure: Value, rule: Any, memories: dict[int, Memory]
) -> Value:
    """Every parameter that has a gradient moves; the others rest."""
    loss = None if closure is None else call(m, closure)
    stepped = False
    for at, group in enumerate(optimizer.members["param_groups"]):
        given = {name: group[name] for name in rule.options if name in group}
        options = options_of(rule, given, optimizer.kind)
        told = {**options, "maximize": bool(group.get("maximize"))}
        for x in group["params"]:
            m.budget.step()
            if x.tensor.grad is None:
                continue
            stepped = True
            if x.tensor.dtype == np.float32:
                options["lr"] = float(np.float32(options["lr"]))
            memory = memories.setdefault(id(x), Memory(rule, options, x, fused=True))
            gradient = x.tensor.grad.data
            by = memory.told(TORCH, optimizer.kind, gradient, told, of=id(memories), group=at)
            new = memory.after(m, x, -gradient if group.get("maximize") else gradient, options)
            replace(m, x, new, by=by)
    if not stepped:
        m.note("nothing_to_step", "step()")
    return loss


def zero(m: Machine, x: Array, set_to_none: bool) -> None:
    """The gradient of a parameter is dropped, or set to zero; a fault keeps it."""
    tensor = x.tensor
    if tensor.grad is None:
        return
    if fault.get() == "keep":
        m.recorder.tape("kept", tensor)
        return
    if set_to_none:
        m.recorder.tape("discard", tensor)
        tensor.grad = None
    else:
        replace(m, Array(tensor.grad, TORCH), np.zeros_like(tensor.grad.data))
        m.recorder.tape("zero", tensor)


def _zero_grad(m: Machine, optimizer: Record, set_to_none: Value = True) -> None:
    for group in optimizer.members["param_groups"]:
        for x in group["params"]:
            m.budget.step()
            zero(m, x, bool(set_to_none))


def _add_group(m: Machine, optimizer: Record, param_group: Value) -> None:
    (group,) = _groups(m, [param_group])
    optimizer.members["param_groups"].append({**optimizer.members["defaults"], **group})


def _shown(optimizer: Record) -> str:
    lines = []
    for i, group in enumerate(optimizer.members["param_groups"]):
        lines += ["", f"Parameter Group {i}"] if i else [f"Parameter Group {i}"]
        lines += [f"    {key}: {group[key]}" for key in sorted(group) if key != "params"]
    return f"{optimizer.kind} (\n" + "\n".join(lines) + "\n)"


def _own(m: Machine, params: Value, defaults: Value) -> Record:
    """torch.optim.Optimizer, which is asked after by isinstance."""
    raise unsupported(
        N_("torch.optim.Optimizer by itself (write a class with step() and zero_grad())")
    )


METHODS: Mapping[str, Callable[..., Value]] = {
    "zero_grad": _zero_grad,
    "add_param_group": _add_group,
}
OPTIM = namespace(
    "torch.optim",
    {
        **{name: _maker(name) for name in EXTRAS},
        "LBFGS": lbfgs(_made),
        "Optimizer": _own,
        "lr_scheduler": namespace("torch.optim.lr_scheduler", {**SCHEDULERS, **CYCLES}),
    },
)
