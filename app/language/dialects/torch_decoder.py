"""nn.TransformerDecoderLayer, nn.TransformerDecoder and nn.Transformer.

Sources: Vaswani et al. 2017; torch/nn/modules/transformer.py.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from app.engine import N_
from app.language.builtins import call
from app.language.classes import make
from app.language.dialects.common import FLOAT32, array, dtype_of
from app.language.dialects.drawing import whole
from app.language.dialects.recurrent_steps import add
from app.language.dialects.torch_encoder import Parts, layer_start, repeated, widened
from app.language.dialects.torch_init import INIT
from app.language.dialects.torch_modules import begin, layer, named_parameters
from app.language.errors import ProgramError, type_error, unsupported
from app.language.machine import Machine
from app.language.values import TORCH, Array, Builtin, Class, Instance, Static, Value, type_name
from app.language.walks import iterate

Call = Callable[..., Any]


def _decoded(
    m: Machine,
    one: Instance,
    tgt: Value,
    memory: Value,
    tgt_mask: Value = None,
    memory_mask: Value = None,
    tgt_key_padding_mask: Value = None,
    memory_key_padding_mask: Value = None,
    tgt_is_causal: Value = False,
    memory_is_causal: Value = False,
) -> Value:
    """Attention to itself, attention to the memory and two linear layers, each added and normed."""
    v = one.values

    def itself(x: Value) -> Value:
        masks = {"attn_mask": tgt_mask, "key_padding_mask": tgt_key_padding_mask}
        told = {**masks, "is_causal": tgt_is_causal, "need_weights": False}
        return call(m, v["dropout1"], call(m, v["self_attn"], x, x, x, **told)[0])

    def beyond(x: Value) -> Value:
        masks = {"attn_mask": memory_mask, "key_padding_mask": memory_key_padding_mask}
        told = {**masks, "is_causal": memory_is_causal, "need_weights": False}
        found = call(m, v["multihead_attn"], x, memory, memory, **told)
        return call(m, v["dropout2"], found[0])

    def wide(x: Value) -> Value:
        return widened(m, v, x, 3)

    x = array(m, tgt, TORCH)
    for i, block in enumerate((itself, beyond, wide), 1):
        norm = v[f"norm{i}"]
        if v["norm_first"]:
            x = add(m, x, block(call(m, norm, x)))
        else:
            x = call(m, norm, add(m, x, block(x)))
    return x


def _decoder(parts: Parts) -> Call:
    def start(
        m: Machine, one: Instance, decoder_layer: Value, num_layers: Value, norm: Value = None
    ) -> None:
        repeated(m, parts, one, decoder_layer, num_layers, norm)

    return start


def _all_decoded(
    m: Machine,
    one: Instance,
    tgt: Value,
    memory: Value,
    tgt_mask: Value = None,
    memory_mask: Value = None,
    tgt_key_padding_mask: Value = None,
    memory_key_padding_mask: Value = None,
    tgt_is_causal: Value = None,
    memory_is_causal: Value = False,
) -> Value:
    masks = (tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask)
    hint = tgt_is_causal is True  # as PyTorch takes it, without a mask too
    for each in iterate(m, one.values["layers"]):
        tgt = call(m, each, tgt, memory, *masks, hint, memory_is_causal)
    norm = one.values["norm"]
    return tgt if norm is None else call(m, norm, tgt)


# -- both


def _transformer(parts: Parts, made: dict[str, Class]) -> Call:
    def start(
        m: Machine,
        one: Instance,
        d_model: Value = 512,
        nhead: Value = 8,
        num_encoder_layers: Value = 6,
        num_decoder_layers: Value = 6,
        dim_feedforward: Value = 2048,
        dropout: Value = 0.1,
        activation: Value = "relu",
        custom_encoder: Value = None,
        custom_decoder: Value = None,
        layer_norm_eps: Value = 1e-5,
        batch_first: Value = False,
        norm_first: Value = False,
        bias: Value = True,
        device: Value = None,
        dtype: Value = None,
    ) -> None:
        if custom_encoder is not None or custom_decoder is not None:
            raise unsupported(
                N_("Transformer with custom_encoder or custom_decoder; call them one by one")
            )
        settings = (d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps)
        more = (batch_first, norm_first, bias, device, dtype)
        found = {}
        counts = {"encoder": num_encoder_layers, "decoder": num_decoder_layers}
        for name, count in counts.items():
            kind = f"Transformer{name.capitalize()}"
            each = make(m, made[f"{kind}Layer"], *settings, *more)
            norm = make(m, parts.norm, d_model, eps=layer_norm_eps, bias=bias, dtype=dtype)
            found[name] = make(m, made[kind], each, count, norm)
        begin(m, one, **found, d_model=d_model, nhead=nhead, batch_first=bool(batch_first))
        for _, x in named_parameters(m, one):
            if x.tensor.ndim > 1:
                INIT["xavier_uniform_"](m, x)

    return start


def _fails(words: str) -> ProgramError:
    return ProgramError("shape", framework=f"RuntimeError: {words}", detail=words)


def _both(
    m: Machine,
    one: Instance,
    src: Value,
    tgt: Value,
    src_mask: Value = None,
    tgt_mask: Value = None,
    memory_mask: Value = None,
    src_key_padding_mask: Value = None,
    tgt_key_padding_mask: Value = None,
    memory_key_padding_mask: Value = None,
    src_is_causal: Value = None,
    tgt_is_causal: Value = None,
    memory_is_causal: Value = False,
) -> Value:
    v, first, second = one.values, array(m, src, TORCH), array(m, tgt, TORCH)
    shapes = [tuple(x.tensor.shape) for x in (first, second)]
    at = 0 if v["batch_first"] else 1
    if len(shapes[0]) == len(shapes[1]) == 3 and shapes[0][at] != shapes[1][at]:
        raise _fails("the batch number of src and tgt must be equal")
    if any(not shape or shape[-1] != v["d_model"] for shape in shapes):
        raise _fails("the feature number of src and tgt must be equal to d_model")
    memory = call(m, v["encoder"], first, src_mask, src_key_padding_mask, src_is_causal)
    masks = (tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask)
    return call(m, v["decoder"], second, memory, *masks, tgt_is_causal, memory_is_causal)


def _ahead(m: Machine, sz: Value, device: Value = None, dtype: Value = None) -> Array:
    """Minus infinity where a place would look ahead."""
    if not isinstance(sz, Array) and type(sz) is not int:
        words = "full(): argument 'size' (position 1) must be tuple of ints, but found element of "
        raise type_error(f"{words}type {type_name(sz)} at pos 0")
    size = whole(sz)
    if size < 0:
        raise _fails(f"Trying to create tensor with negative dimension {size}: [{size}, {size}]")
    wanted = dtype_of(dtype, FLOAT32)
    if wanted.kind in "iu":
        raise _fails("value cannot be converted to type int64_t without overflow")
    m.budget.array((size, size))
    above = ~np.tri(size, dtype=bool)
    data = above if wanted.kind == "b" else np.where(above, -np.inf, 0).astype(wanted)
    return m.leaf(data, TORCH)


def decoders(parts: Parts, encoders: dict[str, Class]) -> dict[str, Class]:
    """The layers of this file."""
    made = {
        "TransformerDecoderLayer": layer(
            "TransformerDecoderLayer", layer_start(parts, "self_attn", "multihead_attn"), _decoded
        ),
        "TransformerDecoder": layer("TransformerDecoder", _decoder(parts), _all_decoded),
    }
    both = layer("Transformer", _transformer(parts, encoders | made), _both)
    both.members["generate_square_subsequent_mask"] = Static(
        Builtin("generate_square_subsequent_mask", _ahead)
    )
    return {**made, "Transformer": both}
