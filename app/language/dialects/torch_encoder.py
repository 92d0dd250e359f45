"""nn.TransformerEncoderLayer and nn.TransformerEncoder. Source: Vaswani et al. 2017."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.engine import N_, OPS
from app.engine import primitives as p
from app.language.builtins import call
from app.language.classes import make
from app.language.dialects.common import array
from app.language.dialects.copying import deep
from app.language.dialects.recurrent_steps import add
from app.language.dialects.torch_attention import fused, hidden
from app.language.dialects.torch_functions import ACTIVATIONS
from app.language.dialects.torch_modules import begin, is_module, layer
from app.language.errors import ProgramError, type_error, unsupported
from app.language.machine import Machine
from app.language.values import TORCH, Array, Class, Instance, Value, type_name
from app.language.walks import iterate

Call = Callable[..., Any]
KNOWN = ("relu", "gelu", "torch.nn.functional.relu", "torch.nn.functional.gelu")


@dataclass(frozen=True)
class Parts:
    """The layers that an encoder is put together from."""

    linear: Class
    norm: Class
    dropout: Class
    several: Class  # ModuleList
    attention: Class


def layer_start(parts: Parts, *attentions: str) -> Call:
    """The __init__ of a layer of an encoder or a decoder. attentions: what it calls them; each of
    them, and the linear layers, have a norm and a dropout of their own."""

    def start(
        m: Machine,
        one: Instance,
        d_model: Value,
        nhead: Value,
        dim_feedforward: Value = 2048,
        dropout: Value = 0.1,
        activation: Value = "relu",
        layer_norm_eps: Value = 1e-5,
        batch_first: Value = False,
        norm_first: Value = False,
        bias: Value = True,
        device: Value = None,
        dtype: Value = None,
    ) -> None:
        if isinstance(activation, str) and activation not in ("relu", "gelu"):
            raise ProgramError(
                "value",
                framework=f"RuntimeError: activation should be relu/gelu, not {activation}",
                detail=activation,
            )
        blocks = range(1, len(attentions) + 2)
        settings = {"bias": bias, "dtype": dtype}
        norm = {"eps": layer_norm_eps, **settings}
        first = {"dropout": dropout, "batch_first": batch_first, **settings}
        begin(
            m,
            one,
            **{name: make(m, parts.attention, d_model, nhead, **first) for name in attentions},
            linear1=make(m, parts.linear, d_model, dim_feedforward, **settings),
            dropout=make(m, parts.dropout, dropout),
            linear2=make(m, parts.linear, dim_feedforward, d_model, **settings),
            norm_first=bool(norm_first),
            **{f"norm{i}": make(m, parts.norm, d_model, **norm) for i in blocks},
            **{f"dropout{i}": make(m, parts.dropout, dropout) for i in blocks},
            activation=activation,
        )

    return start


def widened(m: Machine, v: dict[str, Value], x: Value, last: int) -> Value:
    """The two linear layers of a layer. last: the number of the dropout behind them."""
    act = v["activation"]
    made = call(m, v["linear1"], x)
    made = ACTIVATIONS[act](m, made) if isinstance(act, str) else call(m, act, made)
    return call(m, v[f"dropout{last}"], call(m, v["linear2"], call(m, v["dropout"], made)))


def _simple(one: Instance) -> bool:
    """Whether a layer is of the form that PyTorch has a piece of its own for."""
    v = one.values
    act, norms = v["activation"], (v["norm1"].values, v["norm2"].values)
    known = type_name(act) in ("ReLU", "GELU") or getattr(act, "name", act) in KNOWN
    biased = v["self_attn"].values["in_proj_bias"] is not None
    return bool(known and biased and norms[0]["eps"] == norms[1]["eps"])


def _fused(m: Machine, one: Instance, x: Array) -> bool:
    """Whether PyTorch computes a layer in one piece: where nothing is to be trained."""
    v = one.values
    others = ("linear1", "linear2", "norm1", "norm2")
    parts = [part for name in others for part in v[name].values.values()]
    return not v["training"] and _simple(one) and fused(m, v["self_attn"], x, *parts)


def _numbers(m: Machine, mask: Value, x: Array) -> Value:
    """A mask of truth values as what is added to the scores."""
    if not isinstance(mask, Array) or mask.tensor.dtype != bool:
        return mask
    return hidden(m, ~np.asarray(mask.tensor.data), x.tensor.dtype)


def _encoded(
    m: Machine,
    one: Instance,
    src: Value,
    src_mask: Value = None,
    src_key_padding_mask: Value = None,
    is_causal: Value = False,
) -> Value:
    """Attention to itself and two linear layers, each added to what came in, and normed."""
    v, x = one.values, array(m, src, TORCH)
    masks = {"attn_mask": src_mask, "key_padding_mask": src_key_padding_mask}
    if not _fused(m, one, x):
        masks = {name: _numbers(m, mask, x) for name, mask in masks.items()}

    def attended(x: Value) -> Value:
        found = call(m, v["self_attn"], x, x, x, need_weights=False, is_causal=is_causal, **masks)
        return call(m, v["dropout1"], found[0])

    if v["norm_first"]:
        x = add(m, x, attended(call(m, v["norm1"], x)))
        return add(m, x, widened(m, v, call(m, v["norm2"], x), 2))
    x = call(m, v["norm1"], add(m, x, attended(x)))
    return call(m, v["norm2"], add(m, x, widened(m, v, x, 2)))


def repeated(
    m: Machine, parts: Parts, one: Instance, each: Value, num_layers: Value, norm: Value
) -> None:
    """Gives an encoder or a decoder its layers: copies of one."""
    if not is_module(each) or not isinstance(num_layers, int):
        raise type_error(f"{one.of.name} takes a layer and a number of layers")
    m.budget.container(num_layers)
    copies = []
    for _ in range(num_layers):
        m.budget.step()
        m.budget.clock()
        copies.append(deep(m, each))
    begin(m, one, layers=make(m, parts.several, copies), num_layers=num_layers, norm=norm)


def _encoder(parts: Parts) -> Call:
    def start(
        m: Machine,
        one: Instance,
        encoder_layer: Value,
        num_layers: Value,
        norm: Value = None,
        enable_nested_tensor: Value = True,
        mask_check: Value = True,
    ) -> None:
        repeated(m, parts, one, encoder_layer, num_layers, norm)
        nested = bool(enable_nested_tensor and _nests(encoder_layer))
        told = {"enable_nested_tensor": enable_nested_tensor, "mask_check": mask_check}
        begin(m, one, **told, use_nested_tensor=nested)

    return start


def _nests(each: Instance) -> bool:
    """Whether a stack of copies of this layer can leave padded places out."""
    line, v = each.of.line(), each.values
    if not any(one.name == "TransformerEncoderLayer" for one in line):
        return False
    attention, changed = (
        v["self_attn"].values,
        any(one.own and "forward" in one.members for one in line),
    )
    even = attention["batch_first"] and not attention["num_heads"] % 2
    return bool(not changed and not v["norm_first"] and even and _simple(each))


def _left_out(m: Machine, one: Instance, x: Array, mask: Value, padding: Value) -> Array | None:
    """The padded places, where PyTorch leaves them out of the computation, which is where nothing
    is to be trained: their results are zeros."""
    v, first = one.values, next(iterate(m, one.values["layers"]))
    if not isinstance(padding, Array) or mask is not None or not v["use_nested_tensor"]:
        return None
    shape = tuple(padding.tensor.shape)
    if not _fused(m, first, x) or shape != tuple(x.tensor.shape[:2]):
        return None
    m.budget.array(shape)
    seen = np.asarray(padding.tensor.data) == 0
    if (seen[:, 1:] > seen[:, :-1]).any():
        if v["mask_check"]:
            return None
        raise unsupported(
            N_("mask_check=False with padding in front of what is read; leave mask_check out")
        )
    if not seen.any():
        words = "to_padded_tensor: at least one constituent tensor should have non-zero numel"
        raise ProgramError("shape", framework=f"RuntimeError: {words}", detail=words)
    return m.leaf(~seen, TORCH)


def _all_encoded(
    m: Machine,
    one: Instance,
    src: Value,
    mask: Value = None,
    src_key_padding_mask: Value = None,
    is_causal: Value = None,
) -> Value:
    hint = is_causal is True  # as PyTorch takes it, without a mask too
    x = array(m, src, TORCH)
    padded = _left_out(m, one, x, mask, src_key_padding_mask)
    padding = src_key_padding_mask if padded is None else padded
    for each in iterate(m, one.values["layers"]):
        src = call(m, each, src, mask, padding, hint)
    if padded is not None:
        places = m.apply(lambda t: p.shaping.expand_dims(t, -1), padded)
        src = m.apply(OPS["where"], places, x.tensor.dtype.type(0), src)
    norm = one.values["norm"]
    return src if norm is None else call(m, norm, src)


def encoders(parts: Parts) -> dict[str, Class]:
    """The layers of this file."""
    return {
        "TransformerEncoderLayer": layer(
            "TransformerEncoderLayer", layer_start(parts, "self_attn"), _encoded
        ),
        "TransformerEncoder": layer("TransformerEncoder", _encoder(parts), _all_encoded),
    }
