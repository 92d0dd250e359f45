"""nn.MultiheadAttention and the encoder of a transformer; F.scaled_dot_product_attention.

Source: Vaswani et al., "Attention Is All You Need", 2017; torch/nn/functional.py.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from app.engine import N_, OPS
from app.engine import primitives as p
from app.language.classes import make
from app.language.dialects import torch_agreeing
from app.language.dialects.common import FLOAT32, dtype_of
from app.language.dialects.recurrent_steps import add, entry
from app.language.dialects.torch_modules import begin, layer, parameter
from app.language.errors import ProgramError, type_error, unsupported, value_error
from app.language.grad_fn import called
from app.language.machine import Machine
from app.language.values import TORCH, Array, Class, Instance, Value, type_name

Call = Callable[..., Any]


def _fails(kind: str, words: str) -> ProgramError:
    return ProgramError("shape", framework=f"{kind}: {words}", detail=words)


def _tensors(function: str, **given: Value) -> list[Array]:
    for name, x in given.items():
        if not isinstance(x, Array) or x.kind != TORCH:
            raise type_error(f"{function}(): argument '{name}' must be Tensor, not {type_name(x)}")
    return list(given.values())


def _scores(m: Machine, query: Array, key: Array, factor: float) -> Array:
    turned = m.apply(lambda t: p.shaping.swapaxes(t, -1, -2), key)
    product = m.apply(p.linear.matmul, query, turned)
    return m.binary(OPS["multiply"], product, factor)


def hidden(m: Machine, seen: Any, kind: Any) -> Array:
    """What is added to the scores: nothing where a place is seen, else minus infinity."""
    m.budget.array(np.shape(seen))
    return m.leaf(np.where(seen, 0.0, -np.inf).astype(kind), TORCH)


def _shares(m: Machine, scores: Array) -> Array:
    """The softmax of the scores; where a row sees nothing, zeros."""
    m.budget.array(scores.tensor.shape)
    dead = np.isneginf(np.asarray(scores.tensor.data)).all(-1, keepdims=True)
    if not dead.any():
        return m.apply(OPS["softmax"], scores)
    blind, zero = m.leaf(dead, TORCH), scores.tensor.dtype.type(0)
    weights = m.apply(OPS["softmax"], m.apply(OPS["where"], blind, zero, scores))
    return m.apply(OPS["where"], blind, zero, weights)


def product(dropout: Call) -> Call:
    """F.scaled_dot_product_attention. dropout: that of F."""

    def attend(
        m: Machine,
        query: Value,
        key: Value,
        value: Value,
        attn_mask: Value = None,
        dropout_p: Value = 0.0,
        is_causal: Value = False,
        scale: Value = None,
        enable_gqa: Value = False,
    ) -> Array:
        name = "scaled_dot_product_attention"
        q, k, v = _tensors(name, query=query, key=key, value=value)
        axes = [x.tensor.ndim for x in (q, k, v)]
        if min(axes) < 2:
            words = "Expected query, key, and value to all be  at least 2 dimensional, but got "
            words += f"query.dim: {axes[0]} key.dim: {axes[1]} and value.dim: {axes[2]} instead."
            raise _fails("RuntimeError", words)
        torch_agreeing.of_attention(q, k, v)
        if enable_gqa:
            raise unsupported(
                N_("{name} with enable_gqa; repeat the heads of key and value"), name=name
            )
        if is_causal and attn_mask is not None:
            words = "_scaled_dot_product_attention: Explicit attn_mask should not be set when "
            raise _fails("RuntimeError", f"{words}is_causal=True")
        factor = 1 / math.sqrt(q.tensor.shape[-1]) if scale is None else float(scale)
        scores = _scores(m, q, k, factor)
        if is_causal:
            lengths = scores.tensor.shape[-2:]
            m.budget.array(lengths)
            scores = add(m, scores, hidden(m, np.tri(*lengths, dtype=bool), scores.tensor.dtype))
        elif attn_mask is not None:
            (mask,) = _tensors(name, attn_mask=attn_mask)
            torch_agreeing.of_a_mask(mask, q)
            if mask.tensor.dtype == bool:
                mask = hidden(m, np.asarray(mask.tensor.data), scores.tensor.dtype)
            scores = add(m, scores, mask)
        weights = _shares(m, scores)
        if dropout_p:
            weights = dropout(m, weights, dropout_p)
        return m.apply(p.linear.matmul, weights, v)

    return attend


# -- several heads


def _start(bare: Class) -> Call:
    def start(
        m: Machine,
        one: Instance,
        embed_dim: Value,
        num_heads: Value,
        dropout: Value = 0.0,
        bias: Value = True,
        add_bias_kv: Value = False,
        add_zero_attn: Value = False,
        kdim: Value = None,
        vdim: Value = None,
        batch_first: Value = False,
        device: Value = None,
        dtype: Value = None,
    ) -> None:
        for length in (embed_dim, num_heads):
            if not isinstance(length, int) or length <= 0:
                words = "embed_dim and num_heads must be greater than 0, got "
                raise value_error(f"{words}embed_dim={embed_dim} and num_heads={num_heads} instead")
        if embed_dim % num_heads:
            raise _fails("AssertionError", "embed_dim must be divisible by num_heads")
        if add_bias_kv or add_zero_attn:
            raise unsupported(N_("MultiheadAttention with add_bias_kv or add_zero_attn"))
        if kdim not in (None, embed_dim) or vdim not in (None, embed_dim):
            raise unsupported(
                N_(
                    "MultiheadAttention with kdim or vdim; bring key and value to embed_dim by a "
                    "Linear first"
                )
            )
        wide = (3 * embed_dim, embed_dim)
        m.budget.array(wide)
        kind = dtype_of(dtype, FLOAT32)
        out = make(m, bare, embed_dim, embed_dim, bias=bool(bias), dtype=dtype)
        bound = math.sqrt(6 / (wide[0] + wide[1]))
        drawn = m.leaf(m.torch_random.uniform(-bound, bound, wide, kind), TORCH)
        zeros = None
        if bias:
            zeros = parameter(m, m.leaf(np.zeros(wide[0], kind), TORCH))
            data = out.values["bias"].tensor.data
            out.values["bias"] = parameter(m, m.leaf(np.zeros_like(data), TORCH))
        begin(
            m,
            one,
            embed_dim=embed_dim,
            num_heads=num_heads,
            head_dim=embed_dim // num_heads,
            dropout=dropout,
            batch_first=bool(batch_first),
            in_proj_weight=parameter(m, drawn),
            in_proj_bias=zeros,
            out_proj=out,
        )

    return start


def _mask(m: Machine, name: str, mask: Value, kind: Any) -> Array:
    """A mask as what is added to the scores; here True means that a place is not seen."""
    (found,) = _tensors("multi_head_attention_forward", **{name: mask})
    if found.tensor.dtype == bool:
        return hidden(m, ~np.asarray(found.tensor.data), kind)
    if found.tensor.dtype.kind != "f":
        raise _fails("AssertionError", f"only bool and floating types of {name} are supported")
    return found


def _masks(
    m: Machine,
    v: dict[str, Value],
    lengths: tuple[int, ...],
    padding: Value,
    mask: Value,
    kind: Any,
) -> Array | None:
    """All that is added to the scores. lengths: of the batch, of the queries, of the keys."""
    batch, rows, columns = lengths
    total = None
    if mask is not None:
        total = _mask(m, "attn_mask", mask, kind)
        shape = tuple(total.tensor.shape)
        wanted = (rows, columns) if len(shape) == 2 else (batch * v["num_heads"], rows, columns)
        if len(shape) not in (2, 3):
            raise _fails("RuntimeError", f"attn_mask's dimension {len(shape)} is not supported")
        if shape != wanted:
            words = f"The shape of the {len(shape)}D attn_mask is torch.Size({list(shape)}), "
            raise _fails("RuntimeError", f"{words}but should be {wanted}.")
        if len(shape) == 3:
            heads = (batch, v["num_heads"], rows, columns)
            total = m.apply(lambda t: p.shaping.reshape(t, heads), total)
    if padding is not None:
        more = _mask(m, "key_padding_mask", padding, kind)
        shape = tuple(more.tensor.shape)
        shape = shape if len(shape) == 2 else (1, *shape)
        for axis, (length, wanted_length) in enumerate(zip(shape, (batch, columns), strict=True)):
            if length != wanted_length:
                words = f"Expected key_padded_mask.shape[{axis}] to be {wanted_length}, but got "
                raise _fails("AssertionError", f"{words}{length}")
        more = m.apply(lambda t: p.shaping.reshape(t, (batch, 1, 1, columns)), more)
        total = more if total is None else add(m, total, more)
    return total


def fused(m: Machine, one: Instance, x: Array, *parts: Value) -> bool:
    """Whether PyTorch computes an attention to itself in one piece: where nothing is to be trained.

    parts: further parameters that are read with it.
    """
    v = one.values
    read = (x, v["in_proj_weight"], v["in_proj_bias"], *v["out_proj"].values.values(), *parts)
    tracked = any(isinstance(each, Array) and each.tensor.tracked for each in read)
    plain = x.tensor.ndim == 3 and v["batch_first"] and not v["num_heads"] % 2
    return bool(plain and not v["training"] and not (m.grad_enabled and tracked))


def _fused(m: Machine, one: Instance, x: Array, masks: tuple[Value, ...]) -> bool:
    """Whether it is called by itself so, which takes no masks of numbers."""
    given = [mask for mask in masks if isinstance(mask, Array)]
    return fused(m, one, x) and all(mask.tensor.dtype == bool for mask in given)


def _forward(linear: Call, dropout: Call) -> Call:
    def forward(
        m: Machine,
        one: Instance,
        query: Value,
        key: Value,
        value: Value,
        key_padding_mask: Value = None,
        need_weights: Value = True,
        attn_mask: Value = None,
        average_attn_weights: Value = True,
        is_causal: Value = False,
    ) -> tuple[Value, Value]:
        v = one.values
        given = _tensors("multi_head_attention_forward", query=query, key=key, value=value)
        axes = [x.tensor.ndim for x in given]
        if axes[0] not in (2, 3) or axes[1:] != [axes[0]] * 2:
            told = "batched (3-D)" if axes[0] == 3 else "unbatched (2-D)"
            words = f"For {told} `query`, expected `key` and `value` to be {axes[0]}-D but found "
            words += f"{axes[1]}-D and {axes[2]}-D tensors respectively"
            raise _fails("AssertionError", words)
        if is_causal and attn_mask is None:
            words = "Need attn_mask if specifying the is_causal hint. You may use the Transformer "
            words += "module method `generate_square_subsequent_mask` to create this mask."
            raise _fails("RuntimeError", words)
        alone, ahead = axes[0] == 2, v["batch_first"]
        if alone:
            given = [m.apply(lambda t: p.shaping.expand_dims(t, 0), x) for x in given]
        elif not v["batch_first"]:
            given = [m.apply(lambda t: p.shaping.swapaxes(t, 0, 1), x) for x in given]
        wide, heads, each = v["embed_dim"], v["num_heads"], v["head_dim"]
        if given[0].tensor.shape[-1] != wide:
            words = f"was expecting embedding dimension of {wide}, but got "
            raise _fails("AssertionError", f"{words}{given[0].tensor.shape[-1]}")

        def split(x: Array, i: int) -> Array:
            """x through its part of the weights, as (batch, head, place, feature)."""
            part = slice(i * wide, (i + 1) * wide)
            bias = v["in_proj_bias"]
            bias = None if bias is None else entry(m, bias, part)
            weight = entry(m, v["in_proj_weight"], part)
            torch_agreeing.of_a_product(x, weight, bias is not None and (alone or not ahead))
            made = linear(m, x, weight, bias)
            shape = (*made.tensor.shape[:2], heads, each)
            apart = m.apply(lambda t: p.shaping.reshape(t, shape), made)
            return m.apply(lambda t: p.shaping.swapaxes(t, 1, 2), apart)

        q, k, values = (split(x, i) for i, x in enumerate(given))
        scores = _scores(m, q, k, 1 / math.sqrt(each))
        batch, _, rows, columns = scores.tensor.shape
        sizes = (batch, rows, columns)
        masks = (key_padding_mask, attn_mask)
        mask = _masks(m, v, sizes, *masks, scores.tensor.dtype)
        scores = scores if mask is None else add(m, scores, mask)
        if need_weights or (query is key is value and _fused(m, one, query, masks)):
            weights = m.apply(OPS["softmax"], scores)  # nan where a row sees nothing
        else:
            weights = _shares(m, scores)
        if v["dropout"] and v["training"]:
            weights = dropout(m, weights, v["dropout"])
        mixed = m.apply(p.linear.matmul, weights, values)
        # places before examples, as PyTorch keeps them: a dropout after it draws in this order
        mixed = m.apply(lambda t: p.shaping.transpose(t, (2, 0, 1, 3)), mixed)
        mixed = m.apply(lambda t: p.shaping.reshape(t, (rows, batch, wide)), mixed)
        out = v["out_proj"].values
        output = linear(m, mixed, out["weight"], out["bias"])
        weights_step = "ViewBackward0"
        if need_weights and average_attn_weights:
            weights = m.apply(lambda t: p.reductions.reduce(OPS["mean"], t, 1, False), weights)
            weights_step = "MeanBackward1"
        output_step = "TransposeBackward0" if v["batch_first"] else "ViewBackward0"
        if alone:
            output = entry(m, output, (slice(None), 0))
            weights = entry(m, weights, 0)
            output_step = weights_step = "SqueezeBackward1"
        elif v["batch_first"]:
            output = m.apply(lambda t: p.shaping.swapaxes(t, 0, 1), output)
        called(output, output_step)
        called(weights, weights_step)
        return output, weights if need_weights else None

    return forward


def several_heads(linear: Class, product: Call, drop: Call) -> Class:
    """nn.MultiheadAttention. linear: nn.Linear; product: F.linear; drop: F.dropout."""
    name = "NonDynamicallyQuantizableLinear"
    bare = Class(name, base=linear)
    if linear.written is not None:
        whole = linear.written
        bare.written = lambda one, short: name + whole(one, short).removeprefix("Linear")
    return layer("MultiheadAttention", _start(bare), _forward(product, drop))
